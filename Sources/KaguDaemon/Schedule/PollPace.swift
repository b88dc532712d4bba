// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguFeed
import KaguHTTP
import KaguModel
import KaguStore

/// What a finished poll makes of a feed's record: state, counters, validators, and when it is due again. A value
/// over the settings of one configuration; decides, and stores nothing.
struct PollPace: Hashable, Sendable {
    let settings: PollSettings
    /// Ids of feeds whose listed address the configuration allows to be private (P14).
    let privateFeeds: Set<String>

    /// How long a feed waits when its poll could not be stored.
    static let afterStoreFailure: Duration = .seconds(60)
    /// Hints of the publisher lengthen the interval at most to this (P17).
    static let longestHint: Duration = .seconds(24 * 60 * 60)
    /// A feed that is gone is not polled unasked (§1.4); its due time lies that far ahead.
    static let goneWait: Duration = .seconds(10 * 365 * 24 * 60 * 60)

    /// The policy that holds for `feed`.
    func interval(for feed: Feed) -> PollInterval {
        PollInterval(feed: feed, settings: settings, isAllowedPrivate: privateFeeds.contains(feed.id))
    }

    /// The due time stored when a poll starts: what holds if the daemon dies before its end (P20).
    func dueAfterStart(of feed: Feed, at now: Instant) -> Instant {
        now + (interval(for: feed).fixed ?? settings.minimumInterval ?? PollInterval.initial)
    }

    /// The record after an accepted poll (P8, P16, P17, H4).
    func record(
        of feed: Feed, after accepted: Accepted, before: FeedRecord, at now: Instant, random: Double
    ) -> FeedRecord {
        var record = before
        // A 304 keeps what it does not replace; a feed whose root is not closed keeps the old pair (P9).
        if accepted.isUnchanged {
            record.validators = before.validators.map {
                StoredValidators($0.pair.updated(by: accepted.validators.pair), at: $0.url)
            }
        } else if accepted.feed?.isComplete ?? false {
            record.validators = accepted.validators.pair.isEmpty ? nil : accepted.validators
        }
        let newItems = accepted.unseen?.items.count { $0.revision == 0 } ?? 0
        let outcome: PollInterval.Outcome =
            accepted.isUnchanged || before.hasBaseline
            ? .accepted(new: newItems, total: accepted.unseen.map { $0.items.count + $0.knownCount } ?? 0)
            : .baseline
        let policy = interval(for: feed)
        let adapted = policy.adapted(
            from: before.interval, outcome: outcome, holdsValidators: record.validators != nil)
        let hinted = max(adapted, hint(accepted))
        record.interval = adapted
        record.nextDue = now + policy.wait(after: hinted, outcome: outcome, random: random)
        record.heldUntil = nil
        record.lastSuccess = now
        if newItems > 0 { record.lastNews = now }
        if !accepted.isUnchanged { record.hasBaseline = true }
        if let title = accepted.feed?.title, !title.isEmpty { record.title = title }
        record.failures = 0
        record.isFailureAnnounced = false
        record.enter(accepted.trail.isPermanent ? .moved : .ok, reason: movedReason(accepted.trail), at: now)
        return record
    }

    /// The record after a poll that was not accepted (P18, P21, H4).
    func record(
        of feed: Feed, after failure: PollFailure, before: FeedRecord, at now: Instant, random: Double
    ) -> FeedRecord {
        var record = before
        record.failures += 1
        let policy = interval(for: feed)
        let outcome = PollInterval.Outcome.failed(consecutive: record.failures)
        let adapted = policy.adapted(
            from: before.interval, outcome: outcome, holdsValidators: before.validators != nil)
        let wait = max(policy.wait(after: adapted, outcome: outcome, random: random), failure.leastWait ?? .zero)
        record.interval = adapted
        record.nextDue = now + (failure.state == .gone ? Self.goneWait : wait)
        record.heldUntil = failure.leastWait.map { now + $0 }
        record.enter(failure.state, reason: failure.reason, at: now)
        return record
    }

    /// What the publisher asks for: hints only lengthen (P17).
    private func hint(_ accepted: Accepted) -> Duration {
        let declared =
            [accepted.feed?.ttlSeconds, accepted.feed?.updatePeriodSeconds]
            .compactMap { $0.map { min(.seconds($0), settings.maximumInterval) } }.max() ?? .zero
        return max(min(accepted.freshness ?? .zero, Self.longestHint), declared)
    }

    private func movedReason(_ trail: RedirectTrail) -> String {
        guard trail.isPermanent else { return "" }
        return "moved permanently to \(HTTPOrigin(trail.currentURL)?.authority ?? "another address")"
    }
}

extension FeedRecord {
    /// Enters a state; `since` moves only when the state changes.
    fileprivate mutating func enter(_ state: FeedState, reason: String, at now: Instant) {
        if self.state != state || since == nil { since = now }
        self.state = state
        self.reason = reason
    }
}
