// SPDX-License-Identifier: Apache-2.0

public import Dispatch
import Glibc

/// Confined to its queue. One Dispatch timer that fires once at a deadline, which may be moved any number of times.
///
/// Deadlines are on the clock that no one can set and that counts while the machine sleeps (CLOCK_BOOTTIME).
/// Dispatch's own timers stand still then: a far deadline is therefore approached in steps of a minute, so that after
/// a sleep the timer is at most that late (P20).
public final class DeadlineTimer: DeadlineTiming {
    private let source: any DispatchSourceTimer
    private var deadline: Duration?
    private var leeway: Duration = .zero
    private var isCancelled = false

    /// Dispatch waits at most that long in one piece.
    static let longestStep: Duration = .seconds(60)

    /// A timer that is not armed yet. `fire` runs on `queue`.
    public init(queue: DispatchQueue, fire: @escaping () -> Void) {
        source = DispatchSource.makeTimerSource(queue: queue)
        source.setEventHandler { [weak self] in
            if self?.isDue() ?? false { fire() }
        }
        source.schedule(deadline: .distantFuture)
        source.activate()
    }

    deinit {
        if !isCancelled { source.cancel() }
    }

    /// Arms the timer to fire after `delay` (at once for zero and less); replaces an earlier deadline.
    public func schedule(after delay: Duration, leeway: Duration) {
        deadline = Self.uptime() + delay
        self.leeway = leeway
        wait(delay)
    }

    /// Disarms the timer until the next `schedule`.
    public func disarm() {
        deadline = nil
        source.schedule(deadline: .distantFuture)
    }

    /// Ends the timer for good; its handler is released.
    public func cancel() {
        isCancelled = true
        deadline = nil
        source.cancel()
    }

    /// Whether the deadline has come; else goes on waiting for it.
    private func isDue() -> Bool {
        guard let deadline else { return false }
        let left = deadline - Self.uptime()
        guard left <= .zero else {
            wait(left)
            return false
        }
        self.deadline = nil
        return true
    }

    private func wait(_ delay: Duration) {
        let step = min(max(delay, .zero), Self.longestStep)
        source.schedule(
            deadline: .now() + .nanoseconds(Int(Self.nanoseconds(step))),
            leeway: .nanoseconds(Int(Self.nanoseconds(leeway))))
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000
    }

    private static func uptime() -> Duration {
        var now = timespec()
        clock_gettime(CLOCK_BOOTTIME, &now)
        return .seconds(now.tv_sec) + .nanoseconds(now.tv_nsec)
    }
}
