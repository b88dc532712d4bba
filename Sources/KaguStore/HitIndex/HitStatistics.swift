// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// By what hits are counted (O26). A hit with several watches, entities or topics counts for each.
public enum HitGrouping: String, Hashable, Sendable, CaseIterable {
    /// The watches that fired.
    case watch
    /// The entities found.
    case entity
    /// The topics found.
    case topic
    /// The feed's id.
    case feed
    /// The class in force.
    case `class`
    /// The item's language.
    case lang
    /// The feed's country.
    case country
    /// The day of `seen`.
    case day
    /// The hour of `seen`.
    case hour
}

/// How many hits there are, and of what.
public struct HitCounts: Hashable, Sendable {
    /// Hits.
    public var hits = 0
    /// Different stories among them, by what their lines say.
    public var stories = 0
    /// Different feeds among them.
    public var outlets = 0

    /// Counts.
    public init(hits: Int = 0, stories: Int = 0, outlets: Int = 0) {
        (self.hits, self.stories, self.outlets) = (hits, stories, outlets)
    }
}

/// What `HitReader.statistics` counts.
public struct HitStatistics: Hashable, Sendable {
    /// Hits of one quarter of an hour, so that the caller may cut days by its own clock.
    public struct Quarter: Hashable, Sendable {
        /// Its beginning.
        public var start: Instant
        /// Hits.
        public var hits: Int

        /// A quarter with its hits.
        public init(start: Instant, hits: Int) { (self.start, self.hits) = (start, hits) }
    }

    /// All of them.
    public internal(set) var total = HitCounts()
    /// By group, in no order; empty without a grouping.
    public internal(set) var groups: [String: HitCounts] = [:]
    /// Quarters of an hour that have hits, in order.
    public internal(set) var quarters: [Quarter] = []
    /// What was met besides hits.
    public internal(set) var summary = HitReadSummary()

    /// Counts of nothing.
    public init() {}

    /// Counts as they might have been made.
    public init(total: HitCounts, groups: [String: HitCounts] = [:], quarters: [Quarter] = []) {
        (self.total, self.groups, self.quarters) = (total, groups, quarters)
    }
}

extension HitReader {
    /// Counts the hits that `query` asks for, without regard to its limit, from the indexes; lines that no index knows
    /// are read. `label` names the group of an instant for the groupings `day` and `hour`. Memory does not grow with the
    /// number of hits, but with that of groups, outlets, and hits that belong to another hit's story.
    public func statistics(
        _ query: HitQuery, by grouping: HitGrouping? = nil, label: (Instant) -> String = { $0.day.description }
    ) -> HitStatistics {
        var tally = HitTally(grouping: grouping)
        var kept = KeptSegments()
        var files = HitReadSummary()
        segments(query, &kept, &files) { segment in tally.count(segment, label: label) }
        // A story counts once: where its first hit is among the counted, the others of it were counted in vain.
        if tally.hasFollowers { segments(query, &kept, &files) { segment in tally.settle(segment, label: label) } }
        var result = tally.result
        (result.summary.gaps, result.summary.textGaps) = (files.gaps, files.textGaps)
        result.summary.unreadable = files.unreadable
        return result
    }

    /// Gives every stretch of the hit files with its index and the lines that are asked for. `body` tells whether the index
    /// has what it needs; where not, nothing was counted, and the stretch is given again with an index made in memory.
    private func segments(
        _ query: HitQuery, _ kept: inout KeptSegments, _ summary: inout HitReadSummary, _ body: (HitSegment) -> Bool
    ) {
        let files = HitFileName.list(in: path).filter { file in
            (query.until.map { file.day.start < $0 } ?? true) && (query.since.map { file.day >= $0.day } ?? true)
        }
        let split = Set(files.filter { $0.part > 0 }.map(\.day))
        var repeated = RepeatedIDs()
        for file in files {
            guard let reader = summary.open(file, in: path) else { continue }
            defer { summary.note(reader, file) }
            let range = reader.range(since: query.since, until: query.until, on: file.day)
            guard !range.isEmpty else { continue }
            var start = range.lowerBound
            // Counts a stretch; false where its index is damaged.
            func count(_ lines: IndexedLines) -> HitSegment? {
                guard var selected = lines.selected(reader, text: query.text) else { return nil }
                var seen = repeated
                if split.contains(file.day) {
                    guard let first = seen.first(selected, of: lines, on: file.day) else { return nil }
                    selected = first
                }
                let segment = HitSegment(day: file.day, source: lines, lines: selected)
                guard body(segment) else { return nil }
                repeated = seen
                return segment
            }
            var index = HitIndexFiles(hits: path).open(file, of: reader)
            let texts = index.flatMap { TextIndexFiles.candidates(query.text, file, in: path, lines: $0) }
            if query.text != nil { summary.noteTextGap(of: texts == nil ? nil : index, file, reader) }
            if let known = index {
                if let lines = IndexedLines(known, from: 0, query, within: range, texts: texts), count(lines) != nil
                {
                    start = lines.bytes.upperBound
                } else {
                    index = nil
                }
            }
            summary.noteGap(of: index, file, reader)
            while start < range.upperBound {
                let place = KeptSegments.Place(file: file, offset: start)
                if let known = kept[place] {
                    _ = body(known.segment)
                    start = known.end
                    continue
                }
                guard let (lines, end) = Self.index(reader, file.day, start..<range.upperBound, query) else {
                    break
                }
                if let segment = count(lines) { kept[place] = (segment, end) }
                start = end
            }
        }
    }

    /// Indexes lines in memory, from the beginning of `range`, and tells where they end.
    private static func index(
        _ reader: borrowing LineReader, _ day: CivilDate, _ range: Range<Int>, _ query: HitQuery
    ) -> (IndexedLines, end: Int)? {
        var builder = HitIndexBuilder(day: day)
        reader.forward(range) { line in
            builder.add(line.bytes)
            return builder.lines < HitSegment.maximumLines
        }
        guard builder.coveredBytes > 0, let index = HitIndex(bytes: builder.finish()),
            let lines = IndexedLines(index, from: range.lowerBound, query, within: range)
        else { return nil }
        return (lines, range.lowerBound + builder.coveredBytes)
    }
}

/// Stretches that were indexed in memory in the first pass, for the second: the first few, which hold memory for half a
/// million lines; what has no index beyond them is read again.
struct KeptSegments {
    /// Where a stretch begins.
    struct Place: Hashable {
        var file: HitFileName
        var offset: Int
    }

    private static let maximum = 16
    private var segments: [Place: (segment: HitSegment, end: Int)] = [:]

    /// The stretch that begins at a place, and where it ends; setting one does nothing when there are enough.
    subscript(place: Place) -> (segment: HitSegment, end: Int)? {
        get { segments[place] }
        set { if segments.count < Self.maximum { segments[place] = newValue } }
    }
}

/// A stretch of a hit file, with an index over it.
struct HitSegment {
    /// Lines that are indexed in memory at once.
    static let maximumLines = 32_768

    let day: CivilDate
    /// The stretch and its index.
    let source: IndexedLines
    /// Those that are asked for.
    let lines: [Int]

    /// The index.
    var index: HitIndex { source.index }
    /// The lines of the stretch.
    var range: Range<Int> { source.range }
}

/// Ids of a day whose lines lie in several files, which may hold a line twice (O37).
struct RepeatedIDs {
    private var day: CivilDate?
    private var ids: Set<UInt64> = []

    /// Those of `lines` whose id has not come before on that day; nil where the ids are damaged.
    mutating func first(_ lines: [Int], of source: IndexedLines, on day: CivilDate) -> [Int]? {
        if self.day != day { (self.day, ids) = (day, []) }
        guard let keys = source.index.ids(source.range) else { return nil }
        return lines.filter { ids.insert(keys[$0 - source.range.lowerBound]).inserted }
    }
}
