// SPDX-License-Identifier: Apache-2.0

import Dispatch
import GRDB
import KaguDispatch
public import KaguModel

/// Work that waits for the next transaction.
enum QueuedWork {
    case starts([PollStart], CheckedContinuation<Result<Void, StoreError>, Never>)
    case poll(PollRecord, CheckedContinuation<Result<RecordedPoll, StoreError>, Never>)
}

extension Store {
    /// Stores a poll in the crash order: its hit lines are appended and synced, then one transaction takes index
    /// rows, seen marks, sightings, deliveries and the feed's record (P12, D1). Durable on return.
    ///
    /// A hit whose line is there already is not written again; one whose item another poll has stored meanwhile is
    /// dropped. When it throws, nothing of the poll counts, and a line that was written waits to be indexed.
    @discardableResult
    public func record(_ outcome: PollRecord) async throws(StoreError) -> RecordedPoll {
        let result = await withCheckedContinuation { continuation in
            enqueue(.poll(outcome, continuation))
        }
        return try result.get()
    }

    /// Adds work; a commit follows once the calls that wait for this queue have added theirs.
    func enqueue(_ work: QueuedWork) {
        queued.append(work)
        guard queued.count == 1 else { return }
        executor.queue.async { self.assumeIsolated { $0.commitQueued() } }
    }

    /// Commits what is queued: one sync of the hit file and one transaction for all of it.
    func commitQueued() {
        guard !queued.isEmpty else { return }
        let work = queued
        queued = []
        var batch = RecordBatch(orphans: orphans)
        let results: [RecordedPoll]
        do {
            results = try transaction { database in
                for case .poll(let outcome, _) in work {
                    try batch.add(outcome, feed: feedNumber(outcome.feedID, database), database)
                }
                for case .starts(let starts, _) in work {
                    for start in starts {
                        try FeedTable.start(start, of: feedNumber(start.feedID, database), database)
                    }
                }
                try batch.appendLines(to: log)
                try batch.index(database)
                if batch.orphans.isEmpty, let (name, end) = batch.watermark {
                    try HitTable.setWatermark(end, of: name, database)
                }
                try faults.beforeCommit()
                return batch.results
            }
        } catch {
            fail(work, batch, error)
            return
        }
        orphans = batch.orphans
        var iterator = results.makeIterator()
        for item in work {
            switch item {
            case .starts(_, let continuation): continuation.resume(returning: .success(()))
            case .poll(_, let continuation):
                continuation.resume(
                    returning: iterator.next().map { .success($0) } ?? .failure(.closed))
            }
        }
    }

    /// Lines that were appended for a transaction that failed stay in the file: they are known as orphans, so that
    /// the next poll indexes them instead of writing them twice.
    private func fail(_ work: [QueuedWork], _ batch: RecordBatch, _ error: StoreError) {
        for (id, location) in batch.appended { orphans[id] = location }
        reloadFeedNumbers()
        for item in work {
            switch item {
            case .starts(_, let continuation): continuation.resume(returning: .failure(error))
            case .poll(_, let continuation): continuation.resume(returning: .failure(error))
            }
        }
    }

    /// Indexes the hits that `open` found behind the watermark, and writes what is owed for them, in one
    /// transaction (D1). Call it once with all of them; hits indexed meanwhile by a re-poll are passed over.
    public func indexRecovered(_ hits: [RoutedHit], at: Instant) throws(StoreError) {
        commitQueued()
        var left = orphans
        do {
            try transaction { database in
                for routed in hits {
                    guard let location = left.removeValue(forKey: routed.hit.id) else { continue }
                    let feed = try feedNumber(routed.hit.feed.id, database)
                    let number = try HitTable.insert(routed.hit, at: location, feed: feed, earlier: [], database)
                    guard let number else { continue }
                    for delivery in routed.deliveries {
                        _ = try OutboxTable.add(delivery, hit: number, at: at, database)
                    }
                }
                guard left.isEmpty else { return }
                for name in HitFileName.list(in: directory.hits) {
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

/// The polls of one transaction on their way: first the marks, then the lines, then the index.
///
/// Confined to the store's queue.
private struct RecordBatch {
    /// A hit that is to be indexed.
    private struct Pending {
        var routed: RoutedHit
        var feed: Int64
        var result: Int
        /// Where its line lies; nil until it has been appended.
        var location: HitLocation?
    }

    /// One for each poll, in order.
    var results: [RecordedPoll] = []
    /// Durable lines that the index does not know.
    var orphans: [String: HitLocation]
    /// The lines that this batch has appended.
    var appended: [(id: String, location: HitLocation)] = []
    /// The end of the hit file after the lines were appended.
    var watermark: (HitFileName, Int)?
    private var pending: [Pending] = []
    private var pendingIDs: Set<String> = []

    init(orphans: [String: HitLocation]) { self.orphans = orphans }

    /// Stores feed record and seen marks of a poll, and takes its hits.
    mutating func add(_ outcome: PollRecord, feed: Int64, _ database: Database) throws {
        try FeedTable.update(outcome.feed, of: feed, database)
        var result = RecordedPoll(newItems: 0, revisedItems: 0, hitLines: 0, deliveries: 0)
        let dropped = try outcome.unseen.map { try mark($0, outcome, feed, &result, database) } ?? []
        for routed in outcome.hits {
            if let source = routed.source, dropped.contains(source.mark.keyHash) { continue }
            if let number = try HitTable.number(of: routed.hit.id, database) {
                if let source = routed.source {
                    try ItemTable.setHit(number, of: source.mark, feed: feed, database)
                }
                continue
            }
            guard pendingIDs.insert(routed.hit.id).inserted else { continue }
            let orphan = orphans.removeValue(forKey: routed.hit.id)
            pending.append(Pending(routed: routed, feed: feed, result: results.count, location: orphan))
        }
        results.append(result)
    }

    /// Appends and syncs the lines of all hits that have none.
    mutating func appendLines(to log: HitLog) throws {
        let new = pending.indices.filter { pending[$0].location == nil }
        guard !new.isEmpty else { return }
        var hits = new.map { pending[$0].routed.hit }
        let locations = try log.append(&hits)
        for (position, index) in new.enumerated() {
            pending[index].routed.hit = hits[position]
            pending[index].location = locations[position]
            appended.append((hits[position].id, locations[position]))
            results[pending[index].result].hitLines += 1
        }
        watermark = log.watermark.map { ($0.name, $0.end) }
    }

    /// Writes index rows and deliveries.
    mutating func index(_ database: Database) throws {
        for entry in pending {
            guard let location = entry.location else { continue }
            let hit = entry.routed.hit
            let source = entry.routed.source
            let number = try HitTable.insert(
                hit, at: location, feed: entry.feed, earlier: source?.earlierWatches ?? [], database)
            guard let number else { continue }
            if let source { try ItemTable.setHit(number, of: source.mark, feed: entry.feed, database) }
            for delivery in entry.routed.deliveries
            where try OutboxTable.add(delivery, hit: number, at: hit.seen, database) {
                results[entry.result].deliveries += 1
            }
        }
    }

    /// Stores the marks of a poll, and gives the keys of items that turned out to be known, whose hits are void.
    private func mark(
        _ unseen: UnseenItems, _ outcome: PollRecord, _ feed: Int64, _ result: inout RecordedPoll,
        _ database: Database
    ) throws -> Set<Int64> {
        let day = outcome.at.day.daysSinceEpoch
        if !unseen.stale.isEmpty { try ItemTable.refresh(unseen.stale, feed: feed, day: day, database) }
        guard !unseen.items.isEmpty || !unseen.sightings.isEmpty else { return [] }
        let poll = try ItemTable.addPoll(
            feed: feed, at: outcome.at, urls: outcome.urlChain, bodyHash: outcome.feed.bodyHash, database)
        let writer = try ItemTable.Writer(database, feed: feed, poll: poll, at: outcome.at)
        var dropped: Set<Int64> = []
        for item in unseen.items {
            switch item.novelty {
            case .new:
                let isNew = try writer.add(item.mark)
                let isOwner = try isNew && writer.claimURL(item.mark)
                if isOwner {
                    result.newItems += 1
                } else {
                    // A poll of another feed came first with this URL, or one of the same feed with this key.
                    dropped.insert(item.mark.keyHash)
                    if isNew { try writer.addSighting(item.mark, title: item.item.title) }
                }
            case .revised(let revision):
                if try ItemTable.revise(item.mark, revision, feed: feed, at: outcome.at, database) {
                    result.revisedItems += 1
                } else {
                    dropped.insert(item.mark.keyHash)
                }
            }
        }
        for sighting in unseen.sightings where try writer.add(sighting.mark) {
            try writer.addSighting(sighting.mark, title: sighting.title)
        }
        return dropped
    }
}
