// SPDX-License-Identifier: Apache-2.0

/// A timer that fires once at a deadline, which may be moved any number of times: the system's (`DeadlineTimer`), or
/// one of a test that moves time itself (P29). Confined to the queue that its maker names.
public protocol DeadlineTiming: AnyObject {
    /// Arms the timer to fire after `delay`, at most `leeway` later; replaces an earlier deadline.
    func schedule(after delay: Duration, leeway: Duration)

    /// Disarms the timer until the next `schedule`.
    func disarm()

    /// Ends the timer for good; its handler is released.
    func cancel()
}

extension DeadlineTiming {
    /// Arms the timer to fire after `delay`, at most a millisecond later.
    public func schedule(after delay: Duration) { schedule(after: delay, leeway: .milliseconds(1)) }
}
