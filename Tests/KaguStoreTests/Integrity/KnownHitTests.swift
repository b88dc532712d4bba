// SPDX-License-Identifier: Apache-2.0

import GRDB
import Glibc
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

/// Hits of the past that a rebuild knows without a row stay known, and get one when something refers to them (O38, B16).
@Suite struct KnownHitTests {
    private let fixture: StateFixture
    private let past = "2026-11-19.jsonl"

    init() throws { fixture = try StateFixture(inMemory: true) }

    private func day(_ count: Int) -> Instant { fixture.now + .seconds(Int64(count) * 86_400) }

    private func items(_ day: Int) -> [Item] {
        (0..<4).map { Item.make(id: "\(day)-\($0)", title: "Baku \(day)-\($0)") }
    }

    private func id(_ day: Int, _ number: Int) -> String {
        HitIdentity.hit(feedID: "example", key: "\(day)-\(number)", revision: 0)
    }

    /// Four hits of today, and of each of the three days before.
    private func fill() async throws {
        let store = try fixture.openStore()
        for day in -3...0 { try await store.poll(items(day), at: self.day(day)) }
        await store.close()
    }

    private func loseDatabase() {
        for suffix in ["", "-wal", "-shm"] { unlink("\(fixture.path)/state.sqlite\(suffix)") }
    }

    private func reindex() throws -> ReindexSummary { try Store.reindex(directory: fixture.path, at: fixture.now) }

    private func rows(_ sql: String) throws -> [String] {
        let queue = try StateDatabase.openForReading(fixture.path + "/state.sqlite")
        return try queue.read { database in
            try Row.fetchAll(database, sql: sql).map { row in
                row.databaseValues.map { "\($0)" }.joined(separator: " ")
            }
        }
    }

    private func known() throws -> [String] { try rows("SELECT id, day FROM known_hit ORDER BY id") }

    private func problems() throws -> [String] {
        try StateVerifier(directory: fixture.path).run().findings.map { "\($0.file): \($0.problem)" }
    }

    @Test(
        "hits of today and yesterday get a row, those before are known; no re-poll writes or tells them again (O38)"
    )
    func rebuilt() async throws {
        try await fill()
        loseDatabase()
        let (store, recovery) = try fixture.open()
        #expect(recovery.rebuild?.hits == 16)
        // What R17 tells again has a row to be owed for.
        #expect(recovery.hits.count == 8)
        try await store.indexRecovered(
            recovery.hits.map { RoutedHit(recovered: $0, deliveries: [.make()]) }, at: fixture.now)
        #expect(try await store.deliveryCounts() == [.waiting: 8])
        #expect(try await (store.count("hit"), store.count("known_hit")) == (8, 8))
        #expect(try StateReader(directory: fixture.path).hitCount() == 16)
        for day in -3...0 {
            let result = try await store.poll(items(day), at: fixture.now, deliveries: [.make(group: "again")])
            #expect(result == RecordedPoll(newItems: 4, revisedItems: 0, hitLines: 0, deliveries: 0))
        }
        #expect(try await (store.count("hit"), store.count("known_hit")) == (16, 0))
        #expect(try await store.deliveryCounts() == [.waiting: 8])
        #expect(try await store.access { try Int.fetchOne($0, sql: "SELECT count(hit) FROM item") } == 16)
        #expect(try StateReader(directory: fixture.path).lastHit() == fixture.now)
        await store.close()
        #expect(try fixture.open().recovery.hits.isEmpty)
        #expect(try problems() == [])
    }

    @Test(
        "an item of the past that comes again has its history: a revision tells no watch twice (O38, I7)",
        arguments: [true, false])
    func history(hasIndexFile: Bool) async throws {
        try await fill()
        loseDatabase()
        let (store, _) = try fixture.open()
        let index = "\(fixture.path)/hits/2026-11-19.idx"
        #expect(access(index, F_OK) == 0)
        if !hasIndexFile { unlink(index) }
        try await store.poll([items(-3)[2]], at: fixture.now)
        let revised = Item.make(id: "-3-2", title: "Baku revised")
        let novelty = try await store.unseen(feedID: "example", items: [revised], at: fixture.now).items[0].novelty
        guard case .revised(let revision) = novelty else { return #expect(Bool(false), "\(novelty)") }
        #expect(revision.watches == ["big"] && revision.story == HitIdentity.story(feedID: "example", key: "-3-2"))
        #expect(try await store.hits([id(-3, 2)]).map(\.title) == ["Baku -3-2"])
        await store.close()
    }

    @Test("a hit whose line is not found is known all the same: nothing is written, nothing told (O38)")
    func lineGone() async throws {
        try await fill()
        loseDatabase()
        let (store, _) = try fixture.open()
        unlink("\(fixture.path)/hits/\(past)")
        let result = try await store.poll(items(-3), at: fixture.now, deliveries: [.make(group: "again")])
        #expect(result.newItems == 4 && result.hitLines == 0 && result.deliveries == 0)
        #expect(try await store.count("known_hit") == 8)
        await store.close()
    }

    @Test("a search reads no more than it may, and no line for another of the same 64 bits (O38)")
    func search() async throws {
        try await fill()
        let hits = fixture.path + "/hits"
        let name = try #require(HitFileName(past))
        try HitIndexFiles(hits: hits).rebuild(name)
        let wanted = id(-3, 1)
        var quick = KnownHitSearch(hits: hits, limit: 4 * 8)
        guard case .found(let hit, let location) = quick.find(wanted, on: name.day) else {
            return #expect(Bool(false))
        }
        #expect(hit.title == "Baku -3-1" && location.hit(in: hits) == hit)
        // 13 of 16 characters are what the index keeps.
        let twin = String(wanted.dropLast()) + (wanted.hasSuffix("0") ? "1" : "0")
        #expect(quick.find(twin, on: name.day) == .another)
        #expect(quick.find(id(-2, 1), on: name.day) == .lost)
        unlink("\(hits)/2026-11-19.idx")
        var poor = KnownHitSearch(hits: hits, limit: 100)
        #expect(poor.find(wanted, on: name.day) == .lost)
        var slow = KnownHitSearch(hits: hits)
        #expect(slow.find(wanted, on: name.day) == .found(hit, location))
    }

    @Test("reindex without a database knows what a start does that asks the index files (O27, O38)")
    func equal() async throws {
        try await fill()
        loseDatabase()
        #expect(try reindex() == ReindexSummary(hits: 16))
        let (full, compact) = try (rows("SELECT id, seen, offset, crc FROM hit ORDER BY id"), known())
        #expect(full.count == 8 && compact.count == 8)
        let lines = try rows("SELECT day, part, indexed FROM hit_file")
        for hasIndexFiles in [true, false] {
            loseDatabase()
            for day in 19...22 where !hasIndexFiles { unlink("\(fixture.path)/hits/2026-11-\(day).idx") }
            await (try fixture.openStore()).close()
            #expect(try rows("SELECT id, seen, offset, crc FROM hit ORDER BY id") == full)
            #expect(try known() == compact)
            #expect(try rows("SELECT day, part, indexed FROM hit_file") == lines)
        }
        // The start has made them.
        #expect(try fixture.directory.names(in: "state/hits").filter { $0.hasSuffix(".idx") }.count == 4)
        // A day that has a whole index file is not read at such a start; reindex believes nothing but the hit files.
        let text = try fixture.directory.text("state/hits/\(past)")
        try fixture.directory.write(text.replacing("Baku -3-1\"", with: "Baku -3-1!"), to: "state/hits/\(past)")
        loseDatabase()
        let (store, recovery) = try fixture.open()
        #expect(recovery.rebuild?.badLines == 0 && recovery.rebuild?.hits == 16)
        await store.close()
        let summary = try reindex()
        #expect(summary.hits == 15 && summary.badLines == 1 && summary.removedRows == 1)
        #expect(try fixture.directory.names(in: "state/quarantine").contains("\(past).bad"))
        #expect(try reindex().removedRows == 0)
    }

    @Test("bad, newer and repeated lines of the past are told as ever; ids of another shape have a row (O27, O37)")
    func oddLines() async throws {
        try await fill()
        let first = try fixture.lines(past)[0]
        let odd = Hit.make(id: "h_mine", seen: day(-3), title: "Baku odd")
        try fixture.append(
            Array((first + "\n").utf8) + fixture.foreignLine(odd) + Array("{\"v\":2}\nnothing\n".utf8), to: past)
        // In the form of our writer, with a word that is none of ours.
        let wrong = Hit.make(id: HitIdentity.hit(feedID: "a", key: "wrong", revision: 0), seen: day(-3))
        let line = String(decoding: fixture.foreignLine(wrong), as: UTF8.self)
        for (member, value) in [("class", wrong.feed.sourceClass.rawValue), ("severity", wrong.severity.rawValue)] {
            let other = line.replacing("\"\(member)\":\"\(value)\"", with: "\"\(member)\":\"wird\"")
            #expect(other != line)
            try fixture.append(Array(other.utf8), to: past)
        }
        // And one that stands in yesterday's file again.
        try fixture.append(Array((first + "\n").utf8), to: "2026-11-21.jsonl")
        loseDatabase()
        #expect(
            try reindex() == ReindexSummary(hits: 17, repeatedLines: 2, badLines: 3, newerLines: 1))
        #expect(try rows("SELECT count(*) FROM hit") == ["10"] && known().count == 7)
        #expect(
            try reindex() == ReindexSummary(hits: 17, repeatedLines: 2, badLines: 3, newerLines: 1))
        await (try fixture.openStore()).close()
        #expect(try known().count == 7)
    }

    @Test("reindex forgets known hits whose line has gone, but not those of a file that it cannot read (O27)")
    func removed() async throws {
        try await fill()
        loseDatabase()
        #expect(try reindex() == ReindexSummary(hits: 16))
        let path = "\(fixture.path)/hits/\(past)"
        let whole = try fixture.directory.bytes("state/hits/\(past)")
        let before = try known()
        unlink(path)
        symlink(past, path)
        var summary = try reindex()
        #expect(summary.hits == 12 && summary.removedRows == 0 && summary.unreadable.count == 1)
        #expect(try known() == before)
        #expect(try StateVerifier(directory: fixture.path).run().findingCount == 1)
        unlink(path)
        try fixture.directory.write(Array(whole.split(separator: 10)[0]) + [10], to: "state/hits/\(past)")
        #expect(try problems().contains("hits/\(past): lines are not there, which the index expects: 3"))
        summary = try reindex()
        #expect(summary == ReindexSummary(hits: 13, removedRows: 3))
        #expect(try known().count == 5)
    }

    @Test("lines of a past day that the index does not know wait for the next start; known ones do not (D1)")
    func unrouted() async throws {
        try await fill()
        loseDatabase()
        #expect(try reindex().hits == 16)
        let hit = Hit.make(
            id: HitIdentity.hit(feedID: "a", key: "1", revision: 0), seen: day(-3), title: "Baku unrouted")
        try fixture.append(fixture.foreignLine(hit), to: past)
        #expect(try StateVerifier(directory: fixture.path).run().unindexedHits == 1)
        #expect(try reindex() == ReindexSummary(hits: 16))
        // As if the watermark had not moved with what is known.
        let queue = try StateDatabase.openForWriting(fixture.path + "/state.sqlite", backup: fixture.path).queue
        try await queue.write { try $0.execute(sql: "UPDATE hit_file SET indexed = 0") }
        try queue.close()
        #expect(try reindex() == ReindexSummary(hits: 16))
        let (store, recovery) = try fixture.open()
        #expect(recovery.hits.contains(hit))
        #expect(!recovery.hits.contains { $0.title.hasPrefix("Baku -3") || $0.title.hasPrefix("Baku -2") })
        try await store.indexRecovered(
            recovery.hits.map { RoutedHit(recovered: $0, deliveries: [.make()]) }, at: fixture.now)
        await store.close()
        #expect(try fixture.open().recovery.hits.isEmpty)
    }

    @Test("a damaged database keeps its rows, and what it knew without one (O38)")
    func salvaged() async throws {
        try await fill()
        loseDatabase()
        var store = try fixture.openStore()
        // One of the past gets a row, and keeps it.
        try await store.poll([items(-3)[0]], at: fixture.now)
        await store.close()
        let before = try (rows("SELECT n, id FROM hit ORDER BY n"), known())
        let queue = try DatabaseQueue(path: fixture.path + "/state.sqlite")
        try await queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        try queue.close()
        var bytes = try fixture.directory.bytes("state/state.sqlite")
        bytes[5] ^= 0xFF
        try fixture.directory.write(bytes, to: "state/state.sqlite")
        let (again, recovery) = try fixture.open()
        store = again
        #expect(recovery.rebuild?.hits == 16 && recovery.rebuild?.damagedTables.isEmpty == true)
        await store.close()
        #expect(try rows("SELECT n, id FROM hit ORDER BY n") == before.0 && known() == before.1)
        #expect(try problems() == [])
    }

    @Test("a day beyond retention.hits takes its known hits along, some at a time (O42)")
    func retention() async throws {
        try await fill()
        loseDatabase()
        let store = try fixture.openStore()
        let rows = HitForgetting.rowsPerLook + HitForgetting.rowsPerStep
        let (first, second) = (day(-3).day.daysSinceEpoch, day(-2).day.daysSinceEpoch)
        try await store.access { database in
            try database.execute(
                sql: """
                    WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < \(rows))
                    INSERT INTO known_hit SELECT i, CASE WHEN i <= 5000 THEN \(first) ELSE \(second) END FROM c;
                    """)
        }
        let age = fixture.now - day(-3).day.end
        let summary = await store.keepFiles(at: fixture.now, HitKeeping(retention: .age(age - .seconds(1))))
        #expect(summary.removed == 1 && summary.removedHits == 5_004 && summary.problems.isEmpty)
        #expect(try await store.count("known_hit") == rows - 5_000 + 4)
        #expect(try await store.count("hit") == 8)
        await store.close()
        #expect(try !fixture.open().recovery.hits.contains { $0.seen < day(-2) })
    }

    @Test("verify compares known hits with their index file, and tells those that are in no index (O27)")
    func verify() async throws {
        try await fill()
        loseDatabase()
        #expect(try reindex().hits == 16)
        var report = try StateVerifier(directory: fixture.path).run()
        #expect(report.isSound && report.hits == 16)
        let text = try fixture.directory.text("state/hits/\(past)")
        try fixture.directory.write(text.replacing("Baku -3-1", with: "Baku -3-7"), to: "state/hits/\(past)")
        report = try StateVerifier(directory: fixture.path).run()
        #expect(report.hits == 16 && report.findings.map(\.line) == [2])
        #expect(report.findings[0].problem.contains("hit \(id(-3, 1)) has changed since it was indexed"))
        // Without the index file nothing is known of the line's bytes.
        unlink("\(fixture.path)/hits/2026-11-19.idx")
        #expect(try StateVerifier(directory: fixture.path).run().isSound)
        let key = try #require(KnownHitTable.key(of: id(-3, 0)))
        let queue = try StateDatabase.openForWriting(fixture.path + "/state.sqlite", backup: fixture.path).queue
        try await queue.write { try KnownHitTable.delete(key, $0) }
        try queue.close()
        #expect(
            try problems().count == 1 && problems()[0].contains("is not in the index; kagu reindex puts it there"))
    }

    @Test("a known hit takes at most 20 bytes of the database, rows filling page after page (B16)")
    func bytes() async throws {
        await (try fixture.openStore()).close()
        let count = 20_000
        var lines: [UInt8] = []
        for number in 0..<count {
            lines += fixture.foreignLine(
                .make(id: HitIdentity.hit(feedID: "example", key: "\(number)", revision: 0), seen: day(-3)))
        }
        try fixture.directory.write(lines, to: "state/hits/\(past)")
        loseDatabase()
        #expect(try reindex().hits == count)
        let pages = try rows("SELECT count(*) FROM dbstat WHERE name = 'known_hit'")
        let bytes = try #require(Int(pages[0])) * 4096
        #expect(bytes <= count * 20, "\(Double(bytes) / Double(count)) bytes a hit")
    }

    @Test("a database of version 5 is upgraded, and knows nothing without a row (O41)")
    func upgrade() async throws {
        try await fill()
        let queue = try DatabaseQueue(path: fixture.path + "/state.sqlite")
        try await queue.write { database in
            try database.execute(sql: "DROP TABLE known_hit; UPDATE setting SET value = 5 WHERE name = 'schema'")
            try database.execute(sql: "PRAGMA user_version = 5")
        }
        try queue.close()
        let store = try fixture.openStore()
        #expect(try await store.pragma("user_version") == "6")
        #expect(try await (store.count("hit"), store.count("known_hit")) == (16, 0))
        #expect(try await store.poll(items(-3), at: fixture.now).newItems == 0)
        await store.close()
        #expect(try fixture.directory.names(in: "state/backup") == ["state.v5.sqlite"])
        // Rows that are there stay, however old.
        #expect(try reindex() == ReindexSummary(hits: 16))
        #expect(try rows("SELECT count(*) FROM hit") == ["16"])
        #expect(try problems() == [])
    }
}
