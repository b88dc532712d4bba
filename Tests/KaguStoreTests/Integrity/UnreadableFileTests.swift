// SPDX-License-Identifier: Apache-2.0

import GRDB
import Glibc
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

/// A day file that is there and cannot be read is named, and costs nothing but its own hits (O27, O38).
@Suite struct UnreadableFileTests {
    private let fixture: StateFixture
    private let names = ["2026-11-22.jsonl", "2026-11-23.jsonl", "2026-11-24.jsonl"]

    init() throws { fixture = try StateFixture(inMemory: true) }

    private func fill() async throws {
        let store = try fixture.openStore()
        for day in 0..<3 {
            let items = (0..<4).map { Item.make(id: "\(day)-\($0)", title: "Baku \(day)-\($0)") }
            try await store.poll(items, at: fixture.now + .seconds(Int64(day) * 86_400), deliveries: [.make()])
        }
        await store.close()
    }

    private func path(_ name: String) -> String { fixture.path + "/hits/" + name }

    /// Hides a file behind a name that leads to itself: root cannot open that either.
    private func lock(_ name: String) {
        rename(path(name), fixture.path + "/" + name)
        symlink(name, path(name))
    }

    private func unlock(_ name: String) {
        unlink(path(name))
        rename(fixture.path + "/" + name, path(name))
    }

    private func rows(_ sql: String = "SELECT count(*) FROM hit") throws -> Int {
        let queue = try StateDatabase.openForReading(fixture.path + "/state.sqlite")
        return try queue.read { database in
            let select = try PreparedStatement(database, sql)
            defer { select.reset() }
            return try select.step() ? select.int(0) : 0
        }
    }

    @Test("readers give the hits of all other files, and name the one that cannot be read (O38)")
    func readers() async throws {
        try await fill()
        lock(names[1])
        let reader = HitReader(directory: fixture.path)
        var found: [String] = []
        let summary = reader.read(HitQuery()) { hit in
            found.append(hit.hit.title)
            return true
        }
        #expect(found.count == 8 && summary.hits == 8)
        #expect(summary.unreadable.map(\.description).count == 1)
        #expect(summary.unreadable.first?.description.hasPrefix("hits/2026-11-23.jsonl: open: ") == true)
        let counts = reader.statistics(HitQuery(), by: .day)
        #expect(counts.total.hits == 8 && counts.summary.unreadable == summary.unreadable)
        // Files outside of the asked time are nobody's business.
        var query = HitQuery()
        query.since = fixture.now + .seconds(2 * 86_400 - 3_600)
        #expect(reader.read(query) { _ in true }.unreadable.isEmpty)
        unlock(names[1])
        #expect(reader.read(HitQuery()) { _ in true } == HitReadSummary(hits: 12))
    }

    @Test("reindex keeps the rows and the index of a file that it cannot read, and says so (O27)")
    func reindex() async throws {
        try await fill()
        _ = try Store.reindex(directory: fixture.path, at: fixture.now)
        let index = try fixture.directory.bytes("state/hits/2026-11-23.idx")
        lock(names[1])
        let summary = try Store.reindex(directory: fixture.path, at: fixture.now)
        #expect(summary.hits == 8 && summary.removedRows == 0)
        #expect(summary.unreadable.count == 1 && summary.unreadable[0].contains("2026-11-23.jsonl: open: "))
        #expect(try rows() == 12)
        #expect(try rows("SELECT count(*) FROM delivery WHERE state = 0") == 12)
        #expect(try fixture.directory.bytes("state/hits/2026-11-23.idx") == index)
        unlock(names[1])
        #expect(try StateVerifier(directory: fixture.path).run().isSound)
        #expect(try Store.reindex(directory: fixture.path, at: fixture.now) == ReindexSummary(hits: 12))
    }

    @Test("verify names it with the reason (O27)")
    func verify() async throws {
        try await fill()
        lock(names[1])
        let report = try StateVerifier(directory: fixture.path).run()
        // Not one finding more for each of its hits.
        #expect(report.findings.map(\.file) == ["hits/2026-11-23.jsonl"] && report.hits == 8)
        #expect(report.findings.first?.problem.hasPrefix("it cannot be read: open: ") == true)
    }

    @Test("a start goes on without it; lines in it that were to be routed wait for the start that can read it (D1)")
    func start() async throws {
        try await fill()
        let hit = Hit.make(
            id: HitIdentity.hit(feedID: "a", key: "1", revision: 0), seen: fixture.now + .seconds(90_000),
            title: "Baku unrouted")
        try fixture.append(fixture.foreignLine(hit), to: names[1])
        lock(names[1])
        let later = Hit.make(
            id: HitIdentity.hit(feedID: "a", key: "2", revision: 0), seen: fixture.now + .seconds(180_000),
            title: "Baku too")
        try fixture.append(fixture.foreignLine(later), to: names[2])
        let (store, recovery) = try fixture.open()
        #expect(recovery.unreadable.map(\.file.description) == [names[1]])
        #expect(recovery.hits == [later])
        // It becomes readable while the daemon runs: its watermark must not move over what nobody has read.
        unlock(names[1])
        try await store.indexRecovered([RoutedHit(recovered: later)], at: fixture.now)
        await store.close()
        let (again, next) = try fixture.open()
        #expect(next.hits == [hit] && next.unreadable.isEmpty)
        await again.close()
    }

    @Test("a directory in a file's place is no file; a broken gzip file is told with its name (O42)")
    func odd() async throws {
        try await fill()
        mkdir(path("2026-11-25.jsonl"), 0o755)
        try fixture.directory.write("no gzip at all\n", to: "state/hits/2026-11-26.jsonl.gz")
        let summary = HitReader(directory: fixture.path).read(HitQuery()) { _ in true }
        #expect(summary.hits == 12)
        #expect(
            summary.unreadable.map(\.description) == [
                "hits/2026-11-25.jsonl: open: it is no file", "hits/2026-11-26.jsonl: open: it is no gzip file",
            ])
        let store = try fixture.openStore()
        #expect(try await store.poll([.make(id: "n", title: "Baku")], at: fixture.now).hitLines == 1)
        await store.close()
    }

    @Test("a damaged part of a compressed day is named by all readers, its other hits are given (O38, O42)")
    func damagedMember() async throws {
        let store = try fixture.openStore()
        let items = (0..<900).map {
            Item.make(id: "\($0)", title: "Baku \($0)", summary: String(repeating: "word \($0) ", count: 90))
        }
        try await store.poll(items, at: fixture.now)
        let summary = await store.keepFiles(
            at: fixture.now + .seconds(3 * 86_400), HitKeeping(compressAfter: .seconds(86_400)))
        #expect(summary.compressed == 1)
        await store.close()
        let reader = HitReader(directory: fixture.path)
        #expect(reader.hits(HitQuery()).count == 900)
        var bytes = try fixture.directory.bytes("state/hits/2026-11-22.jsonl.gz")
        bytes[bytes.count / 2] ^= 0xFF
        try fixture.directory.write(bytes, to: "state/hits/2026-11-22.jsonl.gz")
        let found = reader.read(HitQuery()) { _ in true }
        #expect(found.hits > 200 && found.hits < 900)
        #expect(found.unreadable.count == 1 && found.unreadable[0].reason.contains("compressed data is damaged"))
        let reindexed = try Store.reindex(directory: fixture.path, at: fixture.now)
        #expect(reindexed.unreadable.count == 1 && reindexed.removedRows == 0)
        #expect(try rows() == 900)
    }
}
