// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import Testing

@Suite("Retry schedule")
struct RetryScheduleTests {
    private let now = Instant(seconds: 1_795_338_811)

    private func delay(_ answer: Answer, attempts: Int, factor: Double = 1) -> Duration? {
        guard
            case .retry(let at, _) = RetrySchedule.next(after: answer, attempts: attempts, at: now, factor: factor)
        else { return nil }
        return at - now
    }

    @Test(
        "transient failures follow D7 within +20 %, then park (D7, T9)",
        arguments: [
            (1, 5), (2, 300), (3, 1800), (4, 7200), (5, 18_000), (6, 36_000), (7, 50_400), (8, 72_000), (9, 86_400),
        ])
    func transient(attempts: Int, seconds: Int) throws {
        let failed = Answer(.failed(.timeout), isSigned: true, at: now)
        #expect(delay(failed, attempts: attempts) == .seconds(seconds))
        #expect(delay(failed, attempts: attempts, factor: 1.2) == .milliseconds(seconds * 1200))
        let between = try #require(delay(failed, attempts: attempts, factor: 1.07))
        #expect(between > .seconds(seconds) && between < .milliseconds(seconds * 1200))
        #expect(RetrySchedule.next(after: failed, attempts: 10, at: now, factor: 1) == .park(.exhausted))
    }

    @Test("in three days of 500 there are at most twelve attempts (T9)")
    func threeDays() {
        let failed = Answer(.answered(status: 500), isSigned: true, at: now)
        var (at, attempts) = (now, 0)
        while at <= now + .seconds(3 * 86_400) {
            attempts += 1
            guard
                case .retry(let next, _) = RetrySchedule.next(after: failed, attempts: attempts, at: at, factor: 1)
            else { break }
            at = next
        }
        #expect((8...12).contains(attempts))
    }

    @Test(
        "what somebody has to mend is tried six times, then parked (D9)",
        arguments: [(1, 1800), (2, 7200), (3, 18_000), (4, 36_000), (5, 86_400)])
    func configSuspect(attempts: Int, seconds: Int) {
        let refused = Answer(.answered(status: 404), isSigned: true, at: now)
        #expect(delay(refused, attempts: attempts) == .seconds(seconds))
        #expect(RetrySchedule.next(after: refused, attempts: 6, at: now, factor: 1) == .park(.exhausted))
    }

    @Test("success settles, 410 parks at once, a wrong clock is retried as in D7 (D9)")
    func otherClasses() {
        let success = Answer(.answered(status: 204), isSigned: true, at: now)
        #expect(RetrySchedule.next(after: success, attempts: 1, at: now, factor: 1) == .settled)
        let gone = Answer(.answered(status: 410), isSigned: true, at: now)
        #expect(RetrySchedule.next(after: gone, attempts: 1, at: now, factor: 1) == .park(.gone))
        let date = now + .seconds(900)
        let clock = Answer(.answered(status: 401, date: date), isSigned: true, at: now)
        #expect(delay(clock, attempts: 1) == .seconds(5))
    }

    @Test(
        "no attempt is early: the floor counts where it is later, stretched but not beyond 24 h (D8, T10)",
        arguments: [
            (1, 120, 1.0, 120_000), (1, 120, 1.2, 144_000), (1, 2, 1.0, 5000), (4, 120, 1.0, 7_200_000),
            (1, 86_400, 1.0, 86_400_000), (1, 86_400, 1.2, 86_400_000), (1, 80_000, 1.2, 86_400_000),
            (9, 86_400, 1.2, 103_680_000),
        ])
    func floors(attempts: Int, floor: Int, factor: Double, milliseconds: Int) {
        let limited = Answer(.answered(status: 503, floor: .seconds(floor)), isSigned: true, at: now)
        #expect(delay(limited, attempts: attempts, factor: factor) == .milliseconds(milliseconds))
    }

    @Test("after 429 the whole receiver is held for the floor (D8)")
    func receiverHold() {
        let limited = Answer(.answered(status: 429, floor: .seconds(60)), isSigned: true, at: now)
        #expect(
            RetrySchedule.next(after: limited, attempts: 1, at: now, factor: 1.1)
                == .retry(at: now + .seconds(66), receiverHeldUntil: now + .seconds(60)))
    }

    @Test("a factor out of range is clamped (D7)")
    func clamped() {
        let failed = Answer(.failed(.dns), isSigned: true, at: now)
        #expect(delay(failed, attempts: 1, factor: 0) == .seconds(5))
        #expect(delay(failed, attempts: 1, factor: 9) == .seconds(6))
    }

    @Test("what is overdue at start is spread over a minute, what is not keeps its time (D7)")
    func start() {
        let overdue = now - .seconds(500)
        #expect(RetrySchedule.firstAttempt(due: overdue, startedAt: now, fraction: 0) == now)
        #expect(RetrySchedule.firstAttempt(due: overdue, startedAt: now, fraction: 0.5) == now + .seconds(30))
        #expect(
            RetrySchedule.firstAttempt(due: now + .seconds(7), startedAt: now, fraction: 0.5) == now + .seconds(7))
    }
}
