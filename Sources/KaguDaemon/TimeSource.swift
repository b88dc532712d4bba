// SPDX-License-Identifier: Apache-2.0

import Glibc
public import KaguModel

/// The clocks and the randomness of a daemon, handed in so that tests can set them (P29).
public struct TimeSource: Sendable {
    /// The wall clock, for what is written and shown.
    public let wall: @Sendable () -> Instant
    /// Time since an arbitrary start that no one can set, suspend included, for gates and deadlines.
    public let monotonic: @Sendable () -> Duration
    /// A random number in 0..<1, for jitter.
    public let random: @Sendable () -> Double

    /// Clocks and randomness of one's own.
    public init(
        wall: @escaping @Sendable () -> Instant, monotonic: @escaping @Sendable () -> Duration,
        random: @escaping @Sendable () -> Double
    ) {
        self.wall = wall
        self.monotonic = monotonic
        self.random = random
    }

    /// The system's clocks (CLOCK_REALTIME, CLOCK_BOOTTIME) and generator.
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
