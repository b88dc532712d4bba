// SPDX-License-Identifier: Apache-2.0

import GRDB
import Glibc
import KaguModel
import KaguTestSupport
import Synchronization
import Testing

@testable import KaguStore

/// A disk that is full, read-only or failing (O36, O37, O40; T5–T7).
@Suite struct StorageFaultTests {
    /// What the disk has left.
    private final class Space: Sendable {
        private let bytes = Atomic(1 << 30)
        var free: Int {
            get { bytes.load(ordering: .relaxed) }
            set { bytes.store(newValue, ordering: .relaxed) }
        }
    }

    private func faults(_ space: Space) -> StoreFaults {
        var faults = StoreFaults()
        faults.free = { _ in space.free }
        return faults
    }

    @Test(
        "under store.min_free nothing of a poll is written, acknowledgements are, and it resumes with space (O36, T6)"
    )
    func minimumFree() async throws {
        let fixture = try StateFixture()
        let space = Space()
        let (store, _) = try fixture.open(faults: faults(space))
        try await store.poll([.make(id: "1", title: "Baku")], at: fixture.now, deliveries: [.make()])
        #expect(store.storage == StorageState(freeBytes: 1 << 30, isReserveHeld: true))
        let waiting = try await store.waitingDeliveries()

        space.free = 64 << 20 - 1
        #expect(await !store.testStorage().takesPolls)
        #expect(store.storage.problem == .diskFull(path: fixture.path) && !store.storage.isReserveHeld)
        #expect(access("\(fixture.path)/reserve", F_OK) != 0)
        let record = FeedRecord(
            state: .ok, validators: StoredValidators(url: "https://a.example/", etag: Array("1".utf8)))
        await #expect(throws: StoreError.diskFull(path: fixture.path)) {
            try await store.poll([.make(id: "2", title: "Baku")], at: fixture.now, feed: record)
        }
        #expect(try fixture.lines().count == 1)
        #expect(try await store.feedRecord("example")?.validators == nil)
        // What is owed goes out, and is recorded.
        let alert = AlertRecord(
            id: "msg_1", receiver: "desk", route: "route", type: "kagu.hit", reason: "new", body: [1],
            created: fixture.now)
        try await store.bindAlert(alert, deliveries: waiting.map(\.id))
        try await store.recordAttempt(
            AttemptRecord(alertID: "msg_1", at: fixture.now, duration: .zero, classification: "ok"),
            verdict: .delivered(remoteID: nil))
        #expect(try await store.deliveryCounts() == [.delivered: 1])

        // Space, but not for the reserve too.
        space.free = 70 << 20
        #expect(await !store.testStorage().takesPolls)
        space.free = 72 << 20
        #expect(await store.testStorage() == StorageState(freeBytes: 72 << 20, isReserveHeld: true))
        #expect(try await store.poll([.make(id: "2", title: "Baku")], at: fixture.now).hitLines == 1)
        #expect(try fixture.lines().count == 2)
    }

    @Test("a store opens on a full disk, takes no polls until there is space, and is not refused for it (O36)")
    func opensFull() async throws {
        let fixture = try StateFixture()
        let space = Space()
        space.free = 1 << 20
        let (store, _) = try fixture.open(faults: faults(space))
        #expect(!store.storage.takesPolls)
        await #expect(throws: StoreError.diskFull(path: fixture.path)) {
            try await store.poll([.make(id: "1", title: "Baku")], at: fixture.now)
        }
        space.free = 1 << 30
        #expect(await store.testStorage().takesPolls)
        #expect(try await store.poll([.make(id: "1", title: "Baku")], at: fixture.now).hitLines == 1)
    }

    @Test("a changed store.min_free holds at once, in both directions (O5, O36)")
    func changedLimit() async throws {
        let fixture = try StateFixture()
        let space = Space()
        space.free = 100 << 20
        let (store, _) = try fixture.open(faults: faults(space))
        try await store.poll([.make(id: "1", title: "Baku")], at: fixture.now)
        await store.follow(StorageLimits(minimumFree: 200 << 20))
        #expect(store.storage.problem == .diskFull(path: fixture.path))
        await #expect(throws: StoreError.diskFull(path: fixture.path)) {
            try await store.poll([.make(id: "2", title: "Baku")], at: fixture.now)
        }
        await store.follow(StorageLimits(minimumFree: 10 << 20))
        #expect(store.storage.takesPolls && store.storage.isReserveHeld)
        #expect(try await store.poll([.make(id: "2", title: "Baku")], at: fixture.now).hitLines == 1)
    }

    @Test(
        "a store that cannot even be opened for want of space says so, and opens when there is some (O36, T6)",
        .enabled(if: SmallDisk.isPossible), arguments: [true, false])
    func opensOnFullDisk(isNew: Bool) async throws {
        let disk = try SmallDisk(megabytes: 16)
        let now = Instant(seconds: 1_795_338_000)
        let state = disk.path + "/state"
        let limits = StorageLimits(minimumFree: 1 << 20)
        if !isNew {
            let (store, _) = try Store.open(directory: state, at: now, limits: limits)
            try await store.poll([.make(id: "1", title: "Baku")], at: now)
            await store.close()
            // As on a disk that filled up while kagu did not run, without the reserve.
            for name in ["reserve", "state.sqlite-wal", "state.sqlite-shm"] { unlink(state + "/" + name) }
        }
        try disk.fill(leaving: 0)
        #expect(throws: StoreError.diskFull(path: state)) {
            try Store.open(directory: state, at: now, limits: limits)
        }
        disk.empty()
        let (store, recovery) = try Store.open(directory: state, at: now, limits: limits)
        #expect(store.storage.takesPolls && recovery.hits.isEmpty && recovery.rebuild == nil)
        #expect(try await store.poll([.make(id: "2", title: "Baku")], at: now).hitLines == 1)
        await store.close()
        #expect(try StateVerifier(directory: state).run().isSound)
    }

    @Test(
        "a failed commit reopens the database; a transaction that is there counts, one that is not does not (O37)")
    func failedCommit() async throws {
        let fixture = try StateFixture()
        let (before, after) = (Switch(), Switch())
        var faults = StoreFaults()
        let failure = DatabaseError(resultCode: .SQLITE_IOERR, message: "disk I/O error")
        faults.commit = { if before.isOn { throw failure } }
        faults.committed = { if after.isOn { throw failure } }
        let (store, _) = try fixture.open(faults: faults)
        try await store.poll([.make(id: "1", title: "Baku")], at: fixture.now)

        after.set(true)
        let there = try await store.poll([.make(id: "2", title: "Baku")], at: fixture.now, deliveries: [.make()])
        #expect(there == RecordedPoll(newItems: 1, revisedItems: 0, hitLines: 1, deliveries: 1))
        after.set(false)
        #expect(await store.testStorage().takesPolls)

        before.set(true)
        await #expect(throws: StoreError.self) {
            try await store.poll([.make(id: "3", title: "Baku")], at: fixture.now, deliveries: [.make()])
        }
        before.set(false)
        // Until storage has proven itself, nothing more is tried.
        await #expect(throws: StoreError.self) {
            try await store.poll([.make(id: "3", title: "Baku")], at: fixture.now, deliveries: [.make()])
        }
        #expect(await store.testStorage().takesPolls)
        let again = try await store.poll([.make(id: "3", title: "Baku")], at: fixture.now, deliveries: [.make()])
        #expect(again == RecordedPoll(newItems: 1, revisedItems: 0, hitLines: 0, deliveries: 1))
        #expect(try fixture.lines().count == 3)
        #expect(try await store.pragma("synchronous") == "2")
        await store.close()
        #expect(try fixture.open().recovery.hits.isEmpty)
    }

    @Test("fsync fails at any index, once or twice: no success is claimed that the files do not hold (O37, T5)")
    func eachSync() async throws {
        for index in 1...4 {
            for failures in 1...2 {
                let fixture = try StateFixture()
                let syncs = Counter()
                var faults = StoreFaults()
                faults.calls.sync = { descriptor in
                    guard (index..<(index + failures)).contains(syncs.next()) else { return fdatasync(descriptor) }
                    // What was written is gone, as on a disk that dropped the pages.
                    errno = EIO
                    return -1
                }
                let (store, _) = try fixture.open(faults: faults)
                var acknowledged: [String] = []
                for number in 1...4 {
                    let item = Item.make(id: "\(number)", title: "Baku \(number)")
                    if (try? await store.poll([item], at: fixture.now)) != nil { acknowledged.append(item.title) }
                    await store.testStorage()
                }
                #expect(acknowledged.count >= (failures == 1 ? 4 : 3))
                var seen: [String] = []
                HitReader(directory: fixture.path).read(HitQuery()) { hit in
                    seen.append(hit.hit.title)
                    return true
                }
                #expect(Set(seen).isSuperset(of: acknowledged) && Set(seen).count == seen.count)
                await store.close()
                let (_, recovery) = try fixture.open()
                #expect(recovery.hits.allSatisfy { !acknowledged.contains($0.title) })
            }
        }
    }

    @Test("after a failed sync nothing is added to that file again, by this process (O37)")
    func poisonedFile() async throws {
        let fixture = try StateFixture()
        let fails = Switch()
        var faults = StoreFaults()
        faults.calls.sync = { descriptor in
            guard fails.isOn else { return fdatasync(descriptor) }
            errno = EIO
            return -1
        }
        let (store, _) = try fixture.open(faults: faults)
        try await store.poll([.make(id: "1", title: "Baku")], at: fixture.now)
        fails.set(true)
        await #expect(throws: StoreError.self) {
            try await store.poll([.make(id: "2", title: "Baku")], at: fixture.now)
        }
        fails.set(false)
        await store.testStorage()
        try await store.poll([.make(id: "2", title: "Baku")], at: fixture.now)
        #expect(
            try fixture.directory.names(in: "state/hits")
                == ["2026-11-22.1.jsonl", "2026-11-22.2.jsonl", "2026-11-22.jsonl"].sorted())
        #expect(try fixture.lines("2026-11-22.2.jsonl").count == 1)
        #expect(HitReader(directory: fixture.path).hits(HitQuery()).count == 2)
    }

    @Test(
        "a real file system without space: nothing is lost or doubled (O36, T6)", .enabled(if: SmallDisk.isPossible)
    )
    func realDisk() async throws {
        let disk = try SmallDisk(megabytes: 24)
        let limits = StorageLimits(minimumFree: 2 << 20)
        let now = Instant(seconds: 1_795_338_000)
        let state = disk.path + "/state"
        let (store, _) = try Store.open(directory: state, at: now, limits: limits)
        try await store.poll([.make(id: "0", title: "Baku")], at: now, deliveries: [.make()])
        try disk.fill(leaving: 200 << 10)
        var refused: [Item] = []
        for number in 1...30 {
            let item = Item.make(
                id: "\(number)", title: "Baku \(number)", summary: String(repeating: "x", count: 900))
            do { try await store.poll([item], at: now, deliveries: [.make()]) } catch { refused.append(item) }
        }
        #expect(refused.count == 30 && !store.storage.takesPolls)
        // The reserve has made room for what is owed.
        let waiting = try await store.waitingDeliveries()
        try await store.suppress(waiting.map(\.id), reason: "test")
        disk.empty()
        #expect(await store.testStorage().takesPolls && store.storage.isReserveHeld)
        for item in refused { try await store.poll([item], at: now, deliveries: [.make()]) }
        #expect(HitReader(directory: state).hits(HitQuery()).count == 31)
        #expect(try await store.deliveryCounts() == [.suppressed: 1, .waiting: 30])
        await store.close()
        #expect(try StateVerifier(directory: state).run().isSound)
    }

    @Test(
        "a disk that fills up in the middle of a write leaves no part of a line (O36, T6)",
        .enabled(if: SmallDisk.isPossible))
    func fillsUp() async throws {
        for seed in 0..<UInt64(Soak.count(ci: 1, soak: 100)) { try await fillUp(seed) }
    }

    private func fillUp(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed)
        let disk = try SmallDisk(megabytes: 16)
        let now = Instant(seconds: 1_795_338_000)
        let state = disk.path + "/state"
        // No floor: the writes themselves meet the end.
        let (store, _) = try Store.open(directory: state, at: now, limits: StorageLimits(minimumFree: 0))
        try await store.poll([.make(id: "a", title: "Baku")], at: now)
        try disk.fill(leaving: Int.random(in: 0...(60 << 10), using: &random))
        var acknowledged = 1
        var refused: [Item] = []
        for number in 1...40 {
            let item = Item.make(
                id: "\(number)", title: "Baku \(number)", summary: String(repeating: "y", count: 900))
            do {
                try await store.poll([item], at: now)
                acknowledged += 1
            } catch { refused.append(item) }
        }
        #expect(!refused.isEmpty && acknowledged + refused.count == 41, "seed \(seed)")
        disk.empty()
        #expect(await store.testStorage().takesPolls, "seed \(seed)")
        for item in refused { try await store.poll([item], at: now) }
        #expect(HitReader(directory: state).hits(HitQuery()).count == 41, "seed \(seed)")
        await store.close()
        let report = try StateVerifier(directory: state).run()
        #expect(report.isSound, "seed \(seed): \(report.findings)")
    }

    @Test(
        "a read-only file system: refused at start, later it stops polling until it can be written (O40, T7)",
        .enabled(if: SmallDisk.isPossible))
    func readOnly() async throws {
        let disk = try SmallDisk(megabytes: 32)
        let now = Instant(seconds: 1_795_338_000)
        let state = disk.path + "/state"
        let limits = StorageLimits(minimumFree: 1 << 20)
        let (store, _) = try Store.open(directory: state, at: now, limits: limits)
        try await store.poll([.make(id: "1", title: "Baku")], at: now)
        await store.close()
        try disk.remount(readOnly: true)
        do {
            _ = try Store.open(directory: state, at: now, limits: limits)
            Issue.record("opened")
        } catch {
            guard case .unusable = error else { throw error }
        }
        #expect(HitReader(directory: state).hits(HitQuery()).count == 1)
        try disk.remount(readOnly: false)

        // While it runs, a file system cannot be made read-only under open files: its errors are simulated.
        let isReadOnly = Switch()
        var faults = StoreFaults()
        faults.calls.write = { descriptor, bytes in
            guard isReadOnly.isOn else { return write(descriptor, bytes.baseAddress, bytes.count) }
            errno = EROFS
            return -1
        }
        let (running, _) = try Store.open(directory: state, at: now, limits: limits, faults: faults)
        isReadOnly.set(true)
        await #expect(throws: StoreError.self) { try await running.poll([.make(id: "2", title: "Baku")], at: now) }
        let problem = try #require(running.storage.problem)
        guard case .unusable = problem else { throw problem }
        isReadOnly.set(false)
        #expect(await running.testStorage().takesPolls)
        #expect(try await running.poll([.make(id: "2", title: "Baku")], at: now).hitLines == 1)
        await running.close()
    }
}
