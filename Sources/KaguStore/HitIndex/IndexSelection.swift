// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Which lines of an index a query asks for, as far as the index knows: all but time within a quarter of an hour and
/// `text`.
struct IndexSelection {
    private struct Filter {
        let column: [UInt32]
        let accepts: [Bool]
    }

    /// How many lines the index has.
    let lines: Int
    private let kinds: [UInt32]
    private let kindList: [IndexedKind]
    private var filters: [Filter] = []
    private var keys: (ids: [UInt64], stories: [Int: UInt64], story: UInt64)?
    private var identities: (ids: [UInt64], range: ClosedRange<UInt64>)?

    /// Reads the columns that `query` needs; nil where one is damaged.
    init?(_ query: HitQuery, _ index: HitIndex) {
        lines = index.lines
        guard let kinds = index.column(.kinds), let kindList = index.kindList() else { return nil }
        (self.kinds, self.kindList) = (kinds, kindList)
        let accepts = kindList.map { Self.accepts($0, query) }
        guard add(kinds, accepts), addSets(query, index), addFeeds(query, index), addIdentities(query, index) else {
            return nil
        }
    }

    /// Whether a line is asked for.
    @inline(__always)
    func accepts(_ line: Int) -> Bool {
        for filter in filters where !filter.accepts[Int(filter.column[line])] { return false }
        if let keys, (keys.stories[line] ?? keys.ids[line]) != keys.story { return false }
        if let identities, !identities.range.contains(identities.ids[line]) { return false }
        return true
    }

    /// The lines of `range` that are asked for, in order.
    func accepted(_ range: Range<Int>) -> [Int] {
        var selected: [Int] = []
        // The filter of the query first: it leaves the fewest.
        guard let sharpest = filters.last else { return selected }
        for line in range where sharpest.accepts[Int(sharpest.column[line])] && accepts(line) {
            selected.append(line)
        }
        return selected
    }

    /// The lines of `range` that are no hits.
    func summary(_ range: Range<Int>) -> HitReadSummary {
        var summary = HitReadSummary()
        guard kindList.contains(where: { !$0.isHit }) else { return summary }
        for line in range {
            switch kindList[Int(kinds[line])].line {
            case .bad: summary.badLines += 1
            case .newer: summary.newerLines += 1
            case .hit, .baseline: break
            }
        }
        return summary
    }

    private mutating func add(_ column: [UInt32], _ accepts: [Bool]) -> Bool {
        // A damaged number would read beyond the list.
        guard let highest = column.max() else { return true }
        guard Int(highest) < accepts.count else { return false }
        if accepts.contains(false) || filters.isEmpty { filters.append(Filter(column: column, accepts: accepts)) }
        return true
    }

    private static func accepts(_ kind: IndexedKind, _ query: HitQuery) -> Bool {
        guard kind.line == .hit || kind.line == .baseline && query.includesBaseline, let severity = kind.severity
        else { return false }
        return (query.minimumSeverity.map { severity >= $0 } ?? true)
            && (query.langs.isEmpty || query.langs.contains(kind.lang))
    }

    private mutating func addSets(_ query: HitQuery, _ index: HitIndex) -> Bool {
        let wanted: [(IndexFormat.Section, IndexFormat.Section, [String])] = [
            (.watches, .watchSets, query.watches), (.entities, .entitySets, query.entities),
            (.topics, .topicSets, query.topics),
        ]
        guard wanted.contains(where: { !$0.2.isEmpty }) else { return true }
        guard let names = index.names() else { return false }
        for (section, list, ids) in wanted where !ids.isEmpty {
            let numbers = Set(names.indices.filter { ids.contains(names[$0]) })
            guard let column = index.column(section), let sets = index.sets(list, names: names.count),
                add(column, sets.map { $0.contains(where: numbers.contains) })
            else { return false }
        }
        return true
    }

    private mutating func addFeeds(_ query: HitQuery, _ index: HitIndex) -> Bool {
        guard !query.feeds.isEmpty || !query.classes.isEmpty || !query.countries.isEmpty else { return true }
        guard let column = index.column(.feeds), let feeds = index.feedList() else { return false }
        let classes = query.classes.map(\.rawValue)
        return add(
            column,
            feeds.map { feed in
                (query.feeds.isEmpty || query.feeds.contains(feed.id))
                    && (classes.isEmpty || classes.contains(feed.sourceClass))
                    && (query.countries.isEmpty || query.countries.contains(feed.country))
            })
    }

    private mutating func addIdentities(_ query: HitQuery, _ index: HitIndex) -> Bool {
        if let story = query.story {
            guard let ids = index.ids(), let stories = index.stories() else { return false }
            keys = (
                ids, Dictionary(stories.map { ($0.line, $0.key) }) { first, _ in first },
                IdentityKey.of(story, length: 15)
            )
        }
        if let prefix = query.idPrefix, index.hasPlainIDs {
            guard let ids = index.ids() else { return false }
            guard let range = IdentityKey.range(ofPrefix: prefix) else { return true }
            identities = (ids, range)
        }
        return true
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
