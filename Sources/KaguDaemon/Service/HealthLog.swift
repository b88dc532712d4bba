// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore
import Logging

/// What the journal hears of feeds and hits: a failing feed is a state, not an incident, so one warning when its
/// state is told, one notice when it recovers, debug between (house rule 15, O13). No URL queries, no secrets (S5).
struct HealthLog: Sendable {
    let logger: Logger

    /// A poll has ended.
    func polled(_ feed: Feed, _ after: FeedRecord) {
        // Ten thousand times a round: nothing is built where nobody listens.
        guard logger.logLevel <= .debug else { return }
        let reason = after.reason.isEmpty ? "" : ": \(after.reason)"
        logger.debug(
            "polled: \(feed.id): \(after.state.rawValue)\(reason)", metadata: ["feed": .string(feed.id)])
    }

    /// Something is told to the operator (H4).
    func told(_ events: [FeedEvent]) {
        for event in events {
            var fields: Logger.Metadata = ["event": .string(event.kind.rawValue)]
            if !event.feedID.isEmpty { fields["feed"] = .string(event.feedID) }
            logger.log(level: event.kind.level, "\(event.text)", metadata: fields)
        }
    }

    /// Hits have been stored. Those of a baseline are no news: one line counts them (I4).
    func stored(_ hits: [RoutedHit]) {
        let old = hits.lazy.map(\.hit).filter(\.baseline)
        if let first = old.first {
            logger.info(
                "baseline: \(first.feed.id): \(old.count) of what it lists already are hits, nobody is told",
                metadata: ["feed": .string(first.feed.id)])
        }
        for hit in hits.lazy.map(\.hit) {
            logger.log(
                level: hit.baseline ? .debug : .info,
                "hit: \(String(hit.title.prefix(200))): \(hit.feed.id): \(hit.watches.joined(separator: ", "))",
                metadata: [
                    "hit": .string(hit.id), "feed": .string(hit.feed.id), "story": .string(hit.story),
                    "watch": .string(hit.watches.joined(separator: ",")),
                ])
        }
    }

    /// A publisher asked for more than 7 days of rest (P21).
    func retryAfterClamped(_ feed: Feed) {
        logger.notice(
            "poll: \(feed.id): Retry-After asks for more than 7 days; it is polled again after 7",
            metadata: ["feed": .string(feed.id)])
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

    /// The wall clock was set.
    func clockStepped(by step: Duration) {
        logger.notice("clock: the wall clock was set by \(step); feeds keep their pace")
    }

    /// The stored times could not follow a step of the wall clock: after a restart feeds may be early or late.
    func stepNotStored(_ error: any Error) {
        logger.error("store clock step: \(error); after a restart, feeds may be polled early or late")
    }

    /// An event of the uplink could not be stored; the journal has it.
    func eventNotStored(_ error: any Error) {
        logger.error("store event: \(error)")
    }
}

extension FeedEvent.Kind {
    /// Warnings are what an operator may have to act upon.
    fileprivate var level: Logger.Level {
        switch self {
        case .failing, .gone, .silent, .gap, .offline: .warning
        case .recovered, .migration, .moved, .online: .notice
        }
    }
}
