// SPDX-License-Identifier: Apache-2.0

public import Dispatch
import Glibc
public import KaguDispatch
public import KaguModel

/// The clocks, the timers and the randomness of a daemon, handed in so that tests can set them (P29).
public struct TimeSource: Sendable {
    /// Makes a timer on a queue, with what it does when it fires.
    public typealias TimerMaker = @Sendable (DispatchQueue, @escaping @Sendable () -> Void) -> any DeadlineTiming

    /// The wall clock, for what is written and shown.
    public let wall: @Sendable () -> Instant
    /// Time since an arbitrary start that no one can set, suspend included, for gates and deadlines.
    public let monotonic: @Sendable () -> Duration
    /// A random number in 0..<1, for jitter.
    public let random: @Sendable () -> Double
    /// Makes a timer over the monotonic clock.
    public let timer: TimerMaker

    /// Clocks, timers and randomness of one's own; the system's timers unless others are given.
    public init(
        wall: @escaping @Sendable () -> Instant, monotonic: @escaping @Sendable () -> Duration,
        random: @escaping @Sendable () -> Double,
        timer: @escaping TimerMaker = { queue, fire in DeadlineTimer(queue: queue, fire: fire) }
    ) {
        self.wall = wall
        self.monotonic = monotonic
        self.random = random
        self.timer = timer
    }

    /// The system's clocks (CLOCK_REALTIME, CLOCK_BOOTTIME), timers and generator.
    public static let system = TimeSource(
        wall: { Instant(milliseconds: milliseconds(of: CLOCK_REALTIME)) },
        monotonic: { .milliseconds(milliseconds(of: CLOCK_BOOTTIME)) },
        random: { Double.random(in: 0..<1) })

    private static func milliseconds(of clock: clockid_t) -> Int64 {
        var now = timespec()
        clock_gettime(clock, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }
}
