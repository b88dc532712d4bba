// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguModel

/// The tables `alert` and `attempt` (D3, D4, D7, D9).
enum AlertTable {
    /// Adds an alert and binds waiting deliveries to it; those that no longer wait are left alone.
    static func bind(_ alert: AlertRecord, deliveries: [Int64], _ database: Database) throws {
        let insert = try PreparedStatement(
            database,
            """
            INSERT INTO alert
                (id, receiver, route, type, reason, created, state, next_at, severity, title, story, edits,
                state_reason)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        insert.bind(alert.id, at: 1)
        insert.bind(alert.receiver, at: 2)
        insert.bind(alert.route, at: 3)
        insert.bind(alert.type, at: 4)
        insert.bind(alert.reason, at: 5)
        insert.bind(alert.created, at: 6)
        insert.bind(alert.state.rawValue, at: 7)
        insert.bind(alert.nextAttempt, at: 8)
        insert.bind(alert.severity.rank, at: 9)
        insert.bind(alert.title, at: 10, nullIfEmpty: true)
        insert.bind(alert.story, at: 11)
        insert.bind(alert.edits, at: 12)
        insert.bind(alert.stateReason, at: 13, nullIfEmpty: true)
        try insert.run()
        let number = database.lastInsertedRowID
        let body = try PreparedStatement(database, "INSERT INTO alert_body (alert, body) VALUES (?, ?)")
        body.bind(number, at: 1)
        body.bind(alert.body, at: 2)
        try body.run()
        let update = try PreparedStatement(
            database, "UPDATE delivery SET state = ?, alert = ? WHERE n = ? AND state = 0")
        update.bind(alert.state.rawValue, at: 1)
        update.bind(number, at: 2)
        for delivery in deliveries {
            update.bind(delivery, at: 3)
            try update.run()
        }
    }

    static let columns = """
        a.id, a.receiver, a.route, a.type, a.reason, a.created, a.state, a.state_reason, a.next_at, a.attempts, \
        a.remote_id, (SELECT count(*) FROM delivery WHERE alert = a.n), a.severity, a.title, a.story, a.edits, \
        a.copied
        """
    private static let body = "(SELECT body FROM alert_body WHERE alert = a.n)"

    /// Pending alerts due up to `limit`, oldest first, at most `perReceiver` of each receiver (D6).
    static func pending(dueBefore limit: Instant, perReceiver: Int, _ database: Database) throws -> [AlertRecord] {
        let names = try PreparedStatement(
            database, "SELECT DISTINCT receiver FROM alert WHERE state = 1 AND next_at <= ? ORDER BY receiver")
        names.bind(limit, at: 1)
        var receivers: [String] = []
        while try names.step() { receivers.append(names.text(0)) }
        let select = try PreparedStatement(
            database,
            """
            SELECT \(columns), \(body) FROM alert a
            WHERE a.state = 1 AND a.receiver = ? AND a.next_at <= ? ORDER BY a.n LIMIT ?
            """)
        var alerts: [AlertRecord] = []
        for receiver in receivers {
            select.bind(receiver, at: 1)
            select.bind(limit, at: 2)
            select.bind(perReceiver, at: 3)
            while try select.step() { alerts.append(alert(select, body: select.blob(17))) }
        }
        return alerts
    }

    /// One alert with its body.
    static func alert(_ id: String, _ database: Database) throws -> AlertRecord? {
        let select = try PreparedStatement(database, "SELECT \(columns), \(body) FROM alert a WHERE a.id = ?")
        select.bind(id, at: 1)
        defer { select.reset() }
        return try select.step() ? alert(select, body: select.blob(17)) : nil
    }

    /// The newest alerts, of one state where one is given, without their bodies.
    static func list(state: AlertState?, limit: Int, _ database: Database) throws -> [AlertRecord] {
        let condition = state == nil ? "" : "WHERE a.state = ?2"
        let select = try PreparedStatement(
            database, "SELECT \(columns) FROM alert a \(condition) ORDER BY a.n DESC LIMIT ?1")
        select.bind(limit, at: 1)
        if let state { select.bind(state.rawValue, at: 2) }
        var alerts: [AlertRecord] = []
        while try select.step() { alerts.append(alert(select, body: [])) }
        return alerts
    }

    static func alert(_ row: PreparedStatement, body: [UInt8]) -> AlertRecord {
        var alert = AlertRecord(
            id: row.text(0), receiver: row.text(1), route: row.text(2), type: row.text(3), reason: row.text(4),
            body: body, created: Instant(milliseconds: row.int64(5)))
        alert.state = AlertState(rawValue: row.int(6)) ?? .parked
        alert.stateReason = row.text(7)
        alert.nextAttempt = row.instant(8)
        alert.attempts = row.int(9)
        alert.remoteID = row.optionalText(10)
        alert.deliveries = row.int(11)
        alert.severity = Severity(rank: row.int(12))
        alert.title = row.text(13)
        alert.story = row.optionalText(14)
        alert.edits = row.optionalText(15)
        alert.copied = row.instant(16)
        return alert
    }

    /// How many alerts stand in each state.
    static func counts(_ database: Database) throws -> [AlertState: Int] {
        let select = try PreparedStatement(database, "SELECT state, count(*) FROM alert GROUP BY state")
        var counts: [AlertState: Int] = [:]
        while try select.step() {
            if let state = AlertState(rawValue: select.int(0)) { counts[state] = select.int(1) }
        }
        return counts
    }

    /// Adds a try to an alert's history and counts it.
    static func add(_ attempt: AttemptRecord, _ database: Database) throws {
        let insert = try PreparedStatement(
            database,
            """
            INSERT INTO attempt (alert, at, duration, status, class, excerpt)
            SELECT n, ?, ?, ?, ?, ? FROM alert WHERE id = ?
            """)
        insert.bind(attempt.at, at: 1)
        insert.bind(attempt.duration.milliseconds, at: 2)
        insert.bind(attempt.status.map(Int64.init), at: 3)
        insert.bind(attempt.classification, at: 4)
        insert.bind(excerpt(attempt.excerpt), at: 5, nullIfEmpty: true)
        insert.bind(attempt.alertID, at: 6)
        try insert.run()
        let update = try PreparedStatement(database, "UPDATE alert SET attempts = attempts + 1 WHERE id = ?")
        update.bind(attempt.alertID, at: 1)
        try update.run()
    }

    /// The tries of an alert, oldest first.
    static func attempts(of id: String, _ database: Database) throws -> [AttemptRecord] {
        let select = try PreparedStatement(
            database,
            """
            SELECT t.at, t.duration, t.status, t.class, t.excerpt FROM attempt t JOIN alert a ON a.n = t.alert
            WHERE a.id = ? ORDER BY t.n
            """)
        select.bind(id, at: 1)
        var attempts: [AttemptRecord] = []
        while try select.step() {
            attempts.append(
                AttemptRecord(
                    alertID: id, at: Instant(milliseconds: select.int64(0)),
                    duration: .milliseconds(select.int64(1)), status: select.optionalInt64(2).map(Int.init),
                    classification: select.text(3), excerpt: select.text(4)))
        }
        return attempts
    }

    /// Applies a verdict to an alert and, where they end or park with it, to its deliveries (D9). What an operator has
    /// dropped while an attempt was under way stays dropped, unless the receiver took it (C3).
    static func apply(_ verdict: AlertVerdict, to id: String, at: Instant, _ database: Database) throws {
        let update = try PreparedStatement(
            database,
            """
            UPDATE alert SET state = ?, state_reason = ?, next_at = ?, remote_id = ifnull(?, remote_id), ended = ?
            WHERE id = ? AND (state <> 5 OR ?1 = 3)
            """)
        let state: AlertState
        var reason = ""
        var endsNow = true
        switch verdict {
        case .delivered(let remoteID):
            state = .delivered
            update.bind(remoteID, at: 4)
        case .retry(let next):
            state = .pending
            endsNow = false
            update.bind(next, at: 3)
        case .parked(let why): (state, reason, endsNow) = (.parked, why, false)
        case .dropped(let why): (state, reason) = (.dropped, why)
        }
        update.bind(state.rawValue, at: 1)
        update.bind(reason, at: 2, nullIfEmpty: true)
        update.bind(endsNow ? at : nil, at: 5)
        update.bind(id, at: 6)
        try update.run()
        let deliveries = try PreparedStatement(
            database,
            """
            UPDATE delivery SET state = ?1, reason = ifnull(?2, reason)
            WHERE alert = (SELECT n FROM alert WHERE id = ?3) AND state <> ?1 AND (state <> 5 OR ?1 = 3)
            """)
        deliveries.bind(state.rawValue, at: 1)
        deliveries.bind(reason, at: 2, nullIfEmpty: true)
        deliveries.bind(id, at: 3)
        try deliveries.run()
    }

    /// At most 1,024 bytes, cut between characters.
    private static func excerpt(_ text: String) -> String {
        guard text.utf8.count > 1024 else { return text }
        var cut = text.utf8.index(text.startIndex, offsetBy: 1024)
        while cut > text.startIndex,
            text.unicodeScalars.index(cut, offsetBy: 0) != cut.samePosition(in: text.unicodeScalars)
        {
            cut = text.utf8.index(before: cut)
        }
        return String(text[..<cut])
    }
}
