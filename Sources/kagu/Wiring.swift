// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguConfig
import KaguMatch
import KaguModel

/// Turns options and settings into the objects that commands work with; the one place of `kagu` that does.
struct Wiring {
    /// Where a packaged kagu has its configuration (DESIGN §6).
    static let defaultConfiguration = "/etc/kagu/kagu.yaml"
    /// Where a packaged kagu has its state.
    static let defaultStateDirectory = ControlProtocol.packagedStateDirectory

    /// The environment, where it is not the process's.
    private let given: [String: String]?

    /// The wiring of this process, or one with an environment of its own.
    init(environment: [String: String]? = nil) { given = environment }

    /// The wiring of this process.
    static func ofProcess() -> Wiring { Wiring() }

    /// The environment; read when it is asked for, which most questions never do.
    var environment: [String: String] { given ?? ProcessEnvironment.current() }

    /// Loads the configuration for a command that sends nothing: secrets that cannot be read are warnings.
    /// Without `--config` it is /etc/kagu/kagu.yaml; where only a state directory is given and that file is not
    /// there, every key is at its default.
    func configuration(_ options: CommonOptions) throws -> Config {
        let hasDefault = options.stateDirectory == nil || access(Self.defaultConfiguration, F_OK) == 0
        let path = options.config ?? (hasDefault ? Self.defaultConfiguration : nil)
        do {
            return try loader.load(path: path, stateDirectory: options.stateDirectory, feedPatterns: [])
        } catch {
            throw Self.failure("configuration", path ?? "", error.problems)
        }
    }

    /// The loader for commands: it never insists on secrets.
    var loader: ConfigLoader { ConfigLoader(environment: environment, secrets: .reported) }

    /// `--state-dir`, else `store.dir` of `--config` or of /etc/kagu/kagu.yaml where that exists, else
    /// /var/lib/kagu.
    func stateDirectory(_ options: CommonOptions) throws -> String {
        if let given = options.stateDirectory { return given }
        if options.config == nil, access(Self.defaultConfiguration, F_OK) != 0 { return Self.defaultStateDirectory }
        let path = options.config ?? Self.defaultConfiguration
        do {
            return try loader.stateDirectory(path: path)
        } catch {
            throw Self.failure("configuration", path, error.problems)
        }
    }

    /// Reads and compiles watch files, directories or globs.
    func matcher(_ patterns: [String]) throws -> Matcher {
        let watchlist: Watchlist
        do {
            watchlist = try loader.loadWatchlist(patterns)
        } catch {
            throw Self.failure("watches", patterns, error.problems)
        }
        do {
            return try Matcher(watchlist)
        } catch {
            throw Self.failure("watches", patterns, error.problems)
        }
    }

    private static func failure(
        _ what: String, _ patterns: [String], _ problems: [ConfigProblem]
    ) -> CommandFailure {
        let names = patterns.joined(separator: " ")
        return failure(what, names, problems, advice: "kagu watches check \(names)")
    }

    /// Compiles watches; throws one line that says how many problems there are and shows the first.
    static func matcher(_ watchlist: Watchlist, from path: String) throws -> Matcher {
        do {
            return try Matcher(watchlist)
        } catch {
            throw failure("watches", path, error.problems)
        }
    }

    /// One line that says how many problems there are and shows the first.
    static func failure(
        _ what: String, _ path: String, _ problems: [ConfigProblem], advice: String? = nil
    ) -> CommandFailure {
        let errors = problems.filter { $0.severity == .error }
        let first = errors.first ?? problems.first
        let told = first.map { "\($0.location.map { "\($0): " } ?? "")\($0.message)" } ?? path
        // Of a pattern the problem tells itself what it was for.
        let head = told.hasPrefix("\(what): ") ? told : "\(what): \(told)"
        guard errors.count > 1 else { return CommandFailure(head) }
        return CommandFailure("\(head) (and \(errors.count - 1) more; run: \(advice ?? "kagu check \(path)"))")
    }
}

/// The process's environment variables.
enum ProcessEnvironment {
    /// Every variable with its value; the first of a name counts.
    static func current() -> [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, variables[String(parts[0])] == nil {
                variables[String(parts[0])] = String(parts[1])
            }
            entry += 1
        }
        return variables
    }
}

/// The wall clock; commands read it once and hand the value on.
enum WallClock {
    /// Now.
    static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
