// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// What one round of binding comes to, stored in one transaction (D4, R4–R13).
public struct OutboxChanges: Sendable {
    /// An alert with the deliveries that it settles.
    public struct Binding: Sendable {
        /// The alert with its frozen body.
        public var alert: AlertRecord
        /// Waiting deliveries; those that no longer wait are left alone.
        public var deliveries: [Delivery.ID]
        /// The decision that they get.
        public var decision: String

        /// A binding.
        public init(_ alert: AlertRecord, deliveries: [Delivery.ID] = [], decision: String = "") {
            self.alert = alert
            self.deliveries = deliveries
            self.decision = decision
        }
    }

    /// Waiting deliveries that go on in another group.
    public struct Move: Sendable {
        /// The deliveries.
        public var deliveries: [Delivery.ID]
        /// The group; it is added to `groups` where its deadline changes.
        public var group: String
        /// The decision that they get.
        public var decision: String

        /// A move.
        public init(_ deliveries: [Delivery.ID], to group: String, decision: String) {
            self.deliveries = deliveries
            self.group = group
            self.decision = decision
        }
    }

    /// Waiting deliveries that end without being told.
    public struct Ending: Sendable {
        /// The deliveries.
        public var deliveries: [Delivery.ID]
        /// `silence:ID`, `updates:none`, … (D2).
        public var reason: String

        /// An ending.
        public init(_ deliveries: [Delivery.ID], reason: String) {
            self.deliveries = deliveries
            self.reason = reason
        }
    }

    /// A group's new record. Where deliveries have joined it since it was read, it waits at least `interval` on.
    public struct GroupChange: Sendable {
        /// The record.
        public var group: GroupRecord
        /// The wait of what has joined meanwhile.
        public var interval: Duration

        /// A change.
        public init(_ group: GroupRecord, interval: Duration = .zero) {
            self.group = group
            self.interval = interval
        }
    }

    /// A waiting delivery whose route is gone, with what it is owed by now; none: it ends (R14).
    public struct Rerouting: Sendable {
        /// The delivery.
        public var delivery: Delivery
        /// The first takes the delivery's place, the others are added.
        public var owed: [NewDelivery]
        /// No group's timer ends before: a reload causes no message.
        public var deadline: Instant?

        /// A rerouting.
        public init(_ delivery: Delivery, owed: [NewDelivery], notBefore deadline: Instant?) {
            self.delivery = delivery
            self.owed = owed
            self.deadline = deadline
        }
    }

    /// When it was decided.
    public var at: Instant
    /// New alerts.
    public var bindings: [Binding] = []
    /// Deliveries that change their group.
    public var moves: [Move] = []
    /// Deliveries that end.
    public var endings: [Ending] = []
    /// Groups that change, stored after the moves.
    public var groups: [GroupChange] = []
    /// What receivers know of stories.
    public var tellings: [TellingRecord] = []
    /// Receivers that change.
    public var receivers: [ReceiverRecord] = []
    /// Alerts that the fallback has a copy of now (D12).
    public var copied: [AlertRecord.ID] = []
    /// Deliveries of routes that are gone (R14).
    public var reroutings: [Rerouting] = []

    /// No change.
    public init(at: Instant) { self.at = at }

    /// Whether there is nothing to store.
    public var isEmpty: Bool {
        bindings.isEmpty && moves.isEmpty && endings.isEmpty && groups.isEmpty && tellings.isEmpty
            && receivers.isEmpty && copied.isEmpty && reroutings.isEmpty
    }
}

/// What an attempt, or an operator, does to all that a receiver is owed.
public enum ReceiverEffect: Hashable, Sendable {
    /// Everything pending is due; alerts never tried are dissolved into digests where they are more than `limit`
    /// (D10, D11).
    case recovered(dissolvingOver: Int)
    /// Everything pending is parked (D9, D10, C6).
    case parked(reason: String)
}
