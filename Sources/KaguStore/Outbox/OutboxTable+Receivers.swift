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
            receivers.append(
                ReceiverRecord(
                    name: select.text(0), state: select.text(1), since: select.instant(2),
                    firstFailure: select.instant(3), transientFailures: select.int(4),
                    suspectFailures: select.int(5), heldUntil: select.instant(6), error: select.text(7),
                    detail: select.text(8), lastSuccess: select.instant(9),
                    told: select.optionalText(10) ?? "ok"))
        }
        return receivers
    }

    /// Adds or replaces a receiver's row.
    static func set(_ receiver: ReceiverRecord, _ database: Database) throws {
        let upsert = try PreparedStatement(
            database,
            "INSERT OR REPLACE INTO receiver (\(receiverColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        upsert.bind(receiver.name, at: 1)
        upsert.bind(receiver.state, at: 2)
        upsert.bind(receiver.since, at: 3)
        upsert.bind(receiver.firstFailure, at: 4)
        upsert.bind(receiver.transientFailures, at: 5)
        upsert.bind(receiver.suspectFailures, at: 6)
        upsert.bind(receiver.heldUntil, at: 7)
        upsert.bind(receiver.error, at: 8, nullIfEmpty: true)
        upsert.bind(receiver.detail, at: 9, nullIfEmpty: true)
        upsert.bind(receiver.lastSuccess, at: 10)
        upsert.bind(receiver.told, at: 11)
        try upsert.run()
    }
}
