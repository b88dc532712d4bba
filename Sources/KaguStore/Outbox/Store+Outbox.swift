// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
public import KaguModel

extension Store {
    // MARK: Reading

    /// Deliveries that wait in a group (nil: in all), oldest first.
    public func waitingDeliveries(group: String? = nil, limit: Int = 1000) throws(StoreError) -> [Delivery] {
        commitQueued()
        return try access { try OutboxTable.waiting(group: group, limit: limit, $0) }
    }

    /// Groups whose timer runs, by deadline; those due up to `limit` where one is given (R4).
    public func groups(dueBefore limit: Instant? = nil) throws(StoreError) -> [GroupRecord] {
        commitQueued()
        return try access { try OutboxTable.groups(dueBefore: limit, $0) }
    }

    /// One group; nil where it has never been told or waited for.
    public func group(_ key: String) throws(StoreError) -> GroupRecord? {
        try access { try OutboxTable.group(key, $0) }
    }

    /// Pending alerts due up to `limit` with their bodies, oldest first, at most `perReceiver` of each (D6).
    public func pendingAlerts(
        dueBefore limit: Instant, perReceiver: Int = 100
    ) throws(StoreError) -> [AlertRecord] {
        try access { try AlertTable.pending(dueBefore: limit, perReceiver: perReceiver, $0) }
    }

    /// One alert with its body.
    public func alert(_ id: String) throws(StoreError) -> AlertRecord? {
        try access { try AlertTable.alert(id, $0) }
    }

    /// The deliveries that an alert settles.
    public func deliveries(ofAlert id: String) throws(StoreError) -> [Delivery] {
        try access { try OutboxTable.deliveries(ofAlert: id, $0) }
    }

    /// When the first group's timer ends; nil when none runs.
    public func nextGroupDeadline() throws(StoreError) -> Instant? {
        commitQueued()
        return try access { try OutboxTable.groups(dueBefore: nil, limit: 1, $0).first?.deadline }
    }

    /// Deliveries of one digest at most; what is beyond goes into the next.
    public static let digestLimit = 10_000

    /// Groups due at `now` with what waits in them, critical hits first, then the longest due (R12): as many groups
    /// as have `limit` deliveries together, and at least one; of a hold up to `digestLimit` deliveries.
    public func dueGroups(
        at now: Instant, limit: Int
    ) throws(StoreError) -> [(group: GroupRecord, deliveries: [Delivery])] {
        commitQueued()
        return try reading { database in
            var due: [(group: GroupRecord, deliveries: [Delivery])] = []
            var left = limit
            for key in try OutboxTable.dueInOrder(at: now, limit: limit, database) where left > 0 {
                guard let group = try OutboxTable.group(key, database) else { continue }
                let most = group.hold.isEmpty ? limit : Self.digestLimit
                let deliveries = try OutboxTable.waiting(group: key, limit: most, database)
                if !due.isEmpty, deliveries.count > left { break }
                left -= max(1, deliveries.count)
                due.append((group, deliveries))
            }
            return due
        }
    }

    /// Groups that keep deliveries beyond their own timer, by deadline (R9–R12).
    public func heldGroups() throws(StoreError) -> [GroupRecord] {
        commitQueued()
        return try access { try OutboxTable.holds($0) }
    }

    /// Routes and receivers for which deliveries wait.
    public func waitingRoutes() throws(StoreError) -> [(route: String, receiver: String)] {
        commitQueued()
        return try access { try OutboxTable.waitingRoutes($0) }
    }

    /// Waiting deliveries of a route and receiver, oldest first, with the deadline of their group.
    public func waitingDeliveries(
        route: String, receiver: String, limit: Int
    ) throws(StoreError) -> [(delivery: Delivery, deadline: Instant?)] {
        commitQueued()
        return try reading { database in
            var deadlines: [String: Instant?] = [:]
            return try OutboxTable.waiting(route: route, receiver: receiver, limit: limit, database).map {
                delivery in
                if let known = deadlines[delivery.group] { return (delivery, known) }
                let deadline = try OutboxTable.group(delivery.group, database)?.deadline
                deadlines[delivery.group] = .some(deadline)
                return (delivery, deadline)
            }
        }
    }

    /// What a receiver knows of stories, by story; those that it knows nothing of are left out.
    public func tellings(_ stories: [String], to receiver: String) throws(StoreError) -> [String: TellingRecord] {
        try reading { database in
            var tellings: [String: TellingRecord] = [:]
            for story in stories { tellings[story] = try TellingTable.telling(receiver, story, database) }
            return tellings
        }
    }

    /// The earliest pending attempt of each receiver and route that has one.
    public func nextAttempts() throws(StoreError) -> [NextAttempt] {
        try access { try AlertTable.nextAttempts($0) }
    }

    /// A receiver's pending alerts that are due at `now`, oldest first, without their bodies (D6); of `capped` routes
    /// only those that no cap counts.
    public func dueHeads(
        of receiver: String, at now: Instant, capped routes: [String] = [], limit: Int
    ) throws(StoreError) -> [AlertHead] {
        try access { database in
            try AlertTable.heads(of: receiver, dueBefore: now, capped: routes, count: limit, database)
        }
    }

    /// What rate caps count since `start` (R12).
    public func messageTimes(since start: Instant) throws(StoreError) -> [MessageTimes] {
        try access { try AlertTable.messages(since: start, $0) }
    }

    /// How many of a receiver's new messages on a route are due but were bound before `start` (R12).
    public func backlog(
        receiver: String, route: String, dueAt now: Instant, boundBefore start: Instant
    ) throws(StoreError) -> Int {
        try access { database in
            try AlertTable.backlog(
                receiver: receiver, route: route, dueAt: now, boundBefore: start, database)
        }
    }

    /// Alerts of `high` and above that the fallback is to get a copy of, oldest first (D12).
    public func overdueAlerts(
        boundBefore limit: Instant, except receiver: String, count: Int
    ) throws(StoreError) -> [AlertRecord] {
        try access { try AlertTable.overdue(boundBefore: limit, except: receiver, count: count, $0) }
    }

    /// When the oldest alert was bound that the fallback may get a copy of, the epoch for a parked one; and when it
    /// last got copies (D12).
    public func fallbackTimes(
        of receiver: String
    ) throws(StoreError) -> (oldest: Instant?, lastCopy: Instant?) {
        try reading { database in
            guard let oldest = try AlertTable.oldestUncopied(except: receiver, database) else { return (nil, nil) }
            return (oldest, try AlertTable.lastCopy(to: receiver, database))
        }
    }

    /// What waits for each receiver (C4).
    public func receiverStandings() throws(StoreError) -> [ReceiverStanding] {
        try access { try AlertTable.standing($0) }
    }

    /// The receivers that pending alerts name.
    public func pendingReceivers() throws(StoreError) -> Set<String> {
        try access { try AlertTable.pendingReceivers($0) }
    }

    /// The hits of these ids, read from their files, in the order given; ids without a line are left out.
    public func hits(_ ids: [String]) throws(StoreError) -> [Hit] {
        commitQueued()
        let locations = try access { database in
            let numbers = try ids.compactMap { try HitTable.number(of: $0, database) }
            let found = try HitTable.locations(of: numbers, database)
            return numbers.compactMap { found[$0] }
        }
        let decoder = JSONDecoder()
        return locations.compactMap { $0.hit(in: directory.hits, decoder: decoder) }
    }

    /// Deliveries by state.
    public func deliveryCounts() throws(StoreError) -> [DeliveryState: Int] {
        commitQueued()
        return try access { try OutboxTable.counts($0) }
    }

    /// The rows of all receivers that have one.
    public func receiverRecords() throws(StoreError) -> [ReceiverRecord] {
        try access { try OutboxTable.receivers($0) }
    }

    // MARK: Writing, each one transaction

    /// Stores an alert with its frozen body, binds waiting deliveries to it and replaces its group's record (D4).
    /// Deliveries that have joined the group since it was read wait `interval` from now on (R4).
    public func bindAlert(
        _ alert: AlertRecord, deliveries: [Delivery.ID] = [], group: GroupRecord? = nil, interval: Duration = .zero
    ) throws(StoreError) {
        try transaction { database in
            try AlertTable.bind(alert, deliveries: deliveries, database)
            if let group { try OutboxTable.settle(group, orWaitUntil: alert.created + interval, database) }
        }
    }

    /// Ends waiting deliveries as `suppressed(reason)` (R11), and replaces their group's record.
    public func suppress(
        _ deliveries: [Delivery.ID], reason: String, group: GroupRecord? = nil
    ) throws(StoreError) {
        try transaction { database in
            try OutboxTable.suppress(deliveries, reason: reason, database)
            if let group { try OutboxTable.settle(group, orWaitUntil: Instant(milliseconds: 0), database) }
        }
    }

    /// Replaces a group's record: a moved deadline, or nothing left to wait for.
    public func setGroup(_ group: GroupRecord) throws(StoreError) {
        try transaction { try OutboxTable.settle(group, orWaitUntil: Instant(milliseconds: 0), $0) }
    }

    /// Forgets groups that wait for nothing and were last told before `instant`.
    public func forgetGroups(toldBefore instant: Instant) throws(StoreError) {
        try transaction { try OutboxTable.forget(toldBefore: instant, $0) }
    }

    /// Applies a verdict without an attempt: parking with a removed receiver, an operator's retry or drop.
    public func settle(_ alertIDs: [AlertRecord.ID], verdict: AlertVerdict, at: Instant) throws(StoreError) {
        try transaction { database in
            for id in alertIDs { try AlertTable.apply(verdict, to: id, at: at, database) }
        }
    }
}
