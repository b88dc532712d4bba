// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel
import KaguTestSupport
import Synchronization
import Testing

@testable import KaguStore

/// Day files that come from a backup or another server: found, and not told (D1, O27).
@Suite("Day files from elsewhere")
struct HitFileAdoptionTests {
    private let fixture: StateFixture
    private let elsewhere: StateFixture
    private static let day: Int64 = 86_400

    init() throws {
        fixture = try StateFixture(inMemory: true)
        elsewhere = try StateFixture(inMemory: true)
    }

    /// Hits of another server, `count` for each of some days before today; gives the names of their files.
    private func fill(_ daysAgo: [Int64], count: Int) async throws -> [String] {
        let store = try elsewhere.openStore()
        for days in daysAgo {
            let items = (0..<count).map { Item.make(id: "\(days)-\($0)", title: "Baku \(days)-\($0)") }
            try await store.poll(items, at: elsewhere.now - .seconds(days * Self.day))
        }
        await store.close()
        return try elsewhere.directory.names(in: "state/hits").filter { $0.hasSuffix(".jsonl") }
    }

    private func bring(_ name: String, more: [UInt8] = []) throws {
        try fixture.directory.write(
            try elsewhere.directory.bytes("state/hits/\(name)") + more, to: "state/hits/\(name)")
    }

    @Test("hits of past days are known after the start, found, sound, and nobody is to be told of them (D1)")
    func past() async throws {
        let store = try fixture.openStore()
        try await store.poll([.make(id: "own", title: "Baku own")], at: fixture.now, deliveries: [.make()])
        await store.close()
        for name in try await fill([30, 12, 2], count: 40) { try bring(name) }

        let (opened, recovery) = try fixture.open()
        #expect(recovery.hits.isEmpty)
        #expect(recovery.adoptedFiles == 3 && recovery.adoptedHits == 120)
        #expect(try await opened.deliveryCounts() == [.waiting: 1])
        #expect(HitReader(directory: fixture.path).hits(HitQuery()).count == 121)
        #expect(try StateReader(directory: fixture.path).hitCount() == 121)
        // A feed that lists one of them again: no second line.
        let again = try await opened.poll(
            [.make(id: "12-7", title: "Baku 12-7")], at: fixture.now, deliveries: [.make()])
        #expect(again.hitLines == 0 && again.deliveries == 0)
        await opened.close()
        let report = try StateVerifier(directory: fixture.path).run()
        #expect(report.isSound && report.hits == 121, "\(report.findings)")

        let (next, second) = try fixture.open()
        #expect(second.adoptedFiles == 0 && second.hits.isEmpty)
        await next.close()
        #expect(try Store.reindex(directory: fixture.path, at: fixture.now).hits == 121)
    }

    @Test("lines of the two newest days that the index does not know are told: a crash leaves such (D1)")
    func newest() async throws {
        let store = try fixture.openStore()
        try await store.poll([.make(id: "own", title: "Baku own")], at: fixture.now)
        await store.close()
        for name in try await fill([1], count: 5) { try bring(name) }
        let (opened, recovery) = try fixture.open()
        #expect(recovery.hits.count == 5 && recovery.adoptedFiles == 0)
        await opened.close()
    }

    @Test("a file of a day to come, left by a wrong clock, makes no strangers of the newest days")
    func future() async throws {
        let store = try fixture.openStore()
        try await store.poll([.make(id: "own", title: "Baku own")], at: fixture.now + .seconds(900 * Self.day))
        await store.close()
        for name in try await fill([3, 1, 0], count: 2) { try bring(name) }
        let (opened, recovery) = try fixture.open()
        #expect(recovery.hits.count == 4 && recovery.adoptedHits == 2)
        await opened.close()
    }

    @Test("a store that has stored nothing yet takes in the past, and tells the newest days")
    func empty() async throws {
        await (try fixture.openStore()).close()
        for name in try await fill([9, 8, 3, 0], count: 3) { try bring(name) }
        let (opened, recovery) = try fixture.open()
        #expect(recovery.adoptedHits == 9)
        #expect(recovery.hits.count == 3)
        await opened.close()
    }

    @Test("where both servers have hits of a day, those of the other are taken in beside our own")
    func sameDay() async throws {
        let store = try fixture.openStore()
        let past = fixture.now - .seconds(5 * Self.day)
        try await store.poll([.make(id: "a", title: "Baku a")], at: past, deliveries: [.make()])
        try await store.poll([.make(id: "own", title: "Baku own")], at: fixture.now)
        await store.close()
        let names = try await fill([6, 5], count: 2)
        for name in names {
            let later = name.replacing(".jsonl", with: ".1.jsonl")
            try fixture.directory.write(
                try elsewhere.directory.bytes("state/hits/\(name)"), to: "state/hits/\(later)")
        }
        let (opened, recovery) = try fixture.open()
        #expect(recovery.hits.isEmpty && recovery.adoptedFiles == 2 && recovery.adoptedHits == 4)
        #expect(try await opened.deliveryCounts() == [.waiting: 1])
        await opened.close()
        // A third file of a day of which hits are known without rows.
        let third = HitIdentity.hit(feedID: "third", key: "1", revision: 0)
        try fixture.append(
            fixture.foreignLine(Hit.make(id: third, seen: past)), to: names[1].replacing(".jsonl", with: ".2.jsonl")
        )
        let (again, second) = try fixture.open()
        #expect(second.hits.isEmpty && second.adoptedFiles == 1 && second.adoptedHits == 1)
        await again.close()
        #expect(try StateReader(directory: fixture.path).hitCount() == 7)
        let report = try StateVerifier(directory: fixture.path).run()
        #expect(report.isSound && report.hits == 7, "\(report.findings)")
    }

    @Test("a file of ours that a crash has left, unreadable for days, is told once it can be read (D1)")
    func ownUnreadable() async throws {
        let past = fixture.now - .seconds(5 * Self.day)
        await (try fixture.openStore()).close()
        let name = "\(past.day).jsonl"
        let untold = Hit.make(id: HitIdentity.hit(feedID: "a", key: "1", revision: 0), seen: past)
        try fixture.append(fixture.foreignLine(untold), to: name)
        // A name that leads to itself: root cannot open that either.
        let path = fixture.path + "/hits/\(name)"
        rename(path, fixture.path + "/aside")
        symlink(name, path)
        let (blind, first) = try fixture.open()
        #expect(first.unreadable.map { "\($0.file)" } == [name])
        try await blind.poll([.make(id: "own", title: "Baku own")], at: fixture.now)
        await blind.close()
        unlink(path)
        rename(fixture.path + "/aside", path)
        let (seeing, second) = try fixture.open()
        #expect(second.hits == [untold] && second.adoptedFiles == 0)
        await seeing.close()
    }

    @Test("a line of ours whose commit failed, and whose item never came again, is told by a later start (D1)")
    func ownOrphan() async throws {
        struct Failure: Error {}
        let commits = Mutex(0)
        var faults = StoreFaults()
        faults.beforeCommit = {
            let isFirst = commits.withLock { count in
                count += 1
                return count == 1
            }
            if isFirst { throw Failure() }
        }
        let (store, _) = try fixture.open(faults: faults)
        let past = fixture.now - .seconds(5 * Self.day)
        await #expect(throws: StoreError.self) {
            try await store.poll([.make(id: "lost", title: "Baku lost")], at: past)
        }
        try await store.poll([.make(id: "own", title: "Baku own")], at: fixture.now)
        await store.close()
        let (opened, recovery) = try fixture.open()
        #expect(recovery.hits.map(\.title) == ["Baku lost"] && recovery.adoptedFiles == 0)
        await opened.close()
    }

    @Test("a clock that is behind all files takes the newest of them for today's")
    func clockBehind() async throws {
        await (try fixture.openStore()).close()
        for name in try await fill([3, 0], count: 2) { try bring(name) }
        let (opened, recovery) = try Store.open(
            directory: fixture.path, at: fixture.now - .seconds(900 * Self.day))
        #expect(recovery.adoptedHits == 2 && recovery.hits.count == 2)
        await opened.close()
    }

    @Test("a torn last line goes to quarantine, a file that cannot be read waits for a start that can (O35, O38)")
    func damaged() async throws {
        let store = try fixture.openStore()
        try await store.poll([.make(id: "own", title: "Baku own")], at: fixture.now)
        await store.close()
        let names = try await fill([20, 10], count: 4)
        try bring(names[0], more: Array(#"{"v":1,"id":"h_torn"#.utf8))
        // A name that leads to itself: root cannot open that either.
        symlink(names[1], fixture.path + "/hits/\(names[1])")
        let (blind, first) = try fixture.open()
        #expect(first.adoptedHits == 4 && first.tornBytes == 19)
        #expect(first.unreadable.map { "\($0.file)" } == [names[1]])
        await blind.close()
        unlink(fixture.path + "/hits/\(names[1])")
        try bring(names[1])
        let (seeing, second) = try fixture.open()
        #expect(second.adoptedHits == 4 && second.hits.isEmpty && second.tornBytes == 0)
        await seeing.close()
    }
}
