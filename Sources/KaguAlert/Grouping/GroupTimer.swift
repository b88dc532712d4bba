// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// When a group binds its next alert (R4): `group_wait` after a new group's first hit, later hits
/// `group_interval` after the alert before. A group that had nothing to tell for a whole interval is new again.
///
/// Both instants are stored, so that a restart keeps the deadline.
public struct GroupTimer: Hashable, Sendable {
    /// When the waiting hits are bound; nil while none waits.
    public private(set) var deadline: Instant?
    /// When the group's last alert was bound; nil before the first.
    public private(set) var lastBound: Instant?

    /// A timer as it was stored; a new group has neither instant.
    public init(deadline: Instant? = nil, lastBound: Instant? = nil) {
        self.deadline = deadline
        self.lastBound = lastBound
    }

    /// A hit joined the group at `instant`: sets the deadline unless one runs already, and returns it.
    @discardableResult
    public mutating func hitArrived(at instant: Instant, wait: Duration, interval: Duration) -> Instant {
        if let deadline { return deadline }
        var next = instant + wait
        if let lastBound, instant < lastBound + interval { next = lastBound + interval }
        deadline = next
        return next
    }

    /// Whether hits wait and their time has come.
    public func isDue(at instant: Instant) -> Bool {
        deadline.map { $0 <= instant } ?? false
    }

    /// The waiting hits were bound to an alert at `instant`.
    public mutating func bound(at instant: Instant) {
        deadline = nil
        lastBound = instant
    }

    /// Whether nothing waits and the next hit would begin a new group: the timer may be forgotten.
    public func isOver(at instant: Instant, interval: Duration) -> Bool {
        deadline == nil && (lastBound.map { $0 + interval <= instant } ?? true)
    }
}
