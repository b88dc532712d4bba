// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import KaguConfig
import KaguMatch
import KaguModel

/// Which watch files a command works with: those of the configuration, or others.
struct WatchSourceOptions: ParsableArguments {
    @OptionGroup var common: CommonOptions

    @Option(
        help: ArgumentHelp(
            "Watch files instead of the configuration's: a file, directory or glob; may be repeated.",
            valueName: "glob"))
    var watches: [String] = []

    /// The files as far as they can be read, with all their problems; `paths` count as `--watches`.
    func reading(_ wiring: Wiring, paths: [String] = []) throws -> WatchReading {
        let given = watches + paths
        guard given.isEmpty else { return wiring.loader.readWatches(given) }
        if common.config == nil, access(Wiring.defaultConfiguration, F_OK) != 0 {
            throw CommandFailure(
                "watches: there is no \(Wiring.defaultConfiguration); give --config FILE, or watch files with --watches DIR"
            )
        }
        return wiring.loader.readWatches(ofConfiguration: common.config ?? Wiring.defaultConfiguration)
    }

    /// What the files are called in messages and in the advice to check them.
    var name: String {
        watches.isEmpty ? common.config ?? Wiring.defaultConfiguration : watches.joined(separator: " ")
    }

    /// The files' definitions; throws one line when a file cannot be used.
    func sound(_ wiring: Wiring) throws -> WatchReading {
        let reading = try reading(wiring)
        guard reading.problems.allSatisfy({ $0.severity == .warning }) else { throw failure(reading.problems) }
        return reading
    }

    /// The compiled definitions; throws one line that says how many problems there are and shows the first.
    func matcher(_ watchlist: Watchlist) throws -> Matcher {
        do {
            return try Matcher(watchlist)
        } catch {
            throw failure(error.problems)
        }
    }

    private func failure(_ problems: [ConfigProblem]) -> CommandFailure {
        let flags = watches.map { "--watches \($0)" }.joined(separator: " ")
        return Wiring.failure(
            "watches", name, problems,
            advice: "kagu watches check \(watches.isEmpty ? "--config \(name)" : flags)")
    }
}
