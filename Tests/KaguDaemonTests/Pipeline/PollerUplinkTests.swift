// SPDX-License-Identifier: Apache-2.0

import KaguHTTP
import KaguModel
import KaguStore
import KaguTestSupport
import Testing

@testable import KaguDaemon

@Suite("Poller: the uplink")
struct PollerUplinkTests {
    private let feeds = (0..<12).map { Feed(id: "f\($0)", url: "https://host\($0).example/rss") }

    @Test(
        "the attempt with which the uplink goes down undoes the counts of those before it, and is told once (P19)")
    func undone() async throws {
        let bench = try PollBench()
        for feed in feeds { bench.publisher.answers(feed.url, .rss(["\(feed.id)-a"])) }
        for feed in feeds { await bench.poll(feed) }
        let before = try feeds.map { try bench.record($0).failures }
        bench.clock.advance(by: .hours(2))
        for feed in feeds { bench.publisher.answers(feed.url, .unreachable) }
        for feed in feeds.prefix(9) { await bench.poll(feed) }
        #expect(try feeds.prefix(9).allSatisfy { try bench.record($0).failures == 1 })
        var end = await bench.poll(feeds[9])
        #expect(try feeds.map { try bench.record($0).failures } == before)
        #expect(try feeds.allSatisfy { try bench.record($0).state == .ok })
        #expect(try bench.events() == [.offline])
        // Not moved forward by a back-off.
        #expect(end.nextDue == bench.clock.now + .hours(1) && end.contact == .unreachable)
        end = await bench.poll(feeds[10])
        #expect(try bench.record(feeds[10]).failures == 0 && bench.events() == [.offline])
    }

    @Test("a feed that cannot be reached while others answer is its own trouble (P19)")
    func ownTrouble() async throws {
        let bench = try PollBench()
        for feed in feeds.dropFirst() { bench.publisher.answers(feed.url, .rss(["\(feed.id)-a"])) }
        bench.publisher.answers(feeds[0].url, .unreachable)
        let end = await bench.poll(feeds[0])
        #expect(end.nextDue == bench.clock.now + .hours(2) && end.summary.state == .failing)
        #expect(try bench.record(feeds[0]).reason == "dns: no such host")
    }

    @Test("a probe that reaches nobody counts for nothing; one that is answered counts as ever (P19)")
    func probe() async throws {
        let bench = try PollBench()
        let feed = feeds[0]
        bench.publisher.answers(
            feed.url, .unreachable, .failure(HTTPFailure(.timeout, "60 s")), .status(500), .rss(["a"]))
        for _ in 0..<2 {
            let end = await bench.poll(feed, PollOrder(isProbe: true))
            #expect(end.nextDue == bench.clock.now + .hours(1))
            #expect(try bench.record(feed).failures == 0 && bench.reader.pollLog(feedID: feed.id).isEmpty)
        }
        #expect(await bench.poll(feed, PollOrder(isProbe: true)).contact == .answered)
        #expect(try bench.record(feed).failures == 1)
        #expect(await bench.poll(feed, PollOrder(isProbe: true)).summary.state == .ok)
    }

    @Test("a redirect into an authority that asked for a pause ends as throttled, with no request there (P21, P27)")
    func heldHop() async throws {
        let bench = try PollBench()
        let feed = feeds[0]
        bench.publisher.answers(feed.url, .redirect("https://resting.example/rss"))
        bench.publisher.answers("https://resting.example/rss", .rss(["a"]))
        let until = bench.clock.now + .days(1)
        let plan = Scheduler.Plan(
            feeds: [feed],
            limits: .init(concurrency: 8, inFlightPerHost: 1, spacingPerHost: .zero, hostGroups: []),
            begin: { await bench.poller.begin($0) },
            poll: { await bench.poller.poll($0, $1, by: $2) }, isOnce: true)
        await bench.scheduler.follow(
            plan, standings: [:], holds: [AuthorityHold(authority: "resting.example", until: until, reason: "429")])
        await bench.scheduler.waitUntilIdle()
        #expect(bench.publisher.urls == [feed.url])
        let record = try bench.record(feed)
        #expect(record.state == .throttled && record.nextDue == until && record.reason.contains("resting.example"))
        #expect(try bench.reader.holds().isEmpty)
    }
}
