// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore

/// The line that `systemctl status` shows (O4): `214 feeds (3 failing), 12 hits since start, 2 alerts pending`;
/// `offline: ` before it while the uplink is down.
struct StatusLine: Hashable, Sendable, CustomStringConvertible {
    let feeds: Int
    let unhealthy: Int
    let hits: Int
    let pendingAlerts: Int
    var isOffline = false

    /// Counts what is stored of the listed `feeds`.
    init(_ store: Store, _ scheduler: Scheduler, feeds: [Feed], hits: Int) async throws {
        let failing = Set(try await store.feedIDs(in: FeedState.allCases.filter(\.isFailure)))
        let owed = try await store.deliveryCounts()
        self.init(
            feeds: feeds.count,
            unhealthy: failing.isEmpty ? 0 : feeds.count { failing.contains($0.id) },
            hits: hits, pendingAlerts: [.waiting, .pending].reduce(0) { $0 + (owed[$1] ?? 0) },
            isOffline: await scheduler.load.isOffline)
    }

    init(feeds: Int, unhealthy: Int, hits: Int, pendingAlerts: Int, isOffline: Bool = false) {
        self.feeds = feeds
        self.unhealthy = unhealthy
        self.hits = hits
        self.pendingAlerts = pendingAlerts
        self.isOffline = isOffline
    }

    var description: String {
        let failing = unhealthy > 0 ? " (\(unhealthy) failing)" : ""
        return "\(isOffline ? "offline: " : "")\(feeds) feeds\(failing), \(hits) hits since start, "
            + "\(pendingAlerts) alerts pending"
    }
}

extension FeedState {
    /// Whether the last poll was not accepted: silence is no failure.
    fileprivate var isFailure: Bool { !isHealthy && self != .silent }
}
