// SPDX-License-Identifier: Apache-2.0

import KaguHTTP
import KaguModel
import Testing

@testable import KaguDaemon

@Suite("Host gate")
struct HostGateTests {
    @Test("one request in flight, starts a second apart (P27)")
    func spacing() {
        var gate = HostGate(maximumInFlight: 1, spacing: .seconds(1))
        #expect(gate.isOpen(at: .seconds(5)))
        gate.enter(at: .seconds(5))
        #expect(!gate.isOpen(at: .seconds(60)))
        gate.leave()
        #expect(!gate.isOpen(at: .milliseconds(5999)))
        #expect(gate.isOpen(at: .seconds(6)))
    }

    @Test("a gate remembers its last start until the spacing is over")
    func idle() {
        var gate = HostGate(maximumInFlight: 2, spacing: .seconds(1))
        gate.enter(at: .zero)
        #expect(!gate.isIdle(at: .seconds(2)))
        gate.leave()
        #expect(!gate.isIdle(at: .milliseconds(500)))
        #expect(gate.isIdle(at: .seconds(1)))
    }
}

@Suite("Deadline heap")
struct DeadlineHeapTests {
    @Test("elements come out by deadline, and none before its time")
    func order() {
        var heap = DeadlineHeap<Int, Int>()
        var generator = SplitMix(state: 7)
        let deadlines = (0..<500).map { _ in Int.random(in: 0..<100, using: &generator) }
        for deadline in deadlines { heap.insert(deadline, at: deadline) }
        #expect(heap.popDue(at: -1) == nil)
        var popped: [Int] = []
        while let next = heap.popDue(at: 49) { popped.append(next) }
        #expect(popped == deadlines.filter { $0 <= 49 }.sorted())
        #expect(heap.earliest == deadlines.filter { $0 > 49 }.min())
    }
}

/// A seeded generator (SplitMix64), so that a failing run can be repeated.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite("Authority")
struct AuthorityTests {
    @Test(
        "an authority is host and port, without a default port, user info, path or case",
        arguments: [
            ("https://Example.org/rss", "example.org"), ("http://example.org:80/", "example.org"),
            ("https://example.org:443", "example.org"), ("http://example.org:443/", "example.org:443"),
            ("http://127.0.0.1:8080/a:b@c", "127.0.0.1:8080"), ("https://user:pw@example.org/?x=1", "example.org"),
            ("http://[fd00::5]:3000/feed", "[fd00::5]:3000"), ("http://example.org?a", "example.org"),
        ])
    func authority(url: String, expected: String) {
        #expect(Authority(url: url).description == expected)
    }

    @Test("names of one host group share one gate (P22)")
    func groups() {
        let groups = ["*.tumblr.com"]
        let a = Authority(url: "https://a.tumblr.com/rss", hostGroups: groups)
        #expect(a == Authority(url: "https://b.Tumblr.com/rss", hostGroups: groups))
        #expect(a != Authority(url: "https://nottumblr.com/rss", hostGroups: groups))
    }
}

@Suite("Redirects")
struct RedirectTrailTests {
    private func hop(_ status: Int, to target: String?) -> HTTPResponse {
        HTTPResponse(status: status, redirectURL: target)
    }

    @Test("at most five hops are followed (P24)")
    func hops() {
        var trail = RedirectTrail(listedURL: "http://a/0")
        for number in 1...5 { #expect(trail.follow(hop(302, to: "http://a/\(number)")) == nil) }
        #expect(trail.follow(hop(302, to: "http://a/6"))?.reason == "more than 5 redirects")
    }

    @Test("a loop and a missing target are failures (P24)")
    func loops() {
        var trail = RedirectTrail(listedURL: "http://a/")
        #expect(trail.follow(hop(301, to: "http://b/")) == nil)
        #expect(trail.follow(hop(301, to: "http://a/"))?.reason == "redirect loop")
        #expect(trail.follow(hop(301, to: nil))?.state == .failing)
    }

    @Test("a trail is permanent only while every hop is (P24)")
    func permanence() {
        var trail = RedirectTrail(listedURL: "http://a/")
        #expect(!trail.isPermanent)
        _ = trail.follow(hop(301, to: "http://b/"))
        #expect(trail.isPermanent)
        _ = trail.follow(hop(302, to: "http://c/"))
        #expect(!trail.isPermanent)
        _ = trail.follow(hop(308, to: "http://d/"))
        #expect(!trail.isPermanent)
    }

    @Test("a feed's headers stay at the origin of its listed URL (P25)")
    func origin() {
        let trail = RedirectTrail(listedURL: "https://example.org/feed")
        #expect(trail.sharesOrigin(with: "https://example.org/other"))
        #expect(!trail.sharesOrigin(with: "http://example.org/feed"))
        #expect(!trail.sharesOrigin(with: "https://example.org.evil/feed"))
        #expect(!trail.sharesOrigin(with: "https://example.org:8443/feed"))
    }
}

@Suite("Answers")
struct PollFailureTests {
    private let now = Instant(seconds: 1_795_338_843)

    @Test(
        "each answer has its state (§1.4)",
        arguments: [
            (401, FeedState.blocked), (403, .blocked), (451, .blocked), (410, .gone), (429, .throttled),
            (404, .failing), (500, .failing), (503, .failing), (204, .failing), (418, .failing),
        ])
    func states(status: Int, state: FeedState) {
        #expect(PollFailure(status: status, headers: HTTPHeaders(), now: now).state == state)
    }

    @Test("Retry-After is a lower bound; without a usable one a 429 waits 4 h (P21)")
    func retryAfter() {
        let two = PollFailure(status: 429, headers: HTTPHeaders(["Retry-After": "120"]), now: now)
        #expect(two.leastWait == .seconds(120))
        #expect(
            PollFailure(status: 429, headers: HTTPHeaders(["Retry-After": "soon"]), now: now).leastWait
                == .seconds(4 * 3600))
        let throttled = PollFailure(status: 503, headers: HTTPHeaders(["Retry-After": "60"]), now: now)
        #expect(throttled.state == .throttled)
        #expect(
            PollFailure(status: 403, headers: HTTPHeaders(["Retry-After": "60"]), now: now).leastWait
                == .seconds(4 * 3600))
    }
}
