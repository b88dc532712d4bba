// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Counts hits by groups, a segment at a time.
///
/// Stories are counted without remembering them all. A hit that stands alone, and the first of a story, bears the story
/// of its own id: it counts one. Only the stories of the others are kept; in a second pass over the segments those whose
/// first hit is among the counted are struck out, and what is left counts one each.
struct HitTally {
    private struct Group {
        var hits = 0
        var founders = 0
        var outlets: Set<String> = []
        /// Stories of hits that are not their first.
        var followed: Set<UInt64> = []
    }

    private let grouping: HitGrouping?
    private var total = Group()
    private var groups: [Group] = []
    private var numbers: [String: Int] = [:]
    private var quarters: [HitStatistics.Quarter] = []
    private var summary = HitReadSummary()
    /// Stories of the total whose first hit was met in the second pass.
    private var struck: Set<UInt64> = []
    /// Which ids the second pass looks up among the stories of the total.
    private var filter: KeyFilter?

    init(grouping: HitGrouping?) { self.grouping = grouping }

    /// Whether a second pass is needed.
    var hasFollowers: Bool { !total.followed.isEmpty }

    /// The counts.
    var result: HitStatistics {
        var result = HitStatistics()
        result.total = Self.counts(total)
        result.total.stories -= struck.count
        for (name, number) in numbers where groups[number].hits > 0 {
            result.groups[name] = Self.counts(groups[number])
        }
        result.quarters = quarters
        result.summary = summary
        result.summary.hits = total.hits
        return result
    }

    private static func counts(_ group: Group) -> HitCounts {
        HitCounts(hits: group.hits, stories: group.founders + group.followed.count, outlets: group.outlets.count)
    }

    /// Counts the lines of a segment; false, with nothing counted, where its index is damaged.
    mutating func count(_ segment: HitSegment, label: (Instant) -> String) -> Bool {
        guard let feeds = segment.index.column(.feeds, segment.range), let feedList = segment.index.feedList(),
            Int(feeds.highest ?? 0) < max(1, feedList.count), let stories = segment.index.stories(),
            let starts = segment.index.quarters(), let key = groupNumbers(of: segment, label: label)
        else { return false }
        summary.badLines += segment.source.selection.summary.badLines
        summary.newerLines += segment.source.selection.summary.newerLines
        guard !segment.lines.isEmpty else { return true }
        var followers = stories[...]
        // Which feed has hits in which group: a table for the segment, so that no name is hashed for a hit.
        var outlets = [Bool](repeating: false, count: (groups.count + 1) * feedList.count)
        countQuarters(segment, starts)
        for line in segment.lines {
            let feed = Int(feeds[line])
            let follower = Self.story(of: line, in: &followers)
            Self.add(follower, to: &total)
            outlets[feed] = true
            for number in key(line) {
                Self.add(follower, to: &groups[number])
                outlets[(number + 1) * feedList.count + feed] = true
            }
        }
        for (place, isThere) in outlets.enumerated() where isThere {
            let (group, feed) = place.quotientAndRemainder(dividingBy: feedList.count)
            if group == 0 {
                total.outlets.insert(feedList[feed].id)
            } else {
                groups[group - 1].outlets.insert(feedList[feed].id)
            }
        }
        return true
    }

    /// Strikes out the stories whose first hit is in the segment; false, with nothing done, where its index is damaged.
    mutating func settle(_ segment: HitSegment, label: (Instant) -> String) -> Bool {
        guard let ids = segment.index.ids(segment.range), let stories = segment.index.stories(),
            let key = groupNumbers(of: segment, label: label)
        else { return false }
        let filter = self.filter ?? KeyFilter(total.followed)
        self.filter = filter
        let first = segment.range.lowerBound
        var followers = stories[...]
        for line in segment.lines where filter.mayHold(ids[line - first]) {
            guard total.followed.contains(ids[line - first]), Self.story(of: line, in: &followers) == nil else {
                continue
            }
            for number in key(line) { groups[number].followed.remove(ids[line - first]) }
            struck.insert(ids[line - first])
        }
        return true
    }

    /// The story of a line that is not the first of it; lines and stories are in order, and what lies before is dropped.
    @inline(__always)
    private static func story(of line: Int, in stories: inout ArraySlice<(line: Int, key: UInt64)>) -> UInt64? {
        while let next = stories.first, next.line < line { stories.removeFirst() }
        guard let next = stories.first, next.line == line else { return nil }
        return next.key
    }

    @inline(__always)
    private static func add(_ follower: UInt64?, to group: inout Group) {
        group.hits += 1
        if let follower { group.followed.insert(follower) } else { group.founders += 1 }
    }

    private mutating func countQuarters(_ segment: HitSegment, _ starts: [Int]) {
        var quarter = 0
        var rest = segment.lines[...]
        while let line = rest.first {
            while quarter < 95, starts[quarter + 1] <= line { quarter += 1 }
            let end = quarter < 95 ? starts[quarter + 1] : Int.max
            let hits = rest.prefix { $0 < end }.count
            rest = rest.dropFirst(hits)
            let start = segment.day.start + .seconds(quarter * 900)
            if quarters.last?.start == start {
                quarters[quarters.count - 1].hits += hits
            } else {
                quarters.append(.init(start: start, hits: hits))
            }
        }
    }

    // MARK: Groups

    /// The numbers of a line's groups; nil where the index is damaged.
    private mutating func groupNumbers(of segment: HitSegment, label: (Instant) -> String) -> ((Int) -> [Int])? {
        let index = segment.index
        switch grouping {
        case nil: return { _ in [] }
        case .watch: return sets(.watches, .watchSets, segment)
        case .entity: return sets(.entities, .entitySets, segment)
        case .topic: return sets(.topics, .topicSets, segment)
        case .feed: return feeds(segment) { $0.id }
        case .class: return feeds(segment) { $0.sourceClass }
        case .country: return feeds(segment) { $0.country.isEmpty ? "-" : $0.country }
        case .lang:
            guard let column = index.column(.kinds, segment.range), let kinds = index.kindList() else { return nil }
            return table(column, kinds.map { [number($0.lang)] })
        case .day, .hour:
            guard let starts = index.quarters() else { return nil }
            let quarters = (0..<96).map { quarter in
                starts[quarter] < starts[quarter + 1]
                    ? [number(label(segment.day.start + .seconds(quarter * 900)))] : []
            }
            return { line in
                var low = 0
                var high = 95
                while low < high {
                    let middle = (low + high + 1) / 2
                    if starts[middle] <= line { low = middle } else { high = middle - 1 }
                }
                return quarters[low]
            }
        }
    }

    private mutating func sets(
        _ section: IndexFormat.Section, _ list: IndexFormat.Section, _ segment: HitSegment
    ) -> ((Int) -> [Int])? {
        guard let column = segment.index.column(section, segment.range), let names = segment.index.names(),
            let sets = segment.index.sets(list, names: names.count)
        else { return nil }
        return table(column, sets.map { set in set.map { number(names[$0]) } })
    }

    private mutating func feeds(
        _ segment: HitSegment, _ name: (IndexedFeed) -> String
    ) -> ((Int) -> [Int])? {
        guard let column = segment.index.column(.feeds, segment.range), let feeds = segment.index.feedList() else {
            return nil
        }
        return table(column, feeds.map { [number(name($0))] })
    }

    private func table(_ column: IndexColumn, _ numbers: [[Int]]) -> (Int) -> [Int] {
        { line in
            let value = Int(column[line])
            return value < numbers.count ? numbers[value] : []
        }
    }

    private mutating func number(_ name: String) -> Int {
        if let number = numbers[name] { return number }
        numbers[name] = groups.count
        groups.append(Group())
        return groups.count - 1
    }
}

/// Tells of most keys that are not in a set that they are not, at the cost of a bit: the keys are hashes themselves.
private struct KeyFilter {
    /// Sixteen bits a key, 16 MiB at most.
    private static let mostBits = 1 << 27
    private var words: [UInt64]
    private let mask: UInt64

    init(_ keys: Set<UInt64>) {
        var bits = 1 << 10
        while bits < keys.count * 16, bits < Self.mostBits { bits *= 2 }
        words = [UInt64](repeating: 0, count: bits / 64)
        mask = UInt64(bits - 1)
        for key in keys { words[Int((key & mask) / 64)] |= 1 << (key % 64) }
    }

    @inline(__always)
    func mayHold(_ key: UInt64) -> Bool { words[Int((key & mask) / 64)] & 1 << (key % 64) != 0 }
}
