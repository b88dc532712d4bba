// SPDX-License-Identifier: Apache-2.0

import GRDB
public import KaguModel

/// What is due, and what becomes of a receiver's pending alerts as a whole (D6, D10–D12).
extension AlertTable {
    /// Whether a rate cap counts an alert (R12).
    private static let isCounted = """
        (edits IS NULL AND reason NOT IN (\(AlertRecord.uncountedReasons.map { "'\($0)'" }.joined(separator: ", "))))
        """

    /// The earliest pending attempt of each receiver and route that has one.
    static func nextAttempts(_ database: Database) throws -> [NextAttempt] {
        let select = try PreparedStatement(
            database,
            """
            SELECT receiver, route, \(isCounted), min(next_at) FROM alert WHERE state = 1
            GROUP BY receiver, route, \(isCounted)
            """)
        var next: [NextAttempt] = []
        while try select.step() {
            next.append(
                NextAttempt(
                    receiver: select.text(0), route: select.text(1), isCounted: select.bool(2),
                    at: Instant(milliseconds: select.int64(3))))
        }
        return next
    }

    /// A receiver's pending alerts that are due up to `limit`, oldest first, without their bodies; of `capped` routes
    /// only those that no cap counts.
    static func heads(
        of receiver: String, dueBefore limit: Instant, capped routes: [String], count: Int, _ database: Database
    ) throws -> [AlertHead] {
        let select = try PreparedStatement(
            database,
            """
            SELECT id, route, next_at, attempts, edits, \(isCounted) FROM alert
            WHERE state = 1 AND receiver = ? AND next_at <= ?
                AND NOT (\(isCounted) AND route IN (SELECT value FROM json_each(?))) ORDER BY n LIMIT ?
            """)
        select.bind(receiver, at: 1)
        select.bind(limit, at: 2)
        var json = JSONWriter()
        json.array { json in
            for route in routes { json.string(route) }
        }
        select.bind(json.text, at: 3)
        select.bind(count, at: 4)
        var heads: [AlertHead] = []
        while try select.step() {
            heads.append(
                AlertHead(
                    id: select.text(0), route: select.text(1), nextAttempt: Instant(milliseconds: select.int64(2)),
                    attempts: select.int(3), edits: select.optionalText(4), isCounted: select.bool(5)))
        }
        return heads
    }

    /// What rate caps count since `start` (R12): binding and delivery of each new message. Edits and what was taken
    /// back before it was sent do not count.
    static func messages(since start: Instant, _ database: Database) throws -> [MessageTimes] {
        let select = try PreparedStatement(
            database,
            """
            SELECT receiver, route, created, CASE state WHEN 3 THEN ended END FROM alert
            WHERE (created >= ?1 OR (state = 3 AND ended >= ?1)) AND state <> 5 AND \(isCounted) ORDER BY n
            """)
        select.bind(start, at: 1)
        var times: [MessageTimes] = []
        while try select.step() {
            times.append(
                MessageTimes(
                    receiver: select.text(0), route: select.text(1), bound: Instant(milliseconds: select.int64(2)),
                    delivered: select.instant(3)))
        }
        return times
    }

    /// How many of a receiver's new messages on a route are due at `now` but were bound before `start`: what a
    /// rate cap still has to let through.
    static func backlog(
        receiver: String, route: String, dueAt now: Instant, boundBefore start: Instant, _ database: Database
    ) throws -> Int {
        let select = try PreparedStatement(
            database,
            """
            SELECT count(*) FROM alert
            WHERE state = 1 AND receiver = ? AND route = ? AND next_at <= ? AND created < ?
                AND \(isCounted)
            """)
        select.bind(receiver, at: 1)
        select.bind(route, at: 2)
        select.bind(now, at: 3)
        select.bind(start, at: 4)
        defer { select.reset() }
        return try select.step() ? select.int(0) : 0
    }

    /// Moves the next attempt of pending alerts of a receiver to `instant`.
    static func makeDue(receiver: String, at instant: Instant, _ database: Database) throws {
        let update = try PreparedStatement(
            database, "UPDATE alert SET next_at = ?1 WHERE state = 1 AND receiver = ?2 AND next_at > ?1")
        update.bind(instant, at: 1)
        update.bind(receiver, at: 2)
        try update.run()
    }

    /// Parks all pending alerts of a receiver.
    static func park(receiver: String, reason: String, at instant: Instant, _ database: Database) throws {
        for id in try ids(of: receiver, "", database) {
            try apply(.parked(reason: reason), to: id, at: instant, database)
        }
    }

    /// Takes a receiver's pending alerts that were never tried apart, where they are more than `limit`: their
    /// deliveries wait again in the hold `catch_up` of their route, due at once (D11). Gives how many there were.
    @discardableResult
    static func dissolve(receiver: String, over limit: Int, at now: Instant, _ database: Database) throws -> Int {
        // An operator's retry counts attempts from zero; what was ever tried is never dissolved.
        let untried = "AND attempts = 0 AND NOT EXISTS (SELECT 1 FROM attempt WHERE alert = alert.n)"
        let owed = "\(untried) AND EXISTS (SELECT 1 FROM delivery WHERE alert = alert.n)"
        let ids = try ids(of: receiver, owed, database)
        guard ids.count > limit else { return 0 }
        for id in ids {
            guard let alert = try alert(id, database) else { continue }
            var group = GroupRecord.held("catch_up", receiver: receiver, route: alert.route)
            group.deadline = now
            try OutboxTable.release(
                alert: id, into: group.key,
                DeliveryDecision(at: now, text: "\(id) was never tried: told in a digest instead"), database)
            try OutboxTable.set(group, database)
            try apply(.dropped(reason: "catch_up"), to: id, at: now, database)
            try TellingTable.forgetAlert(id, receiver: receiver, database)
        }
        // An edit that tells of no delivery has nothing to say any more.
        for id in try self.ids(of: receiver, "\(untried) AND edits IS NOT NULL", database) {
            try apply(.dropped(reason: "catch_up"), to: id, at: now, database)
        }
        return ids.count
    }

    private static func ids(of receiver: String, _ condition: String, _ database: Database) throws -> [String] {
        let select = try PreparedStatement(
            database, "SELECT id FROM alert WHERE state = 1 AND receiver = ? \(condition) ORDER BY n")
        select.bind(receiver, at: 1)
        var ids: [String] = []
        while try select.step() { ids.append(select.text(0)) }
        return ids
    }

    // MARK: Fallback

    /// Alerts of `high` and above that the fallback has no copy of and that are parked, or were bound before
    /// `limit` and are not delivered; oldest first, not those of `receiver` itself (D12).
    static func overdue(
        boundBefore limit: Instant, except receiver: String, count: Int, _ database: Database
    ) throws -> [AlertRecord] {
        let select = try PreparedStatement(
            database,
            """
            SELECT \(columns) FROM alert a
            WHERE a.copied IS NULL AND a.severity >= 2 AND a.state IN (1, 2) AND (a.state = 2 OR a.created <= ?)
                AND a.receiver <> ? AND a.reason <> 'fallback' ORDER BY a.created LIMIT ?
            """)
        select.bind(limit, at: 1)
        select.bind(receiver, at: 2)
        select.bind(count, at: 3)
        var alerts: [AlertRecord] = []
        while try select.step() { alerts.append(alert(select, body: [])) }
        return alerts
    }

    /// When the oldest alert was bound that may become overdue for the fallback; nil: none may.
    static func oldestUncopied(except receiver: String, _ database: Database) throws -> Instant? {
        let select = try PreparedStatement(
            database,
            """
            SELECT min(CASE state WHEN 2 THEN 0 ELSE created END) FROM alert
            WHERE copied IS NULL AND severity >= 2 AND state IN (1, 2) AND receiver <> ? AND reason <> 'fallback'
            """)
        select.bind(receiver, at: 1)
        defer { select.reset() }
        return try select.step() ? select.instant(0) : nil
    }

    /// When the fallback last got a copy (D12).
    static func lastCopy(to receiver: String, _ database: Database) throws -> Instant? {
        let select = try PreparedStatement(
            database,
            """
            SELECT created FROM alert WHERE reason = 'fallback' AND receiver = ? ORDER BY created DESC LIMIT 1
            """)
        select.bind(receiver, at: 1)
        defer { select.reset() }
        return try select.step() ? select.instant(0) : nil
    }

    /// The fallback has a copy of these.
    static func setCopied(_ ids: [String], at instant: Instant, _ database: Database) throws {
        let update = try PreparedStatement(database, "UPDATE alert SET copied = ? WHERE id = ?")
        update.bind(instant, at: 1)
        for id in ids {
            update.bind(id, at: 2)
            try update.run()
        }
    }

    // MARK: Standing

    /// How many alerts of each receiver are pending or parked, and since when the oldest waits (C4).
    static func standing(_ database: Database) throws -> [ReceiverStanding] {
        let select = try PreparedStatement(
            database,
            """
            SELECT receiver, sum(state = 1), sum(state = 2), min(CASE state WHEN 1 THEN created END) FROM alert
            WHERE state IN (1, 2) GROUP BY receiver
            """)
        var standing: [ReceiverStanding] = []
        while try select.step() {
            standing.append(
                ReceiverStanding(
                    receiver: select.text(0), pending: select.int(1), parked: select.int(2),
                    oldest: select.instant(3)))
        }
        return standing
    }

    /// The receivers that pending alerts name.
    static func pendingReceivers(_ database: Database) throws -> Set<String> {
        let select = try PreparedStatement(database, "SELECT DISTINCT receiver FROM alert WHERE state = 1")
        var names: Set<String> = []
        while try select.step() { names.insert(select.text(0)) }
        return names
    }

    /// Spreads pending alerts that were due before `now`: each gets the time that `spread` gives (D7).
    static func spread(dueBefore now: Instant, _ spread: () -> Instant, _ database: Database) throws {
        let select = try PreparedStatement(
            database, "SELECT n FROM alert WHERE state = 1 AND next_at < ? ORDER BY n")
        select.bind(now, at: 1)
        var numbers: [Int64] = []
        while try select.step() { numbers.append(select.int64(0)) }
        let update = try PreparedStatement(database, "UPDATE alert SET next_at = ? WHERE n = ?")
        for number in numbers {
            update.bind(spread(), at: 1)
            update.bind(number, at: 2)
            try update.run()
        }
    }
}

/// When a receiver's alerts of one route are next to be tried.
public struct NextAttempt: Hashable, Sendable {
    /// The receiver's name.
    public var receiver: String
    /// The route's name or path.
    public var route: String
    /// Whether a rate cap counts them (R12).
    public var isCounted: Bool
    /// The earliest.
    public var at: Instant
}

/// When a message was bound, and when it was delivered: what rate caps count (R12).
public struct MessageTimes: Hashable, Sendable {
    /// The receiver's name.
    public var receiver: String
    /// The route's name or path.
    public var route: String
    /// When it was bound.
    public var bound: Instant
    /// When the receiver had it; nil: not yet.
    public var delivered: Instant?
}

/// What waits for a receiver (C4).
public struct ReceiverStanding: Hashable, Sendable {
    /// Its name.
    public var receiver: String
    /// Alerts that are tried.
    public var pending: Int
    /// Alerts that were given up for now.
    public var parked: Int
    /// When the oldest pending one was bound.
    public var oldest: Instant?
}
