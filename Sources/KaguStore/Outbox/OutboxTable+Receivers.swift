// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguModel

/// The table `receiver` (D8–D10).
extension OutboxTable {
    private static let receiverColumns = """
        name, state, since, first_failure, transient_failures, suspect_failures, held_until, error, detail, \
        last_success, told
        """

    /// All receivers that have a row.
    static func receivers(_ database: Database) throws -> [ReceiverRecord] {
        let select = try PreparedStatement(database, "SELECT \(receiverColumns) FROM receiver ORDER BY name")
        var receivers: [ReceiverRecord] = []
        while try select.step() {
            var health = ReceiverHealth()
            health.state = state(select.text(1))
            health.since = select.instant(2)
            health.firstFailure = select.instant(3)
            health.transientFailures = select.int(4)
            health.suspectFailures = select.int(5)
            health.heldUntil = select.instant(6)
            health.error = select.text(7)
            health.cause = select.text(8)
            health.lastSuccess = select.instant(9)
            health.told = state(select.text(10))
            receivers.append(ReceiverRecord(select.text(0), health))
        }
        return receivers
    }

    /// Adds or replaces a receiver's row.
    static func set(_ receiver: ReceiverRecord, _ database: Database) throws {
        let upsert = try PreparedStatement(
            database,
            "INSERT OR REPLACE INTO receiver (\(receiverColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        let health = receiver.health
        upsert.bind(receiver.name, at: 1)
        upsert.bind(health.state.rawValue, at: 2)
        upsert.bind(health.since, at: 3)
        upsert.bind(health.firstFailure, at: 4)
        upsert.bind(health.transientFailures, at: 5)
        upsert.bind(health.suspectFailures, at: 6)
        upsert.bind(health.heldUntil, at: 7)
        upsert.bind(health.error, at: 8, nullIfEmpty: true)
        upsert.bind(health.cause, at: 9, nullIfEmpty: true)
        upsert.bind(health.lastSuccess, at: 10)
        upsert.bind(health.told.rawValue, at: 11)
        try upsert.run()
    }

    /// Words that this build does not know count as `ok`.
    private static func state(_ word: String) -> ReceiverHealth.State {
        ReceiverHealth.State(rawValue: word) ?? .ok
    }
}
