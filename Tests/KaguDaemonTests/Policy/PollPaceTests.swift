// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguFeed
import KaguHTTP
import KaguModel
import KaguStore
import Testing

@testable import KaguDaemon

@Suite("What a poll makes of a feed's record")
struct PollPaceTests {
    private let now = Instant(seconds: 1_795_338_843)
    private let feed = Feed.courier
    private let pace = PollPace(settings: PollSettings(), privateFeeds: [])
    private let old = StoredValidators(url: Feed.courier.url, etag: Array("\"1\"".utf8))

    private func accepted(
        etag: String? = nil, lastModified: String? = nil, isUnchanged: Bool = false, freshness: Duration? = nil,
        trail: RedirectTrail? = nil, _ change: (inout ParsedFeed) -> Void = { _ in }
    ) -> Accepted {
        var parsed = ParsedFeed(format: .rss20)
        parsed.title = "Courier"
        change(&parsed)
        return Accepted(
            trail: trail ?? RedirectTrail(listedURL: feed.url),
            validators: StoredValidators(
                url: feed.url, etag: etag.map { Array($0.utf8) }, lastModified: lastModified.map { Array($0.utf8) }),
            isUnchanged: isUnchanged, freshness: freshness, feed: isUnchanged ? nil : parsed)
    }

    private func after(_ poll: Accepted, _ before: FeedRecord, at: Instant? = nil) -> FeedRecord {
        pace.accepted(poll, of: feed, before: before, at: at ?? now, random: 0).record
    }

    private func refused(_ failure: PollFailure, _ before: FeedRecord, interval: Duration? = nil) -> FeedRecord {
        let feed = Feed(id: feed.id, url: feed.url, interval: interval)
        return pace.refused(failure, of: feed, from: feed.url, before: before, at: now, random: 0).record
    }

    private func wait(_ record: FeedRecord) -> Duration? { record.nextDue.map { $0 - now } }

    @Test("an accepted 200 replaces the pair, one without any drops it (P6, P8)")
    func replaced() {
        let pair = StoredValidators(url: feed.url, etag: Array("\"1\"".utf8), lastModified: Array("then".utf8))
        let both = after(accepted(etag: "\"2\""), FeedRecord(validators: pair))
        #expect(both.validators == StoredValidators(url: feed.url, etag: Array("\"2\"".utf8)))
        #expect(after(accepted(), FeedRecord(validators: old)).validators == nil)
    }

    @Test("a 304 replaces the validators that it carries, and keeps the rest (P8)")
    func notModified() {
        let kept = after(accepted(isUnchanged: true), FeedRecord(validators: old, hasBaseline: true))
        #expect(kept.validators == old && kept.state == .ok && kept.lastSuccess == now)
        let half = after(accepted(lastModified: "now", isUnchanged: true), FeedRecord(validators: old))
        #expect(half.validators?.etag == old.etag && half.validators?.lastModified == Array("now".utf8))
    }

    @Test("a feed whose root is not closed keeps the old pair (P9)")
    func incomplete() {
        let kept = after(accepted(etag: "\"2\"") { $0.isComplete = false }, FeedRecord(validators: old))
        #expect(kept.validators == old && kept.hasBaseline && kept.state == .ok)
    }

    @Test("a failure keeps validators and interval, counts, and waits longer each time (P9, P18)")
    func failure() {
        var record = FeedRecord(state: .ok, interval: .hours(1), validators: old)
        var waits: [Duration?] = []
        for _ in 0..<6 {
            record = refused(PollFailure(.failing, "HTTP 500"), record)
            waits.append(wait(record))
        }
        #expect(record.validators == old && record.failures == 6 && record.state == .failing)
        #expect(record.interval == .hours(1))
        #expect(waits == [2, 4, 8, 16, 24, 24].map { .hours($0) })
        let recovered = after(accepted(isUnchanged: true), record)
        #expect(recovered.failures == 0 && recovered.state == .ok)
        #expect(wait(recovered) == .minutes(69))
    }

    @Test("the back-off starts from the interval of the feed, longer ones stay as they are (P14, P18)")
    func ownInterval() {
        #expect(wait(refused(PollFailure(.failing, ""), FeedRecord(), interval: .minutes(20))) == .minutes(40))
        #expect(wait(refused(PollFailure(.failing, ""), FeedRecord(), interval: .days(3))) == .days(3))
    }

    @Test("Retry-After is a lower bound, and holds operators off too (P21)")
    func retryAfter() {
        let later = HTTPHeaders(["Retry-After": "172800"])
        let record = refused(PollFailure(status: 429, headers: later, now: now), FeedRecord())
        #expect(record.state == .throttled && wait(record) == .days(2) && record.heldUntil == now + .days(2))
        let sooner = HTTPHeaders(["Retry-After": "60"])
        let missing = refused(PollFailure(status: 404, headers: sooner, now: now), FeedRecord(interval: .hours(1)))
        #expect(missing.state == .failing && wait(missing) == .hours(2) && missing.heldUntil == now + .minutes(1))
        #expect(after(accepted(), record).heldUntil == nil)
    }

    @Test("429 without a usable Retry-After waits max(2 × interval, 4 h) at least (§1.4)")
    func throttled() {
        let failure = PollFailure(status: 429, headers: HTTPHeaders(["Retry-After": "soon"]), now: now)
        #expect(wait(refused(failure, FeedRecord(interval: .hours(1)))) == .hours(4))
        let slow = refused(failure, FeedRecord(), interval: .days(5))
        #expect(wait(slow) == .days(10) && slow.heldUntil == now + .days(10))
    }

    @Test("blocked feeds rest 4 h at least, which holds no operator off (§1.4)")
    func blocked() {
        let record = refused(PollFailure(status: 403, headers: HTTPHeaders(), now: now), FeedRecord())
        #expect(record.state == .blocked && wait(record) == .hours(4) && record.heldUntil == nil)
        let third = refused(PollFailure(status: 403, headers: HTTPHeaders(), now: now), FeedRecord(failures: 3))
        #expect(wait(third) == .hours(16))
    }

    @Test("hints lengthen the interval, also over a 304, also a feed's own; none shortens it (P11, P17)")
    func hints() {
        let known = FeedRecord(interval: .hours(1), validators: old, hasBaseline: true)
        let plain = Duration.minutes(69)
        #expect(wait(after(accepted(etag: "\"2\""), known)) == plain)
        #expect(wait(after(accepted(etag: "\"2\"", freshness: .seconds(60)), known)) == plain)
        #expect(wait(after(accepted(isUnchanged: true, freshness: .hours(2)), known)) == .hours(2))
        let asked = after(accepted(etag: "\"2\"") { $0.ttlSeconds = 4 * 3600 }, known)
        #expect(wait(asked) == .hours(4) && asked.interval == plain)
        #expect(wait(after(accepted(isUnchanged: true), asked)) == .hours(4))
        #expect(wait(after(accepted(etag: "\"3\""), asked)) != .hours(4))
        let quick = Feed(id: "courier", url: feed.url, interval: .minutes(20))
        let own = pace.accepted(
            accepted { $0.ttlSeconds = 3600 }, of: quick, before: known, at: now, random: 0)
        #expect(wait(own.record) == .hours(1))
    }

    @Test("a poll that would fall into skipped hours waits for their end (P17)")
    func skipped() {
        // It is 09:14; the poll would be due at 10:23.
        let known = FeedRecord(interval: .hours(1), validators: old, hasBaseline: true)
        let record = after(accepted(etag: "\"2\"") { $0.skipHours = [10, 11] }, known)
        #expect(record.nextDue == Instant(year: 2026, month: 11, day: 22, hour: 12))
    }

    @Test("410 and expired end polling, and nothing else does (§1.4, P18)")
    func gone() {
        let record = refused(PollFailure(status: 410, headers: HTTPHeaders(), now: now), FeedRecord())
        #expect(record.state == .gone && record.nextDue == nil)
        let expired = pace.accepted(
            accepted { $0.isExpired = true }, of: feed, before: FeedRecord(), at: now, random: 0)
        #expect(expired.record.state == .gone && expired.record.nextDue == nil)
        #expect(expired.events.map(\.kind) == [.gone])
        for status in [400, 404, 500, 403, 429, 503] {
            let failed = refused(
                PollFailure(status: status, headers: HTTPHeaders(), now: now), FeedRecord(failures: 1000))
            #expect(wait(failed) == .hours(24))
        }
    }

    @Test("a permanent redirect makes a feed moved, a temporary one does not (H4, P24)")
    func moved() {
        for (status, state) in [(301, FeedState.moved), (308, .moved), (302, .ok), (307, .ok)] {
            var trail = RedirectTrail(listedURL: feed.url)
            _ = trail.follow(HTTPResponse(status: status, redirectURL: "https://new.example/rss?key=1"))
            let record = after(accepted(trail: trail), FeedRecord())
            #expect(record.state == state)
            #expect(!record.reason.contains("key"))
        }
    }

    @Test("silent wins over moved, and is told at its beginning and end (H4)")
    func silent() {
        var habits = FeedHabits()
        habits.silence = SilenceGauge(gaps: Array(repeating: 60, count: 10))
        let quiet = FeedRecord(
            state: .ok, lastNews: now - .days(4), validators: old, hasBaseline: true, gaps: habits.text)
        var trail = RedirectTrail(listedURL: feed.url)
        _ = trail.follow(HTTPResponse(status: 301, redirectURL: "https://new.example/rss"))
        let begin = pace.accepted(
            accepted(isUnchanged: true, trail: trail), of: feed, before: quiet, at: now, random: 0)
        #expect(begin.record.state == .silent && begin.events.map(\.kind) == [.silent])
        let on = pace.accepted(
            accepted(isUnchanged: true), of: feed, before: begin.record, at: now + .hours(1), random: 0)
        #expect(on.record.state == .silent && on.events.isEmpty && on.record.since == now)
    }

    @Test("a feed whose listed address changes starts afresh, a gone one too; its items stay known")
    func relisted() {
        let gone = FeedRecord(
            state: .gone, failures: 4, heldUntil: now, hasBaseline: true, redirects: "{}",
            listedURL: "https://old.example/")
        let opened = pace.opening(feed, gone)
        #expect(opened.state == .new && opened.failures == 0 && opened.heldUntil == nil && opened.redirects == "")
        #expect(opened.hasBaseline && opened.listedURL == feed.url)
        let same = FeedRecord(state: .gone, failures: 4, listedURL: feed.url)
        #expect(pace.opening(feed, same) == same)
    }

    @Test("a poll that never comes back is due again after the longer floor (P20)")
    func started() {
        #expect(pace.dueAfterStart(of: feed, at: now) == now + .hours(1))
        let own = Feed(id: "b", url: feed.url, interval: .minutes(10))
        #expect(pace.dueAfterStart(of: own, at: now) == now + .minutes(10))
    }
}
