// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguFeed
import KaguHTTP
import KaguMatch
import KaguModel
import KaguStore
import Logging

/// The way of one item, from schedule to store (ARCHITECTURE.md). Owns nothing; runs in the pool: parsing and
/// matching are functions of values, everything durable is one call of the store.
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
    let health: HealthLog
    let tally: PollTally
    let time: TimeSource

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

    /// Polls `feed` to the end; returns when it is due again.
    @concurrent
    func poll(_ feed: Feed, by scheduler: Scheduler) async -> Instant {
        do {
            let before = try await store.feedRecord(feed.id) ?? FeedRecord()
            let headers = feedHeaders[feed.id] ?? []
            let fetched = await fetcher.fetch(
                feed, headers: headers, validators: before.validators, scheduler: scheduler)
            switch fetched {
            case .unchanged(let validators, let trail, let freshness):
                let accepted = Accepted(
                    trail: trail, validators: validators, isUnchanged: true, freshness: freshness)
                return try await conclude(feed, before, accepted)
            case .failed(let failure):
                return try await conclude(feed, before, failure)
            case .document(let document):
                return try await take(document, of: feed, before)
            }
        } catch {
            // The store could not take it: no validator has moved, so the next poll brings the same items (P12).
            health.storeFailed(feed, error)
            return time.wall() + PollPace.afterStoreFailure
        }
    }

    /// Parse, dedup, match, store, alert.
    private func take(_ document: FetchedDocument, of feed: Feed, _ before: FeedRecord) async throws -> Instant {
        let parsed: ParsedFeed
        do {
            parsed = try FeedParser.parse(document.body, context: context(document, feed))
        } catch {
            return try await conclude(feed, before, PollFailure(error))
        }
        guard parsed.format.isSource else {
            let reason = "a plain sitemap is no feed: it has no titles; list a news sitemap or a feed"
            return try await conclude(feed, before, PollFailure(.parse, reason))
        }
        if parsed.isExpired {
            return try await conclude(feed, before, PollFailure(.gone, "the feed says it has expired"))
        }

        let unseen = try await store.unseen(
            feedID: feed.id, items: parsed.items, strippedParameters: assembly.strippedParameters, at: time.wall())
        let now = time.wall()
        let hits = unseen.items.compactMap { item -> RoutedHit? in
            let result = matcher.match(assembly.document(item, feed, parsed))
            guard let hit = assembly.hit(item, result, feed, parsed, seen: now, baseline: !before.hasBaseline)
            else {
                return nil
            }
            let isNews = item.isNews(to: hit.watches)
            return RoutedHit(
                hit, of: item,
                deliveries: isNews ? policy.deliveries(for: hit, alertsRecent: feed.alertsRecent) : [])
        }
        let accepted = Accepted(
            trail: document.trail, validators: document.validators, freshness: document.freshness, feed: parsed,
            unseen: unseen, hits: hits)
        return try await conclude(feed, before, accepted)
    }

    private func context(_ document: FetchedDocument, _ feed: Feed) -> ParseContext {
        ParseContext(
            contentType: document.contentType, baseURL: document.trail.currentURL, languageHint: feed.language,
            contentLanguage: document.contentLanguage)
    }

    /// Stores an accepted poll with all that it brought, then tells the courier.
    private func conclude(_ feed: Feed, _ before: FeedRecord, _ accepted: Accepted) async throws -> Instant {
        let now = time.wall()
        let after = pace.record(of: feed, after: accepted, before: before, at: now, random: time.random())
        let recorded = try await store.record(
            PollRecord(
                feedID: feed.id, at: now, feed: after, unseen: accepted.unseen, hits: accepted.hits,
                urlChain: accepted.trail.urls))
        health.polled(feed, from: before, to: after)
        health.stored(accepted.hits.map(\.hit))
        tally.count(accepted, recorded)
        if recorded.deliveries > 0 { await courier.wake() }
        return after.nextDue ?? now
    }

    /// Stores a poll that was not accepted; validators stay as they were (P9).
    private func conclude(_ feed: Feed, _ before: FeedRecord, _ failure: PollFailure) async throws -> Instant {
        let now = time.wall()
        guard !failure.isCancellation else { return now }
        let after = pace.record(of: feed, after: failure, before: before, at: now, random: time.random())
        _ = try await store.record(PollRecord(feedID: feed.id, at: now, feed: after))
        health.polled(feed, from: before, to: after)
        tally.countFailure()
        return after.nextDue ?? now
    }
}

/// An accepted poll: a feed document, or the word that it has not changed.
struct Accepted: Sendable {
    let trail: RedirectTrail
    let validators: StoredValidators
    var isUnchanged = false
    /// How long the publisher calls it fresh (P17).
    let freshness: Duration?
    var feed: ParsedFeed?
    var unseen: UnseenItems?
    var hits: [RoutedHit] = []
}
