// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import KaguDaemon
import KaguModel
import Logging

/// Where the process begins, on one thread: what must be set before others start.
@main
enum Process {
    static func main() {
        Daemon.runProcess {
            if let flags = DaemonFlags(plain: CommandLine.arguments.dropFirst()) {
                exit(await flags.run().rawValue)
            }
            await Kagud.main(nil)
        }
    }
}

/// The command line of `kagud`: flags in, exit code out.
struct Kagud: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kagud",
        abstract: "Polls feeds, finds what you watch, stores every hit, posts alerts.",
        discussion: """
            Runs in the foreground until SIGTERM; SIGHUP reloads the configuration after checking it. \
            Exit codes: 0 asked to stop, 70 our fault, 74 storage unusable, 75 state directory in use, \
            78 configuration.
            """,
        version: Kagu.version)

    @Option(
        name: .long, help: "The configuration file (/etc/kagu/kagu.yaml unless --state-dir and --feeds are given).")
    var config: String?

    @Option(name: .customLong("state-dir"), help: "The state directory; overrides store.dir.")
    var stateDirectory: String?

    @Option(name: .customLong("feeds"), help: "A feed list or pattern; repeatable; overrides feeds.")
    var feeds: [String] = []

    @Flag(name: .long, help: "Poll every due feed once, try each due alert once, print a summary, and exit.")
    var once = false

    @Option(name: .customLong("log-level"), help: "debug, info, notice, warning or error.")
    var logLevel = "info"

    func validate() throws {
        guard Logger.Level(rawValue: logLevel) != nil else {
            throw ValidationError(
                "--log-level: \"\(logLevel)\" is no level; use debug, info, notice, warning or error")
        }
    }

    func run() async throws {
        var flags = DaemonFlags()
        flags.configPath = config
        flags.stateDirectory = stateDirectory
        flags.feedPatterns = feeds
        flags.pollsOnce = once
        flags.logLevel = Logger.Level(rawValue: logLevel) ?? .info
        throw ArgumentParser.ExitCode(await flags.run().rawValue)
    }
}
