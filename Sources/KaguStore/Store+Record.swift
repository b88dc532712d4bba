// SPDX-License-Identifier: Apache-2.0

import Dispatch
import GRDB
import KaguDispatch
public import KaguModel
import Synchronization

extension Store {
    /// Stores a poll in the crash order: its hit lines are appended and synced, then one transaction takes index
    /// rows, seen marks, sightings, deliveries and the feed's record (P12, D1). Durable on return.
    ///
    /// A hit whose line is there already is not written again; one whose item another poll has stored meanwhile is
    /// dropped. When it throws, nothing of the poll counts, and a line that was written waits to be indexed.
    @discardableResult
    public nonisolated func record(_ outcome: PollRecord) async throws(StoreError) -> RecordedPoll {
        let result = await withCheckedContinuation { continuation in
            wake(inbox.withLock { $0.add(outcome, continuation) })
        }
        return try result.get()
    }

    /// Adds work for the next transaction.
    nonisolated func enqueue(_ work: QueuedWork) { wake(inbox.withLock { $0.add(work) }) }

    /// Wakes the store's queue, idle or waiting for company.
    nonisolated func wake(_ sleeper: StoreInbox.Sleeper?) {
        switch sleeper {
        case .queue: executor.queue.async { self.assumeIsolated { $0.workOff() } }
        case .gathering: company.signal()
        case nil: break
        }
    }

    /// Does what is queued, up to the next commit.
    private func workOff() {
        var stepEnd: DispatchTime?
        while true {
            let isStepOver = stepEnd.map { $0 <= .now() } ?? false
            if isStepOver { stepEnd = nil }
            switch inbox.withLock({ $0.turn(isStepOver: isStepOver) }) {
            case .look(let looks): answer(looks)
            case .wait:
                let end = stepEnd ?? .now() + .milliseconds(Int(StoreInbox.gatheringStep.milliseconds))
                stepEnd = end
                _ = company.wait(timeout: end)
            case .commit:
                commitQueued()
                // Behind whatever else waits for the queue.
                return executor.queue.async { self.assumeIsolated { $0.workOff() } }
            case .rest: return
            }
        }
    }

    /// Commits what is queued: one sync of the hit file and one transaction for all of it.
    func commitQueued() {
        let work = inbox.withLock { $0.take() }
        guard !work.isEmpty else { return }
        var batch = RecordBatch(orphans: orphans, hits: directory.hits)
        // Before anything is written: no validator advances, and the next poll brings the same items (O36, P12).
        let isFleeting = work.allSatisfy(\.isFleeting)
        if let obstacle = pollObstacle(takesSpace: !isFleeting) { return fail(work, batch, obstacle) }
        do {
            try transaction(isSynced: !isFleeting, mayUseReserve: false) { database in
                try batch.add(work, number: { try feedNumber($0, database) }, database)
                archive(work)
                try batch.appendLines(to: log)
                try batch.index(database)
                if batch.orphans.isEmpty, let (name, end) = batch.watermark, !unread.contains(name) {
                    try HitTable.setWatermark(end, of: name, database)
                } else if !isFleeting {
                    // No mark moves, but no later start shall take these files for somebody else's.
                    let names = Set(batch.orphans.values.map(\.file)).union(batch.watermark.map { [$0.0] } ?? [])
                    for name in names { try HitTable.claim(name, database) }
                }
                try faults.beforeCommit()
            }
        } catch {
            fail(work, batch, error)
            return
        }
        orphans = batch.orphans
        if !batch.started.isEmpty { inbox.withLock { $0.keep(batch.started) } }
        var iterator = batch.results.makeIterator()
        for item in work {
            switch item {
            case .starts(_, let continuation): continuation.resume(returning: .success(()))
            case .poll(let poll):
                poll.continuation.resume(
                    returning: iterator.next().map { .success($0) } ?? .failure(.closed))
            }
        }
    }

    /// Writes the lines of all new items; before the commit that makes them known, so that a kill loses none.
    /// An archive that cannot be written stops no poll: hits are the evidence.
    private func archive(_ work: [QueuedWork]) {
        for case .poll(let poll) in work where !poll.outcome.archive.isEmpty {
            do throws(StoreError) {
                try archive.append(poll.outcome.archive.bytes, day: poll.outcome.at.day)
            } catch {
                archiveProblem = error
            }
        }
    }

    /// Why the archive could not be written since the last call; nil where it could.
    public func takeArchiveProblem() -> StoreError? {
        defer { archiveProblem = nil }
        return archiveProblem
    }

    /// Lines that were appended for a transaction that failed stay in the file: they are known as orphans, so that
    /// the next poll indexes them instead of writing them twice.
    private func fail(_ work: [QueuedWork], _ batch: RecordBatch, _ error: StoreError) {
        for (id, location) in batch.appended { orphans[id] = location }
        reloadFeedNumbers()
        for item in work {
            switch item {
            case .starts(_, let continuation): continuation.resume(returning: .failure(error))
            case .poll(let poll): poll.continuation.resume(returning: .failure(error))
            }
        }
    }

    /// Indexes the hits that `open` found behind the watermark, and writes what is owed for them and for those of a
    /// rebuilt database, in one transaction (D1, R17). Call it once with all of them; hits indexed meanwhile by a
    /// re-poll are passed over.
    public func indexRecovered(_ hits: [RoutedHit], at: Instant) throws(StoreError) {
        commitQueued()
        var left = orphans
        do {
            try transaction { database in
                // It may run twice (O36).
                left = orphans
                let isRebuilt = try RebuiltMark.read(database) != nil
                for routed in hits {
                    var number = isRebuilt ? try HitTable.number(of: routed.hit.id, database) : nil
                    if let location = left.removeValue(forKey: routed.hit.id) {
                        let feed = try feedNumber(routed.hit.feed.id, database)
                        number = try HitTable.insert(routed.hit, at: location, feed: feed, earlier: [], database)
                    }
                    guard let number else { continue }
                    for delivery in routed.deliveries {
                        _ = try OutboxTable.add(delivery, hit: number, at: at, database)
                    }
                }
                if isRebuilt { try RebuiltMark.clear(database) }
                guard left.isEmpty else { return }
                for name in HitFileName.list(in: directory.hits) where !unread.contains(name) {
                    guard let reader = LineReader("\(directory.hits)/\(name)") else { continue }
                    try HitTable.setWatermark(reader.size, of: name, database)
                }
            }
        } catch {
            reloadFeedNumbers()
            throw error
        }
        orphans = left
    }
}
