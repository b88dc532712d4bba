// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel
import KaguTestSupport
import Synchronization
import Testing

@testable import KaguStore

/// What is left after a kill or a fault at any step of the crash order, and how it is mended.
@Suite struct CrashTests {
    @Test("a torn last line is moved to quarantine and cut off; the whole lines stay (O35)")
    func tornTail() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll([.make(title: "Baku")], at: fixture.now)
        await store.close()
        let whole = try fixture.directory.bytes("state/hits/2026-11-22.jsonl")
        try fixture.append(Array(#"{"v":1,"id":"h_torn","se"#.utf8))

        let (again, recovery) = try fixture.open()
        #expect(recovery.tornBytes == 24 && recovery.hits.isEmpty && !recovery.isDatabaseRebuilt)
        #expect(try fixture.directory.bytes("state/hits/2026-11-22.jsonl") == whole)
        let kept = try fixture.directory.names(in: "state/quarantine")
        #expect(kept == ["2026-11-22.jsonl.\(whole.count).torn"])
        #expect(try fixture.directory.text("state/quarantine/\(kept[0])") == #"{"v":1,"id":"h_torn","se"#)
        try await again.poll([.make(id: "2", title: "Baku")], at: fixture.now)
        #expect(HitReader(directory: fixture.path).hits(HitQuery()).count == 2)
    }

    @Test("a line that the index does not know is recovered, routed once and known ever after (D1)")
    func unknownLine() async throws {
        let fixture = try StateFixture()
        await (try fixture.openStore()).close()
        let hit = Hit.make(
            id: HitIdentity.hit(feedID: "a", key: "1", revision: 0), seen: fixture.now, title: "Baku")
        try fixture.append(fixture.foreignLine(hit))

        var (store, recovery) = try fixture.open()
        #expect(recovery.hits == [hit])
        // Killed before it was routed: found again.
        await store.close()
        (store, recovery) = try fixture.open()
        #expect(recovery.hits == [hit])
        try await store.indexRecovered(
            recovery.hits.map { RoutedHit(recovered: $0, deliveries: [.make()]) }, at: fixture.now)
        #expect(try await store.waitingDeliveries().map(\.hitID) == [hit.id])
        await store.close()
        (store, recovery) = try fixture.open()
        #expect(recovery.hits.isEmpty)
        #expect(try await store.waitingDeliveries().count == 1)
        #expect(try await store.hits([hit.id]) == [hit])
    }

    @Test("killed between sync and commit: the line is there once, and the re-poll indexes it (T2, DESIGN §5)")
    func killedBeforeCommit() async throws {
        let fixture = try StateFixture()
        var faults = StoreFaults()
        faults.beforeCommit = { throw StoreError.database(path: "state.sqlite", reason: "killed") }
        let (store, _) = try fixture.open(faults: faults)
        await #expect(throws: StoreError.self) {
            try await store.poll([.make(title: "Baku")], at: fixture.now, deliveries: [.make()])
        }
        await store.close()
        #expect(try fixture.lines().count == 1)

        let (again, recovery) = try fixture.open()
        #expect(recovery.hits.count == 1)
        // The feed is polled before the recovered hits are routed.
        let result = try await again.poll([.make(title: "Baku")], at: fixture.now, deliveries: [.make()])
        #expect(result == RecordedPoll(newItems: 1, revisedItems: 0, hitLines: 0, deliveries: 1))
        try await again.indexRecovered(
            recovery.hits.map { RoutedHit(recovered: $0, deliveries: [.make()]) }, at: fixture.now)
        #expect(try fixture.lines().count == 1)
        #expect(try await again.waitingDeliveries().count == 1)
        await again.close()
        #expect(try fixture.open().recovery.hits.isEmpty)
    }

    @Test("a recovered hit that is polled again after it was indexed gets no second line")
    func repollAfterRecovery() async throws {
        let fixture = try StateFixture()
        var faults = StoreFaults()
        faults.beforeCommit = { throw StoreError.database(path: "state.sqlite", reason: "killed") }
        let (store, _) = try fixture.open(faults: faults)
        _ = try? await store.poll([.make(title: "Baku")], at: fixture.now)
        await store.close()
        let (again, recovery) = try fixture.open()
        try await again.indexRecovered(recovery.hits.map { RoutedHit(recovered: $0) }, at: fixture.now)
        let result = try await again.poll([.make(title: "Baku")], at: fixture.now, deliveries: [.make()])
        #expect(result == RecordedPoll(newItems: 1, revisedItems: 0, hitLines: 0, deliveries: 0))
        #expect(try fixture.lines().count == 1)
        // The item is tied to its recovered hit: a revision knows what was told.
        let found = try await again.unseen(feedID: "example", items: [.make(title: "Baku 2")], at: fixture.now)
        guard case .revised(let revision) = try #require(found.items.first).novelty else { throw Unexpected() }
        #expect(revision.watches == ["big"])
    }

    @Test("a failed transaction counts for nothing, and the next poll of the same store writes no second line")
    func failedCommit() async throws {
        let fixture = try StateFixture()
        let fails = Switch()
        fails.set(true)
        var faults = StoreFaults()
        faults.beforeCommit = {
            if fails.isOn { throw StoreError.database(path: "x", reason: "disk I/O error") }
        }
        let (store, _) = try fixture.open(faults: faults)
        _ = try? await store.poll([.make(title: "Baku")], at: fixture.now, deliveries: [.make()])
        #expect(try await store.feedRecords().isEmpty)
        for table in ["item", "url", "hit", "delivery", "grouping"] { #expect(try await store.count(table) == 0) }
        fails.set(false)
        let result = try await store.poll([.make(title: "Baku")], at: fixture.now, deliveries: [.make()])
        #expect(result == RecordedPoll(newItems: 1, revisedItems: 0, hitLines: 0, deliveries: 1))
        #expect(try fixture.lines().count == 1)
        await store.close()
        #expect(try fixture.open().recovery.hits.isEmpty)
    }

    @Test("killed before the commit of a migration: nothing is joined, and the next poll joins it all (I5, P12)")
    func migrationFails() async throws {
        let fixture = try StateFixture()
        let fails = Switch()
        var faults = StoreFaults()
        faults.beforeCommit = {
            if fails.isOn { throw StoreError.database(path: "x", reason: "killed") }
        }
        let old = (0..<6).map { Item.make(id: "old\($0)", url: "https://example.org/\($0)", title: "Baku \($0)") }
        var new = old.enumerated().map { Item.make(id: "new\($0)", url: $1.url, title: $1.title) }
        new.append(.make(id: "more", title: "Baku, more"))
        let (store, _) = try fixture.open(faults: faults)
        try await store.poll(old, at: fixture.now)
        fails.set(true)
        let found = try await store.unseen(feedID: "example", items: new, at: fixture.now)
        let event = FeedEvent(kind: .migration, feedID: "example", at: fixture.now, text: "ids changed")
        let hits = found.items.map { RoutedHit(store.hit(of: $0, at: fixture.now), of: $0) }
        let record = PollRecord(
            feedID: "example", at: fixture.now, feed: FeedRecord(state: .ok), unseen: found, hits: hits,
            log: PollLogEntry(at: fixture.now, duration: .zero, state: .ok), events: [event],
            hold: AuthorityHold(authority: "example.org", until: fixture.now + .seconds(60)))
        await #expect(throws: StoreError.self) { try await store.record(record) }
        await store.close()

        let (again, recovery) = try fixture.open()
        #expect(recovery.hits.map(\.title) == ["Baku, more"])
        for table in ["event", "hold", "poll_log"] { #expect(try await again.count(table) == 0) }
        let retry = try await again.unseen(feedID: "example", items: new, at: fixture.now)
        #expect(retry.migration == Migration(joined: 6, of: 7) && retry.items.map(\.item.id) == ["more"])
        let second = PollRecord(
            feedID: "example", at: fixture.now, feed: FeedRecord(state: .ok), unseen: retry,
            hits: retry.items.map { RoutedHit(again.hit(of: $0, at: fixture.now), of: $0) }, events: [event])
        #expect(
            try await again.record(second)
                == RecordedPoll(newItems: 1, revisedItems: 0, hitLines: 0, deliveries: 0))
        // As SIGKILL leaves them.
        let copy = try fixture.copyOfState()
        #expect(try copy.events() == [event] && copy.itemCount() == 13)
        let last = try await again.unseen(feedID: "example", items: new, at: fixture.now)
        #expect(last.knownCount == 7 && last.migration == nil && last.items.isEmpty)
        #expect(try fixture.lines().count == 7)
    }

    @Test("a migration that is recorded twice, as after a re-poll, joins once (I5)")
    func migrationTwice() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let old = (0..<6).map { Item.make(id: "old\($0)", url: "https://example.org/\($0)", title: "Baku \($0)") }
        let new = old.enumerated().map { Item.make(id: "new\($0)", url: $1.url, title: $1.title) }
        try await store.poll(old, at: fixture.now)
        let found = try await store.unseen(feedID: "example", items: new, at: fixture.now)
        for _ in 0..<2 {
            let record = PollRecord(feedID: "example", at: fixture.now, feed: FeedRecord(), unseen: found)
            #expect(try await store.record(record).newItems == 0)
        }
        #expect(try await store.counts(["item", "url"]) == [12, 6])
    }

    @Test("a failed sync moves the batch to the day's next file; readers see each hit once (O37, T5)")
    func syncFails() async throws {
        let fixture = try StateFixture()
        let syncs = Counter()
        var faults = StoreFaults()
        faults.calls.sync = { descriptor in
            guard syncs.next() == 2 else { return fdatasync(descriptor) }
            errno = EIO
            return -1
        }
        let (store, _) = try fixture.open(faults: faults)
        for id in ["1", "2", "3"] {
            #expect(try await store.poll([.make(id: id, title: "Baku")], at: fixture.now).hitLines == 1)
        }
        #expect(try fixture.lines().count == 2 && fixture.lines("2026-11-22.1.jsonl").count == 2)
        var found: [String] = []
        let summary = HitReader(directory: fixture.path).read(HitQuery()) { hit in
            found.append(hit.hit.url)
            return true
        }
        #expect(found.map { $0.suffix(1) } == ["1", "2", "3"] && summary.repeatedLines == 1)
        #expect(try await store.hits([HitIdentity.hit(feedID: "example", key: "2", revision: 0)]).count == 1)
        await store.close()
        #expect(try fixture.open().recovery.hits.isEmpty)
    }

    @Test("a full disk fails the poll, leaves no part of a line, and nothing of it counts (O36, T6)")
    func diskFull() async throws {
        let fixture = try StateFixture()
        let full = Switch()
        var faults = StoreFaults()
        faults.calls.write = { descriptor, bytes in
            guard full.isOn else { return write(descriptor, bytes.baseAddress, bytes.count) }
            if bytes.count > 100 { return write(descriptor, bytes.baseAddress, 100) }
            errno = ENOSPC
            return -1
        }
        let (store, _) = try fixture.open(faults: faults)
        try await store.poll([.make(id: "1", title: "Baku")], at: fixture.now)
        full.set(true)
        await #expect(throws: StoreError.diskFull(path: "\(fixture.path)/hits/2026-11-22.jsonl")) {
            try await store.poll([.make(id: "2", title: "Baku")], at: fixture.now)
        }
        full.set(false)
        #expect(try fixture.directory.text("state/hits/2026-11-22.jsonl").hasSuffix("}\n"))
        #expect(await store.testStorage().takesPolls)
        #expect(try await store.poll([.make(id: "2", title: "Baku")], at: fixture.now).hitLines == 1)
        #expect(HitReader(directory: fixture.path).hits(HitQuery()).count == 2)
    }

    @Test("bad lines behind the watermark are counted and copied, those of a later version left alone (O38, O41)")
    func badLines() async throws {
        let fixture = try StateFixture()
        await (try fixture.openStore()).close()
        let hit = Hit.make(id: HitIdentity.hit(feedID: "a", key: "1", revision: 0), seen: fixture.now)
        try fixture.append(Array("rubbish\n{\"v\":2,\"id\":\"h_9\"}\n".utf8) + fixture.foreignLine(hit))
        let (_, recovery) = try fixture.open()
        #expect(recovery.badLines == 1 && recovery.newerLines == 1 && recovery.hits.count == 1)
        #expect(try fixture.directory.text("state/quarantine/2026-11-22.jsonl.0.bad") == "rubbish\n")
    }

    @Test("a lost database is made anew: older hits are indexed, those of the last 24 h are handed out (R17)")
    func lostDatabase() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll([.make(id: "1", title: "Baku")], at: fixture.now - .seconds(172_800))
        try await store.poll([.make(id: "2", title: "Baku")], at: fixture.now - .seconds(60))
        await store.close()
        for name in ["state.sqlite", "state.sqlite-wal", "state.sqlite-shm"] { unlink("\(fixture.path)/\(name)") }
        let (again, recovery) = try fixture.open()
        #expect(recovery.isDatabaseRebuilt && recovery.hits.map(\.url) == ["https://example.org/2"])
        try await again.indexRecovered(recovery.hits.map { RoutedHit(recovered: $0) }, at: fixture.now)
        let result = try await again.poll(
            [.make(id: "1", title: "Baku"), .make(id: "2", title: "Baku")], at: fixture.now)
        #expect(result.newItems == 2 && result.hitLines == 0)
    }
}

/// A switch that a fault's closure reads.
final class Switch: Sendable {
    private let value = Atomic(false)
    var isOn: Bool { value.load(ordering: .relaxed) }
    func set(_ isOn: Bool) { value.store(isOn, ordering: .relaxed) }
}

/// Counts calls of a fault's closure.
final class Counter: Sendable {
    private let value = Atomic(0)
    func next() -> Int { value.add(1, ordering: .relaxed).newValue }
}
