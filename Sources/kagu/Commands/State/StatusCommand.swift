// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import KaguConfig
import KaguModel
import KaguStore

/// `kagu status`: the daemon's health, from itself and from its files (O24).
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show whether the daemon runs and how it is doing.",
        discussion: """
            Asks the daemon; what it does not say, or where it may not be asked, comes from its files. Exit status: \
            0 healthy, 1 degraded, 2 not running.
            """)

    @OptionGroup var common: CommonOptions

    @Flag(help: "Show times in UTC instead of local time.")
    var utc = false

    @Option(name: [.short, .long], help: "short or json.")
    var output = OutputFormat.short

    func validate() throws {
        if output != .short && output != .json {
            throw ValidationError("-o \(output.rawValue): status prints short or json")
        }
    }

    func run() throws {
        let wiring = Wiring.ofProcess()
        // What keeps this from being told is said once.
        let directory = try wiring.stateDirectory(common)
        var configured: [Feed]?
        if common.config != nil || access(Wiring.defaultConfiguration, R_OK) == 0 {
            do {
                configured = try wiring.configuration(common).feeds
            } catch let failure as CommandFailure {
                // The daemon may run well under the configuration of before, and says so itself.
                StandardError.write("kagu: \(failure)\n")
            }
        }
        let snapshot = try StateSnapshot.take(directory, configured: configured)
        let report = StatusReport(snapshot: snapshot, now: WallClock.now())
        let paint = Paint(Terminal.standardOutput(environment: wiring.environment).usesColour)
        switch output {
        case .json: try StandardOutput.write(report.json + "\n")
        case .short, .table, .jsonl, .csv: try StandardOutput.write(report.text(paint, utc ? .utc : .local))
        }
        switch report.health {
        case .healthy: break
        case .degraded: throw ExitStatus.negative
        case .stopped: throw ExitStatus.error
        }
    }
}
