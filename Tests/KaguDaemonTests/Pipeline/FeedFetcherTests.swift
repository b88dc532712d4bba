// SPDX-License-Identifier: Apache-2.0

import KaguHTTP
import KaguModel
import KaguStore
import KaguTestSupport
import Testing

@testable import KaguDaemon

@Suite("Feed fetcher")
struct FeedFetcherTests {
    private let publisher = ScriptedPublisher()
    private let feed = Feed.courier
    private let scheduler = Scheduler(
        plan: .idle(.init(concurrency: 8, inFlightPerHost: 1, spacingPerHost: .zero, hostGroups: [])),
        time: .system)

    private func fetch(
        _ feed: Feed = .courier, at address: String? = nil, headers: [HTTPHeader] = [],
        validators: StoredValidators? = nil, allowing: [AllowedAddress] = []
    ) async -> Fetch {
        let fetcher = FeedFetcher(
            send: { [publisher] in publisher.send($0) }, allowedPrivate: allowing, time: .system)
        return await fetcher.fetch(
            feed, at: address ?? feed.url, headers: headers, validators: validators, scheduler: scheduler)
    }

    private func failure(_ fetch: Fetch) -> PollFailure? {
        guard case .failed(let failure) = fetch.outcome else { return nil }
        return failure
    }

    @Test("a poll is one GET with Accept and nothing that P4 forbids; validators are echoed byte for byte (P3–P7)")
    func request() async {
        publisher.answers(feed.url, .status(304))
        let etag: [UInt8] = [0x57, 0x2F, 0x22, 0xFF, 0x22]
        let pair = StoredValidators(url: feed.url, etag: etag, lastModified: Array("Mon, 99 Foo".utf8))
        let fetch = await fetch(validators: pair)
        let request = publisher.requests.first
        #expect(publisher.requests.count == 1 && request?.method == .get && request?.url == feed.url)
        #expect(request?.headers.map(\.name) == ["Accept", "If-None-Match", "If-Modified-Since"])
        #expect(request?.headers[1].value == etag && request?.value("If-Modified-Since") == "Mon, 99 Foo")
        guard case .unchanged = fetch.outcome else { return #expect(Bool(false), "304 is accepted") }
        #expect(fetch.status == 304 && fetch.contact == .answered)
    }

    @Test("validators go to the URL that they belong to, over a redirect too (P10)")
    func validatorsOfURL() async {
        publisher.answers(feed.url, .redirect("https://new.example/rss", 302))
        publisher.answers("https://new.example/rss", .status(304))
        let pair = StoredValidators(url: "https://new.example/rss", etag: Array("\"1\"".utf8))
        guard case .unchanged(let carried) = await fetch(validators: pair).outcome else {
            return #expect(Bool(false), "304 is accepted")
        }
        #expect(carried.url == "https://new.example/rss")
        #expect(publisher.requests.map { $0.value("If-None-Match") } == [nil, "\"1\""])
    }

    @Test("304 in answer to an unconditional request is a failure (§1.4)")
    func unconditional() async {
        publisher.answers(feed.url, .status(304))
        #expect(await failure(fetch())?.state == .failing)
        let elsewhere = StoredValidators(url: "https://new.example/rss", etag: Array("\"1\"".utf8))
        #expect(await failure(fetch(validators: elsewhere))?.state == .failing)
    }

    @Test("at most 5 hops are followed, and no loop (P24)")
    func hops() async {
        for hop in 0..<7 {
            let url = hop == 0 ? feed.url : "https://courier.example/\(hop)"
            publisher.answers(url, .redirect("https://courier.example/\(hop + 1)", 302))
        }
        publisher.answers("https://courier.example/5", .rss(["a"]))
        guard case .document = await fetch().outcome else { return #expect(Bool(false), "5 hops are followed") }
        #expect(publisher.requests.count == 6)
        publisher.answers("https://courier.example/5", .redirect("https://courier.example/6"))
        #expect(await failure(fetch())?.reason == "more than 5 redirects")
        #expect(publisher.requests.count == 12)
        publisher.answers("https://courier.example/1", .redirect(feed.url))
        #expect(await failure(fetch())?.reason == "redirect loop")
        publisher.answers(feed.url, .status(301))
        #expect(await failure(fetch())?.reason == "HTTP 301 without a usable Location")
    }

    @Test("a feed's headers go only to the origin of its listed URL (P25)")
    func ownHeaders() async {
        let own = [HTTPHeader("Authorization", "Bearer 1")]
        publisher.answers(feed.url, .redirect("https://courier.example/a"))
        publisher.answers("https://courier.example/a", .redirect("http://courier.example/b"))
        publisher.answers("http://courier.example/b", .redirect("https://courier.example:8443/c"))
        publisher.answers("https://courier.example:8443/c", .redirect("https://www.courier.example/d"))
        publisher.answers("https://www.courier.example/d", .redirect("https://courier.example/e"))
        publisher.answers("https://courier.example/e", .status(200))
        _ = await fetch(headers: own)
        #expect(
            publisher.requests.map { $0.value("Authorization") }
                == ["Bearer 1", "Bearer 1", nil, nil, nil, "Bearer 1"])
        // Nor to the target of a confirmed move.
        publisher.answers("https://new.example/rss", .status(200))
        _ = await fetch(at: "https://new.example/rss", headers: own)
        #expect(publisher.requests.last?.value("Authorization") == nil)
    }

    @Test("the allow-list covers the listed URL and redirects within its host and port (S3)")
    func allowList() async {
        let bridge = Feed(id: "bridge", url: "http://bridge:3000/rss")
        let allowed = [AllowedAddress.endpoint(host: "bridge", port: 3000)]
        publisher.answers(bridge.url, .redirect("http://bridge:3000/b"))
        publisher.answers("http://bridge:3000/b", .redirect("https://elsewhere.example/c"))
        publisher.answers("https://elsewhere.example/c", .redirect("http://bridge:3000/d"))
        _ = await fetch(bridge, allowing: allowed)
        let open = AddressGuard(allowing: allowed)
        #expect(publisher.requests.map(\.addressGuard) == [open, open, .publicOnly, .publicOnly])
        _ = await fetch(bridge, at: "http://10.0.0.1/rss", allowing: allowed)
        #expect(publisher.requests.last?.addressGuard == .publicOnly)
    }

    @Test("the prefix of permanent hops is what may be persisted (P24)")
    func prefix() async {
        func target(_ hops: (String, Int)...) async -> String? {
            var url = feed.url
            for (next, status) in hops {
                publisher.answers(url, .redirect(next, status))
                url = next
            }
            publisher.answers(url, .rss(["a"]))
            return await fetch().trail.permanentTarget
        }
        #expect(await target(("https://a.example/1", 301)) == "https://a.example/1")
        #expect(await target(("https://a.example/1", 308), ("https://a.example/2", 301)) == "https://a.example/2")
        #expect(await target(("https://a.example/1", 301), ("https://a.example/2", 302)) == "https://a.example/1")
        #expect(await target(("https://a.example/1", 302), ("https://a.example/2", 301)) == nil)
        #expect(await target(("https://a.example/1", 307)) == nil)
        #expect(await target(("https://a.example/1", 303)) == nil)
        #expect(await target(("http://courier.example/rss", 301)) == nil)
        #expect(await target(("https://a.example/1", 301), ("http://a.example/2", 301)) == "https://a.example/1")
    }

    @Test("what a poll says about the uplink (P19)")
    func contact() async {
        func contact(_ outcome: HTTPOutcome) async -> Contact {
            publisher.answers(feed.url, outcome)
            return await fetch().contact
        }
        #expect(await contact(.status(500)) == .answered)
        #expect(await contact(.unreachable) == .unreachable)
        #expect(await contact(.failure(HTTPFailure(.connect, ""))) == .unreachable)
        #expect(await contact(.failure(HTTPFailure(.timeout, "", isUnreachable: true))) == .unreachable)
        #expect(await contact(.failure(HTTPFailure(.timeout, ""))) == .undecided)
        #expect(await contact(.failure(HTTPFailure(.tls, ""))) == .undecided)
        #expect(await contact(.failure(HTTPFailure(.shortBody, "", hasAnswered: true))) == .answered)
        #expect(await contact(.failure(HTTPFailure(.blockedAddress, ""))) == .undecided)
        // A redirect came, whatever became of its target.
        #expect(await contact(.redirect("https://nobody.example/")) == .answered)
    }

    @Test("nothing is asked twice, whatever comes (P5)")
    func noRetry() async {
        let outcomes: [HTTPOutcome] = [
            .status(500), .status(503), .status(429), .status(408), .unreachable,
            .failure(HTTPFailure(.noAnswer, "")), .failure(HTTPFailure(.shortBody, "", hasAnswered: true)),
        ]
        for (count, outcome) in outcomes.enumerated() {
            publisher.answers(feed.url, outcome)
            _ = await fetch()
            #expect(publisher.requests.count == count + 1)
        }
    }

    @Test("waiting for the gate of a redirect's target takes no time of the poll (S6)")
    func gates() async {
        publisher.answers(feed.url, .redirect("https://busy.example/rss"))
        publisher.answers("https://busy.example/rss", .status(500))
        let clock = ManualClock()
        let time = TimeSource(
            wall: { clock.now }, monotonic: { clock.now - Instant(seconds: 0) }, random: { 0 })
        let visit = Task { [scheduler] in
            await scheduler.visit("https://busy.example/") {
                while await scheduler.load.waitingHops == 0 { try? await Task.sleep(for: .milliseconds(2)) }
                clock.advance(by: .seconds(40))
            }
        }
        while await scheduler.load.inFlight == 0 { await Task.yield() }
        let fetcher = FeedFetcher(
            send: { [publisher] in publisher.send($0) }, allowedPrivate: [], time: time)
        let plan = Scheduler.Plan(
            feeds: [feed],
            limits: .init(concurrency: 8, inFlightPerHost: 1, spacingPerHost: .zero, hostGroups: []),
            begin: { _ in },
            poll: { feed, _, scheduler in
                let fetch = await fetcher.fetch(
                    feed, at: feed.url, headers: [], validators: nil, scheduler: scheduler)
                return PollEnd(
                    nextDue: nil, contact: fetch.contact, nextURL: feed.url, summary: PollSummary(state: .ok))
            }, isOnce: true)
        await scheduler.follow(plan, standings: [:], holds: [])
        await scheduler.waitUntilIdle()
        _ = await visit.value
        #expect(publisher.urls == [feed.url, "https://busy.example/rss"])
        #expect(publisher.requests.last?.limits.total == .seconds(60))
    }

    @Test("all hops share the 60 s of a poll (S6)")
    func time() async {
        let clock = ManualClock()
        let time = TimeSource(
            wall: { clock.now }, monotonic: { clock.now - Instant(seconds: 0) }, random: { 0 })
        publisher.answers(feed.url, .redirect("https://courier.example/b"))
        publisher.answers("https://courier.example/b", .status(500))
        let fetcher = FeedFetcher(
            send: { [publisher] request in
                clock.advance(by: .seconds(20))
                return publisher.send(request)
            }, allowedPrivate: [], time: time)
        let fetch = await fetcher.fetch(
            feed, at: feed.url, headers: [], validators: nil, scheduler: scheduler)
        #expect(publisher.requests.map(\.limits.total) == [.seconds(60), .seconds(40)])
        #expect(fetch.duration == .seconds(40) && fetch.status == 500)
    }
}
