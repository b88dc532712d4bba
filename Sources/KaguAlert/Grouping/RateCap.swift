// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// The cap on messages of one route to one receiver over a sliding hour (R12): what exceeds it waits until the
/// window has slid.
public struct RateCap: Hashable, Sendable {
    /// The window.
    public static let window = Duration.seconds(3600)
    /// The most that a route may be given.
    public static let largest = 3600

    /// Messages in any hour at most; at least 1.
    public let maximumPerHour: Int
    /// When the messages of the last hour were bound, ascending; at most `maximumPerHour`.
    public private(set) var bound: [Instant]

    /// A cap with the messages bound so far, in any order. Only those of the hour before the question count.
    public init(maximumPerHour: Int, bound: [Instant] = []) {
        self.maximumPerHour = max(1, maximumPerHour)
        self.bound = Array(bound.sorted().suffix(self.maximumPerHour))
    }

    /// The earliest instant, not before `instant`, at which another message may be bound.
    public func nextFree(at instant: Instant) -> Instant {
        // What was bound in the future, under a clock that has been set back since, does not count.
        let past = bound.filter { $0 <= instant }
        guard past.count >= maximumPerHour else { return instant }
        return max(instant, past[past.count - maximumPerHour] + Self.window)
    }

    /// How many more messages fit into the hour that ends at `instant`.
    public func remaining(at instant: Instant) -> Int {
        maximumPerHour - bound.count { $0 <= instant && $0 > instant - Self.window }
    }

    /// Whether a message may be bound at `instant`.
    public func allows(at instant: Instant) -> Bool { nextFree(at: instant) == instant }

    /// The wall clock was set by `step`.
    public mutating func shift(by step: Duration) { bound = bound.map { $0 + step } }

    /// A message was bound at `instant`.
    public mutating func record(_ instant: Instant) {
        bound = Array((bound + [instant]).sorted().suffix(maximumPerHour))
    }
}
