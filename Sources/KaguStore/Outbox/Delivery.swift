// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// A debt in the making: a hit is to be told to a receiver through a group (D2, R4).
public struct NewDelivery: Hashable, Sendable {
    /// The receiver's name.
    public var receiver: String
    /// The route's name, else its path (R14).
    public var route: String
    /// Route and label values; the group's identity (R4).
    public var group: String
    /// The group's labels as a JSON object, for messages.
    public var labels: String
    /// The wait of a new group.
    public var groupWait: Duration
    /// The wait between a group's alerts.
    public var groupInterval: Duration
    /// What routing decided, in words (R13).
    public var reason: String

    /// A delivery to be written with its hit.
    public init(
        receiver: String, route: String, group: String, labels: String = "{}", groupWait: Duration = .seconds(30),
        groupInterval: Duration = .seconds(300), reason: String = ""
    ) {
        self.receiver = receiver
        self.route = route
        self.group = group
        self.labels = labels
        self.groupWait = groupWait
        self.groupInterval = groupInterval
        self.reason = reason
    }
}

/// How a delivery stands (D2). The raw value is what the database keeps.
public enum DeliveryState: Int, Hashable, Sendable, CaseIterable {
    /// Not bound to an alert yet.
    case waiting = 0
    /// Bound to an alert that is tried.
    case pending = 1
    /// Bound to an alert that was given up for now.
    case parked = 2
    /// Settled: the receiver has it.
    case delivered = 3
    /// Settled: a silence, with its reason.
    case suppressed = 4
    /// Settled: dropped by the operator, or expired.
    case dropped = 5
}

/// A debt: this hit is owed to this receiver (D2).
public struct Delivery: Hashable, Sendable, Identifiable {
    /// The delivery's number.
    public var id: Int64
    /// The hit's id.
    public var hitID: String
    /// The receiver's name.
    public var receiver: String
    /// The route's name or path.
    public var route: String
    /// The group's identity.
    public var group: String
    /// How it stands.
    public var state: DeliveryState
    /// Why it was routed or ended so.
    public var reason: String
    /// When it was written.
    public var created: Instant
    /// The alert that it is bound to.
    public var alertID: String?
}

/// A group's timer and what it has told (R4–R6).
public struct GroupRecord: Hashable, Sendable {
    /// Route and label values: the group's identity.
    public var key: String
    /// The receiver's name.
    public var receiver: String
    /// The route's name or path.
    public var route: String
    /// The group's labels as a JSON object.
    public var labels: String
    /// When what waits is to be bound; nil when nothing waits.
    public var deadline: Instant?
    /// When it last told something.
    public var lastTold: Instant?
    /// The alert of the first telling.
    public var firstAlertID: String?
    /// How many tellings followed the first.
    public var updates: Int
    /// What the grouping policy remembers (outlet count, severity), as its JSON; empty when nothing.
    public var detail: String

    /// A group.
    public init(
        key: String, receiver: String, route: String, labels: String = "{}", deadline: Instant? = nil,
        lastTold: Instant? = nil, firstAlertID: String? = nil, updates: Int = 0, detail: String = ""
    ) {
        self.key = key
        self.receiver = receiver
        self.route = route
        self.labels = labels
        self.deadline = deadline
        self.lastTold = lastTold
        self.firstAlertID = firstAlertID
        self.updates = updates
        self.detail = detail
    }

    /// The deadline once a delivery joins at `instant`: the one that runs, else the end of the interval after the
    /// last telling, else `wait` from now (R4).
    public func deadline(joinedAt instant: Instant, wait: Duration, interval: Duration) -> Instant {
        if let deadline { return deadline }
        if let lastTold, lastTold + interval > instant { return lastTold + interval }
        return instant + wait
    }
}
