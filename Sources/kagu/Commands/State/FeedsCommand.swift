// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguConfig
import KaguModel
import KaguStore

/// `kagu feeds`: the feeds and how they are doing (O28).
struct FeedsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feeds", abstract: "Show the feeds and how they are doing.",
        subcommands: [FeedsListCommand.self])
}

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

    @Flag(help: "Show times in UTC instead of local time.")
    var utc = false

    @Option(name: [.short, .long], help: "short, table, json, jsonl or csv.")
    var output = OutputFormat.short

    func run() throws {
        let wiring = Wiring.ofProcess()
        let config = try wiring.configuration(common)
        let records = try StateSnapshot.feedRecords(config.store.directory)
        let rows = FeedRow.join(config.feeds, records).filter { state.isEmpty || state.contains($0.record.state) }
        let terminal = Terminal.standardOutput(environment: wiring.environment)
        let printer = FeedRowPrinter(format: output, terminal: terminal, clock: utc ? .utc : .local)
        try StandardOutput.write(printer.text(rows))
        if rows.isEmpty { throw ExitStatus.negative }
    }
}

/// A configured feed and what is stored of it.
struct FeedRow: Hashable {
    /// As the list has it.
    let feed: Feed
    /// As the store has it; the record of a new feed where it has none.
    let record: FeedRecord

    /// The list's title, else the document's, else the id.
    var title: String { !feed.title.isEmpty ? feed.title : !record.title.isEmpty ? record.title : feed.id }

    /// One row for each enabled feed, in list order.
    static func join(_ feeds: [Feed], _ records: [String: FeedRecord]) -> [FeedRow] {
        feeds.filter(\.isEnabled).map { FeedRow(feed: $0, record: records[$0.id] ?? FeedRecord()) }
    }
}

/// Prints feeds in one of the forms of O19, with the members of H4.
struct FeedRowPrinter {
    let format: OutputFormat
    let terminal: Terminal
    let clock: CivilClock

    /// The whole listing.
    func text(_ rows: [FeedRow]) -> String {
        switch format {
        case .short: rows.map { short($0) + "\n" }.joined()
        case .table: table(rows)
        case .json: rows.isEmpty ? "[]\n" : "[\n" + rows.map(Self.json).joined(separator: ",\n") + "\n]\n"
        case .jsonl: rows.map { Self.json($0) + "\n" }.joined()
        case .csv: ([Self.names] + rows.map(Self.cells)).map(CSVRow.line).joined()
        }
    }

    /// `id`, `url`, `title`, `state`, `since`, `reason`, `last_success`, `failures`, `next_due` (H4).
    static let names = ["id", "url", "title", "state", "since", "reason", "last_success", "failures", "next_due"]

    /// One object with the members of H4; absent ones left out.
    static func json(_ row: FeedRow) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("id", row.feed.id)
            json.member("url", SafeAddress.text(row.feed.url))
            json.member("title", row.title)
            json.member("state", row.record.state.rawValue)
            json.member("since", row.record.since)
            json.member("reason", ifPresent: row.record.reason)
            json.member("last_success", row.record.lastSuccess)
            json.member("failures", row.record.failures)
            json.member("next_due", row.record.nextDue)
        }
        return json.text
    }

    private static func cells(_ row: FeedRow) -> [String] {
        [
            row.feed.id, SafeAddress.text(row.feed.url), row.title, row.record.state.rawValue,
            row.record.since?.description ?? "", row.record.reason, row.record.lastSuccess?.description ?? "",
            String(row.record.failures), row.record.nextDue?.description ?? "",
        ]
    }

    private func short(_ row: FeedRow) -> String {
        let paint = Paint(terminal.usesColour)
        let record = row.record
        let style: Paint.Style = record.state.isHealthy ? .green : record.state == .silent ? .yellow : .red
        var parts = [paint(Self.padded(record.state.rawValue, to: 9), style), row.feed.id]
        if row.title != row.feed.id { parts.append(paint(VisibleText.escaped(row.title), .cyan)) }
        if let since = record.since { parts.append("since \(clock.civil(at: since).description)") }
        if record.failures > 0 {
            parts.append("\(record.failures) \(record.failures == 1 ? "failure" : "failures")")
        }
        if !record.reason.isEmpty { parts.append("(\(VisibleText.escaped(record.reason)))") }
        if let next = record.nextDue { parts.append(paint("next \(clock.civil(at: next).description)", .dim)) }
        parts.append(paint(VisibleText.escaped(SafeAddress.text(row.feed.url)), .dim))
        return parts.joined(separator: " ")
    }

    private func table(_ rows: [FeedRow]) -> String {
        guard !rows.isEmpty else { return "" }
        var table = Table(
            header: ["STATE", "ID", "TITLE", "LAST SUCCESS", "FAILURES", "NEXT DUE", "REASON"], flexible: [6, 2, 1])
        for row in rows {
            let record = row.record
            table.add([
                record.state.rawValue, row.feed.id, VisibleText.escaped(row.title), time(record.lastSuccess),
                String(record.failures), time(record.nextDue), VisibleText.escaped(record.reason),
            ])
        }
        return table.lines(columns: terminal.isTerminal ? terminal.columns : nil).map { $0 + "\n" }.joined()
    }

    private func time(_ instant: Instant?) -> String { instant.map { clock.civil(at: $0).description } ?? "-" }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.utf8.count))
    }
}

/// Addresses as they may be shown: user name and password left out (house rule 13).
enum SafeAddress {
    /// `https://user:word@host/path` becomes `https://host/path`.
    static func text(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        guard let at = authority.lastIndex(of: "@") else { return url }
        return String(url[..<scheme.upperBound] + rest[rest.index(after: at)...])
    }
}
