// SPDX-License-Identifier: Apache-2.0

import KaguModel

extension Store {
    /// The records of all feeds ever polled, by feed id (H4, P20); feeds no longer listed included.
    public func feedRecords() throws(StoreError) -> [String: FeedRecord] {
        try access { try FeedTable.records($0) }
    }

    /// One feed's record; nil for a feed that was never polled.
    public func feedRecord(_ feedID: String) throws(StoreError) -> FeedRecord? {
        guard let number = feedNumbers[feedID] else { return nil }
        return try access { try FeedTable.record(of: number, $0) }
    }

    /// Stores one feed's record by itself: for changes that no poll makes, such as an operator's `resume`.
    public func setFeedRecord(_ record: FeedRecord, of feedID: String) throws(StoreError) {
        commitQueued()
        do {
            try transaction { database in
                try FeedTable.update(record, of: feedNumber(feedID, database), database)
            }
        } catch {
            reloadFeedNumbers()
            throw error
        }
    }

    /// Notes that polls begin, and when the next ones would be due if these never came back; durable on return, before
    /// the requests leave (P20). One transaction.
    public func recordPollStarts(_ starts: [PollStart]) async throws(StoreError) {
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
