// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguModel

/// What the outbox forgets, and what it gives up (O42, D2): settled alerts after 90 days, tries after 30, and alerts
/// that were parked for 90 days end as `dropped(expired)`. What waits or is pending stays, however old.
struct OutboxExpiry {
    private static let rowsPerStep = 500
    private static let day: Duration = .seconds(86_400)

    /// The time of the pass.
    let now: Instant

    /// Takes the next rows; false when none is left. Within a transaction.
    func step(_ summary: inout UpkeepSummary, _ database: Database) throws -> Bool {
        let parked = try dropParked(database)
        summary.expiredAlerts += parked
        let attempts = try run(Self.attempts, before: now - Self.day * 30, database)
        summary.attempts += attempts
        let settled = try forgetSettled(database)
        summary.alerts += settled
        let deliveries = try run(Self.suppressed, before: now - Self.day * 90, database)
        return [parked, attempts, settled, deliveries].contains { $0 >= Self.rowsPerStep }
    }

    // The last try of what is still owed tells since when it is parked.
    private static let attempts = """
        DELETE FROM attempt WHERE n IN (
            SELECT t.n FROM attempt t JOIN alert a ON a.n = t.alert
            WHERE t.at < ?1 AND (a.state NOT IN (1, 2)
                OR EXISTS (SELECT 1 FROM attempt u WHERE u.alert = t.alert AND u.n > t.n))
            LIMIT ?2)
        """
    private static let suppressed = """
        DELETE FROM delivery WHERE n IN (
            SELECT n FROM delivery WHERE state IN (4, 5) AND alert IS NULL AND created < ?1 LIMIT ?2)
        """

    private func dropParked(_ database: Database) throws -> Int {
        let select = try PreparedStatement(
            database,
            """
            SELECT a.id FROM alert a WHERE a.state = 2
            AND ifnull((SELECT max(at) FROM attempt WHERE alert = a.n), a.created) < ?1 LIMIT ?2
            """)
        select.bind(now - Self.day * 90, at: 1)
        select.bind(Self.rowsPerStep, at: 2)
        var ids: [String] = []
        while try select.step() { ids.append(select.text(0)) }
        for id in ids { try AlertTable.apply(.dropped(reason: "expired"), to: id, at: now, database) }
        return ids.count
    }

    private func forgetSettled(_ database: Database) throws -> Int {
        let select = try PreparedStatement(
            database, "SELECT n FROM alert WHERE state IN (3, 5) AND ended < ?1 LIMIT ?2")
        select.bind(now - Self.day * 90, at: 1)
        select.bind(Self.rowsPerStep, at: 2)
        var numbers: [Int64] = []
        while try select.step() { numbers.append(select.int64(0)) }
        for sql in [
            "DELETE FROM delivery WHERE alert = ?", "DELETE FROM attempt WHERE alert = ?",
            "DELETE FROM alert WHERE n = ?",
        ] {
            let delete = try PreparedStatement(database, sql)
            for number in numbers {
                delete.bind(number, at: 1)
                try delete.run()
            }
        }
        return numbers.count
    }

    private func run(_ sql: String, before limit: Instant, _ database: Database) throws -> Int {
        let statement = try PreparedStatement(database, sql)
        statement.bind(limit, at: 1)
        statement.bind(Self.rowsPerStep, at: 2)
        return try statement.run()
    }
}
