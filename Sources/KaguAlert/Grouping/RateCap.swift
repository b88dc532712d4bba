// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// The cap on messages of one route to one receiver over a sliding hour (R12): what exceeds it waits until the
/// window has slid.
public struct RateCap: Hashable, Sendable {
    /// The window.
    public static let window = Duration.seconds(3600)

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

    /// Whether a message may be bound at `instant`.
    public func allows(at instant: Instant) -> Bool { nextFree(at: instant) == instant }

    /// A message was bound at `instant`.
    public mutating func record(_ instant: Instant) {
        bound = Array((bound + [instant]).sorted().suffix(maximumPerHour))
    }
}

/// The order in which due groups are bound when the cap leaves too little room: those with a critical hit
/// first (R12), then the longest due.
public struct BindingOrder: Hashable, Comparable, Sendable {
    /// The highest severity that waits in the group.
    public var severity: Severity
    /// Since when the group is due.
    public var due: Instant

    /// A group's place.
    public init(severity: Severity, due: Instant) {
        self.severity = severity
        self.due = due
    }

    /// What is bound first comes first.
    public static func < (left: BindingOrder, right: BindingOrder) -> Bool {
        let isCritical = (left.severity == .critical, right.severity == .critical)
        return isCritical.0 == isCritical.1 ? left.due < right.due : isCritical.0
    }
}
