// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguBytes
import KaguFeed
import KaguHTTP
import KaguMatch
import KaguModel
import KaguStore
import Logging

/// The way of one item, from schedule to store (ARCHITECTURE.md). Owns nothing: parsing and matching run in the pool as
/// functions of values, everything durable is one call of the store.
///
/// A poller is made anew at each reload; polls in flight end with the one that they began with.
struct Poller: Sendable {
    let fetcher: FeedFetcher
    let store: Store
    let courier: Courier
    let matcher: Matcher
    let policy: AlertPolicy
    let pace: PollPace
    let assembly: HitAssembly
    let feedHeaders: [String: [HTTPHeader]]
    /// Whether the texts of all new items are kept (`store.retention.items`).
    let keepsItems: Bool
    let health: HealthLog
    let tally: PollTally
    let time: TimeSource
    /// What belongs together (R5).
    var stories = StoryLedger()

    /// Stores that these polls start now, with the due times that hold if the daemon dies before they end (P20).
    func begin(_ feeds: [Feed]) async {
        let now = time.wall()
        let starts = feeds.map { PollStart(feedID: $0.id, at: now, nextDue: pace.dueAfterStart(of: $0, at: now)) }
        do {
            try await store.recordPollStarts(starts)
        } catch {
            health.startsNotStored(starts.count, error)
        }
    }

    /// Polls `feed` to the end. Runs where the scheduler runs; only what costs time, parsing and matching, goes to
    /// the pool.
    func poll(_ feed: Feed, _ order: PollOrder, by scheduler: Scheduler) async -> PollEnd {
        var before = pace.opening(feed, nil)
        do {
            before = pace.opening(feed, try await store.feedRecord(feed.id))
        } catch {
            return notStored(feed, before, .undecided, error)
        }
        let fetch = await fetcher.fetch(
            feed, at: before.nextURL(of: feed), headers: feedHeaders[feed.id] ?? [],
            validators: order.isFull ? nil : before.validators, scheduler: scheduler)
        let poll = OpenPoll(feed: feed, order: order, before: before, fetch: fetch, scheduler: scheduler)
        do {
            switch fetch.outcome {
            case .unchanged(let validators):
                await scheduler.requestsEnded(of: feed.id)
                return try await accept(
                    poll,
                    Accepted(
                        trail: fetch.trail, validators: validators, isUnchanged: true, freshness: fetch.freshness))
            case .document(let document):
                await scheduler.requestsEnded(of: feed.id)
                // Away from the queue that the transfers need.
                return try await withTaskExecutorPreference(globalConcurrentExecutor) {
                    try await take(document, poll)
                }
            case .failed(let failure): return try await refuse(poll, failure)
            }
        } catch {
            // The store could not take it: no validator has moved, so the next poll brings the same items (P12).
            return notStored(feed, before, fetch.contact, error)
        }
    }

    /// Parse, dedup, match, store, alert.
    @concurrent
    private func take(_ document: FetchedDocument, _ poll: OpenPoll) async throws -> PollEnd {
        let parsed: ParsedFeed
        do {
            parsed = try parse(document, poll)
        } catch {
            return try await refuse(poll, error)
        }
        let unseen = try await store.unseen(
            feedID: poll.feed.id, items: parsed.items, strippedParameters: assembly.strippedParameters,
            at: time.wall())
        if !unseen.items.isEmpty { await stories.whenFilled() }
        let hits = match(unseen, parsed, poll)
        return try await accept(
            poll,
            Accepted(
                trail: poll.fetch.trail, validators: document.validators, freshness: poll.fetch.freshness,
                feed: parsed, unseen: unseen, hits: hits, archive: archiveLines(unseen, parsed, poll.feed),
                bodyHash: unseen.items.isEmpty && unseen.sightings.isEmpty ? [] : SHA256.hash(document.body)))
    }

    /// The feed in a body; throws what the poll comes to when there is none.
    private func parse(_ document: FetchedDocument, _ poll: OpenPoll) throws(PollFailure) -> ParsedFeed {
        let url = poll.fetch.trail.currentURL
        let parsed: ParsedFeed
        do {
            parsed = try FeedParser.parse(
                document.body,
                context: ParseContext(
                    contentType: document.headers["Content-Type"], baseURL: url, languageHint: poll.feed.language,
                    contentLanguage: document.headers["Content-Language"]))
        } catch {
            let wall = BotWall.name(headers: document.headers, body: document.body, url: url)
            throw PollFailure(error, wall: wall)
        }
        guard parsed.format.isSource else {
            throw PollFailure(.parse, "a plain sitemap is no feed: it has no titles; list a news sitemap or a feed")
        }
        return parsed
    }

    /// What of the new and revised items is a hit, with what is owed for each; nothing for a migration (I5).
    private func match(_ unseen: UnseenItems, _ parsed: ParsedFeed, _ poll: OpenPoll) -> [RoutedHit] {
        guard !unseen.items.isEmpty, !matcher.watchlist.watches.isEmpty else { return [] }
        let (feed, now) = (poll.feed, time.wall())
        return unseen.items.compactMap { item in
            let result = matcher.match(assembly.document(item, feed, parsed), needsLanguage: false)
            let isBaseline = !poll.before.hasBaseline
            guard var hit = assembly.hit(item, result, feed, parsed, seen: now, baseline: isBaseline) else {
                return nil
            }
            hit.story = stories.assign(hit, keepsStory: item.wasHit)
            guard unseen.migration == nil else { return RoutedHit(hit, of: item) }
            return RoutedHit(
                hit, of: item,
                deliveries: policy.deliveries(
                    for: hit, alertsRecent: feed.alertsRecent, isRevision: !item.isNews(to: hit.watches)))
        }
    }

    /// What the archive keeps of the new and revised items (O33).
    private func archiveLines(_ unseen: UnseenItems, _ parsed: ParsedFeed, _ feed: Feed) -> ArchiveLines {
        var lines = ArchiveLines()
        guard keepsItems else { return lines }
        let now = time.wall()
        for item in unseen.items {
            lines.add(item, language: assembly.declaredLanguage(item, feed, parsed), at: now)
        }
        return lines
    }

    /// Stores an accepted poll with all that it brought, then tells the courier.
    private func accept(_ poll: OpenPoll, _ accepted: Accepted) async throws -> PollEnd {
        let now = time.wall()
        let verdict = pace.accepted(
            accepted, of: poll.feed, before: poll.before, at: now, random: time.random())
        let (after, items) = (verdict.record.answered(poll.fetch.status), accepted.feed?.items.count ?? 0)
        let recorded = try await store.record(
            PollRecord(
                feedID: poll.feed.id, at: now, feed: after, unseen: accepted.unseen, hits: accepted.hits,
                archive: accepted.archive, urlChain: accepted.trail.urls, bodyHash: accepted.bodyHash,
                log: poll.logEntry(after, items: items, newItems: accepted.newItems, at: now),
                events: verdict.events))
        health.polled(poll.feed, after)
        await tell(verdict.events, of: poll, after)
        health.stored(accepted.hits)
        tally.count(accepted, recorded)
        if recorded.deliveries > 0 { await courier.wake() }
        return poll.end(after, items: items, newItems: recorded.newItems, at: now)
    }

    /// Stores a poll that was not accepted, unless the uplink is to blame; validators stay as they were (P9, P19).
    private func refuse(_ poll: OpenPoll, _ failure: PollFailure) async throws -> PollEnd {
        let now = time.wall()
        if failure.isCancellation { return uncounted(poll, at: now) }
        tally.countFailure()
        if try await isUplinkDown(poll) { return uncounted(poll, at: now) }
        let verdict = pace.refused(
            failure, of: poll.feed, from: poll.fetch.trail.startURL, before: poll.before, at: now,
            random: time.random())
        let after = verdict.record.answered(poll.fetch.status)
        let hold = await hold(poll, failure, after)
        _ = try await store.record(
            PollRecord(
                feedID: poll.feed.id, at: now, feed: after, log: poll.logEntry(after, at: now),
                events: verdict.events, hold: hold))
        health.polled(poll.feed, after)
        await tell(verdict.events, of: poll, after)
        if failure.isRetryAfterClamped { health.retryAfterClamped(poll.feed) }
        return poll.end(after, hold: hold, at: now)
    }

    /// The end of a poll of which nothing is stored but its start.
    private func uncounted(_ poll: OpenPoll, at now: Instant) -> PollEnd {
        var before = poll.before
        if before.state != .gone { before.nextDue = pace.dueAfterStart(of: poll.feed, at: now) }
        return poll.end(before, at: now)
    }

    /// What a 429 asks of everyone at its authority; nothing where that is an allow-listed private address (P22).
    private func hold(_ poll: OpenPoll, _ failure: PollFailure, _ after: FeedRecord) async -> AuthorityHold? {
        guard failure.holdsAuthority, let until = after.heldUntil else { return nil }
        if pace.privateFeeds.contains(poll.feed.id), poll.fetch.trail.isAtListedEndpoint { return nil }
        let authority = await poll.scheduler.authority(of: poll.fetch.trail.currentURL)
        return AuthorityHold(
            authority: authority.description, until: until, reason: "\(failure.reason) at feed \(poll.feed.id)")
    }

    /// The store could not read or take it: the feed is polled again, not before its floor.
    private func notStored(
        _ feed: Feed, _ before: FeedRecord, _ contact: Contact, _ error: any Error
    ) -> PollEnd {
        health.storeFailed(feed, error)
        let isHalted = before.isPaused || before.state == .gone
        let floor = pace.interval(for: feed).floor(holdsValidators: before.validators != nil)
        return PollEnd(
            nextDue: isHalted ? nil : time.wall() + floor, contact: contact, nextURL: before.nextURL(of: feed),
            summary: PollSummary(state: before.state, reason: "the store failed: \(error)"),
            heldUntil: before.heldUntil, wait: isHalted ? nil : floor)
    }
}

extension FeedRecord {
    /// The record with the status of the poll's last answer.
    fileprivate func answered(_ status: Int?) -> FeedRecord {
        var record = self
        record.lastStatus = status
        return record
    }
}
