// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

@Suite("Counting hits (O26)")
struct HitStatisticsTests {
    private let last = CivilDate(year: 2027, month: 1, day: 1)

    /// Counts by decoding every hit.
    private func plain(_ hits: [Hit], by grouping: HitGrouping) -> [String: HitCounts] {
        var groups: [String: [Hit]] = [:]
        for hit in hits {
            let names =
                switch grouping {
                case .watch: hit.watches
                case .entity: hit.entities
                case .topic: hit.topics.map(\.id)
                case .feed: [hit.feed.id]
                case .class: [hit.feed.sourceClass.rawValue]
                case .lang: [hit.lang]
                case .country: [hit.feed.country ?? "-"]
                case .day: [hit.seen.day.description]
                case .hour: [String(hit.seen.description.prefix(13))]
                }
            for name in names { groups[name, default: []].append(hit) }
        }
        return groups.mapValues { hits in
            HitCounts(
                hits: hits.count, stories: Set(hits.map(\.story)).count, outlets: Set(hits.map(\.feed.id)).count)
        }
    }

    @Test("groups count as decoding every hit does, with indexes and without", arguments: HitGrouping.allCases)
    func agrees(grouping: HitGrouping) throws {
        let directory = try TemporaryDirectory()
        _ = try HitReaderTests.write(directory)
        let reader = HitReader(directory: directory.path)
        var query = HitQuery()
        query.minimumSeverity = .medium
        query.since = Instant(seconds: 1_795_305_600 + 4000)
        let expected = plain(reader.hits(query), by: grouping)
        func label(_ instant: Instant) -> String {
            grouping == .hour ? String(instant.description.prefix(13)) : instant.day.description
        }
        #expect(reader.statistics(query, by: grouping, label: label).groups == expected)
        try HitIndexFiles(directory: directory.path).refresh(before: last)
        let counted = reader.statistics(query, by: grouping, label: label)
        #expect(counted.groups == expected)
        #expect(counted.total.hits == reader.hits(query).count)
        #expect(counted.total.stories == Set(reader.hits(query).map(\.story)).count)
        #expect(counted.quarters.map(\.hits).reduce(0, +) == counted.total.hits)
    }

    @Test("stories in the form of kagu's ids count once, whether their first hit is among the counted or not")
    func stories() throws {
        let directory = try TemporaryDirectory()
        func hit(_ key: String, story: String? = nil, watch: String = "w", at second: Int) -> Hit {
            Hit.make(
                id: HitIdentity.hit(feedID: "f", key: key, revision: 0),
                seen: Instant(seconds: 1_795_305_600) + .seconds(second), watches: [watch],
                story: HitIdentity.story(feedID: "f", key: story ?? key))
        }
        let hits = [
            hit("a", at: 1), hit("b", at: 2), hit("c", story: "a", at: 3), hit("d", story: "a", watch: "x", at: 4),
            hit("e", story: "gone", at: 5), hit("g", story: "gone", at: 6),
        ]
        try directory.write(Array(hits.map { $0.line + [0x0A] }.joined()), to: "hits/2026-11-22.jsonl")
        let reader = HitReader(directory: directory.path)
        for _ in 0..<2 {
            let counted = reader.statistics(HitQuery(), by: .watch)
            #expect(counted.total == HitCounts(hits: 6, stories: 3, outlets: 1))
            #expect(counted.groups["w"] == HitCounts(hits: 5, stories: 3, outlets: 1))
            #expect(counted.groups["x"] == HitCounts(hits: 1, stories: 1, outlets: 1))
            try HitIndexFiles(directory: directory.path).refresh(before: last)
        }
    }

    @Test("stretches without an index are made once for both passes, and no more of them are kept than fit")
    func kept() throws {
        let place = KeptSegments.Place(file: HitFileName(day: last), offset: 0)
        var builder = HitIndexBuilder(day: last)
        builder.add(Hit.make(id: "h_1").line[...])
        let index = try #require(HitIndex(bytes: builder.finish()))
        let source = try #require(IndexedLines(index, from: 0, HitQuery(), within: 0..<index.coveredBytes))
        let segment = HitSegment(day: last, source: source, lines: [0])
        var kept = KeptSegments()
        for number in 0..<40 { kept[.init(file: place.file, offset: number)] = (segment, number + 1) }
        #expect(kept[place]?.end == 1 && kept[.init(file: place.file, offset: 15)]?.end == 16)
        #expect(kept[.init(file: place.file, offset: 16)] == nil)
    }

    @Test("a line that was written to two files of a day counts once (O37)")
    func repeated() throws {
        let directory = try TemporaryDirectory()
        let lines = [Hit.make(id: "h_1").line + [0x0A], Hit.make(id: "h_2").line + [0x0A]]
        try directory.write(Array(lines.joined()), to: "hits/2026-11-22.jsonl")
        try directory.write(lines[1], to: "hits/2026-11-22.1.jsonl")
        #expect(HitReader(directory: directory.path).statistics(HitQuery()).total.hits == 2)
    }
}

@Suite("Polls by the hour (O26)")
struct PollHourTests {
    @Test("every poll counts in its hour, for good, though the log keeps twenty")
    func hours() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        for number in 0..<45 {
            let at = fixture.now + .seconds(number * 120)
            let entry = PollLogEntry(
                at: at, duration: .milliseconds(5), state: number % 3 == 0 ? .failing : .ok, newItems: number % 2)
            try await store.record(
                PollRecord(feedID: "a", at: at, feed: FeedRecord(state: entry.state), log: entry))
        }
        await store.close()
        let reader = try StateReader(directory: fixture.path)
        let hours = try reader.pollHours(since: nil, until: nil)
        #expect(hours.map(\.counts.polls) == [30, 15])
        #expect(hours.map(\.counts.accepted) == [20, 10])
        #expect(hours.map(\.counts.items) == [15, 7])
        #expect(hours.first?.start == fixture.now)
        #expect(try reader.pollHours(since: fixture.now + .seconds(3600), until: nil).map(\.counts.polls) == [15])
        #expect(try reader.recentPolls(since: nil, until: nil)["a"]?.polls == 20)
    }
}
