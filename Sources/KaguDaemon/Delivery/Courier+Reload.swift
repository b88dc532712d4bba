// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguStore
import Logging

/// What a new configuration does to what is owed (R14, D9). Deadlines, waiting deliveries, breakers, caps and floors
/// stay; a reload causes no message.
extension Courier {
    /// Deliveries that one transaction reroutes.
    static let reroutedAtOnce = 500

    /// Takes what the old configuration left: alerts of receivers that are gone are parked, deliveries of routes that
    /// are gone run through the new tree, and a receiver that was redefined is tried at once.
    func takeOver(from old: Plan?, at now: Instant) async throws(StoreError) {
        guard let plan else { return }
        for name in try await store.pendingReceivers().sorted() where plan.receivers[name] == nil {
            logger.warning(
                "receiver \(name) is not configured any more: its alerts are parked",
                metadata: ["receiver": .string(name)])
            try await store.park(receiver: name, reason: "receiver_removed", at: now)
        }
        for (name, receiver) in plan.receivers.sorted(by: { $0.key < $1.key }) {
            guard let before = old?.receivers[name], !before.isSame(as: receiver) else { continue }
            try await redefine(name, at: now)
        }
        for waiting in try await store.waitingRoutes() {
            let isThere =
                plan.policy.tree.destination(route: waiting.route, receiver: waiting.receiver) != nil
                && plan.receivers[waiting.receiver] != nil
            if !isThere { try await reroute(waiting.route, waiting.receiver, plan, at: now) }
        }
    }

    private func redefine(_ name: String, at now: Instant) async throws(StoreError) {
        guard var breaker = breakers[name] else {
            return try await store.makeDue(receiver: name, at: now)
        }
        breaker.redefine()
        // At once: an attempt may end while the store writes, and what it says comes after this.
        breakers[name] = breaker
        try await store.setReceivers([ReceiverRecord(name, breaker.health)], at: now)
        try await store.makeDue(receiver: name, at: now)
        if breaker.state == .disabled {
            logger.warning("receiver \(name) is redefined but disabled: kagu receivers enable \(name)")
        }
    }

    /// Hands the deliveries that wait on a route that is gone to the routes that take their hits by now. Their
    /// first-seen time stays, and no timer of a group ends sooner than before.
    private func reroute(_ route: String, _ receiver: String, _ plan: Plan, at now: Instant)
        async throws(StoreError)
    {
        var count = 0
        while true {
            let waiting = try await store.waitingDeliveries(
                route: route, receiver: receiver, limit: Self.reroutedAtOnce)
            let hits = Dictionary(
                try await store.hits(waiting.map(\.delivery.hitID)).map { ($0.id, $0) },
                uniquingKeysWith: { first, _ in first })
            var changes = OutboxChanges(at: now)
            for entry in waiting {
                // A hit that cannot be read keeps its place: its group tries again later.
                guard let hit = hits[entry.delivery.hitID] else { continue }
                let owed = plan.policy.tree.destinations(for: hit).map {
                    NewDelivery(hit, to: $0, isUpdateOnly: entry.delivery.isUpdateOnly)
                }
                // A hold's own end, of days maybe, is not to become that of a whole group.
                let latest = now + (owed.map(\.groupInterval).max() ?? .zero)
                changes.reroutings.append(
                    .init(entry.delivery, owed: owed, notBefore: entry.deadline.map { min($0, latest) }))
            }
            guard !changes.isEmpty else { break }
            try await store.apply(changes)
            count += changes.reroutings.count
            if waiting.count < Self.reroutedAtOnce { break }
        }
        if count > 0 {
            logger.notice(
                "route \(route) to \(receiver) is gone: \(count) hits that wait take the routes of now",
                metadata: ["receiver": .string(receiver), "route": .string(route)])
        }
    }
}

extension NewDelivery {
    /// What is owed for a hit on a route: it waits in the group of its route and receiver (D5, R4).
    init(_ hit: Hit, to destination: Destination, isUpdateOnly: Bool = false) {
        let group = destination.group(for: hit)
        self.init(
            receiver: destination.receiver, route: destination.route,
            group: "receiver=\"\(destination.receiver)\",\(group.key)", labels: group.labelsJSON,
            // What waits for a digest anyway does not wait for company: the digest would miss it by that (R10).
            groupWait: destination.digest == nil ? destination.groupWait : .zero,
            groupInterval: destination.groupInterval,
            reason: "\(isUpdateOnly ? "revision" : "hit") for group \(group.key)", isUpdateOnly: isUpdateOnly)
    }
}

extension AlertPolicy {
    /// What is owed for a hit (D2, D5): one delivery for each receiver, in the group of its route. `isRevision`: only
    /// as an update of what has been told (R7).
    func deliveries(for hit: Hit, alertsRecent: Bool, isRevision: Bool = false) -> [NewDelivery] {
        verdict(for: hit, alertsRecent: alertsRecent, isRevision: isRevision).destinations.map {
            NewDelivery(hit, to: $0, isUpdateOnly: isRevision)
        }
    }

    /// What is owed for a hit of the last day after the outbox was lost: one digest for each receiver (R17).
    func recoveredDeliveries(for hit: Hit) -> [NewDelivery] {
        verdict(for: hit).destinations.map { destination in
            var delivery = NewDelivery(hit, to: destination)
            let group = GroupRecord.held(Hold.recovered.rawValue, receiver: destination.receiver, route: "")
            (delivery.group, delivery.hold, delivery.labels) = (group.key, group.hold, group.labels)
            delivery.groupWait = .zero
            delivery.reason = "the outbox was lost: told in a digest of the last day"
            return delivery
        }
    }
}

extension AlertGroup {
    /// The labels with their values as one JSON object, in the order of `group_by` (W2 `group`).
    var labelsJSON: String {
        var json = JSONWriter()
        json.object { json in
            for label in labels { json.member(label.label.rawValue, label.value) }
        }
        return json.text
    }
}
