// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore

extension FeedStanding {
    /// The place of a feed by its stored record. A record that was kept under another listed address says nothing of
    /// this one: the feed is polled like a new one, unless it is paused (P20).
    init(of feed: Feed, _ record: FeedRecord, at now: Instant) {
        guard record.listedURL.isEmpty || record.listedURL == feed.url else {
            self.init(url: feed.url, isHalted: record.isPaused)
            return
        }
        self.init(
            record, url: record.nextURL(of: feed), isHalted: record.isPaused || record.state == .gone, at: now)
    }
}
