// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import Testing

/// How a receiver's state follows from its answers (D9, D10).
@Suite struct BreakerTests {
    private let now = Instant(seconds: 1_795_338_000)
    private let transient = Answer(.transient, reason: .serverError, status: 503)
    private let refused = Answer(.configSuspect, reason: .clientError, status: 404)
    private let success = Answer(.success, reason: .ok, status: 200)

    private func breaker(_ answers: [Answer], every: Duration = .seconds(1)) -> Breaker {
        var breaker = Breaker()
        for (number, answer) in answers.enumerated() {
            breaker.record(answer, error: "HTTP", at: now + every * number, factor: 1)
        }
        return breaker
    }

    @Test("it opens after five transient failures in a row, not before (D10)")
    func opens() {
        #expect(breaker(Array(repeating: transient, count: 4)).state == .ok)
        let open = breaker(Array(repeating: transient, count: 5))
        #expect(open.state == .open && open.since == now + .seconds(4) && open.firstFailure == now)
        #expect(open.heldUntil == now + .seconds(4) + Breaker.probeInterval)
        #expect(breaker(Array(repeating: transient, count: 4) + [success, transient]).state == .ok)
    }

    @Test("three config-suspect failures make it suspect, also when it is open already (D9)")
    func suspect() {
        #expect(breaker([refused, refused]).state == .ok)
        #expect(breaker([refused, refused, refused]).state == .suspect)
        #expect(breaker(Array(repeating: transient, count: 5) + [refused, refused, refused]).state == .suspect)
    }

    @Test("one success closes it and forgets the failures (D10)")
    func closes() {
        let closed = breaker(Array(repeating: transient, count: 6) + [success])
        #expect(closed.state == .ok && closed.firstFailure == nil && closed.transientFailures == 0)
        #expect(closed.heldUntil == nil && closed.lastSuccess == now + .seconds(6))
        #expect(closed.allowsAttempt(at: now + .seconds(6)))
    }

    @Test("410 disables at once; after that no answer changes it, only an operator (D9, C6)")
    func gone() {
        var gone = breaker([Answer(.gone, reason: .gone, status: 410)])
        #expect(gone.state == .disabled && !gone.allowsAttempt(at: now + .seconds(99_999)))
        gone.record(success, error: "", at: now, factor: 1)
        gone.redefine()
        #expect(gone.state == .disabled)
        gone.enable(at: now)
        #expect(gone.state == .ok && gone.nextNews == nil, "an operator's own act is no news")
    }

    @Test("120 h after the first failure it is disabled, counted from the first failure (D10)")
    func expires() {
        var open = breaker(Array(repeating: transient, count: 5))
        #expect(open.disabledAt == now + .seconds(120 * 3600))
        let early = open.expire(at: now + .seconds(120 * 3600 - 1))
        let late = open.expire(at: now + .seconds(120 * 3600))
        #expect(!early && late && open.state == .disabled)
        #expect(!breaker([transient]).isProbing && breaker([transient]).disabledAt == nil)
    }

    @Test("a 429 holds the whole receiver as long as it asks; a wrong clock says nothing about it (D8, D9)")
    func holds() {
        let limited = Answer(
            .transient, reason: .rateLimited, status: 429, floor: .seconds(600), floorHoldsReceiver: true)
        #expect(breaker([limited]).heldUntil == now + .seconds(600))
        #expect(!breaker([limited]).allowsAttempt(at: now + .seconds(599)))
        let clock = breaker(Array(repeating: Answer(.clockSuspect, reason: .clock, status: 401), count: 9))
        #expect(clock.state == .ok && clock.firstFailure == nil)
        let long = Answer(
            .transient, reason: .rateLimited, status: 429, floor: .seconds(86_400), floorHoldsReceiver: true)
        let open = breaker(Array(repeating: transient, count: 4) + [long])
        #expect(open.heldUntil == now + .seconds(4 + 86_400), "a probe comes no sooner than the floor")
    }

    @Test(
        "suspect and disabled are told at once, open after 15 min, each once, and the recovery of what was told (D12)"
    )
    func news() {
        var open = breaker(Array(repeating: transient, count: 5))
        let opened = now + .seconds(4)
        #expect(!open.isNews(at: opened + .seconds(899)) && open.isNews(at: opened + .seconds(900)))
        var short = open
        short.record(success, error: "", at: opened + .seconds(60), factor: 1)
        #expect(short.nextNews == nil, "an outage that nobody was told of needs no all-clear")
        open.markTold()
        #expect(open.nextNews == nil)
        open.record(success, error: "", at: opened + .seconds(1000), factor: 1)
        #expect(open.isNews(at: opened + .seconds(1000)))
        #expect(breaker([refused, refused, refused]).isNews(at: now + .seconds(2)))
    }

    @Test("while it probes, the oldest on its own schedule is tried, else the oldest never attempted (D10)")
    func probes() {
        let open = breaker(Array(repeating: transient, count: 5))
        #expect(open.next(of: [("a", 0), ("b", 2)], attempts: \.1)?.0 == "b")
        #expect(open.next(of: [("a", 0), ("b", 0)], attempts: \.1)?.0 == "a")
        #expect(Breaker().next(of: [("a", 0), ("b", 2)], attempts: \.1)?.0 == "a")
    }
}
