// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguConfig
import KaguModel
import KaguStore

/// `kagu feeds list`: configured feeds with what the store knows of them (H4).
struct FeedsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the feeds with their state.",
        discussion:
            "States: \(FeedState.allCases.map(\.rawValue).joined(separator: ", ")). Exit status 1 when there is none."
    )

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("Only feeds in that state; may be repeated.", valueName: "state"))
    var state: [FeedState] = []

    @Flag(help: "Only paused feeds.")
    var paused = false

    @OptionGroup var list: ListOptions

    func run() throws {
        let wiring = Wiring.ofProcess()
        let config = try wiring.configuration(common)
        let records = try StateSnapshot.feedRecords(config.store.directory)
        let rows = FeedRow.join(config.feeds, records).filter { row in
            (state.isEmpty || state.contains(row.record.state)) && (!paused || row.record.isPaused)
        }
        let terminal = Terminal.standardOutput(environment: wiring.environment)
        try list.show(rows, FeedRowPrinter(terminal: terminal, clock: list.clock).list)
    }
}
