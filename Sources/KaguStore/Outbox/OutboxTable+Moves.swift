// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguModel

/// How waiting deliveries get from one group to another, and what is written down about them (R9–R14).
extension OutboxTable {
    /// Moves waiting deliveries to another group.
    static func move(
        _ deliveries: [Int64], to group: String, _ decision: DeliveryDecision, _ database: Database
    ) throws {
        let update = try PreparedStatement(
            database,
            "UPDATE delivery SET grouping = ?, history = ifnull(history, '') || ? WHERE n = ? AND state = 0")
        update.bind(group, at: 1)
        update.bind(decision.line, at: 2)
        for delivery in deliveries {
            update.bind(delivery, at: 3)
            try update.run()
        }
    }

    /// Writes a decision down.
    static func note(_ decision: DeliveryDecision, of deliveries: [Int64], _ database: Database) throws {
        let update = try PreparedStatement(
            database, "UPDATE delivery SET history = ifnull(history, '') || ? WHERE n = ?")
        update.bind(decision.line, at: 1)
        for delivery in deliveries {
            update.bind(delivery, at: 2)
            try update.run()
        }
    }

    /// Lets the deliveries of an alert wait again, in another group (D11).
    static func release(
        alert id: String, into group: String, _ decision: DeliveryDecision, _ database: Database
    ) throws {
        let update = try PreparedStatement(
            database,
            """
            UPDATE delivery SET state = 0, alert = NULL, grouping = ?, history = ifnull(history, '') || ?
            WHERE alert = (SELECT n FROM alert WHERE id = ?) AND state = 1
            """)
        update.bind(group, at: 1)
        update.bind(decision.line, at: 2)
        update.bind(id, at: 3)
        try update.run()
    }

    /// Hands a waiting delivery to the routes that take its hit by now, with its time kept (R14).
    static func reroute(_ rerouting: OutboxChanges.Rerouting, at now: Instant, _ database: Database) throws {
        let delivery = rerouting.delivery
        let owed = rerouting.owed.first { $0.receiver == delivery.receiver } ?? rerouting.owed.first
        if let owed, try place(delivery, on: owed, at: now, database) {
            try join(owed, at: delivery.created, notBefore: rerouting.deadline, database)
        } else {
            try note(
                DeliveryDecision(at: now, text: "route \(delivery.route) is gone, no other takes it"),
                of: [delivery.id], database)
            try suppress([delivery.id], reason: "route_removed", database)
        }
        for other in rerouting.owed where other != owed {
            guard let hit = try HitTable.number(of: delivery.hitID, database) else { continue }
            var other = other
            other.reason = "route \(delivery.route) is gone: \(other.reason)"
            _ = try add(other, hit: hit, at: delivery.created, notBefore: rerouting.deadline, database)
        }
    }

    /// Gives a delivery its new receiver and group; false where that receiver is owed the hit already (D5).
    private static func place(
        _ delivery: Delivery, on owed: NewDelivery, at now: Instant, _ database: Database
    ) throws -> Bool {
        let update = try PreparedStatement(
            database,
            """
            UPDATE OR IGNORE delivery
            SET receiver = ?, route = ?, grouping = ?, history = ifnull(history, '') || ? WHERE n = ? AND state = 0
            """)
        update.bind(owed.receiver, at: 1)
        update.bind(owed.route, at: 2)
        update.bind(owed.group, at: 3)
        update.bind(
            DeliveryDecision(at: now, text: "route \(delivery.route) is gone: \(owed.reason)").line, at: 4)
        update.bind(delivery.id, at: 5)
        return try update.run() > 0
    }

    /// Routes and receivers for which deliveries wait.
    static func waitingRoutes(_ database: Database) throws -> [(route: String, receiver: String)] {
        let select = try PreparedStatement(
            database, "SELECT DISTINCT route, receiver FROM delivery WHERE state = 0 ORDER BY route, receiver")
        var routes: [(route: String, receiver: String)] = []
        while try select.step() { routes.append((select.text(0), select.text(1))) }
        return routes
    }

    /// Groups that keep deliveries beyond their own timer, those of updates apart.
    static func holds(_ database: Database) throws -> [GroupRecord] {
        let select = try PreparedStatement(
            database,
            "SELECT \(groupColumns) FROM grouping WHERE hold IS NOT NULL AND hold <> 'updates' ORDER BY key")
        var groups: [GroupRecord] = []
        while try select.step() { groups.append(group(select)) }
        return groups
    }

    /// Due groups in the order of binding (R12): those with a critical hit first, then the longest due.
    static func dueInOrder(at now: Instant, limit: Int, _ database: Database) throws -> [String] {
        let select = try PreparedStatement(
            database,
            """
            SELECT g.key FROM grouping g
            LEFT JOIN delivery d ON d.grouping = g.key AND d.state = 0 LEFT JOIN hit h ON h.n = d.hit
            WHERE g.deadline <= ? GROUP BY g.key
            ORDER BY max(ifnull(h.severity, 0)) = 3 DESC, g.deadline, min(d.n) LIMIT ?
            """)
        select.bind(now, at: 1)
        select.bind(limit, at: 2)
        var keys: [String] = []
        while try select.step() { keys.append(select.text(0)) }
        return keys
    }
}
