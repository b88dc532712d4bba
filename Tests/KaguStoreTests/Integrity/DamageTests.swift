// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Glibc
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

/// Damaged databases and files are mended, and never refused (O38, R17, T8).
@Suite struct DamageTests {
    private struct Alive {
        let fixture: StateFixture
        let store: Store
    }

    /// A store with a settled alert, one that is pending, a parked one and a waiting delivery.
    private func alive() async throws -> Alive {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll(
            (0..<40).map { .make(id: "old\($0)", title: "Baku \($0)") }, at: fixture.now - .seconds(200_000))
        for (number, verdict) in [
            AlertVerdict.delivered(remoteID: "m1"), .retry(at: fixture.now), .parked(reason: "gone"),
        ].enumerated() {
            try await store.poll(
                [.make(id: "\(number)", title: "Baku news \(number)")], at: fixture.now - .seconds(3_600),
                deliveries: [.make(group: "g\(number)")])
            let waiting = try await store.waitingDeliveries(group: "g\(number)")
            let id = "msg_\(number)"
            var group = try #require(try await store.group("g\(number)"))
            group.deadline = nil
            try await store.bindAlert(
                AlertRecord(
                    id: id, receiver: "desk", route: "r", type: "kagu.hit", reason: "new", body: [UInt8(number)],
                    created: fixture.now), deliveries: waiting.map(\.id), group: group)
            try await store.recordAttempt(
                AttemptRecord(alertID: id, at: fixture.now, duration: .zero, classification: "x"), verdict: verdict)
        }
        try await store.poll(
            [.make(id: "w", title: "Baku waits")], at: fixture.now - .seconds(60), deliveries: [.make(group: "gw")])
        return Alive(fixture: fixture, store: store)
    }

    /// Overwrites a stretch of the main database file, checkpointed before.
    private func damage(_ fixture: StateFixture, _ body: (inout [UInt8]) -> Void) throws {
        let queue = try DatabaseQueue(path: fixture.path + "/state.sqlite")
        try queue.inDatabase { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        try queue.close()
        var bytes = try fixture.directory.bytes("state/state.sqlite")
        body(&bytes)
        try fixture.directory.write(bytes, to: "state/state.sqlite")
    }

    private func rootPage(_ table: String, _ fixture: StateFixture) throws -> Int {
        let queue = try DatabaseQueue(path: fixture.path + "/state.sqlite")
        return try queue.inDatabase {
            try Int.fetchOne($0, sql: "SELECT rootpage FROM sqlite_master WHERE name = ?", arguments: [table]) ?? 0
        }
    }

    @Test("a database whose header is damaged keeps all its rows; nothing settled is told again (O38)")
    func header() async throws {
        let alive = try await alive()
        let before = try await alive.store.deliveryCounts()
        await alive.store.close()
        try damage(alive.fixture) { $0[5] ^= 0xFF }
        let (store, recovery) = try alive.fixture.open()
        let rebuild = try #require(recovery.rebuild)
        #expect(rebuild.isOutboxWhole && rebuild.damagedTables.isEmpty && rebuild.hits == 44)
        #expect(!recovery.isDatabaseRebuilt && recovery.hits.isEmpty)
        #expect(try await store.deliveryCounts() == before)
        #expect(try await store.alert("msg_1")?.body == [1])
        let result = try await store.poll([.make(id: "old3", title: "Baku 3")], at: alive.fixture.now)
        #expect(result.newItems == 0 && result.hitLines == 0)
        await store.close()
        #expect(try StateVerifier(directory: alive.fixture.path).run().isSound)
        #expect(try alive.fixture.directory.names(in: "state/quarantine").contains { $0.hasSuffix(".sqlite") })
        // The next start finds nothing to mend.
        #expect(try alive.fixture.open().recovery.rebuild == nil)
    }

    @Test("debts whose alert has lost its body wait again; none is sent empty (O38, D2, D4)")
    func bodies() async throws {
        let alive = try await alive()
        await alive.store.close()
        let body = try rootPage("alert_body", alive.fixture)
        try damage(alive.fixture) { bytes in
            for index in ((body - 1) * 4096)..<(body * 4096) { bytes[index] = 0xA5 }
        }
        SuspectMark(StateDirectory(alive.fixture.path)).set()
        let (store, _) = try alive.fixture.open()
        #expect(try await store.alert("msg_0")?.state == .delivered)
        #expect(try await store.alert("msg_1") == nil)
        let counts = try await store.deliveryCounts()
        #expect(counts[.waiting] == 3 && counts[.delivered] == 1)
        #expect(counts[.pending] == nil && counts[.parked] == nil)
        await store.close()
    }

    @Test("an empty database file beside hits is a lost one: older hits are not told again (O38, R17)")
    func emptied() async throws {
        let alive = try await alive()
        await alive.store.close()
        for suffix in ["-wal", "-shm"] { unlink(alive.fixture.path + "/state.sqlite" + suffix) }
        try alive.fixture.directory.write([UInt8](), to: "state/state.sqlite")
        let (store, recovery) = try alive.fixture.open()
        #expect(recovery.isDatabaseRebuilt && recovery.hits.count == 4)
        await store.close()
    }

    @Test("of very many hits the newest are told again: all of them would not fit into memory (R17)")
    func mostRecovered() async throws {
        let alive = try await alive()
        await alive.store.close()
        let queue = try DatabaseQueue()
        try await queue.write { try $0.execute(sql: "CREATE TABLE hit (n INTEGER PRIMARY KEY, id BLOB)") }
        func told(_ most: Int) throws -> (hits: [Hit], more: Int) {
            try Store.untold(
                since: alive.fixture.now - .seconds(86_400), but: [], StateDirectory(alive.fixture.path), queue,
                most: most)
        }
        let all = try told(100)
        #expect(all.hits.count == 4 && all.more == 0)
        let some = try told(2)
        #expect(some.hits == all.hits.suffix(2) && some.more == 2)
    }

    @Test("a version below zero is damage, not a crash; the key of URL numbers outlives the rebuild (O38, I3)")
    func version() async throws {
        let alive = try await alive()
        await alive.store.close()
        func key() throws -> Data? {
            let queue = try DatabaseQueue(path: alive.fixture.path + "/state.sqlite")
            return try queue.inDatabase {
                try Data.fetchOne($0, sql: "SELECT value FROM setting WHERE name = 'url_key'")
            }
        }
        let before = try key()
        try damage(alive.fixture) { $0[60] |= 0x80 }
        let (store, recovery) = try alive.fixture.open()
        #expect(recovery.rebuild != nil)
        await store.close()
        let after = try key()
        #expect(before != nil && after == before)
    }

    @Test(
        "a version that was damaged upward is mended, not taken for a newer kagu's (O38, O41)", arguments: [0, 3])
    func higherVersion(byte: Int) async throws {
        let alive = try await alive()
        let before = try await alive.store.deliveryCounts()
        await alive.store.close()
        try damage(alive.fixture) { $0[60 + byte] ^= 0x40 }
        #expect(throws: StoreError.self) { try StateReader(directory: alive.fixture.path) }
        let (store, recovery) = try alive.fixture.open()
        #expect(recovery.rebuild?.reason.contains("user_version") == true && !recovery.isDatabaseRebuilt)
        #expect(try await store.deliveryCounts() == before)
        await store.close()
        #expect(try StateVerifier(directory: alive.fixture.path).run().isSound)
        _ = try StateReader(directory: alive.fixture.path)
    }

    @Test("a version that was damaged downward runs no old migration (O38, O41)")
    func lowerVersion() async throws {
        let alive = try await alive()
        await alive.store.close()
        try damage(alive.fixture) { $0[63] = 4 }
        #expect(try alive.fixture.open().recovery.rebuild?.reason.contains("user_version") == true)
        #expect(try alive.fixture.directory.names(in: "state/backup").isEmpty)
    }

    @Test("a database from before its version was kept twice opens as it is, and keeps it twice from then on (O41)")
    func versionKeptOnce() async throws {
        let alive = try await alive()
        await alive.store.close()
        func execute(_ sql: String) throws -> Int? {
            let queue = try DatabaseQueue(path: alive.fixture.path + "/state.sqlite")
            return try queue.inDatabase { try Int.fetchOne($0, sql: sql) }
        }
        _ = try execute("DELETE FROM setting WHERE name = 'schema' RETURNING 1")
        _ = try StateReader(directory: alive.fixture.path)
        let (store, recovery) = try alive.fixture.open()
        #expect(recovery.rebuild == nil)
        await store.close()
        #expect(try execute("SELECT value FROM setting WHERE name = 'schema'") == Schema.version)
    }

    @Test("a watermark inside a line, or below zero, cuts nothing off (O35, O38)", arguments: [-7, 20])
    func watermark(_ shift: Int) async throws {
        let alive = try await alive()
        await alive.store.close()
        let queue = try DatabaseQueue(path: alive.fixture.path + "/state.sqlite")
        try await queue.write {
            try $0.execute(
                sql: "UPDATE hit_file SET indexed = CASE WHEN ? < 0 THEN ? ELSE indexed - ? END",
                arguments: [shift, shift, shift])
        }
        try queue.close()
        let names = try alive.fixture.directory.names(in: "state/hits").filter { $0.hasSuffix(".jsonl") }
        let before = try names.map { try alive.fixture.directory.bytes("state/hits/\($0)") }
        let (store, recovery) = try alive.fixture.open()
        #expect(recovery.hits.isEmpty && recovery.badLines == 0)
        await store.close()
        let after = try names.map { try alive.fixture.directory.bytes("state/hits/\($0)") }
        #expect(after == before)
    }

    @Test("a place that lies outside of its file, or has no length that can be, holds no hit (O38)")
    func places() throws {
        let directory = try TemporaryDirectory("kagu-places", inMemory: true)
        try directory.write("{}\n", to: "2026-11-22.jsonl")
        let file = HitFileName(day: CivilDate(year: 2026, month: 11, day: 22))
        for (offset, length) in [(0, -1), (-1, 2), (0, Int.max), (2, 5), (Int.max, 1)] {
            let place = HitLocation(file: file, offset: offset, length: length, crc: 0)
            #expect(place.hit(in: directory.path) == nil)
        }
    }

    @Test("a damaged page is found by the store, mended by the next start, and the outbox survives it (O38)")
    func page() async throws {
        let alive = try await alive()
        await alive.store.close()
        let page = try rootPage("item", alive.fixture)
        try damage(alive.fixture) { bytes in
            for index in ((page - 1) * 4096)..<(page * 4096) { bytes[index] = 0xA5 }
        }
        let (store, _) = try alive.fixture.open()
        await #expect(throws: StoreError.self) {
            try await store.poll([.make(id: "new", title: "Baku")], at: alive.fixture.now)
        }
        #expect(store.storage.needsRestart && !store.storage.takesPolls)
        await store.close()
        let (again, recovery) = try alive.fixture.open()
        #expect(recovery.rebuild?.damagedTables == ["item"] && recovery.rebuild?.isOutboxWhole == true)
        #expect(try await again.deliveryCounts()[.delivered] == 1)
        try await again.poll([.make(id: "new", title: "Baku")], at: alive.fixture.now)
        // Known items come back as new; their hits are there, and no line is written twice.
        let result = try await again.poll([.make(id: "0", title: "Baku news 0")], at: alive.fixture.now)
        #expect(result.hitLines == 0)
        await again.close()
        let report = try StateVerifier(directory: alive.fixture.path).run()
        #expect(report.isSound, "\(report.findings)")
    }

    @Test(
        "with the outbox lost, the hits of the last 24 h are handed out once, across a kill, and no older ones (R17)"
    )
    func outboxLost() async throws {
        let alive = try await alive()
        await alive.store.close()
        let page = try rootPage("delivery", alive.fixture)
        try damage(alive.fixture) { bytes in
            for index in ((page - 1) * 4096)..<(page * 4096) { bytes[index] = 0xA5 }
        }
        SuspectMark(StateDirectory(alive.fixture.path)).set()
        for _ in 0..<2 {
            // Killed before they were routed: handed out again.
            let (store, recovery) = try alive.fixture.open()
            #expect(recovery.isDatabaseRebuilt)
            #expect(recovery.hits.map(\.title) == ["Baku news 0", "Baku news 1", "Baku news 2", "Baku waits"])
            await store.close()
        }
        let (store, recovery) = try alive.fixture.open()
        try await store.indexRecovered(
            recovery.hits.map { RoutedHit(recovered: $0, deliveries: [.make(group: "recovered")]) },
            at: alive.fixture.now)
        #expect(try await store.deliveryCounts() == [.waiting: 4])
        await store.close()
        let (last, none) = try alive.fixture.open()
        #expect(!none.isDatabaseRebuilt && none.hits.isEmpty)
        #expect(try await last.deliveryCounts() == [.waiting: 4])
        await last.close()
        #expect(try StateVerifier(directory: alive.fixture.path).run().isSound)
    }

    @Test("with the index lost, no item is taken for the one of another hit that has got its number (O38, I7)")
    func numbers() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll([.make(id: "a", title: "Baku a")], at: fixture.now)
        // Written later, to the file of the day before: a rebuild numbers the two the other way round.
        try await store.poll([.make(id: "b", title: "Baku b")], at: fixture.now - .seconds(86_400))
        await store.close()
        let page = try rootPage("hit", fixture)
        try damage(fixture) { bytes in
            for index in ((page - 1) * 4096)..<(page * 4096) { bytes[index] = 0xA5 }
        }
        SuspectMark(StateDirectory(fixture.path)).set()
        let (again, recovery) = try fixture.open()
        #expect(recovery.rebuild?.damagedTables.contains("hit") == true)
        #expect(try await again.count("hit") == 2)
        #expect(try await again.access { try Int.fetchOne($0, sql: "SELECT count(hit) FROM item") } == 0)
        #expect(try await again.poll([.make(id: "a", title: "Baku a")], at: fixture.now).hitLines == 0)
        await again.close()
    }

    @Test("a rebuild that is killed goes on at the next start (O38)")
    func killedRebuild() async throws {
        let alive = try await alive()
        await alive.store.close()
        try damage(alive.fixture) { $0[20] = 7 }
        let state = alive.fixture.path
        // As a kill leaves it right before, and right after, the damaged database has gone.
        _ = try alive.fixture.open().store
        for suffix in ["", "-wal"] {
            rename("\(state)/state.sqlite\(suffix)", "\(state)/state.sqlite.rebuilt\(suffix)")
        }
        for name in ["state.sqlite-shm", "state.sqlite.rebuilt-wal"] { unlink("\(state)/\(name)") }
        let (store, recovery) = try alive.fixture.open()
        #expect(recovery.rebuild == nil && recovery.hits.isEmpty)
        #expect(try await store.deliveryCounts().values.reduce(0, +) == 4)
    }

    @Test("a byte flipped anywhere: the store opens, polls, and every hit whose line is whole is there (O38, T8)")
    func flips() async throws {
        let model = try await alive()
        await model.store.close()
        try HitIndexFiles(directory: model.fixture.path).refresh(before: model.fixture.now.day)
        var opened = 0
        for seed in 0..<UInt64(Soak.count(ci: 50, soak: 5_000)) {
            var random = SeededGenerator(seed)
            let copy = try TemporaryDirectory("kagu-flip", inMemory: true)
            try FileManager.default.copyItem(atPath: model.fixture.path, toPath: copy.path("state"))
            let files = [
                "state.sqlite", "state.sqlite-wal", "state.sqlite-shm", "hits/2026-11-20.jsonl",
                "hits/2026-11-22.jsonl", "lock", "reserve", "hits/2026-11-20.idx",
            ]
            let name = files[Int(seed) % files.count]
            var bytes = try copy.bytes("state/\(name)")
            guard !bytes.isEmpty else { continue }
            let place = Int.random(in: 0..<bytes.count, using: &random)
            bytes[place] ^= UInt8.random(in: 1...255, using: &random)
            try copy.write(bytes, to: "state/\(name)")
            let what = "seed \(seed): \(name), byte \(place)"
            if name.hasSuffix(".idx") { try await answers(copy.path("state"), model.fixture.now, what) }
            try await survive(copy.path("state"), model.fixture.now, what)
            opened += 1
        }
        #expect(opened > 30)
    }

    /// A damaged index loses no hit, of a question that it would answer and of a count, and `reindex` makes it anew.
    private func answers(_ state: String, _ now: Instant, _ what: String) async throws {
        let reader = HitReader(directory: state)
        var query = HitQuery()
        query.minimumSeverity = .low
        #expect(query.usesIndex && reader.hits(query).count == 44, "\(what)")
        let counts = reader.statistics(query, by: .feed)
        #expect(counts.total.hits == 44 && counts.groups.values.map(\.hits).reduce(0, +) == 44, "\(what)")
        _ = try Store.reindex(directory: state, at: now)
        let file = try #require(HitFileName("2026-11-20.jsonl"))
        let index = try #require(HitIndex(path: "\(reader.path)/\(HitIndexFiles.name(of: file))"), "\(what)")
        #expect(index.isSound && index.hits == 40, "\(what)")
    }

    /// Opens, polls, and where damage is found on the way, opens once more.
    private func survive(_ state: String, _ now: Instant, _ what: String) async throws {
        for attempt in 0..<3 {
            let (store, recovery) = try Store.open(directory: state, at: now)
            try? await store.indexRecovered(recovery.hits.map { RoutedHit(recovered: $0) }, at: now)
            let items = [Item.make(id: "after", title: "Baku after"), .make(id: "0", title: "Baku news 0")]
            let polled = try? await store.poll(items, at: now)
            _ = try? await store.upkeep(at: now)
            _ = await store.keepFiles(at: now, HitKeeping())
            let needsRestart = store.storage.needsRestart
            await store.close()
            guard polled == nil || needsRestart else { break }
            #expect(needsRestart && attempt < 2, "\(what)")
        }
        let hits = HitReader(directory: state).hits(HitQuery())
        // The flipped byte may be in one line, or in the newline between two.
        #expect(hits.count >= 43 && Set(hits.map(\.id)).count == hits.count, "\(what): \(hits.count)")
        _ = try StateVerifier(directory: state).run()
    }
}
