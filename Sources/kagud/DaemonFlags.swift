// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguDaemon
import Logging

/// What the command line says, and the run that follows from it.
struct DaemonFlags: Hashable {
    var configPath: String?
    var stateDirectory: String?
    var feedPatterns: [String] = []
    var pollsOnce = false
    var logLevel = Logger.Level.info

    init() {}

    /// Flags written as the unit file and scripts write them, `--name value`; nil for anything else, which is
    /// ArgumentParser's: help, mistakes, completions, other spellings.
    ///
    /// ArgumentParser finds its flags by reflection, which costs as much as a hundred polls.
    init?(plain arguments: some Sequence<String>) {
        var words = arguments.makeIterator()
        while let name = words.next() {
            if name == "--once" {
                pollsOnce = true
                continue
            }
            guard let value = words.next(), !value.isEmpty, !value.hasPrefix("-") else { return nil }
            switch name {
            case "--config": configPath = value
            case "--state-dir": stateDirectory = value
            case "--feeds": feedPatterns.append(value)
            case "--log-level":
                guard let level = Logger.Level(rawValue: value) else { return nil }
                logLevel = level
            default: return nil
            }
        }
    }

    /// Runs the daemon to its end.
    func run() async -> ExitCode {
        let environment = Self.environment
        let logger = Logger(label: "kagud") { [logLevel] _ in LogStream(environment: environment, level: logLevel) }
        let isSelfContained = stateDirectory != nil && !feedPatterns.isEmpty
        let options = Daemon.Options(
            configPath: configPath ?? (isSelfContained ? nil : "/etc/kagu/kagu.yaml"),
            stateDirectory: stateDirectory, feedPatterns: feedPatterns, pollsOnce: pollsOnce)
        return await Daemon(options: options, environment: environment, logger: logger).run()
    }

    /// The variables that the daemon looks at.
    private static var environment: [String: String] {
        var found: [String: String] = [:]
        for name in ["NOTIFY_SOCKET", "JOURNAL_STREAM", "CREDENTIALS_DIRECTORY"] {
            if let value = getenv(name) { found[name] = String(cString: value) }
        }
        return found
    }
}
