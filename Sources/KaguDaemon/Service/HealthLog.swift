// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore
import Logging

/// What the journal hears of feeds and hits: a failing feed is a state, not an incident, so one warning when it
/// turns bad, one notice when it recovers, debug between (house rule 15, O13).
struct HealthLog: Sendable {
    let logger: Logger

    /// A poll has ended.
    func polled(_ feed: Feed, from before: FeedRecord, to after: FeedRecord) {
        let fields: Logger.Metadata = ["feed": .string(feed.id)]
        switch (before.state.isHealthy, after.state.isHealthy) {
        case (true, false):
            logger.warning(
                "feed turned bad: \(feed.id): \(after.state.rawValue): \(after.reason); kagu feeds list shows it",
                metadata: fields)
        case (false, true):
            logger.notice("feed recovered: \(feed.id): \(after.state.rawValue)", metadata: fields)
        default:
            logger.debug("polled: \(feed.id): \(after.state.rawValue)", metadata: fields)
        }
    }

    /// Hits have been stored.
    func stored(_ hits: [Hit]) {
        for hit in hits {
            logger.info(
                "hit: \(String(hit.title.prefix(200))): \(hit.feed.id): \(hit.watches.joined(separator: ", "))",
                metadata: [
                    "hit": .string(hit.id), "feed": .string(hit.feed.id), "story": .string(hit.story),
                    "watch": .string(hit.watches.joined(separator: ",")),
                ])
        }
    }

    /// The starts of some polls could not be stored: a restart within the minute would poll these feeds again.
    func startsNotStored(_ count: Int, _ error: any Error) {
        logger.error("store poll starts: \(count) feeds: \(error)")
    }

    /// A poll could not be stored; the feed will be polled again.
    func storeFailed(_ feed: Feed, _ error: any Error) {
        logger.error(
            "store poll: \(feed.id): \(error); it will be polled again, nothing is lost",
            metadata: ["feed": .string(feed.id)])
    }
}
