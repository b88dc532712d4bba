// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore

/// The answer of `kagu stats` in all its forms: a row for each group, or one for all.
struct StatsReport {
    /// One row.
    struct Row: Hashable {
        /// The group; nil for all hits.
        var name: String?
        var counts = HitCounts()
        /// Polls of the row; nil where they do not belong to its kind of group.
        var polls: PollCounts?
    }

    /// Cells of a bar.
    static let barWidth = 32

    let grouping: HitGrouping?
    let total: Row
    /// By hits, most first; days and hours in their order.
    let rows: [Row]
    /// Hits by day, days without any included.
    let days: [(name: String, hits: Int)]

    init(_ statistics: HitStatistics, by grouping: HitGrouping?, polls: PollFacts, clock: CivilClock) {
        self.grouping = grouping
        total = Row(counts: statistics.total, polls: polls.total.polls > 0 ? polls.total : nil)
        var byGroup: [String: PollCounts]?
        switch grouping {
        case .feed: byGroup = polls.feeds
        case .day, .hour:
            byGroup = polls.hours.reduce(into: [:]) { sums, hour in
                let name = Self.label(hour.start, grouping, clock)
                sums[name] = sums[name, default: PollCounts()] + hour.counts
            }
        default: byGroup = nil
        }
        rows = Self.rows(statistics, byGroup, isTime: grouping == .day || grouping == .hour)
        days = Self.days(statistics.quarters, clock)
    }

    private static func rows(
        _ statistics: HitStatistics, _ polls: [String: PollCounts]?, isTime: Bool
    ) -> [Row] {
        var names = Set(statistics.groups.keys)
        // A time without a hit is told; a feed without one would be a list of all feeds.
        if isTime, let polls { names.formUnion(polls.keys) }
        var rows: [Row] = []
        for name in names.sorted() {
            rows.append(Row(name: name, counts: statistics.groups[name] ?? HitCounts(), polls: polls?[name]))
        }
        guard !isTime else { return rows }
        return rows.enumerated().sorted { left, right in
            let (most, other) = (left.element.counts.hits, right.element.counts.hits)
            return most == other ? left.offset < right.offset : most > other
        }.map(\.element)
    }

    /// The name of a day or an hour on a clock.
    static func label(_ instant: Instant, _ grouping: HitGrouping?, _ clock: CivilClock) -> String {
        let civil = clock.civil(at: instant)
        guard grouping == .hour else { return civil.date.description }
        let hour = civil.second / 3600
        return "\(civil.date) \(hour < 10 ? "0" : "")\(hour):00"
    }

    private static func days(_ quarters: [HitStatistics.Quarter], _ clock: CivilClock) -> [(
        name: String, hits: Int
    )] {
        var hits: [Int: Int] = [:]
        for quarter in quarters {
            hits[clock.civil(at: quarter.start).date.daysSinceEpoch, default: 0] += quarter.hits
        }
        guard let first = hits.keys.min(), let last = hits.keys.max() else { return [] }
        return (first...last).map { (CivilDate(daysSinceEpoch: $0).description, hits[$0] ?? 0) }
    }

    // MARK: Forms

    /// The answer with its line ends.
    func text(_ format: OutputFormat, terminal: Terminal) -> String {
        switch format {
        case .json: "[" + listed.map { "\n" + json($0) }.joined(separator: ",") + "\n]\n"
        case .jsonl: listed.map { json($0) + "\n" }.joined()
        case .csv: ([header] + listed.map { cells($0, empty: "") }).map(CSVRow.line).joined()
        case .short where terminal.isTerminal: screen(terminal)
        case .short, .table: table(columns: terminal.isTerminal ? terminal.columns : nil)
        }
    }

    /// The groups where there are any, else the whole.
    private var listed: [Row] { grouping == nil ? [total] : rows }

    private var header: [String] {
        let counts = ["items", "hits", "stories", "outlets", "polls", "ok"]
        return grouping.map { [$0.rawValue] + counts } ?? counts
    }

    private func cells(_ row: Row, empty: String) -> [String] {
        var cells = grouping == nil ? [] : [VisibleText.escaped(row.name ?? "all")]
        cells.append(row.polls.map { String($0.items) } ?? empty)
        cells += [String(row.counts.hits), String(row.counts.stories), String(row.counts.outlets)]
        cells.append(row.polls.map { String($0.polls) } ?? empty)
        cells.append(row.polls.map(Self.share) ?? empty)
        return cells
    }

    /// Per cent of polls that were accepted, with a tenth.
    static func share(_ polls: PollCounts) -> String {
        guard polls.polls > 0 else { return "" }
        // Rounded down: 100.0 means all of them.
        let tenths = polls.accepted * 1000 / polls.polls
        return "\(tenths / 10).\(tenths % 10)%"
    }

    private func json(_ row: Row) -> String {
        var json = JSONWriter()
        json.object { json in
            if let grouping { json.member(grouping.rawValue, row.name ?? "") }
            if let polls = row.polls { json.member("items", polls.items) }
            json.member("hits", row.counts.hits)
            json.member("stories", row.counts.stories)
            json.member("outlets", row.counts.outlets)
            if let polls = row.polls {
                json.member("polls", polls.polls)
                json.member("accepted_polls", polls.accepted)
            }
        }
        return json.text
    }

    private func table(columns: Int?) -> String {
        var table = Table(header: header.map { $0.uppercased() }, flexible: grouping == nil ? [] : [0])
        for row in listed { table.add(cells(row, empty: "-")) }
        return table.lines(columns: columns).map { $0 + "\n" }.joined()
    }

    /// For people: groups with bars, the whole, and a chart of the days.
    private func screen(_ terminal: Terminal) -> String {
        let paint = Paint(terminal.usesColour)
        var lines: [String] = []
        if grouping != nil {
            var table = Table(header: header.map { $0.uppercased() } + [""], flexible: [0])
            let most = rows.map(\.counts.hits).max() ?? 0
            for row in rows { table.add(cells(row, empty: "-") + [Self.bar(row.counts.hits, of: most)]) }
            var tableLines = table.lines(columns: terminal.columns)
            tableLines[0] = paint(tableLines[0], .bold)
            lines += tableLines + [""]
        }
        lines.append(summary)
        if let polls = total.polls {
            lines.append("\(Plural.text(polls.polls, "poll")), \(Self.share(polls)) successful")
        }
        if grouping != .day && grouping != .hour && days.count > 1 {
            let most = days.map(\.hits).max() ?? 0
            let width = String(most).count
            lines.append("")
            for day in days {
                let number = String(day.hits)
                let padded = String(repeating: " ", count: width - number.count) + number
                let bar = day.hits > 0 ? "  " + paint(Self.bar(day.hits, of: most), .cyan) : ""
                lines.append("\(paint(day.name, .dim))  \(padded)\(bar)")
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private var summary: String {
        let counts = total.counts
        let items = total.polls.map { "\(Plural.text($0.items, "item")), " } ?? ""
        let stories = Plural.text(counts.stories, "story", plural: "stories")
        return "\(items)\(Plural.text(counts.hits, "hit")), \(stories), \(Plural.text(counts.outlets, "outlet"))"
    }

    /// A bar of eighths of a cell; at least one eighth where there is anything.
    static func bar(_ value: Int, of most: Int) -> String {
        guard value > 0, most > 0 else { return "" }
        let eighths = max(1, value * barWidth * 8 / most)
        let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
    }
}
