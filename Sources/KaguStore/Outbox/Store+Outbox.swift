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

    /// When the Courier must look again: the earliest of all group deadlines and pending attempts; nil when nothing is
    /// owed at a time. Receivers in `busy` are left out; those in `held` count from the instant given (D6, D8).
    public func nextDeadline(
        busy: Set<String> = [], held: [String: Instant] = [:]
    ) throws(StoreError) -> Instant? {
        commitQueued()
        return try access { database in
            let attempts = try AlertTable.nextAttempts(database).compactMap { receiver, at in
                busy.contains(receiver) ? nil : max(at, held[receiver] ?? at)
            }
            let group = try OutboxTable.groups(dueBefore: nil, limit: 1, database).first?.deadline
            return (attempts + [group].compactMap { $0 }).min()
        }
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

    /// When alerts were bound since an instant, with their route and receiver: what a rate cap counts (R12).
    public func alertsBound(
        since start: Instant
    ) throws(StoreError) -> [(route: String, receiver: String, at: Instant)] {
        try access { try AlertTable.bound(since: start, $0) }
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

    /// Stores an attempt with what follows from it: the alert's state, that of its deliveries, the next attempt's
    /// time (D7, D9) and the receiver's row, in one transaction.
    public func recordAttempt(
        _ attempt: AttemptRecord, verdict: AlertVerdict, receiver: ReceiverRecord? = nil
    ) throws(StoreError) {
        try transaction { database in
            try AlertTable.add(attempt, database)
            try AlertTable.apply(verdict, to: attempt.alertID, at: attempt.at + attempt.duration, database)
            if let receiver { try OutboxTable.set(receiver, database) }
        }
    }

    /// Applies a verdict without an attempt: parking with a removed receiver, an operator's retry or drop.
    public func settle(_ alertIDs: [AlertRecord.ID], verdict: AlertVerdict, at: Instant) throws(StoreError) {
        try transaction { database in
            for id in alertIDs { try AlertTable.apply(verdict, to: id, at: at, database) }
        }
    }
}
