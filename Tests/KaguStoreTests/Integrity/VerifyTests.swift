// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GRDB
import Glibc
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

/// `kagu verify` finds what is wrong, `kagu reindex` mends the index and tells nobody (O27).
@Suite struct VerifyTests {
    private let fixture: StateFixture
    private let file = "state/hits/2026-11-22.jsonl"

    init() throws { fixture = try StateFixture(inMemory: true) }

    private func fill() async throws {
        let store = try fixture.openStore()
        for number in 0..<5 {
            try await store.poll(
                [.make(id: "\(number)", title: "Baku \(number)")], at: fixture.now,
                deliveries: [.make(group: "\(number)")])
        }
        _ = await store.keepFiles(at: fixture.now + .seconds(86_400), HitKeeping())
        await store.close()
    }

    private func problems() throws -> [String] {
        try StateVerifier(directory: fixture.path).run().findings.map { finding in
            "\(finding.file):\(finding.line.map(String.init) ?? ""): \(finding.problem)"
        }
    }

    private func execute(_ sql: String) throws {
        let queue = try StateDatabase.openForWriting(fixture.path + "/state.sqlite", backup: fixture.path).queue
        try queue.inDatabase { try $0.execute(sql: sql) }
        try queue.close()
    }

    @Test("a sound state has nothing to report, whether the daemon runs or not, and verifying writes nothing")
    func sound() async throws {
        try await fill()
        let before = try fixture.directory.bytes(file)
        let report = try StateVerifier(directory: fixture.path).run()
        #expect(report.isSound && report.hits == 5 && report.files == 1 && report.digests == 1)
        let store = try fixture.openStore()
        #expect(try problems() == [])
        await store.close()
        #expect(try fixture.directory.bytes(file) == before)
        #expect(throws: StoreError.self) { try StateVerifier(directory: "/nonexistent").run() }
    }

    @Test("a changed title, a lost line, bytes that are no UTF-8 and a torn end are found with their line")
    func lines() async throws {
        try await fill()
        let whole = try fixture.directory.text(file)
        let sealed = "hits/2026-11-22.jsonl:: its SHA-256 is not that of the day it was sealed"
        try fixture.directory.write(whole.replacing("Baku 1", with: "Baku 7"), to: file)
        var found = try problems()
        #expect(found.count == 2 && found[1] == sealed)
        #expect(found[0].hasPrefix("hits/2026-11-22.jsonl:2: hit h_") && found[0].contains("CRC-32C"))

        try fixture.directory.write(Array(whole.utf8).map { $0 == UInt8(ascii: "B") ? 0xFF : $0 }, to: file)
        #expect(try problems().filter { $0.hasSuffix("it is not UTF-8") }.count == 5)

        try fixture.directory.write(whole.replacing("\"v\":1", with: "\"v\":x"), to: file)
        #expect(try problems().filter { $0.contains("it is no hit") }.count == 5)

        try fixture.directory.write(String(whole.dropLast(20)), to: file)
        found = try problems()
        #expect(found.contains { $0.contains("ends with a part of a line") })
        #expect(found.contains { $0.contains("bytes at its end are missing") })
        #expect(found.contains { $0.contains("the line of hit 5 is not there") })

        unlink(fixture.directory.path(file))
        #expect(try problems().contains("hits/2026-11-22.jsonl:: it has a digest, but is missing"))
    }

    @Test("what the outbox must hold is looked at, and SQLite's own structures (D2)")
    func database() async throws {
        try await fill()
        try execute(
            "UPDATE grouping SET deadline = NULL WHERE key = '1'; UPDATE delivery SET state = 1 WHERE n = 3")
        #expect(
            try problems() == [
                "state.sqlite:: deliveries wait in a group that no timer will bind: 1",
                "state.sqlite:: deliveries are pending or parked without an alert that is: 1",
            ])
        let path = fixture.path + "/state.sqlite"
        for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
        #expect(try problems().contains { $0.contains("it is missing; the next start") })
    }

    @Test("reindex equals what was there, keeps every debt, adds none, and is refused while a daemon runs (O27)")
    func reindex() async throws {
        try await fill()
        let before = try dump()
        try execute(
            """
            UPDATE hit SET offset = offset + 1, crc = 0 WHERE n = 2; DELETE FROM delivery WHERE hit = 4;
            DELETE FROM hit WHERE n = 4;
            """)
        #expect(try problems().count == 2)
        let summary = try Store.reindex(directory: fixture.path, at: fixture.now)
        #expect(summary == ReindexSummary(hits: 5))
        #expect(try problems() == [])
        #expect(try dump() == before)
        let (store, recovery) = try fixture.open()
        #expect(recovery.hits.isEmpty)
        #expect(try await store.waitingDeliveries().count == 4)
        #expect(throws: StoreError.locked(path: fixture.path, pid: getpid())) {
            try Store.reindex(directory: fixture.path, at: fixture.now)
        }
    }

    @Test("reindex builds the index files anew, the running day's too (O27, B16)")
    func indexFiles() async throws {
        try await fill()
        let index = "state/hits/2026-11-22.idx"
        let whole = try fixture.directory.bytes(index)
        try fixture.directory.write(whole.map { ~$0 }, to: index)
        _ = try Store.reindex(directory: fixture.path, at: fixture.now)
        #expect(try fixture.directory.bytes(index) == whole)
    }

    @Test("reindex leaves lines alone that the next start is to route (O27, D1)")
    func unrouted() async throws {
        try await fill()
        let hit = Hit.make(
            id: HitIdentity.hit(feedID: "a", key: "1", revision: 0), seen: fixture.now, title: "Baku unrouted")
        try fixture.append(fixture.foreignLine(hit))
        #expect(try StateVerifier(directory: fixture.path).run().unindexedHits == 1)
        #expect(try Store.reindex(directory: fixture.path, at: fixture.now).hits == 5)
        #expect(try fixture.open().recovery.hits == [hit])
    }

    /// The index, row by row.
    private func dump() throws -> [[String]] {
        let queue = try StateDatabase.openForReading(fixture.path + "/state.sqlite")
        return try queue.read { database in
            try Row.fetchAll(database, sql: "SELECT id, seen, part, offset, length, crc FROM hit ORDER BY offset")
                .map { row in row.databaseValues.map { "\($0)" } }
        }
    }
}
