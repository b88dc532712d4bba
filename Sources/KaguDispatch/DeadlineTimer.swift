// SPDX-License-Identifier: Apache-2.0

public import Dispatch

/// Confined to its queue. One Dispatch timer that fires once at a deadline, which may be moved any number of times.
///
/// Deadlines are on the monotonic clock, so a step of the wall clock neither delays nor hastens them.
public final class DeadlineTimer {
    private let source: any DispatchSourceTimer
    private var isCancelled = false

    /// A timer that is not armed yet. `fire` runs on `queue`.
    public init(queue: DispatchQueue, fire: @escaping () -> Void) {
        source = DispatchSource.makeTimerSource(queue: queue)
        source.setEventHandler(handler: fire)
        source.schedule(deadline: .distantFuture)
        source.activate()
    }

    deinit {
        if !isCancelled { source.cancel() }
    }

    /// Arms the timer to fire after `delay` (at once for zero and less); replaces an earlier deadline.
    public func schedule(after delay: Duration, leeway: Duration = .milliseconds(1)) {
        let nanoseconds = max(0, delay.components.seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let whole = nanoseconds.overflow ? Int64.max / 2 : min(nanoseconds.partialValue, Int64.max / 2)
        let fraction = delay < .zero ? 0 : delay.components.attoseconds / 1_000_000_000
        let leewayNanoseconds =
            leeway.components.seconds * 1_000_000_000 + leeway.components.attoseconds / 1_000_000_000
        source.schedule(
            deadline: .now() + .nanoseconds(Int(whole + fraction)), leeway: .nanoseconds(Int(leewayNanoseconds)))
    }

    /// Disarms the timer until the next `schedule`.
    public func disarm() {
        source.schedule(deadline: .distantFuture)
    }

    /// Ends the timer for good; its handler is released.
    public func cancel() {
        isCancelled = true
        source.cancel()
    }
}
