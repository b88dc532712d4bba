// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// Which alerts a list shows (C1).
public struct AlertQuery: Hashable, Sendable {
    /// Empty: all.
    public var states: [DeliveryState]
    /// Only of this receiver.
    public var receiver: String?
    /// Bound, or owed, at or after.
    public var since: Instant?
    /// Only those that tell of this story.
    public var story: String?
    /// The newest so many.
    public var limit: Int

    /// All alerts and all that waits, the newest 100.
    public init(
        states: [DeliveryState] = [], receiver: String? = nil, since: Instant? = nil, story: String? = nil,
        limit: Int = 100
    ) {
        self.states = states
        self.receiver = receiver
        self.since = since
        self.story = story
        self.limit = limit
    }
}

/// An alert, or a hit that is owed and not bound to an alert, as a list shows it (C1).
public struct AlertRow: Hashable, Sendable, Identifiable {
    /// The alert's id; the hit's where there is no alert.
    public var id: String
    /// How it stands.
    public var state: DeliveryState
    /// The receiver's name.
    public var receiver: String
    /// The route's name or path.
    public var route: String
    /// Why it is sent (W2), parked, dropped or suppressed; empty for what waits.
    public var reason: String
    /// When it was bound, or owed.
    public var created: Instant
    /// Attempts made so far.
    public var attempts: Int
    /// When it is tried next, or bound; nil: not.
    public var nextAttempt: Instant?
    /// The class and status of the last attempt, or the last decision; empty: none.
    public var lastResult: String
    /// What it tells.
    public var title: String
    /// The story; nil for digests and notices.
    public var story: String?
    /// How many hits it tells of.
    public var hits: Int
    /// The row of the hit whose title is still to be read.
    var hit: Int64?

    init(_ alert: AlertRecord, lastClass: String?, lastStatus: Int?) {
        id = alert.id
        state = DeliveryState(rawValue: alert.state.rawValue) ?? .pending
        receiver = alert.receiver
        route = alert.route
        reason = alert.stateReason.isEmpty ? alert.reason : alert.stateReason
        created = alert.created
        attempts = alert.attempts
        nextAttempt = alert.state == .pending ? alert.nextAttempt : nil
        lastResult = [lastClass, lastStatus.map(String.init)].compactMap { $0 }.joined(separator: " ")
        title = alert.title
        story = alert.story
        hits = alert.deliveries
    }

    init(
        id: String, state: DeliveryState, receiver: String, route: String, reason: String, created: Instant,
        nextAttempt: Instant?, lastResult: String, story: String, hit: Int64
    ) {
        self.id = id
        self.state = state
        self.receiver = receiver
        self.route = route
        self.reason = reason
        self.created = created
        attempts = 0
        self.nextAttempt = nextAttempt
        self.lastResult = lastResult
        title = ""
        self.story = story
        hits = 1
        self.hit = hit
    }
}

extension DeliveryState {
    /// The word that lists and options use (C1).
    public var name: String {
        switch self {
        case .waiting: "waiting"
        case .pending: "pending"
        case .parked: "parked"
        case .delivered: "delivered"
        case .suppressed: "suppressed"
        case .dropped: "dropped"
        }
    }

    /// The state of that word; nil: there is none.
    public init?(name: String) {
        guard let state = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = state
    }
}

extension AlertState {
    /// The word that lists and options use.
    public var name: String { DeliveryState(rawValue: rawValue)?.name ?? "" }
}
