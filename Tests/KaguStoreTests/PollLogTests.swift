// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

/// What a poll leaves for an operator: its line in the log, events, holds, provenance (H4, I3, I9, P21).
@Suite struct PollLogTests {
    private func entry(_ number: Int, _ fixture: StateFixture) -> PollLogEntry {
        PollLogEntry(
            at: fixture.now + .seconds(Int64(number)), duration: .milliseconds(120), status: 200, state: .blocked,
            reason: "HTTP 403", items: 35, newItems: number, bytes: 61_000)
    }

    @Test("the last 20 polls of each feed are kept, the newest first (H4)", arguments: [1, 19, 20, 21, 47])
    func ring(count: Int) async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        for number in 0..<count {
            for feedID in ["a", "b"] {
                try await store.record(
                    PollRecord(
                        feedID: feedID, at: fixture.now, feed: FeedRecord(state: .ok),
                        log: feedID == "a" || number < 2 ? entry(number, fixture) : nil))
            }
        }
        let reader = try StateReader(directory: fixture.path)
        let expected = (0..<count).reversed().prefix(20).map { entry($0, fixture) }
        #expect(try reader.pollLog(feedID: "a") == Array(expected))
        #expect(try reader.pollLog(feedID: "b").count == min(count, 2))
        #expect(try reader.pollLog(feedID: "c").isEmpty)
    }

    @Test("a poll without an answer has no status, and an operator's change of a record keeps the log")
    func noStatus() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let line = PollLogEntry(at: fixture.now, duration: .zero, state: .failing, reason: "no route")
        try await store.record(PollRecord(feedID: "a", at: fixture.now, feed: FeedRecord(), log: line))
        try await store.setFeedRecord(FeedRecord(isPaused: true), of: "a")
        let reader = try StateReader(directory: fixture.path)
        #expect(try reader.pollLog(feedID: "a") == [line])
        #expect(try reader.feedRecord("a")?.isPaused == true && reader.feedRecord("b") == nil)
    }

    @Test("events of a poll and of the uplink come back, the newest first, of one feed or of all (H4, P19)")
    func events() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let failing = FeedEvent(
            kind: .failing, feedID: "a", at: fixture.now, state: .blocked, text: "a: blocked since 09:00 (HTTP 403)"
        )
        let offline = FeedEvent(kind: .offline, at: fixture.now, text: "the uplink is down")
        let gone = FeedEvent(kind: .gone, feedID: "b", at: fixture.now, state: .gone, text: "b: gone")
        try await store.record(PollRecord(feedID: "a", at: fixture.now, feed: FeedRecord(), events: [failing]))
        try await store.addEvents([offline, gone])
        let reader = try StateReader(directory: fixture.path)
        #expect(try reader.events() == [gone, offline, failing])
        #expect(try reader.events(feedID: "a") == [failing])
        #expect(try reader.events(limit: 1) == [gone])
    }

    @Test("a hold survives a restart, the later of two stands, and it is forgotten when it ends (P21)")
    func holds() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        func hold(_ seconds: Int64, _ reason: String) -> PollRecord {
            PollRecord(
                feedID: "a", at: fixture.now, feed: FeedRecord(),
                hold: AuthorityHold(
                    authority: "example.org:8080", until: fixture.now + .seconds(seconds), reason: reason))
        }
        for record in [hold(600, "first"), hold(3600, "later"), hold(60, "earlier")] {
            try await store.record(record)
        }
        await store.close()
        let again = try fixture.openStore()
        let expected = AuthorityHold(
            authority: "example.org:8080", until: fixture.now + .seconds(3600), reason: "later")
        #expect(try await again.holds(at: fixture.now + .seconds(3599)) == [expected])
        #expect(try StateReader(directory: fixture.path).holds() == [expected])
        #expect(try await again.holds(at: fixture.now + .seconds(3600)).isEmpty)
        #expect(try StateReader(directory: fixture.path).holds().isEmpty)
    }

    @Test("several records are stored together, and a start is not moved back by them (P19, P20)")
    func undo() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let start = PollStart(feedID: "a", at: fixture.now, nextDue: fixture.now + .seconds(3600))
        try await store.recordPollStarts([start])
        try await store.setFeedRecords([
            "a": FeedRecord(state: .ok, nextDue: fixture.now), "b": FeedRecord(state: .silent),
        ])
        let records = try await store.feedRecords()
        #expect(records["a"]?.lastStart == fixture.now && records["a"]?.nextDue == fixture.now)
        #expect(records["a"]?.state == .ok && records["b"]?.state == .silent)
    }

    @Test("each item leads to the poll that brought it, with URL chain and body hash (I9)")
    func provenance() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let chain = ["https://example.org/rss", "https://example.org/feed.xml"]
        for (number, hash) in [[1, 2, 3], [4, 5, 6]].enumerated() {
            let at = fixture.now + .seconds(Int64(number))
            let items = (0...(2 * number + 1)).map { Item.make(id: "\($0)") }
            let found = try await store.unseen(feedID: "a", items: items, at: at)
            try await store.record(
                PollRecord(
                    feedID: "a", at: at, feed: FeedRecord(), unseen: found, urlChain: chain,
                    bodyHash: hash.map(UInt8.init)
                ))
        }
        // A poll that brings nothing, or a revision only, has no row.
        for title in ["A title", "Another"] {
            let found = try await store.unseen(feedID: "a", items: [.make(id: "0", title: title)], at: fixture.now)
            try await store.record(PollRecord(feedID: "a", at: fixture.now, feed: FeedRecord(), unseen: found))
        }
        let polls = try StateReader(directory: fixture.path).itemPolls(feedID: "a")
        #expect(polls.map(\.bodyHash) == [[4, 5, 6], [1, 2, 3]] && polls.map(\.items) == [2, 2])
        #expect(polls.map(\.at) == [fixture.now + .seconds(1), fixture.now])
        #expect(polls.allSatisfy { $0.urlChain == chain })
        #expect(try await store.count("poll") == 2)
    }

    @Test("a poll's body hash is that of the feed's record unless it has one of its own (I9)")
    func bodyHash() {
        let feed = FeedRecord(bodyHash: [7])
        let now = Instant(seconds: 0)
        #expect(PollRecord(feedID: "a", at: now, feed: feed).bodyHash == [7])
        #expect(PollRecord(feedID: "a", at: now, feed: feed, bodyHash: [8]).bodyHash == [8])
    }

    @Test("all sightings of a URL are readable, with feed, time, title and poll (I3, I9)")
    func sightings() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let titles = ["a": "Baku tonight", "b": "Baku at night", "c": "Night in Baku"]
        for (number, feedID) in ["a", "b", "c"].enumerated() {
            let item = Item.make(
                id: "1", url: "https://www.example.org/x/?utm_source=\(feedID)", title: titles[feedID] ?? "")
            try await store.poll([item], of: feedID, at: fixture.now + .seconds(Int64(number)))
        }
        let reader = try StateReader(directory: fixture.path)
        let sightings = try reader.sightings(ofURL: "http://example.org/x")
        #expect(sightings.map(\.feedID) == ["a", "b", "c"])
        #expect(sightings.map(\.title) == ["Baku tonight", "Baku at night", "Night in Baku"])
        #expect(sightings.map(\.at) == (0...2).map { fixture.now + .seconds($0) })
        #expect(sightings.allSatisfy { $0.poll?.items == 1 })
        #expect(try reader.sightings(ofURL: "https://example.org/y").isEmpty)
        #expect(try reader.sightings(ofURL: "https://example.org/").isEmpty)
    }
}
