// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguModel

/// The table `hold`: authorities that asked not to be polled (P21).
enum HoldTable {
    /// Holds an authority; of two holds the later end stays.
    static func add(_ hold: AuthorityHold, _ database: Database) throws {
        let upsert = try PreparedStatement(
            database,
            """
            INSERT INTO hold (authority, until, reason) VALUES (?, ?, ?) ON CONFLICT DO UPDATE
            SET until = excluded.until, reason = excluded.reason WHERE excluded.until >= until
            """)
        upsert.bind(hold.authority, at: 1)
        upsert.bind(hold.until, at: 2)
        upsert.bind(hold.reason, at: 3)
        try upsert.run()
    }

    /// All holds, in order of their authorities.
    static func all(_ database: Database) throws -> [AuthorityHold] {
        let select = try PreparedStatement(database, "SELECT authority, until, reason FROM hold ORDER BY authority")
        var holds: [AuthorityHold] = []
        while try select.step() {
            holds.append(
                AuthorityHold(
                    authority: select.text(0), until: Instant(milliseconds: select.int64(1)), reason: select.text(2)
                ))
        }
        return holds
    }

    /// Deletes the holds that end at `instant` or before.
    static func deleteExpired(at instant: Instant, _ database: Database) throws {
        let delete = try PreparedStatement(database, "DELETE FROM hold WHERE until <= ?")
        delete.bind(instant, at: 1)
        try delete.run()
    }
}
