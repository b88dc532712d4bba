// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore

/// Prints feeds in one of the forms of O19, with the members of H4.
struct FeedRowPrinter {
    let terminal: Terminal
    let clock: CivilClock

    /// The printer of a form.
    func list(_ format: OutputFormat) -> ListPrinter<FeedRow> {
        ListPrinter(
            format: format, terminal: terminal, short: short,
            header: ["STATE", "ID", "TITLE", "LAST SUCCESS", "FAILURES", "NEXT DUE", "REASON"],
            flexible: [6, 2, 1], cells: cells, members: Self.write, names: Self.names, values: Self.values)
    }

    /// `id`, `url`, `title`, `state`, `since`, `reason`, `last_success`, `failures`, `next_due` (H4), `paused`.
    static let names = [
        "id", "url", "title", "state", "since", "reason", "last_success", "failures", "next_due", "paused",
    ]

    /// The members of H4; absent ones left out.
    static func write(_ row: FeedRow, _ json: inout JSONWriter) {
        json.member("id", row.feed.id)
        json.member("url", ShownAddress.text(row.feed.url))
        json.member("title", row.title)
        json.member("state", row.record.state.rawValue)
        json.member("since", row.record.since)
        json.member("reason", ifPresent: row.record.reason)
        json.member("last_success", row.record.lastSuccess)
        json.member("failures", row.record.failures)
        json.member("next_due", row.nextDue)
        json.member("paused", row.record.isPaused)
    }

    private static func values(_ row: FeedRow) -> [String] {
        [
            row.feed.id, ShownAddress.text(row.feed.url), row.title, row.record.state.rawValue,
            row.record.since?.description ?? "", row.record.reason, row.record.lastSuccess?.description ?? "",
            String(row.record.failures), row.nextDue?.description ?? "", row.record.isPaused ? "true" : "false",
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
        if record.isPaused { parts.insert(paint("paused", .yellow), at: 1) }
        if let next = row.nextDue { parts.append(paint("next \(clock.civil(at: next).description)", .dim)) }
        parts.append(paint(VisibleText.escaped(ShownAddress.text(row.feed.url)), .dim))
        return parts.joined(separator: " ")
    }

    private func cells(_ row: FeedRow) -> [String] {
        let record = row.record
        return [
            record.state.rawValue, row.feed.id, VisibleText.escaped(row.title), time(record.lastSuccess),
            String(record.failures), record.isPaused ? "paused" : time(row.nextDue),
            VisibleText.escaped(record.reason),
        ]
    }

    private func time(_ instant: Instant?) -> String { instant.map { clock.civil(at: $0).description } ?? "-" }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.utf8.count))
    }
}
