// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguModel

/// The tables `delivery` and `grouping` (D2, D5, R4, R13).
enum OutboxTable {
    // MARK: Deliveries

    /// Adds a debt and starts its group's timer; false where the receiver is owed this hit already (D5).
    static func add(
        _ delivery: NewDelivery, hit: Int64, at: Instant, notBefore floor: Instant? = nil, _ database: Database
    ) throws -> Bool {
        let insert = try PreparedStatement(
            database,
            """
            INSERT INTO delivery (hit, receiver, route, grouping, created, update_only, history)
            VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """)
        insert.bind(hit, at: 1)
        insert.bind(delivery.receiver, at: 2)
        insert.bind(delivery.route, at: 3)
        insert.bind(delivery.group, at: 4)
        insert.bind(at, at: 5)
        insert.bind(delivery.isUpdateOnly, at: 6)
        let line = DeliveryDecision(at: at, text: delivery.reason).line
        insert.bind(delivery.reason.isEmpty ? "" : line, at: 7, nullIfEmpty: true)
        guard try insert.run() > 0 else { return false }
        try join(delivery, at: at, notBefore: floor, database)
        return true
    }

    /// Starts the timer of a delivery's group where none runs; not before `floor`.
    static func join(
        _ delivery: NewDelivery, at: Instant, notBefore floor: Instant? = nil, _ database: Database
    ) throws {
        var group =
            try group(delivery.group, database)
            ?? GroupRecord(
                key: delivery.group, receiver: delivery.receiver, route: delivery.route, labels: delivery.labels,
                hold: delivery.hold)
        guard group.deadline == nil else { return }
        let deadline = group.deadline(joinedAt: at, wait: delivery.groupWait, interval: delivery.groupInterval)
        group.deadline = max(deadline, floor ?? deadline)
        try set(group, database)
    }

    static let deliveryColumns = """
        d.n, h.id, d.receiver, d.route, d.grouping, d.state, d.reason, d.created, a.id, h.severity, d.update_only, \
        d.history
        """
    private static let deliveryTables = "delivery d JOIN hit h ON h.n = d.hit LEFT JOIN alert a ON a.n = d.alert"

    /// Deliveries that wait in a group, or in all groups, oldest first.
    static func waiting(group: String?, limit: Int, _ database: Database) throws -> [Delivery] {
        let condition = group == nil ? "" : "AND d.grouping = ?2"
        let select = try PreparedStatement(
            database,
            """
            SELECT \(deliveryColumns) FROM \(deliveryTables) WHERE d.state = 0 \(condition) ORDER BY d.n LIMIT ?1
            """)
        select.bind(limit, at: 1)
        if let group { select.bind(group, at: 2) }
        return try deliveries(select)
    }

    /// Waiting deliveries of a route and receiver, oldest first.
    static func waiting(
        route: String, receiver: String, limit: Int, _ database: Database
    ) throws -> [Delivery] {
        let select = try PreparedStatement(
            database,
            """
            SELECT \(deliveryColumns) FROM \(deliveryTables)
            WHERE d.state = 0 AND d.route = ? AND d.receiver = ? ORDER BY d.n LIMIT ?
            """)
        select.bind(route, at: 1)
        select.bind(receiver, at: 2)
        select.bind(limit, at: 3)
        return try deliveries(select)
    }

    /// Deliveries in one state, newest first.
    static func deliveries(in state: DeliveryState, limit: Int, _ database: Database) throws -> [Delivery] {
        let select = try PreparedStatement(
            database,
            "SELECT \(deliveryColumns) FROM \(deliveryTables) WHERE d.state = ? ORDER BY d.n DESC LIMIT ?")
        select.bind(state.rawValue, at: 1)
        select.bind(limit, at: 2)
        return try deliveries(select)
    }

    /// The deliveries of an alert.
    static func deliveries(ofAlert id: String, _ database: Database) throws -> [Delivery] {
        let select = try PreparedStatement(
            database, "SELECT \(deliveryColumns) FROM \(deliveryTables) WHERE a.id = ? ORDER BY d.n")
        select.bind(id, at: 1)
        return try deliveries(select)
    }

    private static func deliveries(_ select: PreparedStatement) throws -> [Delivery] {
        var deliveries: [Delivery] = []
        while try select.step() {
            deliveries.append(
                Delivery(
                    id: select.int64(0), hitID: CompactID.text(of: select.blob(1)), receiver: select.text(2),
                    route: select.text(3), group: select.text(4),
                    state: DeliveryState(rawValue: select.int(5)) ?? .waiting, reason: select.text(6),
                    created: Instant(milliseconds: select.int64(7)), alertID: select.optionalText(8),
                    severity: Severity(rank: select.int(9)), isUpdateOnly: select.bool(10),
                    decisions: DeliveryDecision.all(in: select.text(11))))
        }
        return deliveries
    }

    /// How many deliveries stand in each state.
    static func counts(_ database: Database) throws -> [DeliveryState: Int] {
        let select = try PreparedStatement(database, "SELECT state, count(*) FROM delivery GROUP BY state")
        var counts: [DeliveryState: Int] = [:]
        while try select.step() {
            if let state = DeliveryState(rawValue: select.int(0)) { counts[state] = select.int(1) }
        }
        return counts
    }

    /// Ends waiting deliveries without telling them (R11).
    static func suppress(_ deliveries: [Int64], reason: String, _ database: Database) throws {
        let update = try PreparedStatement(
            database, "UPDATE delivery SET state = ?, reason = ? WHERE n = ? AND state = 0")
        update.bind(DeliveryState.suppressed.rawValue, at: 1)
        update.bind(reason, at: 2)
        for delivery in deliveries {
            update.bind(delivery, at: 3)
            try update.run()
        }
    }

    // MARK: Groups

    static let groupColumns =
        "key, receiver, route, labels, deadline, last_told, first_alert, updates, detail, hold"

    /// One group.
    static func group(_ key: String, _ database: Database) throws -> GroupRecord? {
        let select = try PreparedStatement(database, "SELECT \(groupColumns) FROM grouping WHERE key = ?")
        select.bind(key, at: 1)
        defer { select.reset() }
        return try select.step() ? group(select) : nil
    }

    /// Groups whose deadline runs, by deadline; up to `limit` where one is given.
    static func groups(
        dueBefore deadline: Instant?, limit: Int = 1000, _ database: Database
    ) throws -> [GroupRecord] {
        let select = try PreparedStatement(
            database,
            """
            SELECT \(groupColumns) FROM grouping WHERE deadline IS NOT NULL AND deadline <= ? ORDER BY deadline, key
            LIMIT ?
            """)
        select.bind(deadline?.milliseconds ?? Int64.max, at: 1)
        select.bind(limit, at: 2)
        var groups: [GroupRecord] = []
        while try select.step() { groups.append(group(select)) }
        return groups
    }

    static func group(_ row: PreparedStatement) -> GroupRecord {
        GroupRecord(
            key: row.text(0), receiver: row.text(1), route: row.text(2), labels: row.text(3),
            deadline: row.instant(4), lastTold: row.instant(5), firstAlertID: row.optionalText(6),
            updates: row.int(7), detail: row.text(8), hold: row.text(9))
    }

    /// Replaces a group; where it has no deadline although deliveries wait in it, it gets `deadline`: no delivery may
    /// be left behind by a record that was read before it joined (D2).
    static func settle(_ group: GroupRecord, orWaitUntil deadline: Instant, _ database: Database) throws {
        var group = group
        if group.deadline == nil, try !waiting(group: group.key, limit: 1, database).isEmpty {
            group.deadline = deadline
        }
        try set(group, database)
    }

    /// Removes groups without a deadline that were last told before `instant`.
    static func forget(toldBefore instant: Instant, _ database: Database) throws {
        let delete = try PreparedStatement(
            database, "DELETE FROM grouping WHERE deadline IS NULL AND ifnull(last_told, 0) < ?")
        delete.bind(instant, at: 1)
        try delete.run()
    }

    /// Adds or replaces a group.
    static func set(_ group: GroupRecord, _ database: Database) throws {
        let upsert = try PreparedStatement(
            database, "INSERT OR REPLACE INTO grouping (\(groupColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        upsert.bind(group.key, at: 1)
        upsert.bind(group.receiver, at: 2)
        upsert.bind(group.route, at: 3)
        upsert.bind(group.labels, at: 4)
        upsert.bind(group.deadline, at: 5)
        upsert.bind(group.lastTold, at: 6)
        upsert.bind(group.firstAlertID, at: 7)
        upsert.bind(group.updates, at: 8)
        upsert.bind(group.detail, at: 9, nullIfEmpty: true)
        upsert.bind(group.hold, at: 10, nullIfEmpty: true)
        try upsert.run()
    }
}
