// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore

/// A poll between its fetch and its end: what every step of it needs to know.
struct OpenPoll: Sendable {
    let feed: Feed
    let order: PollOrder
    /// The feed's record when the poll began.
    let before: FeedRecord
    let fetch: Fetch
    let scheduler: Scheduler

    /// Its line in the feed's log.
    func logEntry(_ after: FeedRecord, items: Int = 0, newItems: Int = 0, at now: Instant) -> PollLogEntry {
        PollLogEntry(
            at: now, duration: fetch.duration, status: fetch.status, state: after.state, reason: after.reason,
            items: items, newItems: newItems, bytes: fetch.bytes)
    }

    /// What the scheduler learns of it; `now` is the instant that the record's due time was computed from.
    func end(
        _ after: FeedRecord, hold: AuthorityHold? = nil, items: Int = 0, newItems: Int = 0, at now: Instant
    ) -> PollEnd {
        let nextDue = after.isPaused ? nil : after.nextDue
        return PollEnd(
            nextDue: nextDue, contact: fetch.contact, hold: hold, nextURL: after.nextURL(of: feed),
            summary: PollSummary(
                state: after.state, reason: after.reason, status: fetch.status, items: items, newItems: newItems),
            heldUntil: after.heldUntil, wait: nextDue.map { max(.zero, $0 - now) })
    }
}

extension FeedRecord {
    /// The address that the feed's next poll asks first (P24).
    func nextURL(of feed: Feed) -> String {
        redirects.isEmpty ? feed.url : RedirectLedger(redirects, listedURL: feed.url).nextURL
    }
}
