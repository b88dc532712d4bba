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

    /// Cells of a bar; on a narrow terminal it has what the numbers leave, or is left out.
    static let barWidth = 32
    private static let leastBarWidth = 8
    /// A chart of more days shows months.
    static let chartDays = 62

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
        listedTable.lines(columns: columns).map { $0 + "\n" }.joined()
    }

    /// All columns but the name hold numbers.
    private var listedTable: Table {
        let header = header.map { $0.uppercased() }
        let numbers = (grouping == nil ? 0 : 1)..<header.count
        var table = Table(header: header, flexible: grouping == nil ? [] : [0], numeric: Set(numbers))
        for row in listed { table.add(cells(row, empty: "-")) }
        return table
    }

    /// For people: groups with bars, the whole, and a chart of the days.
    private func screen(_ terminal: Terminal) -> String {
        let paint = Paint(terminal.usesColour)
        var lines: [String] = []
        if grouping != nil {
            var tableLines = barred(listedTable, columns: terminal.columns)
            tableLines[0] = paint(tableLines[0], .bold)
            lines += tableLines + [""]
        }
        lines.append(summary)
        if let polls = total.polls {
            lines.append("\(Plural.text(polls.polls, "poll")), \(Self.share(polls)) successful")
        }
        if grouping != .day && grouping != .hour && days.count > 1 {
            lines += [""] + chart(columns: terminal.columns, paint)
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// The lines of a table, with a bar behind each row as far as there is room: names give way to it down to the width of
    /// an hour's.
    private func barred(_ table: Table, columns: Int) -> [String] {
        func width(_ lines: [String]) -> Int { lines.map { DisplayWidth.of($0) }.max() ?? 0 }
        let gap = 3
        let names = rows.map { DisplayWidth.of($0.name ?? "") }.max() ?? 0
        var lines = table.lines(columns: nil)
        let excess = width(lines) + gap + Self.leastBarWidth - columns
        if excess > 0, names - excess >= 16 { lines = table.lines(columns: width(lines) - excess) }
        let room = min(Self.barWidth, columns - width(lines) - gap)
        guard room >= Self.leastBarWidth else { return table.lines(columns: columns) }
        let (most, end) = (rows.map(\.counts.hits).max() ?? 0, width(lines) + gap)
        for (place, row) in rows.enumerated() where row.counts.hits > 0 {
            let space = String(repeating: " ", count: end - DisplayWidth.of(lines[place + 1]))
            lines[place + 1] += space + Self.bar(row.counts.hits, of: most, width: room)
        }
        return lines
    }

    /// The hits of each day, or of each month where these are many.
    private func chart(columns: Int, _ paint: Paint) -> [String] {
        var bars = days
        if days.count > Self.chartDays {
            bars = []
            for day in days {
                let month = String(day.name.prefix(7))
                if bars.last?.name != month { bars.append((month, 0)) }
                bars[bars.count - 1].hits += day.hits
            }
        }
        let most = bars.map(\.hits).max() ?? 0
        let width = String(most).count
        let room = min(Self.barWidth, columns - (bars.first?.name.count ?? 0) - width - 4)
        return bars.map { name, hits in
            let number = String(hits)
            let padded = String(repeating: " ", count: width - number.count) + number
            let hasBar = hits > 0 && room >= Self.leastBarWidth
            let bar = hasBar ? "  " + paint(Self.bar(hits, of: most, width: room), .cyan) : ""
            return "\(paint(name, .dim))  \(padded)\(bar)"
        }
    }

    private var summary: String {
        let counts = total.counts
        let items = total.polls.map { "\(Plural.text($0.items, "item")), " } ?? ""
        let stories = Plural.text(counts.stories, "story", plural: "stories")
        return "\(items)\(Plural.text(counts.hits, "hit")), \(stories), \(Plural.text(counts.outlets, "outlet"))"
    }

    /// A bar of eighths of a cell; at least one eighth where there is anything.
    static func bar(_ value: Int, of most: Int, width: Int = barWidth) -> String {
        guard value > 0, most > 0 else { return "" }
        let eighths = max(1, value * width * 8 / most)
        let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
    }
}
