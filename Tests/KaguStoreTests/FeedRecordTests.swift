// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

@Suite struct FeedRecordTests {
    /// A record in which nothing is at its default; the etag is no UTF-8.
    static func full(_ now: Instant) -> FeedRecord {
        FeedRecord(
            state: .blocked, since: now - .seconds(60), reason: "HTTP 403", lastSuccess: now - .seconds(3600),
            lastNews: now - .seconds(7200), failures: 3, isFailureAnnounced: true, lastStart: now,
            nextDue: now + .seconds(900), interval: .seconds(3600), heldUntil: now + .seconds(14_400),
            validators: StoredValidators(
                url: "https://example.org/rss", etag: [0x57, 0x2F, 0x22, 0xFF, 0x22],
                lastModified: Array("yesterday".utf8)),
            bodyHash: [1, 2, 3, 4], title: "Пример", hasBaseline: true, gaps: #"{"p95":3600}"#,
            redirects: #"[{"to":"https://example.net"}]"#, isPaused: true, listedURL: "https://example.org/rss",
            lastStatus: 403)
    }

    @Test("a feed's record comes back byte for byte after a restart (H4, P12)")
    func roundTrip() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let record = Self.full(fixture.now)
        try await store.setFeedRecord(record, of: "a")
        try await store.record(PollRecord(feedID: "a", at: fixture.now, feed: record))
        try await store.record(PollRecord(feedID: "b", at: fixture.now, feed: FeedRecord(state: .ok)))
        await store.close()
        let again = try fixture.openStore()
        #expect(try await again.feedRecords() == ["a": record, "b": FeedRecord(state: .ok)])
    }

    @Test("the start of a poll is durable before its request leaves, and a record without one keeps it (P20)")
    func pollStart() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let start = PollStart(feedID: "a", at: fixture.now, nextDue: fixture.now + .seconds(3600))
        try await store.recordPollStarts([start])
        // As a killed daemon leaves them: no close.
        let copy = try fixture.copyOfState()
        #expect(try copy.feedRecords()["a"]?.lastStart == fixture.now)
        #expect(try copy.feedRecords()["a"]?.nextDue == fixture.now + .seconds(3600))
        try await store.record(
            PollRecord(
                feedID: "a", at: fixture.now, feed: FeedRecord(state: .ok, nextDue: fixture.now + .seconds(900))))
        #expect(try await store.feedRecords()["a"]?.lastStart == fixture.now)
        #expect(try await store.feedRecords()["a"]?.nextDue == fixture.now + .seconds(900))
    }

    @Test("a 304 that changes nothing but times keeps all the rest, and any other change is stored (P8, P12)")
    func timesOnly() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        var record = Self.full(fixture.now)
        try await store.setFeedRecord(record, of: "a")
        for minute in 1...3 {
            let at = fixture.now + .seconds(Int64(minute) * 60)
            try await store.recordPollStarts([PollStart(feedID: "a", at: at, nextDue: at)])
            let before = try #require(try await store.feedRecord("a"))
            #expect(before.lastStart == at && before.nextDue == at)
            record = before
            record.lastSuccess = at
            record.nextDue = at + .seconds(900)
            record.interval = .seconds(900 + minute)
            if minute == 2 { record.validators?.etag = [0x22, 0x32, 0x22] }
            try await store.record(PollRecord(feedID: "a", at: at, feed: record))
            #expect(try StateReader(directory: fixture.path).feedRecord("a") == record)
            #expect(try await store.feedRecord("a") == record)
        }
    }

    @Test("a 304 that changes nothing but times outlives a kill unsynced; all else is synced (O34, P12, P20)")
    func syncs() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        func isSynced(_ change: (inout PollRecord) -> Void) async throws -> Bool {
            try await store.recordPollStarts([PollStart(feedID: "a", at: fixture.now, nextDue: fixture.now)])
            #expect(try await store.pragma("synchronous") == "1")
            let before = try #require(try await store.feedRecord("a"))
            var poll = PollRecord(feedID: "a", at: fixture.now, feed: before)
            poll.log = PollLogEntry(at: fixture.now, duration: .zero, status: 304, state: .ok)
            change(&poll)
            try await store.record(poll)
            #expect(try fixture.copyOfState().feedRecord("a") == poll.feed)
            return try await store.pragma("synchronous") == "2"
        }
        let due = fixture.now + .seconds(900)
        #expect(
            try await !isSynced {
                ($0.feed.lastSuccess, $0.feed.nextDue, $0.feed.interval) = (due, due, .seconds(9))
                $0.feed.lastStatus = 304
            })
        #expect(
            try await isSynced { $0.feed.validators = StoredValidators(url: "https://example.org", etag: [0x22]) })
        #expect(try await isSynced { $0.feed.state = .failing })
        #expect(
            try await isSynced {
                $0.events = [FeedEvent(kind: .failing, feedID: "a", at: fixture.now, state: .failing, text: "a")]
            })
        #expect(
            try await isSynced {
                $0.hold = AuthorityHold(authority: "example.org", until: fixture.now, reason: "")
            })
        let found = try await store.unseen(feedID: "a", items: [.make(id: "1")], at: fixture.now)
        #expect(try await isSynced { $0.unseen = found })
        try await store.recordPollStarts([PollStart(feedID: "a", at: fixture.now, nextDue: fixture.now)])
        try await store.addEvents([FeedEvent(kind: .offline, at: fixture.now, text: "down")])
        #expect(try await store.pragma("synchronous") == "2")
    }

    @Test("a feed that is paused or resumed during a poll stays so, and the rest is as the poll left it (P12)")
    func changedMeanwhile() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        for isPaused in [true, false] {
            try await store.recordPollStarts([PollStart(feedID: "a", at: fixture.now, nextDue: fixture.now)])
            var record = try #require(try await store.feedRecord("a"))
            if isPaused { try await store.pause(["a"]) } else { try await store.resume(["a"], at: fixture.now) }
            #expect(try await store.feedRecord("a")?.isPaused == isPaused)
            record.state = isPaused ? .failing : .ok
            record.nextDue = fixture.now + .seconds(3600)
            try await store.record(PollRecord(feedID: "a", at: fixture.now, feed: record))
            record.isPaused = isPaused
            #expect(try StateReader(directory: fixture.path).feedRecord("a") == record)
        }
    }

    @Test("polls that come in together share a transaction, and each is answered (P12)")
    func together() async throws {
        let fixture = try StateFixture()
        let commits = Counter()
        var faults = StoreFaults()
        faults.beforeCommit = { _ = commits.next() }
        let (store, _) = try fixture.open(faults: faults)
        for _ in 0..<2 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        let start = PollStart(feedID: "\(number)", at: fixture.now, nextDue: fixture.now)
                        try await store.recordPollStarts([start])
                        let found = try await store.unseen(
                            feedID: "\(number)", items: [.make(id: "\(number)")], at: fixture.now)
                        let record = PollRecord(
                            feedID: "\(number)", at: fixture.now, feed: FeedRecord(state: .ok), unseen: found)
                        try await store.record(record)
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(try await store.feedRecords().count == 100)
        #expect(try await store.count("item") == 100)
        #expect(commits.next() < 100)
        #expect(try await store.pragma("synchronous") == "2")
    }

    @Test("an operator's change of a record needs no poll")
    func setRecord() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.setFeedRecord(FeedRecord(state: .gone, reason: "410"), of: "a")
        #expect(try await store.feedRecords()["a"]?.state == .gone)
    }
}

extension StateFixture {
    /// A reader of a copy of the files as they are now, which is what SIGKILL leaves.
    func copyOfState() throws -> StateReader {
        for name in ["state.sqlite", "state.sqlite-wal", "state.sqlite-shm"] {
            try directory.write(try directory.bytes("state/\(name)"), to: "killed/\(name)")
        }
        return try StateReader(directory: directory.path("killed"))
    }
}
