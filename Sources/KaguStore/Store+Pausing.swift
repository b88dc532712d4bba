// SPDX-License-Identifier: Apache-2.0

public import KaguModel
import Synchronization

extension Store {
    /// Notes that these feeds are polled no more unasked, until `resume`; returns the ids that were not paused before.
    /// One transaction.
    @discardableResult
    public func pause(_ feedIDs: [String]) throws(StoreError) -> [String] {
        try changeRecords(feedIDs) { record in
            guard !record.isPaused else { return false }
            record.isPaused = true
            return true
        }.map(\.id)
    }

    /// Lets these feeds be polled again; one that is gone starts afresh, as if it were new (P20). Returns the records
    /// that have changed. One transaction.
    @discardableResult
    public func resume(_ feedIDs: [String], at now: Instant) throws(StoreError) -> [String: FeedRecord] {
        let changed = try changeRecords(feedIDs) { record in
            guard record.isPaused || record.state == .gone else { return false }
            record.isPaused = false
            if record.state == .gone { record.startAfresh(at: now) }
            return true
        }
        return Dictionary(changed.map { ($0.id, $0.record) }) { first, _ in first }
    }

    /// Reads, changes and writes records with no poll in between; those that `change` leaves alone are not written.
    private func changeRecords(
        _ feedIDs: [String], _ change: (inout FeedRecord) -> Bool
    ) throws(StoreError) -> [(id: String, record: FeedRecord)] {
        commitQueued()
        do {
            let changed = try transaction { database in
                var changed: [(id: String, record: FeedRecord)] = []
                for id in feedIDs {
                    var record = try FeedTable.record(ofFeed: id, database) ?? FeedRecord()
                    guard change(&record) else { continue }
                    try FeedTable.update(record, of: feedNumber(id, database), database)
                    changed.append((id, record))
                }
                return changed
            }
            inbox.withLock { inbox in
                for (id, _) in changed { inbox.forget(id) }
            }
            return changed
        } catch {
            reloadFeedNumbers()
            throw error
        }
    }
}

extension FeedRecord {
    /// Forgets why it was gone, and what the old document left: its baseline and its items stay known.
    fileprivate mutating func startAfresh(at now: Instant) {
        state = .new
        since = now
        reason = ""
        failures = 0
        isFailureAnnounced = false
        nextDue = nil
        interval = nil
        validators = nil
        redirects = ""
        lastStatus = nil
    }
}
