// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguModel

/// How a listing looks (O19): its form, and the clock of its times.
struct ListOptions: ParsableArguments {
    @Flag(help: "Show times in UTC instead of local time.")
    var utc = false

    @Option(name: [.short, .long], help: "short, table, json, jsonl or csv.")
    var output = OutputFormat.short

    /// The clock of all times.
    var clock: CivilClock { utc ? .utc : .local }

    /// Prints the records; throws where there is none (O20).
    func show<Record>(_ records: [Record], _ printer: (OutputFormat) -> ListPrinter<Record>) throws {
        try StandardOutput.write(printer(output).text(records))
        if records.isEmpty { throw ExitStatus.negative }
    }
}
