// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import KaguHTTP
import KaguModel
import Testing

@testable import KaguDaemon

@Suite("Answers that are not accepted")
struct PollFailureTests {
    private let now = Instant(seconds: 1_795_338_000)

    private func failure(_ status: Int, _ retryAfter: String? = nil, wall: String? = nil) -> PollFailure {
        let headers = retryAfter.map { HTTPHeaders(["Retry-After": $0]) } ?? HTTPHeaders()
        return PollFailure(status: status, headers: headers, wall: wall, now: now)
    }

    @Test(
        "each row of §1.4 has its state",
        arguments: [
            (100, nil, .failing), (204, nil, .failing), (206, nil, .failing), (300, nil, .failing),
            (305, nil, .failing), (400, nil, .failing), (401, nil, .blocked), (403, nil, .blocked),
            (404, nil, .failing), (404, "60", .failing), (408, nil, .failing), (410, nil, .gone),
            (418, nil, .failing), (429, nil, .throttled), (429, "60", .throttled), (429, "soon", .throttled),
            (451, nil, .blocked), (500, nil, .failing), (500, "60", .failing), (502, nil, .failing),
            (503, nil, .failing), (503, "60", .throttled), (503, "soon", .failing), (503, "0", .failing),
            (999, nil, .failing),
        ] as [(Int, String?, FeedState)])
    func states(status: Int, retryAfter: String?, state: FeedState) {
        let failure = failure(status, retryAfter)
        #expect(failure.state == state && failure.reason == "HTTP \(status)")
        #expect(failure.holdsAuthority == (status == 429))
    }

    @Test(
        "Retry-After takes seconds and dates, up to 7 d; zero, negative and garbage count as absent (P21)",
        arguments: [
            ("120", 120), ("Sun, 22 Nov 2026 09:02:00 GMT", 120), ("Sunday, 22-Nov-26 09:02:00 GMT", 120),
            ("Sun Nov 22 09:02:00 2026", 120), ("604800", 604_800), ("9999999", 604_800), ("0", nil), ("-1", nil),
            ("soon", nil), ("Sun, 22 Nov 2026 08:00:00 GMT", nil),
        ] as [(String, Int?)])
    func retryAfter(value: String, seconds: Int?) {
        for status in [404, 429, 503] {
            let failure = failure(status, value)
            #expect(failure.retryAfter == seconds.map { .seconds($0) })
            #expect(failure.isRetryAfterClamped == (value == "9999999"))
        }
    }

    @Test("a bot wall is blocked under its name, whatever the status (P23)")
    func wall() {
        for status in [200, 204, 403, 404, 410, 429, 500, 503] {
            let failure = failure(status, wall: "Cloudflare")
            #expect(failure.state == .blocked && failure.reason == "Cloudflare")
            #expect((failure.leastWait(interval: .hours(1)) ?? .zero) >= .hours(4))
        }
        // What a 429 asks of everyone stands.
        #expect(failure(429, "90000", wall: "Akamai").holdsAuthority)
        #expect(failure(429, "90000", wall: "Akamai").leastWait(interval: .hours(1)) == .seconds(90_000))
    }

    @Test("a body that is no feed is html or parse, unless it is a wall's (P23, F18)")
    func bodies() {
        #expect(PollFailure(ParseFailure.html(reason: "x"), wall: nil).state == .html)
        #expect(PollFailure(ParseFailure.empty, wall: nil).state == .parse)
        #expect(PollFailure(ParseFailure.notAFeed(reason: "x"), wall: nil).state == .parse)
        let wall = PollFailure(ParseFailure.html(reason: "x"), wall: "Anubis")
        #expect(wall.state == .blocked && wall.reason == "Anubis" && wall.leastWait(interval: .zero) == .hours(4))
    }

    @Test("transport errors and limits are failures with the spec's name (§1.4, §5)")
    func transport() {
        let names: [(HTTPFailure.Kind, String)] = [
            (.dns, "dns"), (.connect, "connect"), (.tls, "tls"), (.timeout, "timeout"), (.tooLarge, "too_large"),
            (.shortBody, "short_body"), (.blockedAddress, "blocked_address"),
        ]
        for (kind, name) in names {
            let failure = PollFailure(HTTPFailure(kind, "why"))
            #expect(failure.state == .failing && failure.reason == "\(name): why" && !failure.isCancellation)
            #expect(failure.leastWait(interval: .hours(1)) == nil)
        }
        #expect(PollFailure(HTTPFailure(.cancelled, "stopped")).isCancellation)
    }
}
