// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Prints records in the forms of O19; what a record looks like in each is told by who has the records.
struct ListPrinter<Record> {
    /// The form.
    let format: OutputFormat
    /// Where it goes.
    let terminal: Terminal
    /// One line for people, without its end.
    let short: (Record) -> String
    /// The table's columns and which of them give way first.
    let header: [String]
    /// See `Table`.
    let flexible: [Int]
    /// A row of the table, safe to look at.
    let cells: (Record) -> [String]
    /// The members of one JSON object.
    let members: (Record, inout JSONWriter) -> Void
    /// Names of the columns and the cells of CSV.
    let names: [String]
    let values: (Record) -> [String]

    /// The whole listing; nothing but a header or `[]` where there is nothing.
    func text(_ records: [Record]) -> String {
        switch format {
        case .short: return records.map { short($0) + "\n" }.joined()
        case .table:
            guard !records.isEmpty else { return "" }
            var table = Table(header: header, flexible: flexible)
            for record in records { table.add(cells(record)) }
            return table.lines(columns: terminal.isTerminal ? terminal.columns : nil).map { $0 + "\n" }.joined()
        case .json:
            return records.isEmpty ? "[]\n" : "[\n" + records.map(json).joined(separator: ",\n") + "\n]\n"
        case .jsonl: return records.map { json($0) + "\n" }.joined()
        case .csv: return ([names] + records.map(values)).map(CSVRow.line).joined()
        }
    }

    private func json(_ record: Record) -> String {
        var json = JSONWriter()
        json.object { members(record, &$0) }
        return json.text
    }
}
