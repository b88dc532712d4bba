// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguFeed
import KaguHTTP
import KaguModel
import KaguStore

/// What a finished poll makes of a feed's record: state, counters, validators, and when it is due again. Combines
/// the policies over the settings of one configuration; decides, and stores nothing.
struct PollPace: Hashable, Sendable {
    let settings: PollSettings
    /// Ids of feeds whose listed address the configuration allows to be private (P14, P22).
    let privateFeeds: Set<String>
    /// `health.after_failures` (H4).
    var failuresBeforeEvent = 3

    /// A record after a poll, and what of it an operator should hear.
    struct Verdict: Hashable, Sendable {
        var record: FeedRecord
        var events: [FeedEvent] = []
    }

    private var health: FeedHealth { FeedHealth(failuresBeforeEvent: failuresBeforeEvent) }

    /// The policy that holds for `feed`.
    func interval(for feed: Feed) -> PollInterval {
        PollInterval(feed: feed, settings: settings, isAllowedPrivate: privateFeeds.contains(feed.id))
    }

    /// The due time stored when a poll starts: what holds if the daemon dies before its end (P20), and where the
    /// end cannot be stored. The longer floor, since whether validators are held is not asked.
    func dueAfterStart(of feed: Feed, at now: Instant) -> Instant {
        now + interval(for: feed).floor(holdsValidators: false)
    }

    /// The record that a poll starts from. A feed whose listed address has changed starts afresh, a gone one too;
    /// its items are still known.
    func opening(_ feed: Feed, _ stored: FeedRecord?) -> FeedRecord {
        var record = stored ?? FeedRecord()
        if !record.listedURL.isEmpty, record.listedURL != feed.url {
            if record.state == .gone { record.state = .new }
            record.failures = 0
            record.heldUntil = nil
            record.redirects = ""
        }
        record.listedURL = feed.url
        return record
    }

    // MARK: Accepted

    /// The record after an accepted poll (P8, P16, P17, P24, H4).
    func accepted(_ poll: Accepted, of feed: Feed, before: FeedRecord, at now: Instant, random: Double) -> Verdict {
        var record = before
        record.validators = validators(poll, before)
        var events: [FeedEvent] = []
        if !before.redirects.isEmpty || poll.trail.permanentTarget != nil {
            events += note(poll, of: feed, in: &record, at: now)
        }
        let newItems = poll.newItems
        let known = FeedHabits(before.gaps)
        var habits = known
        if let document = poll.feed { habits.hints = PublisherHints(document) }
        schedule(&record, poll, feed, habits.hints, at: now, random: random)

        let silence = Silence(before: before, newItems: newItems, at: now)
        events += silence.note(in: &habits.silence, of: feed.id)
        if newItems > 0 { record.lastNews = now }
        if habits != known { record.gaps = habits.text }
        if !poll.isUnchanged { record.hasBaseline = true }
        if let title = poll.feed?.title, !title.isEmpty { record.title = title }
        record.heldUntil = nil
        let (state, reason) = standing(poll, record, isSilent: habits.silence.isTold, at: now)
        if state == .gone { record.nextDue = nil }
        events = health.accept(&record, as: state, reason: reason, of: feed.id, at: now) + events
        return Verdict(record: record, events: events + identityEvents(poll, feed, before, now))
    }

    /// A 304 keeps what it does not replace; a feed whose root is not closed keeps the old pair (P8, P9).
    private func validators(_ poll: Accepted, _ before: FeedRecord) -> StoredValidators? {
        if poll.isUnchanged {
            guard !poll.validators.pair.isEmpty else { return before.validators }
            return before.validators.map {
                StoredValidators($0.pair.updated(by: poll.validators.pair), at: $0.url)
            }
        }
        guard poll.feed?.isComplete ?? false else { return before.validators }
        return poll.validators.pair.isEmpty ? nil : poll.validators
    }

    /// Enters the poll's redirects into the ledger. The target of a move that is confirmed now gets one
    /// unconditional request (P10).
    private func note(
        _ poll: Accepted, of feed: Feed, in record: inout FeedRecord, at now: Instant
    ) -> [FeedEvent] {
        var ledger = RedirectLedger(record.redirects, listedURL: feed.url)
        let confirmed = ledger.accepted(
            from: poll.trail.startURL, permanentTarget: poll.trail.permanentTarget, hasParsed: !poll.isUnchanged,
            at: now)
        record.redirects = ledger.text
        guard let confirmed else { return [] }
        record.validators = nil
        let text = "\(feed.id): moved to \(LoggedAddress(confirmed)), which is polled from now on; correct the list"
        return [FeedEvent(kind: .moved, feedID: feed.id, at: now, state: .moved, text: text)]
    }

    private func schedule(
        _ record: inout FeedRecord, _ poll: Accepted, _ feed: Feed, _ hints: PublisherHints, at now: Instant,
        random: Double
    ) {
        let policy = interval(for: feed)
        let outcome: PollInterval.Outcome =
            poll.isUnchanged || record.hasBaseline
            ? .accepted(new: poll.newItems, total: poll.knownAndNew) : .baseline
        let adapted = policy.adapted(
            from: record.interval, outcome: outcome, holdsValidators: record.validators != nil)
        let wait = hints.lengthened(adapted, freshness: poll.freshness, maximum: settings.maximumInterval)
        let jitter = PollInterval.jitter(of: wait, random: random)
        record.interval = adapted
        record.nextDue = hints.outsideWindow(now + wait + jitter)
    }

    /// Of the states that fit, the last one of H4's table.
    private func standing(
        _ poll: Accepted, _ record: FeedRecord, isSilent: Bool, at now: Instant
    ) -> (FeedState, String) {
        if poll.feed?.isExpired ?? false { return (.gone, "the feed says it has expired") }
        if isSilent { return (.silent, "nothing new since \((record.lastNews ?? now).shortDescription)") }
        let moved =
            poll.trail.permanentTarget
            ?? (poll.trail.startURL == poll.trail.listedURL ? nil : poll.trail.startURL)
        return moved.map { (.moved, "moved permanently to \(LoggedAddress($0))") } ?? (.ok, "")
    }

    private func identityEvents(
        _ poll: Accepted, _ feed: Feed, _ before: FeedRecord, _ now: Instant
    ) -> [FeedEvent] {
        if let migration = poll.unseen?.migration {
            let text =
                "\(feed.id): \(migration.joined) of \(migration.of) known items have new ids; nothing is told"
            return [FeedEvent(kind: .migration, feedID: feed.id, at: now, text: text)]
        }
        guard let gap = poll.unseen?.gap, before.hasBaseline else { return [] }
        let from = gap.from.map { " since \($0.shortDescription)" } ?? ""
        let to = gap.to.map { ", the oldest is of \($0.shortDescription)" } ?? ""
        let text =
            "\(feed.id): none of \(gap.items) items was known\(from)\(to); items between may have been missed"
        return [FeedEvent(kind: .gap, feedID: feed.id, at: now, text: text)]
    }

    // MARK: Not accepted

    /// The record after a poll that began at `startURL` and was not accepted (P9, P18, P21, P24, H4).
    func refused(
        _ failure: PollFailure, of feed: Feed, from startURL: String, before: FeedRecord, at now: Instant,
        random: Double
    ) -> Verdict {
        var record = before
        let events = health.refuse(&record, as: failure.state, reason: failure.reason, of: feed.id, at: now)
        let policy = interval(for: feed)
        let base = policy.base(before.interval, holdsValidators: before.validators != nil)
        var wait = Backoff.wait(base: base, failures: record.failures)
        if !before.redirects.isEmpty {
            var ledger = RedirectLedger(before.redirects, listedURL: feed.url)
            ledger.failed(from: startURL, at: now)
            record.redirects = ledger.text
            // Two addresses are asked in turn, each of them at the pace of the back-off (P24).
            if ledger.isDoubted(at: now) { wait = max(wait / 2, min(base, wait)) }
        }
        wait += PollInterval.jitter(of: wait, random: random)
        if let least = failure.leastWait(interval: base) { wait = max(wait, least) }
        record.nextDue = failure.state == .gone ? nil : now + wait
        record.heldUntil = failure.publishersWait(interval: base).map { now + $0 }
        return Verdict(record: record, events: events)
    }
}

/// One look at whether a feed is quiet (H4 `silent`).
private struct Silence {
    let before: FeedRecord
    let newItems: Int
    let at: Instant

    /// Notes news, or silence that is strange; returns what is to be told of its beginning or end.
    func note(in gauge: inout SilenceGauge, of feedID: String) -> [FeedEvent] {
        guard let lastNews = before.lastNews else { return [] }
        let quiet = at - lastNews
        if newItems > 0 {
            gauge.note(quiet)
            guard gauge.isTold else { return [] }
            gauge.isTold = false
            // Where a failure was told too, its recovery says it all.
            guard !before.isFailureAnnounced else { return [] }
            let text = "\(feedID): new items again after \(days(quiet)) days of silence"
            return [FeedEvent(kind: .recovered, feedID: feedID, at: at, state: .ok, text: text)]
        }
        guard !gauge.isTold, gauge.isSilent(after: quiet) else { return [] }
        gauge.isTold = true
        let text = "\(feedID): silent: answers, but nothing new for \(days(quiet)) days"
        return [FeedEvent(kind: .silent, feedID: feedID, at: at, state: .silent, text: text)]
    }

    private func days(_ quiet: Duration) -> Int64 { quiet.milliseconds / 86_400_000 }
}
