// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguModel

/// What operators do to alerts, and what their lists show (C1–C3).
enum DeskTable {
    /// No verb takes more alerts at a time.
    static let maximumAlerts = 100_000

    // MARK: Choosing

    /// The alerts of these ids, in the order given, without their bodies; ids that are not known are left out.
    static func alerts(_ ids: [String], _ database: Database) throws -> [AlertRecord] {
        let select = try PreparedStatement(database, "SELECT \(AlertTable.columns) FROM alert a WHERE a.id = ?")
        var alerts: [AlertRecord] = []
        for id in ids {
            select.bind(id, at: 1)
            if try select.step() { alerts.append(AlertTable.alert(select, body: [])) }
            select.reset()
        }
        return alerts
    }

    /// A receiver's alerts in these states, oldest first.
    static func alerts(
        receiver: String, states: [AlertState], since: Instant?, _ database: Database
    ) throws -> [AlertRecord] {
        let list = states.map { String($0.rawValue) }.joined(separator: ", ")
        let select = try PreparedStatement(
            database,
            """
            SELECT \(AlertTable.columns) FROM alert a
            WHERE a.receiver = ? AND a.created >= ? AND a.state IN (\(list)) ORDER BY a.n LIMIT ?
            """)
        select.bind(receiver, at: 1)
        select.bind(since?.milliseconds ?? .min, at: 2)
        select.bind(maximumAlerts, at: 3)
        var alerts: [AlertRecord] = []
        while try select.step() { alerts.append(AlertTable.alert(select, body: [])) }
        return alerts
    }

    /// Makes an alert due at `instant`, with its attempts counted from zero; their history stays.
    static func retry(_ id: String, at instant: Instant, _ database: Database) throws {
        let update = try PreparedStatement(
            database,
            """
            UPDATE alert SET state = 1, state_reason = NULL, next_at = ?, attempts = 0, ended = NULL
            WHERE id = ? AND state IN (1, 2)
            """)
        update.bind(instant, at: 1)
        update.bind(id, at: 2)
        try update.run()
        try note(DeliveryDecision(at: instant, text: "due again: an operator's word"), ofAlert: id, database)
        let deliveries = try PreparedStatement(
            database,
            """
            UPDATE delivery SET state = 1, reason = NULL WHERE alert = (SELECT n FROM alert WHERE id = ?) AND state = 2
            """)
        deliveries.bind(id, at: 1)
        try deliveries.run()
    }

    /// Writes a decision about all deliveries of an alert down (R13).
    static func note(_ decision: DeliveryDecision, ofAlert id: String, _ database: Database) throws {
        let select = try PreparedStatement(
            database, "SELECT n FROM delivery WHERE alert = (SELECT n FROM alert WHERE id = ?)")
        select.bind(id, at: 1)
        var numbers: [Int64] = []
        while try select.step() { numbers.append(select.int64(0)) }
        try OutboxTable.note(decision, of: numbers, database)
    }

    // MARK: Lists

    /// The newest alerts that are asked for, oldest first.
    static func rows(_ query: AlertQuery, _ database: Database) throws -> [AlertRow] {
        let alerts = try alertRows(query, database)
        let deliveries = try deliveryRows(query, database)
        let all = (alerts + deliveries).sorted { ($0.created, $0.id) < ($1.created, $1.id) }
        return Array(all.suffix(query.limit))
    }

    private static func alertRows(_ query: AlertQuery, _ database: Database) throws -> [AlertRow] {
        let states = query.states.compactMap { state in AlertState.allCases.first { $0.name == state.name } }
        guard query.states.isEmpty || !states.isEmpty else { return [] }
        var conditions = ["a.created >= ?1"]
        if !states.isEmpty {
            conditions.append("a.state IN (\(states.map { String($0.rawValue) }.joined(separator: ", ")))")
        }
        if query.receiver != nil { conditions.append("a.receiver = ?2") }
        if query.story != nil {
            conditions.append(
                """
                (a.story = ?3 OR EXISTS (
                    SELECT 1 FROM delivery d JOIN hit h ON h.n = d.hit WHERE d.alert = a.n AND \(isOfStory)))
                """)
        }
        let select = try PreparedStatement(
            database,
            """
            SELECT \(AlertTable.columns),
                (SELECT class FROM attempt WHERE alert = a.n ORDER BY n DESC LIMIT 1),
                (SELECT status FROM attempt WHERE alert = a.n ORDER BY n DESC LIMIT 1)
            FROM alert a WHERE \(conditions.joined(separator: " AND ")) ORDER BY a.n DESC LIMIT ?6
            """)
        bind(query, to: select)
        var rows: [AlertRow] = []
        while try select.step() {
            let alert = AlertTable.alert(select, body: [])
            rows.append(
                AlertRow(
                    alert, lastClass: select.optionalText(17), lastStatus: select.optionalInt64(18).map(Int.init)))
        }
        return rows
    }

    /// Deliveries that wait, or ended without an alert: each is a row.
    private static func deliveryRows(_ query: AlertQuery, _ database: Database) throws -> [AlertRow] {
        let states = (query.states.isEmpty ? DeliveryState.allCases : query.states)
            .filter { [.waiting, .suppressed, .dropped].contains($0) }
        guard !states.isEmpty else { return [] }
        var conditions = [
            "d.alert IS NULL", "d.created >= ?1",
            "d.state IN (\(states.map { String($0.rawValue) }.joined(separator: ", ")))",
        ]
        if query.receiver != nil { conditions.append("d.receiver = ?2") }
        if query.story != nil { conditions.append(isOfStory) }
        let select = try PreparedStatement(
            database,
            """
            SELECT h.id, d.receiver, d.route, d.state, d.reason, d.created, d.history, g.deadline, h.story, d.hit
            FROM delivery d JOIN hit h ON h.n = d.hit LEFT JOIN grouping g ON g.key = d.grouping AND d.state = 0
            WHERE \(conditions.joined(separator: " AND ")) ORDER BY d.n DESC LIMIT ?6
            """)
        bind(query, to: select)
        var rows: [AlertRow] = []
        while try select.step() {
            let id = CompactID.text(of: select.blob(0))
            let state = DeliveryState(rawValue: select.int(3)) ?? .waiting
            rows.append(
                AlertRow(
                    id: id, state: state, receiver: select.text(1), route: select.text(2),
                    reason: state == .waiting ? "" : select.text(4),
                    created: Instant(milliseconds: select.int64(5)), nextAttempt: select.instant(7),
                    lastResult: DeliveryDecision.all(in: select.text(6)).last?.text ?? "",
                    story: select.optionalText(8) ?? CompactID.story(of: id), hit: select.int64(9)))
        }
        return rows
    }

    /// A hit's story is in its row, unless it follows from its id (`HitTable`).
    private static let isOfStory = "(h.story = ?3 OR (h.story IS NULL AND h.id BETWEEN ?4 AND ?5))"

    private static func bind(_ query: AlertQuery, to select: PreparedStatement) {
        select.bind(query.since?.milliseconds ?? .min, at: 1)
        select.bind(query.receiver, at: 2)
        let story = query.story ?? ""
        select.bind(story, at: 3)
        let stem = "h_\(story.dropFirst(2))"
        select.bind(CompactID.bytes(of: stem + "000"), at: 4)
        select.bind(CompactID.bytes(of: stem + "zzz"), at: 5)
        select.bind(query.limit, at: 6)
    }

    // MARK: Hits

    /// What is owed, or was, for a hit, in the order in which it was decided.
    static func deliveries(ofHit id: String, _ database: Database) throws -> [Delivery] {
        let select = try PreparedStatement(
            database,
            """
            SELECT d.n, d.receiver, d.route, d.grouping, d.state, d.reason, d.created, a.id, d.update_only,
                d.history, h.severity
            FROM hit h JOIN delivery d ON d.hit = h.n LEFT JOIN alert a ON a.n = d.alert
            WHERE h.id = ? ORDER BY d.n
            """)
        select.bind(CompactID.bytes(of: id), at: 1)
        var deliveries: [Delivery] = []
        while try select.step() {
            deliveries.append(
                Delivery(
                    id: select.int64(0), hitID: id, receiver: select.text(1), route: select.text(2),
                    group: select.text(3), state: DeliveryState(rawValue: select.int(4)) ?? .waiting,
                    reason: select.text(5), created: Instant(milliseconds: select.int64(6)),
                    alertID: select.optionalText(7), severity: Severity(rank: select.int(10)),
                    isUpdateOnly: select.bool(8), decisions: DeliveryDecision.all(in: select.text(9))))
        }
        return deliveries
    }

    /// The ids of alerts that begin so, two at most.
    static func ids(beginning prefix: String, _ database: Database) throws -> [String] {
        let select = try PreparedStatement(
            database, "SELECT id FROM alert WHERE id >= ?1 AND id < ?1 || x'7F' ORDER BY id LIMIT 2")
        select.bind(prefix, at: 1)
        var ids: [String] = []
        while try select.step() { ids.append(select.text(0)) }
        return ids
    }
}
