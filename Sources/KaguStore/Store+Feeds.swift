// SPDX-License-Identifier: Apache-2.0

public import KaguModel
import Synchronization

extension Store {
    /// The records of all feeds ever polled, by feed id (H4, P20); feeds no longer listed included.
    public func feedRecords() throws(StoreError) -> [String: FeedRecord] {
        try access { try FeedTable.records($0) }
    }

    /// The ids of feeds in these states; feeds no longer listed included.
    public func feedIDs(in states: [FeedState]) throws(StoreError) -> [String] {
        try access { try FeedTable.ids(in: states, $0) }
    }

    /// One feed's record; nil for a feed that was never polled.
    public nonisolated func feedRecord(_ feedID: String) async throws(StoreError) -> FeedRecord? {
        if let record = inbox.withLock({ $0.record(feedID) }) { return record }
        return try await storedFeedRecord(feedID)
    }

    private func storedFeedRecord(_ feedID: String) throws(StoreError) -> FeedRecord? {
        guard let number = feedNumbers[feedID] else { return nil }
        return try reading { try FeedTable.row(of: number, $0)?.record }
    }

    /// Stores one feed's record by itself: for changes that no poll makes, such as an operator's `resume`.
    public func setFeedRecord(_ record: FeedRecord, of feedID: String) throws(StoreError) {
        try setFeedRecords([feedID: record])
    }

    /// Stores the records of several feeds in one transaction: to undo failures that were the uplink's (P19), to
    /// pause and to resume.
    public func setFeedRecords(_ records: [String: FeedRecord]) throws(StoreError) {
        guard !records.isEmpty else { return }
        commitQueued()
        do {
            try transaction { database in
                for (feedID, record) in records {
                    try FeedTable.update(record, of: feedNumber(feedID, database), database)
                }
            }
            inbox.withLock { inbox in
                for feedID in records.keys { inbox.forget(feedID) }
            }
        } catch {
            reloadFeedNumbers()
            throw error
        }
    }

    /// Stores events that no poll brings, such as `offline` and `online` (P19).
    public func addEvents(_ events: [FeedEvent]) throws(StoreError) {
        guard !events.isEmpty else { return }
        commitQueued()
        try transaction { database in
            for event in events { try EventTable.add(event, database) }
        }
    }

    /// Stores a hold that no poll brings: one that a search for feeds met (P21).
    public func addHold(_ hold: AuthorityHold) throws(StoreError) {
        commitQueued()
        try transaction { try HoldTable.add(hold, $0) }
    }

    /// The authorities that asked not to be polled beyond `instant` (P21); the others are forgotten.
    public func holds(at instant: Instant) throws(StoreError) -> [AuthorityHold] {
        commitQueued()
        return try transaction { database in
            try HoldTable.deleteExpired(at: instant, database)
            return try HoldTable.all(database)
        }
    }

    /// Notes that polls begin, and when the next ones would be due if these never came back; durable on return, before
    /// the requests leave (P20). One transaction.
    public nonisolated func recordPollStarts(_ starts: [PollStart]) async throws(StoreError) {
        let result = await withCheckedContinuation { continuation in
            enqueue(.starts(starts, continuation))
        }
        try result.get()
    }

    /// After a transaction that failed: numbers that it gave out are void.
    func reloadFeedNumbers() {
        if let numbers = try? access({ try FeedTable.numbers($0) }) { feedNumbers = numbers }
    }
}
