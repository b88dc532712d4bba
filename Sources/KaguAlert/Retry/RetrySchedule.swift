// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// When an alert is tried again (D7, D8, D9). Randomness comes in as a factor, so that a test can fix it.
public enum RetrySchedule {
    /// Delays before attempts 1–10 (D7).
    public static let transient: [Duration] = [
        .zero, .seconds(5), .seconds(300), .seconds(1800), .seconds(7200), .seconds(18_000), .seconds(36_000),
        .seconds(50_400), .seconds(72_000), .seconds(86_400),
    ]
    /// Delays before attempts 1–6 while somebody has to change something first (D9).
    public static let configSuspect: [Duration] = [
        .zero, .seconds(1800), .seconds(7200), .seconds(18_000), .seconds(36_000), .seconds(86_400),
    ]
    /// What delays are multiplied by: a random number from this range.
    public static let factors = 1.0...1.2
    /// Over how long overdue attempts are spread at start.
    public static let startSpread = Duration.seconds(60)

    /// What follows an attempt.
    public enum Next: Hashable, Sendable {
        /// The deliveries are settled.
        case settled
        /// Another attempt. `receiverHeldUntil`: before that, no alert of the receiver is tried (D8).
        case retry(at: Instant, receiverHeldUntil: Instant?)
        /// Given up for now, kept.
        case park(ParkReason)
    }

    /// Why an alert is parked.
    public enum ParkReason: String, Hashable, Sendable, CaseIterable {
        /// The schedule has no further attempt.
        case exhausted
        /// The receiver answered 410: it is to be disabled, and its other alerts parked too.
        case gone
    }

    /// What follows the attempt that ended at `now` with `answer`, when `attempts` (at least 1) have been made,
    /// this one included. `factor` is a random number from `factors`; others are clamped to it.
    public static func next(after answer: Answer, attempts: Int, at now: Instant, factor: Double) -> Next {
        let delays: [Duration]
        switch answer.answerClass {
        case .success: return .settled
        case .gone: return .park(.gone)
        case .transient, .clockSuspect: delays = transient
        case .configSuspect: delays = configSuspect
        }
        guard attempts < delays.count else { return .park(.exhausted) }
        let spread = min(max(factor, factors.lowerBound), factors.upperBound)
        let scheduled = delays[max(0, attempts)] * spread
        // Never early: the floor is stretched as the schedule is, but no longer than the longest floor.
        let delay = max(scheduled, min(answer.floor * spread, Answer.maximumFloor))
        return .retry(at: now + delay, receiverHeldUntil: answer.floorHoldsReceiver ? now + answer.floor : nil)
    }

    /// When an alert that is due at `due` is tried after a start at `now`: what is overdue is spread by full
    /// jitter over a minute, `fraction` (0 up to 1) being random.
    public static func firstAttempt(due: Instant, startedAt now: Instant, fraction: Double) -> Instant {
        due > now ? due : now + startSpread * min(max(fraction, 0), 1)
    }
}
