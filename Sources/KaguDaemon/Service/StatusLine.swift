// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore

/// The line that `systemctl status` shows (O4): `214 feeds (3 failing), 12 hits since start, 2 alerts pending`.
struct StatusLine: Hashable, Sendable, CustomStringConvertible {
    let feeds: Int
    let unhealthy: Int
    let hits: Int
    let pendingAlerts: Int

    /// Counts what is stored.
    init(_ store: Store, feeds: Int, hits: Int) async throws {
        let records = try await store.feedRecords()
        self.feeds = feeds
        unhealthy = records.values.count { !$0.state.isHealthy }
        self.hits = hits
        let owed = try await store.deliveryCounts()
        pendingAlerts = [.waiting, .pending].reduce(0) { $0 + (owed[$1] ?? 0) }
    }

    init(feeds: Int, unhealthy: Int, hits: Int, pendingAlerts: Int) {
        self.feeds = feeds
        self.unhealthy = unhealthy
        self.hits = hits
        self.pendingAlerts = pendingAlerts
    }

    var description: String {
        let failing = unhealthy > 0 ? " (\(unhealthy) failing)" : ""
        return "\(feeds) feeds\(failing), \(hits) hits since start, \(pendingAlerts) alerts pending"
    }
}
