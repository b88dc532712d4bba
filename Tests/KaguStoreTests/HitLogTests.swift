// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

@Suite struct HitLogTests {
    @Test("a line is the hit's JSON, in the file of the UTC day of seen (DESIGN §6, O33)")
    func line() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let found = try await store.unseen(feedID: "example", items: [.make(title: "Baku")], at: fixture.now)
        let item = try #require(found.items.first)
        let hit = store.hit(of: item, at: fixture.now)
        try await store.record(
            PollRecord(
                feedID: "example", at: fixture.now, feed: FeedRecord(), unseen: found,
                hits: [RoutedHit(hit, of: item)]))
        #expect(try fixture.lines() == [String(decoding: hit.line, as: UTF8.self)])
    }

    @Test("at midnight UTC the next file begins")
    func dayChange() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let midnight = try #require(Instant(rfc3339: "2026-11-23T00:00:00Z"))
        try await store.poll([.make(id: "1", title: "Baku")], at: midnight - .milliseconds(1))
        try await store.poll([.make(id: "2", title: "Baku")], at: midnight)
        #expect(try fixture.directory.names(in: "state/hits") == ["2026-11-22.jsonl", "2026-11-23.jsonl"])
        #expect(try fixture.lines("2026-11-22.jsonl").count == 1 && fixture.lines("2026-11-23.jsonl").count == 1)
    }

    @Test("a clock that steps back never puts a file out of order, across a restart too")
    func monotonic() async throws {
        let fixture = try StateFixture()
        var store = try fixture.openStore()
        try await store.poll([.make(id: "1", title: "Baku")], at: fixture.now)
        try await store.poll([.make(id: "2", title: "Baku")], at: fixture.now - .seconds(60))
        await store.close()
        store = try fixture.openStore()
        try await store.poll([.make(id: "3", title: "Baku")], at: fixture.now - .seconds(90))
        let hits = HitReader(directory: fixture.path).hits(HitQuery())
        #expect(hits.map(\.seen) == Array(repeating: fixture.now, count: 3))
    }

    @Test("names of hit files are read and ordered by day and part; others are ignored")
    func names() throws {
        let directory = try TemporaryDirectory()
        for name in ["2026-11-23.jsonl", "2026-11-22.10.jsonl", "2026-11-22.jsonl", "2026-11-22.2.jsonl"] {
            try directory.write("", to: name)
        }
        for name in [
            "notes.jsonl", "2026-11-22.jsonl.gz", "2026-11-22.x.jsonl", "2026-13-01.jsonl", "2026-11-22.0.jsonl",
        ] {
            try directory.write("", to: name)
        }
        #expect(
            HitFileName.list(in: directory.path).map(\.description)
                == ["2026-11-22.jsonl", "2026-11-22.2.jsonl", "2026-11-22.10.jsonl", "2026-11-23.jsonl"])
    }

    @Test("many polls at once share the work and each gets its own result")
    func groupCommit() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let now = fixture.now
        let results = try await withThrowingTaskGroup(of: RecordedPoll.self) { group in
            for number in 0..<100 {
                group.addTask {
                    let items = (0...(number % 3)).map { Item.make(id: "\(number)-\($0)", title: "Baku") }
                    return try await store.poll(
                        items, of: "feed-\(number)", at: now, deliveries: [.make(group: "\(number)")])
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.map(\.hitLines).reduce(0, +) == 199 && results.map(\.newItems).reduce(0, +) == 199)
        #expect(HitReader(directory: fixture.path).hits(HitQuery()).count == 199)
        #expect(try await store.waitingDeliveries().count == 199)
        #expect(try await store.feedRecords().count == 100)
        await store.close()
        #expect(try fixture.open().recovery.hits.isEmpty)
    }
}
