// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Which lines of an index a query asks for, as far as the index knows: all but time within its range, and `text` but for
/// what a full-text index tells.
struct IndexSelection {
    /// What is asked of one column: its number must be one of those accepted.
    private struct Filter {
        let section: IndexFormat.Section
        let accepts: [Bool]

        /// How many numbers there are that no line with them is asked for.
        var isIdle: Bool { !accepts.contains(false) }
    }

    /// Lines that are asked for, in order.
    let lines: [Int]
    /// Whether all of them are asked for as far as the index can tell; else each must be judged by what it says.
    let isExact: Bool
    /// Lines of the range that are no hits.
    let summary: HitReadSummary

    /// Whether all of them are asked for as far as their texts go.
    let tellsText: Bool

    /// Selects lines of `range`, of which only those of `texts` may be asked for; nil where a section that is needed is missing or damaged. Where `mustBeExact`, what lists
    /// of lines do not tell is looked up in columns; else it may be left to the reader of a few lines.
    init?(
        _ query: HitQuery, _ index: HitIndex, _ range: Range<Int>, texts: TextCandidates? = nil, mustBeExact: Bool
    ) {
        guard let kindList = index.kindList(), let filters = Self.filters(query, index) else { return nil }
        let kinds = Filter(section: .kinds, accepts: kindList.map { Self.accepts($0, query) })
        guard let summary = Self.summary(kindList, index, range) else { return nil }
        self.summary = summary
        tellsText = query.text == nil || texts?.isExact == true
        let asksIdentity = query.story != nil || query.idPrefix != nil
        var candidates = texts?.lines.lines(in: range)
        var others = kinds.isIdle ? [] : [kinds]
        for filter in filters {
            let numbers = filter.accepts.indices.filter { filter.accepts[$0] }
            guard let lines = index.lines(bearing: numbers, of: filter.section) else {
                others.append(filter)
                continue
            }
            candidates = candidates.map { Self.common($0, lines) } ?? lines
        }
        var lines = candidates?.filter(range.contains) ?? Array(range)
        let mayBeRead = candidates != nil && !mustBeExact && lines.count < range.count / IndexFormat.columnBlock * 8
        guard !mayBeRead || others.isEmpty && !asksIdentity else {
            (self.lines, isExact) = (lines, false)
            return
        }
        for filter in others.reversed() where !lines.isEmpty {
            guard let kept = Self.kept(lines, filter, index, range) else { return nil }
            lines = kept
        }
        if asksIdentity, !lines.isEmpty {
            guard let kept = Self.identified(lines, query, index, range) else { return nil }
            lines = kept
        }
        (self.lines, isExact) = (lines, !asksIdentity)
    }

    private static func kept(_ lines: [Int], _ filter: Filter, _ index: HitIndex, _ range: Range<Int>) -> [Int]? {
        guard let column = index.column(filter.section, range) else { return nil }
        // A damaged number would read beyond the list.
        guard Int(column.highest ?? 0) < filter.accepts.count else { return nil }
        return filter.accepts.withUnsafeBufferPointer { accepts in
            lines.filter { accepts[Int(column[$0])] }
        }
    }

    /// What two lists in order have in common.
    private static func common(_ left: [Int], _ right: [Int]) -> [Int] {
        var both: [Int] = []
        var place = 0
        for line in left {
            while place < right.count, right[place] < line { place += 1 }
            if place < right.count, right[place] == line { both.append(line) }
        }
        return both
    }

    /// The lines of `range` that are no hits.
    private static func summary(_ kindList: [IndexedKind], _ index: HitIndex, _ range: Range<Int>)
        -> HitReadSummary?
    {
        var summary = HitReadSummary()
        guard kindList.contains(where: { !$0.isHit }) else { return summary }
        guard let kinds = index.column(.kinds, range), Int(kinds.highest ?? 0) < max(1, kindList.count) else {
            return nil
        }
        for line in range {
            switch kindList[Int(kinds[line])].line {
            case .bad: summary.badLines += 1
            case .newer: summary.newerLines += 1
            case .hit, .baseline: break
            }
        }
        return summary
    }

    // MARK: Filters

    private static func accepts(_ kind: IndexedKind, _ query: HitQuery) -> Bool {
        guard kind.line == .hit || kind.line == .baseline && query.includesBaseline, let severity = kind.severity
        else { return false }
        return (query.minimumSeverity.map { severity >= $0 } ?? true)
            && (query.langs.isEmpty || query.langs.contains(kind.lang))
    }

    private static func filters(_ query: HitQuery, _ index: HitIndex) -> [Filter]? {
        var filters: [Filter] = []
        let wanted: [(IndexFormat.Section, IndexFormat.Section, [String])] = [
            (.watches, .watchSets, query.watches), (.entities, .entitySets, query.entities),
            (.topics, .topicSets, query.topics),
        ]
        if wanted.contains(where: { !$0.2.isEmpty }) {
            guard let names = index.texts(.names) else { return nil }
            for (section, list, ids) in wanted where !ids.isEmpty {
                let isWanted = names.map { name in ids.contains { Self.isText(name, $0) } }
                guard var cursor = index.cursor(list), let accepts = cursor.sets(holding: isWanted) else {
                    return nil
                }
                filters.append(Filter(section: section, accepts: accepts))
            }
        }
        guard !query.feeds.isEmpty || !query.classes.isEmpty || !query.countries.isEmpty else { return filters }
        guard let feeds = index.feedList() else { return nil }
        let classes = query.classes.map(\.rawValue)
        let accepts = feeds.map { feed in
            (query.feeds.isEmpty || query.feeds.contains(feed.id))
                && (classes.isEmpty || classes.contains(feed.sourceClass))
                && (query.countries.isEmpty || query.countries.contains(feed.country))
        }
        return filters + [Filter(section: .feeds, accepts: accepts)]
    }

    /// Whether bytes are a text; beyond ASCII different bytes may be equal text.
    private static func isText(_ bytes: ArraySlice<UInt8>, _ text: String) -> Bool {
        bytes.elementsEqual(text.utf8)
            || bytes.contains(where: { $0 >= 0x80 }) && String(decoding: bytes, as: UTF8.self) == text
    }

    private static func identified(
        _ lines: [Int], _ query: HitQuery, _ index: HitIndex, _ range: Range<Int>
    ) -> [Int]? {
        var lines = lines
        if let story = query.story {
            guard let ids = index.ids(range), let stories = index.stories() else { return nil }
            let others = Dictionary(stories.map { ($0.line, $0.key) }) { first, _ in first }
            let key = IdentityKey.of(story, length: 15)
            lines = lines.filter { (others[$0] ?? ids[$0 - range.lowerBound]) == key }
        }
        guard let prefix = query.idPrefix, index.hasPlainIDs, let keys = IdentityKey.range(ofPrefix: prefix) else {
            return lines
        }
        guard let ids = index.ids(range) else { return nil }
        return lines.filter { keys.contains(ids[$0 - range.lowerBound]) }
    }
}

extension IdentityKey {
    /// The keys of the ids that begin with `prefix`; nil where no id of `HitIdentity` does, or too little is given.
    static func range(ofPrefix prefix: String) -> ClosedRange<UInt64>? {
        let head = prefix.prefix(15)
        guard head.hasPrefix("h_"), head.utf8.count == head.count else { return nil }
        let missing = 18 - head.count
        let low = Array((head + String(repeating: "0", count: missing)).utf8)
        let high = Array((head + String(repeating: "z", count: missing)).utf8)
        let first = low.withUnsafeBytes { of($0, length: 18) }
        let last = high.withUnsafeBytes { of($0, length: 18) }
        return first.isPlain && last.isPlain && first.key <= last.key ? first.key...last.key : nil
    }
}
