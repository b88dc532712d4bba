// SPDX-License-Identifier: Apache-2.0

import KaguBytes
import KaguConfig
import KaguHTTP
import KaguModel
import KaguStore
import KaguTestSupport
import Testing

@testable import KaguDaemon

@Suite("Poller: answers")
struct PollerTests {
    private let feed = Feed.courier

    @Test("an accepted document is stored with its validators, its log line and when it is due (P8, P12, H4)")
    func accepted() async throws {
        let bench = try PollBench()
        bench.publisher.answers(feed.url, .rss(["a", "b"]))
        let end = await bench.poll(feed)
        let record = try bench.record(feed)
        #expect(record.state == .ok && record.lastSuccess == bench.clock.now && record.hasBaseline)
        #expect(record.validators == StoredValidators(url: feed.url, etag: Array("\"1\"".utf8)))
        #expect(record.title == "Courier" && record.listedURL == feed.url && record.lastStatus == 200)
        #expect(end.nextDue == record.nextDue && end.contact == .answered && end.nextURL == feed.url)
        #expect(end.summary == PollSummary(state: .ok, status: 200, items: 2, newItems: 2))
        let log = try bench.reader.pollLog(feedID: feed.id)
        #expect(log.count == 1 && log.first?.status == 200 && log.first?.items == 2 && log.first?.newItems == 2)
        #expect(try (log.first?.bytes ?? 0) > 100 && bench.events().isEmpty)
    }

    @Test("a 304 is accepted: the pair is echoed, nothing is new, the interval grows (P7, P8, P16)")
    func unchanged() async throws {
        let bench = try PollBench()
        bench.publisher.answers(feed.url, .rss(["a", "b"]), .status(304))
        await bench.poll(feed)
        let end = await bench.poll(feed)
        #expect(bench.publisher.requests.map { $0.value("If-None-Match") } == [nil, "\"1\""])
        let record = try bench.record(feed)
        #expect(record.state == .ok && record.interval == .minutes(69) && record.lastStatus == 304)
        #expect(end.nextDue == bench.clock.now + .minutes(69) && end.wait == .minutes(69))
        #expect(end.summary == PollSummary(state: .ok, status: 304))
    }

    @Test("a full poll sends no validators, and is the only one (P13)")
    func full() async throws {
        let bench = try PollBench()
        bench.publisher.answers(feed.url, .rss(["a"]))
        await bench.poll(feed)
        await bench.poll(feed, PollOrder(isFull: true))
        await bench.poll(feed)
        #expect(bench.publisher.requests.map { $0.value("If-None-Match") } == [nil, nil, "\"1\""])
    }

    @Test("after a 200 without validators the next request is unconditional (P6)")
    func dropped() async throws {
        let bench = try PollBench()
        bench.publisher.answers(feed.url, .rss(["a"]), .rss(["a"], etag: nil), .rss(["a"]))
        for _ in 0..<3 { await bench.poll(feed) }
        #expect(bench.publisher.requests.map { $0.value("If-None-Match") } == [nil, "\"1\"", nil])
    }

    @Test(
        "the pair stays as it was after any other answer (P9)",
        arguments: [
            .status(500, ["ETag": "\"2\""]), .status(206, ["ETag": "\"2\""], body: "<rss></rss>"),
            .failure(HTTPFailure(.shortBody, "cut", hasAnswered: true)),
            .status(200, ["ETag": "\"2\""], body: "<html><p>Hello</p></html>"), .status(200, ["ETag": "\"2\""]),
            .rss(["b"], etag: "\"2\"", isClosed: false),
        ] as [HTTPOutcome])
    func kept(answer: HTTPOutcome) async throws {
        let bench = try PollBench()
        bench.publisher.answers(feed.url, .rss(["a"]), answer, .status(304))
        for _ in 0..<3 { await bench.poll(feed) }
        #expect(bench.publisher.requests.last?.value("If-None-Match") == "\"1\"")
        #expect(try bench.record(feed).state == .ok)
    }

    @Test("the items of a feed whose root is not closed are recorded none the less (P9)")
    func unclosed() async throws {
        let bench = try PollBench()
        bench.publisher.answers(feed.url, .rss(["a", "b"], isClosed: false))
        let end = await bench.poll(feed)
        #expect(try end.summary.newItems == 2 && bench.hits().count == 2)
        #expect(try bench.record(feed).validators == nil)
    }

    @Test("bodies that are no feed: html, parse, or a wall by its name (P23, H4)")
    func bodies() async throws {
        let answers: [(HTTPOutcome, FeedState, String)] = [
            (.status(200, body: "<!DOCTYPE html><html><title>Courier</title></html>"), .html, ""),
            (.status(200, body: "{\"a\": 1}"), .parse, ""),
            (.status(200, body: "<html><title>Just a moment...</title></html>"), .blocked, "Cloudflare"),
            (.status(503, ["cf-mitigated": "challenge"], body: "<html></html>"), .blocked, "Cloudflare"),
            (.status(403, ["X-DataDome": "protected"]), .blocked, "DataDome"),
            (.status(403), .blocked, "HTTP 403"),
        ]
        for (answer, state, reason) in answers {
            let bench = try PollBench()
            bench.publisher.answers(feed.url, answer)
            let end = await bench.poll(feed)
            #expect(end.summary.state == state && end.summary.reason.hasPrefix(reason))
            if state == .blocked { #expect(end.nextDue == bench.clock.now + .hours(4)) }
        }
    }

    @Test("a body that parsed as a feed is no wall, whatever its headers and texts (P23)")
    func feedBehindWall() async throws {
        let bench = try PollBench()
        guard case .response(var response) = HTTPOutcome.rss(["a"], text: "Just a moment... _cf_chl_opt") else {
            return
        }
        response.headers = HTTPHeaders(["x-datadome": "protected"])
        bench.publisher.answers(feed.url, .response(response))
        #expect(await bench.poll(feed).summary.state == .ok)
    }

    @Test("a 429 holds the whole authority, across restarts; not for allow-listed private addresses (§1.4, P22)")
    func hold() async throws {
        let answer = HTTPOutcome.status(429, ["Retry-After": "7200"])
        let bench = try PollBench()
        bench.publisher.answers(feed.url, answer)
        let end = await bench.poll(feed)
        #expect(end.hold?.authority == "courier.example" && end.hold?.until == bench.clock.now + .hours(2))
        #expect(end.heldUntil == bench.clock.now + .hours(2))
        #expect(try bench.reader.holds().map(\.authority) == ["courier.example"])

        let bridge = Feed(id: "bridge", url: "http://bridge:3000/rss")
        let home = try PollBench(
            privateFeeds: ["bridge"], allowedPrivate: [.endpoint(host: "bridge", port: 3000)])
        home.publisher.answers(bridge.url, answer)
        let held = await home.poll(bridge)
        #expect(try held.hold == nil && home.reader.holds().isEmpty)
        #expect(held.nextDue == home.clock.now + .hours(2) && held.summary.state == .throttled)
        // Its redirect into the public net is a guest there like any other.
        home.publisher.answers(bridge.url, .redirect("https://elsewhere.example/rss"))
        home.publisher.answers("https://elsewhere.example/rss", answer)
        #expect(await home.poll(bridge).hold?.authority == "elsewhere.example")
    }

    @Test("503 with Retry-After holds this feed only (§1.4)")
    func unavailable() async throws {
        let bench = try PollBench()
        bench.publisher.answers(feed.url, .status(503, ["Retry-After": "7200"]))
        let end = await bench.poll(feed)
        #expect(end.hold == nil && end.summary.state == .throttled && end.nextDue == bench.clock.now + .hours(2))
    }

    @Test("410 and expired end automatic polling; a listed address that changes begins anew (§1.4)")
    func gone() async throws {
        let bench = try PollBench()
        bench.publisher.answers(feed.url, .rss(["a"]), .status(410))
        await bench.poll(feed)
        let end = await bench.poll(feed)
        #expect(try end.nextDue == nil && end.summary.state == .gone && bench.events() == [.gone])
        let relisted = Feed(id: feed.id, url: "https://courier.example/new")
        bench.publisher.answers(relisted.url, .rss(["a", "b"]))
        let fresh = await bench.poll(relisted)
        #expect(fresh.summary.state == .ok && fresh.nextDue != nil && fresh.summary.newItems == 1)
        #expect(bench.publisher.requests.last?.value("If-None-Match") == nil)
        #expect(try bench.hits().map(\.baseline) == [true, false])
    }

    @Test("the items of a feed that says it has expired are stored (§1.4)")
    func expired() async throws {
        let bench = try PollBench()
        let body =
            "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"C\",\"expired\":true,"
            + "\"items\":[{\"id\":\"1\",\"url\":\"https://courier.example/1\",\"title\":\"Example rises\"}]}"
        bench.publisher.answers(feed.url, .status(200, body: body))
        let end = await bench.poll(feed)
        #expect(try end.summary.state == .gone && end.nextDue == nil && bench.hits().count == 1)
        #expect(try bench.events() == [.gone])
    }

    @Test("a paused feed that is polled by order is not due again by itself (H4)")
    func paused() async throws {
        let bench = try PollBench()
        bench.publisher.answers(feed.url, .rss(["a"]))
        try await bench.store.pause([feed.id])
        let end = await bench.poll(feed)
        #expect(try end.nextDue == nil && end.summary.state == .ok && bench.record(feed).isPaused)
    }

    @Test("a failing state is told at the third failure, its end too, and neither twice (H4)")
    func health() async throws {
        let bench = try PollBench()
        bench.publisher.answers(feed.url, .status(500))
        let record = try await bench.pollWhenDue(feed, times: 4)
        #expect(record.failures == 4 && record.state == .failing)
        #expect(try bench.events() == [.failing])
        bench.publisher.answers(feed.url, .rss(["a"]))
        try await bench.pollWhenDue(feed, times: 2)
        #expect(try bench.events() == [.failing, .recovered])
        #expect(
            try bench.reader.pollLog(feedID: feed.id).map(\.state) == [.ok, .ok]
                + .init(repeating: .failing, count: 4))
    }

    @Test("a store that fails loses nothing and floods nobody: the next try respects the floor (P12)")
    func storeFails() async throws {
        let bench = try PollBench()
        bench.publisher.answers(feed.url, .rss(["a"]))
        await bench.poll(feed)
        await bench.store.close()
        // Nothing of a known feed can be read: it is not asked for.
        let known = await bench.poll(feed)
        #expect(bench.publisher.requests.count == 1)
        #expect(known.nextDue == bench.clock.now + .hours(1) && known.contact == .undecided)
        // Of an unknown one nothing can be stored.
        bench.publisher.answers("https://other.example/", .rss(["a"]))
        let other = await bench.poll(Feed(id: "other", url: "https://other.example/"))
        #expect(other.nextDue == bench.clock.now + .hours(1) && other.contact == .answered)
    }

    @Test("our own stopping counts for nothing, and is no reason to ask at once")
    func cancelled() async throws {
        let bench = try PollBench()
        bench.publisher.answers(feed.url, .failure(HTTPFailure(.cancelled, "stopped")))
        let end = await bench.poll(feed)
        #expect(end.nextDue == bench.clock.now + .hours(1))
        #expect(try bench.record(feed).state == .new && bench.reader.pollLog(feedID: feed.id).isEmpty)
    }

    @Test("permanent redirects are confirmed, the target gets one unconditional request, then its pair (P10, P24)")
    func moves() async throws {
        let bench = try PollBench()
        let target = "https://new.example/rss"
        bench.publisher.answers(feed.url, .redirect(target))
        bench.publisher.answers(target, .rss(["a"]), .status(304), .status(304), .rss(["a"]), .status(304))
        for _ in 0..<3 {
            let end = await bench.poll(feed)
            #expect(end.summary.state == .moved)
            bench.clock.advance(by: .hours(24))
        }
        #expect(try bench.events() == [.moved])
        for _ in 0..<2 {
            let end = await bench.poll(feed)
            #expect(end.nextURL == target && end.summary.state == .moved)
        }
        #expect(bench.publisher.urls == [feed.url, target, feed.url, target, feed.url, target, target, target])
        let sent = bench.publisher.requests.filter { $0.url == target }.map { $0.value("If-None-Match") }
        #expect(sent == [nil, "\"1\"", "\"1\"", nil, "\"1\""])
    }

    @Test("an address to which a feed has moved fails for 7 d: the listed one is tried once a day (P24)")
    func movesBack() async throws {
        let bench = try PollBench()
        let target = "https://new.example/rss"
        bench.publisher.answers(feed.url, .redirect(target))
        bench.publisher.answers(target, .rss(["a"]))
        for _ in 0..<3 {
            await bench.poll(feed)
            bench.clock.advance(by: .hours(24))
        }
        bench.publisher.answers(target, .status(500))
        bench.publisher.answers(feed.url, .status(500))
        let start = bench.clock.now
        var tries: [Duration] = []
        while bench.clock.now - start < .days(14) {
            await bench.poll(feed)
            if bench.publisher.urls.last == feed.url { tries.append(bench.clock.now - start) }
            bench.clock.set(to: try bench.record(feed).nextDue ?? bench.clock.now)
        }
        #expect(tries.count >= 6 && tries.allSatisfy { $0 >= .days(7) })
        #expect(zip(tries, tries.dropFirst()).allSatisfy { $1 - $0 == .days(1) })
        bench.publisher.answers(feed.url, .rss(["a"]))
        while bench.publisher.urls.last != feed.url { try await bench.pollWhenDue(feed, times: 1) }
        #expect(try bench.record(feed).state == .ok)
        #expect(await bench.poll(feed).nextURL == feed.url)
    }
}
