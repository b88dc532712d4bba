// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GRDB
import Glibc
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

/// What becomes of the day files, and what the outbox forgets (O42).
@Suite struct HitUpkeepTests {
    private let fixture: StateFixture
    private let store: Store

    init() throws {
        fixture = try StateFixture(inMemory: true)
        store = try fixture.openStore()
    }

    private func day(_ count: Int) -> Instant { fixture.now + .seconds(Int64(count) * 86_400) }

    /// One hit a day, `deliveries` for the first.
    private func fill(days: Int, deliveries: [NewDelivery] = []) async throws {
        for count in 0..<days {
            let items = (0..<3).map { Item.make(id: "\(count)-\($0)", title: "Baku \(count)-\($0)") }
            try await store.poll(items, at: day(count), deliveries: count == 0 ? deliveries : [])
        }
    }

    /// The day files; an index goes with its day.
    private func names() throws -> [String] {
        let all = try fixture.directory.names(in: "state/hits")
        let days = all.filter { !$0.hasSuffix(".idx") }
        for index in all where index.hasSuffix(".idx") {
            #expect(days.contains { $0.hasPrefix(index.dropLast(4) + ".jsonl") }, "\(index) has outlived its day")
        }
        return days
    }

    private func titles() -> [String] { HitReader(directory: fixture.path).hits(HitQuery()).map(\.title) }

    @Test("days of compress_after are gzip, and every reader reads them as before (O42)")
    func compressed() async throws {
        try await fill(days: 4)
        let before = titles()
        let ids = HitReader(directory: fixture.path).hits(HitQuery()).map(\.id)
        let keeping = HitKeeping(compressAfter: .seconds(86_400))
        let summary = await store.keepFiles(at: day(4), keeping)
        #expect(summary == HitUpkeepSummary(digests: 4, compressed: 3))
        #expect(
            try names() == [
                "2026-11-22.jsonl.gz", "2026-11-23.jsonl.gz", "2026-11-24.jsonl.gz", "2026-11-25.jsonl",
            ])
        #expect(titles() == before && before.count == 12)
        #expect(try await store.hits(ids).map(\.id) == ids)
        var query = HitQuery()
        query.since = day(1)
        query.until = day(3)
        query.newestFirst = true
        #expect(HitReader(directory: fixture.path).hits(query).count == 6)
        var follower = HitFollower(directory: fixture.path, query: HitQuery(), last: 12)
        #expect(follower.initial.count == 12)
        try await store.poll([.make(id: "new", title: "Baku new")], at: day(4))
        #expect(follower.next().map(\.hit.title) == ["Baku new"])
        #expect(await store.keepFiles(at: day(4), keeping) == HitUpkeepSummary())
        await store.close()
        let (again, recovery) = try fixture.open()
        #expect(recovery.hits.isEmpty && recovery.tornBytes == 0)
        // A clock that was set back writes beside the compressed file, not into it.
        try await again.poll([.make(id: "back", title: "Baku back")], at: day(1))
        #expect(try names().contains("2026-11-23.1.jsonl"))
        await again.close()
        let report = try StateVerifier(directory: fixture.path).run()
        #expect(report.isSound && report.digests == 4 && report.hits == 14, "\(report.findings)")
        #expect(try Store.reindex(directory: fixture.path, at: day(5)).hits == 14)
        #expect(try StateVerifier(directory: fixture.path).run().isSound)
    }

    @Test("a line that is added while its day is compressed is not lost (O42)")
    func addedMeanwhile() async throws {
        try await fill(days: 3)
        let path = "\(fixture.path)/hits/2026-11-22.jsonl"
        let compression = DayCompression(path: path)
        let bytes = try compression.run()
        try await store.poll([.make(id: "back", title: "Baku back")], at: day(0))
        #expect(try await !store.seal(HitFileName(day: day(0).day), compression, bytes: bytes))
        #expect(titles().count == 10 && access(path, F_OK) == 0)
        #expect(try !names().contains { $0.hasSuffix(".gz") || $0.hasSuffix(".partial") })
    }

    @Test("whole days beyond retention.hits go, index rows first; what is owed stays, however old (O42, D2)")
    func age() async throws {
        try await fill(days: 6, deliveries: [.make()])
        let keeping = HitKeeping(retention: .age(.seconds(2 * 86_400)))
        var summary = await store.keepFiles(at: day(8), keeping)
        // The first day is owed; the last two that hold hits stay.
        #expect(summary.removed == 3 && summary.removedHits == 9 && summary.problems.isEmpty)
        #expect(try names() == ["2026-11-22.jsonl", "2026-11-26.jsonl", "2026-11-27.jsonl"])
        #expect(titles().count == 9)
        let waiting = try await store.waitingDeliveries()
        #expect(waiting.count == 3)
        try await store.suppress(waiting.map(\.id), reason: "silence")
        summary = await store.keepFiles(at: day(8), keeping)
        #expect(summary.removed == 1 && summary.removedHits == 3)
        #expect(try await store.count("hit") == 6)
        await store.close()
        let (again, recovery) = try fixture.open()
        // Killed between the rows and the file: a file whose rows are gone is not taken for unknown lines.
        #expect(recovery.hits.isEmpty)
        await again.close()
        #expect(try StateVerifier(directory: fixture.path).run().isSound)
    }

    @Test("rows whose numbers do not follow their days go with their day, however many lie before them (O42)")
    func anyNumbers() async throws {
        try await fill(days: 4)
        // As after a rebuild of which a file of old days came last; more rows before them than one look takes.
        let rows = HitForgetting.rowsPerLook + HitForgetting.rowsPerStep
        let late = day(3).milliseconds
        try await store.access { database in
            try database.execute(
                sql: """
                    UPDATE hit SET n = n + 1000000;
                    WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < \(rows))
                    INSERT INTO hit (n, id, seen, part, offset, length, crc, feed, severity, baseline, watches)
                    SELECT i, 'x' || i, CASE WHEN i <= 5000 THEN \(day(0).milliseconds) ELSE \(late) END,
                        0, 0, 0, 0, 1, 0, 0, '' FROM c;
                    """)
        }
        let summary = await store.keepFiles(at: day(8), HitKeeping(retention: .age(.seconds(86_400))))
        #expect(summary.removed == 2 && summary.removedHits == 5_006 && summary.problems.isEmpty)
        #expect(try await store.count("hit") == rows - 5_000 + 6)
    }

    @Test("a store that forgets many rows takes polls in between (O42)")
    func forgettingIsFair() async throws {
        try await fill(days: 4)
        try await store.access { database in
            try database.execute(
                sql: """
                    WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 60000)
                    INSERT INTO hit (n, id, seen, part, offset, length, crc, feed, severity, baseline, watches)
                    SELECT i + 100, 'x' || i, \(day(0).milliseconds), 0, 0, 0, 0, 1, 0, 0, '' FROM c;
                    """)
        }
        async let kept = store.keepFiles(at: day(8), HitKeeping(retention: .age(.seconds(86_400))))
        var longest = Duration.zero
        for number in 0..<20 {
            let began = ContinuousClock.now
            try await store.poll([.make(id: "during\(number)", title: "Baku")], at: day(8))
            longest = max(longest, ContinuousClock.now - began)
        }
        // The third day too, where the first of these polls came before the days were listed.
        #expect([60_006, 60_009].contains(await kept.removedHits))
        // Thirty transactions of 2,000 rows: no poll waits for all of them.
        #expect(longest < .seconds(2), "\(longest)")
    }

    @Test(
        "killed after the index rows and before the unlink: the lines are not told again, the next pass removes them"
    )
    func killedBetween() async throws {
        try await fill(days: 5)
        let bytes = try fixture.directory.bytes("state/hits/2026-11-22.jsonl")
        _ = await store.keepFiles(at: day(8), HitKeeping(retention: .age(.seconds(4 * 86_400))))
        #expect(try names().first == "2026-11-25.jsonl")
        await store.close()
        // As if the last step had not happened.
        try fixture.directory.write(bytes, to: "state/hits/2026-11-22.jsonl")
        let queue = try StateDatabase.openForWriting(fixture.path + "/state.sqlite", backup: fixture.path).queue
        try await queue.write { try HitTable.setWatermark(bytes.count, of: HitFileName(day: day(0).day), $0) }
        try queue.close()
        let (again, recovery) = try fixture.open()
        #expect(recovery.hits.isEmpty)
        _ = await again.keepFiles(at: day(8), HitKeeping(retention: .age(.seconds(4 * 86_400))))
        #expect(try names().first == "2026-11-25.jsonl")
    }

    @Test("above retention.hits in bytes the oldest days go, until the others fit (O42)")
    func size() async throws {
        try await fill(days: 6)
        let one = try fixture.directory.bytes("state/hits/2026-11-22.jsonl").count
        let summary = await store.keepFiles(at: day(8), HitKeeping(retention: .size(one * 4 + one / 2)))
        #expect(summary.removed == 2)
        #expect(try names().first == "2026-11-24.jsonl")
        let none = await store.keepFiles(at: day(8), HitKeeping(retention: .size(1)))
        #expect(none.removed == 2 && titles().count == 6)
    }

    @Test(
        "alerts settled 90 days ago go with their deliveries, tries after 30; parked ones end as dropped (O42, D2)")
    func outbox() async throws {
        try await fill(days: 1)
        let verdicts: [AlertVerdict] = [
            .delivered(remoteID: nil), .retry(at: fixture.now), .parked(reason: "gone"),
        ]
        for (number, verdict) in verdicts.enumerated() {
            try await store.poll(
                [.make(id: "n\(number)", title: "Baku")], at: fixture.now, deliveries: [.make(group: "g\(number)")])
            let waiting = try await store.waitingDeliveries(group: "g\(number)")
            try await store.bindAlert(
                AlertRecord(
                    id: "msg_\(number)", receiver: "desk", route: "r", type: "kagu.hit", reason: "new", body: [],
                    created: fixture.now), deliveries: waiting.map(\.id))
            try await store.recordAttempt(
                AttemptRecord(alertID: "msg_\(number)", at: fixture.now, duration: .zero, classification: "x"),
                verdict: verdict)
        }
        var summary = try await store.upkeep(at: day(31))
        // The last try of what is still owed stays.
        #expect(summary.attempts == 1 && summary.alerts == 0 && summary.expiredAlerts == 0)
        summary = try await store.upkeep(at: day(91))
        #expect(summary.alerts == 1 && summary.expiredAlerts == 1)
        let parked = try #require(try await store.alert("msg_2"))
        #expect(parked.state == .dropped && parked.stateReason == "expired")
        #expect(try await store.alert("msg_0") == nil)
        #expect(try await store.deliveryCounts() == [.pending: 1, .dropped: 1])
        // Pending for ever, as far as age is concerned.
        _ = try await store.upkeep(at: day(1_000))
        #expect(try await store.alert("msg_1")?.state == .pending)
        #expect(try await store.deliveryCounts() == [.pending: 1])
        await store.close()
        #expect(
            try !StateVerifier(directory: fixture.path).run().findings.contains { $0.problem.contains("alert") })
    }

    @Test("quarantine keeps 30 days, backup one version (O42)")
    func leftovers() async throws {
        for name in ["old", "new"] { try fixture.directory.write("x", to: "state/quarantine/\(name)") }
        for name in ["state.v3.sqlite", "state.v4.sqlite"] {
            try fixture.directory.write("x", to: "state/backup/\(name)")
        }
        let past = [timeval(tv_sec: 1_000_000_000, tv_usec: 0), timeval(tv_sec: 1_000_000_000, tv_usec: 0)]
        utimes("\(fixture.path)/quarantine/old", past)
        utimes("\(fixture.path)/backup/state.v3.sqlite", past)
        var clock = timespec()
        clock_gettime(CLOCK_REALTIME, &clock)
        let summary = await store.keepFiles(at: Instant(seconds: Int64(clock.tv_sec)), HitKeeping())
        #expect(summary.expiredFiles == 2)
        #expect(try fixture.directory.names(in: "state/quarantine") == ["new"])
        #expect(try fixture.directory.names(in: "state/backup") == ["state.v4.sqlite"])
    }
}
