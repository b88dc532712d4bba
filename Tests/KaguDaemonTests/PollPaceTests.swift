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
    private let feed = Feed(id: "courier", url: "https://courier.example/rss")
    private let pace = PollPace(settings: PollSettings(), privateFeeds: [])
    private let old = StoredValidators(url: "https://courier.example/rss", etag: Array("\"1\"".utf8))

    private func accepted(
        etag: String? = nil, isUnchanged: Bool = false, freshness: Duration? = nil, isComplete: Bool = true,
        ttl: Int? = nil
    ) -> Accepted {
        var parsed = ParsedFeed(format: .rss20)
        parsed.isComplete = isComplete
        parsed.ttlSeconds = ttl
        parsed.title = "Courier"
        return Accepted(
            trail: RedirectTrail(listedURL: feed.url),
            validators: StoredValidators(url: feed.url, etag: etag.map { Array($0.utf8) }),
            isUnchanged: isUnchanged, freshness: freshness, feed: isUnchanged ? nil : parsed)
    }

    private func after(_ poll: Accepted, _ before: FeedRecord) -> FeedRecord {
        pace.record(of: feed, after: poll, before: before, at: now, random: 0)
    }

    @Test("an accepted 200 replaces the validators, one without any drops them (P6, P8)")
    func replaced() {
        #expect(after(accepted(etag: "\"2\""), FeedRecord(validators: old)).validators?.etag == Array("\"2\"".utf8))
        #expect(after(accepted(), FeedRecord(validators: old)).validators == nil)
    }

    @Test("a 304 keeps what it does not replace (P8)")
    func notModified() {
        let kept = after(accepted(isUnchanged: true), FeedRecord(validators: old, hasBaseline: true))
        #expect(kept.validators == old)
        #expect(kept.state == .ok && kept.lastSuccess == now)
    }

    @Test("a feed whose root is not closed keeps the old pair (P9)")
    func incomplete() {
        let kept = after(accepted(etag: "\"2\"", isComplete: false), FeedRecord(validators: old))
        #expect(kept.validators == old)
    }

    @Test("a failure keeps validators, counts, and waits longer each time (P9, P18)")
    func failure() {
        var record = FeedRecord(state: .ok, validators: old)
        var waits: [Duration] = []
        for _ in 0..<3 {
            record = pace.record(
                of: feed, after: PollFailure(.failing, "HTTP 500"), before: record, at: now, random: 0)
            waits.append((record.nextDue ?? now) - now)
        }
        #expect(record.validators == old && record.failures == 3 && record.state == .failing)
        #expect(waits == [.seconds(7200), .seconds(14_400), .seconds(28_800)])
        let recovered = after(accepted(isUnchanged: true), record)
        #expect(recovered.failures == 0 && recovered.state == .ok)
    }

    @Test("Retry-After is a lower bound (P21)")
    func retryAfter() {
        let failure = PollFailure(status: 429, headers: HTTPHeaders(["Retry-After": "172800"]), now: now)
        let record = pace.record(of: feed, after: failure, before: FeedRecord(), at: now, random: 0)
        #expect(record.state == .throttled)
        #expect((record.nextDue ?? now) - now == .seconds(172_800))
    }

    @Test("hints of the publisher only lengthen, up to 24 h or max_interval (P17)")
    func hints() {
        let known = FeedRecord(interval: .seconds(3600), validators: old, hasBaseline: true)
        func wait(_ poll: Accepted) -> Duration { (after(poll, known).nextDue ?? now) - now }
        let plain = wait(accepted(etag: "\"2\""))
        #expect(wait(accepted(etag: "\"2\"", freshness: .seconds(60))) == plain)
        #expect(wait(accepted(etag: "\"2\"", freshness: .seconds(7200))) == .seconds(7200))
        #expect(wait(accepted(etag: "\"2\"", freshness: .seconds(864_000))) == .seconds(86_400))
        #expect(wait(accepted(etag: "\"2\"", ttl: 864_000)) == .seconds(6 * 3600))
    }

    @Test("a feed that is gone is not polled by itself (§1.4)")
    func gone() {
        let record = pace.record(
            of: feed, after: PollFailure(status: 410, headers: HTTPHeaders(), now: now), before: FeedRecord(),
            at: now,
            random: 0)
        #expect(record.state == .gone)
        #expect((record.nextDue ?? now) - now > .seconds(365 * 86_400))
    }

    @Test("since moves when the state changes, not with each poll (H4)")
    func since() {
        let first = after(accepted(), FeedRecord())
        let later = pace.record(of: feed, after: accepted(), before: first, at: now + .seconds(60), random: 0)
        #expect(later.since == now && later.title == "Courier" && later.hasBaseline)
    }
}
