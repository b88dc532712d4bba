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
    /// Whether it is told only where its story has been told to the receiver: a revision (R7).
    public var isUpdateOnly: Bool
    /// The hold whose group this is; empty: an ordinary group.
    public var hold: String

    /// A delivery to be written with its hit.
    public init(
        receiver: String, route: String, group: String, labels: String = "{}", groupWait: Duration = .seconds(30),
        groupInterval: Duration = .seconds(300), reason: String = "", isUpdateOnly: Bool = false, hold: String = ""
    ) {
        self.receiver = receiver
        self.route = route
        self.group = group
        self.labels = labels
        self.groupWait = groupWait
        self.groupInterval = groupInterval
        self.reason = reason
        self.isUpdateOnly = isUpdateOnly
        self.hold = hold
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
    /// The hit's severity.
    public var severity: Severity
    /// Whether it is told only as an update (R7).
    public var isUpdateOnly: Bool
    /// What was decided about it, oldest first (R13): grouping, holds, updates, silences, caps, messages.
    public var decisions: [DeliveryDecision]
}

/// One decision about a delivery (R13).
public struct DeliveryDecision: Hashable, Sendable {
    /// When it was taken.
    public var at: Instant
    /// A short sentence: `held by quiet hours until 2026-11-22T06:00:00.000Z`.
    public var text: String

    /// A decision.
    public init(at: Instant, text: String) {
        self.at = at
        self.text = text
    }

    /// One line of `delivery.history`.
    var line: String { "\(at.milliseconds) \(text)\n" }

    /// The decisions of a history.
    static func all(in history: String) -> [DeliveryDecision] {
        history.split(separator: "\n").compactMap { line in
            guard let space = line.firstIndex(of: " "), let at = Int64(line[..<space]) else { return nil }
            return DeliveryDecision(at: Instant(milliseconds: at), text: String(line[line.index(after: space)...]))
        }
    }
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
    /// What the grouping policy remembers; empty when nothing.
    public var detail: String
    /// Why it keeps deliveries beyond a group's own timer (`quiet_hours`, `rate_cap`, …); empty: an ordinary group.
    public var hold: String

    /// A group.
    public init(
        key: String, receiver: String, route: String, labels: String = "{}", deadline: Instant? = nil,
        lastTold: Instant? = nil, firstAlertID: String? = nil, updates: Int = 0, detail: String = "",
        hold: String = ""
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
        self.hold = hold
    }

    /// The group of a hold: one for each route and receiver, and for each story where one is given.
    public static func held(_ hold: String, receiver: String, route: String, story: String = "") -> GroupRecord {
        let parts = [("hold", hold), ("receiver", receiver), ("route", route), ("story", story)]
        let key = parts.filter { !$0.1.isEmpty }.map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ",")
        return GroupRecord(key: key, receiver: receiver, route: route, hold: hold)
    }

    /// The deadline once a delivery joins at `instant`: the one that runs, else the end of the interval after the
    /// last telling, else `wait` from now (R4).
    public func deadline(joinedAt instant: Instant, wait: Duration, interval: Duration) -> Instant {
        if let deadline { return deadline }
        // A telling in the future is one of a wrong clock.
        if let lastTold, lastTold <= instant, lastTold + interval > instant { return lastTold + interval }
        return instant + wait
    }
}
