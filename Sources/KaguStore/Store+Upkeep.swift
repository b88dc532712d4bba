// SPDX-License-Identifier: Apache-2.0

import GRDB
import GRDBSQLite
public import KaguModel

extension Store {
    /// Forgets what is no longer needed: items that have not been listed for 90 days (I1) with the polls that brought
    /// them, events older than 90 days, expired holds, alerts settled 90 days ago, tries of 30 days ago; alerts parked for
    /// 90 days are dropped (O42). What a hit was made of stays, and all that is waiting or pending.
    ///
    /// Meant to be called once a day. Works in transactions of 2,000 rows at most, between which the store does what
    /// else is asked of it; throws what the first one that fails throws, and the next call takes it up again.
    @discardableResult
    public nonisolated func upkeep(at now: Instant) async throws(StoreError) -> UpkeepSummary {
        var pass = UpkeepPass(at: now)
        while !pass.isDone { pass = try await step(pass) }
        return pass.summary
    }

    /// Gives the pages that SQLite keeps in memory, up to 8 MB, back to the allocator: for a daemon that has become
    /// idle (B14). The next reads fetch theirs from the file again.
    public func releaseMemory() {
        _ = try? access { sqlite3_db_release_memory($0.sqliteConnection) }
    }

    private func step(_ pass: UpkeepPass) throws(StoreError) -> UpkeepPass {
        commitQueued()
        return try transaction { database in
            var pass = pass
            try pass.step(database)
            return pass
        }
    }
}

/// What `Store.upkeep` deleted.
public struct UpkeepSummary: Hashable, Sendable {
    /// Items that had not been listed for 90 days.
    public internal(set) var items = 0
    /// Polls of which no item was left.
    public internal(set) var polls = 0
    /// Events older than 90 days.
    public internal(set) var events = 0
    /// Alerts settled 90 days ago.
    public internal(set) var alerts = 0
    /// Tries older than 30 days.
    public internal(set) var attempts = 0
    /// Alerts that were parked for 90 days: now dropped.
    public internal(set) var expiredAlerts = 0
    /// Transactions that it took.
    public internal(set) var steps = 0
}
