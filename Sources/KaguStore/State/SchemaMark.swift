// SPDX-License-Identifier: Apache-2.0

import GRDB

/// The schema's version, kept twice: in the header as `user_version`, and as a row of `setting`. A header that differs
/// from the row is damaged; one that a newer kagu wrote agrees with it (O38, O41).
enum SchemaMark {
    /// What the two tell together.
    enum Finding: Hashable {
        /// A version that this build can open: its own, or an older one.
        case known(Int)
        /// Written by a newer kagu.
        case newer(Int)
        /// The two differ, or the header tells what no kagu writes.
        case damaged(String)
    }

    /// Looks at both. Databases of version 5 and older may have no row yet; those of a newer kagu always do. Where the row
    /// cannot be read, a higher version counts as a newer one: refusing harms nothing.
    static func find(_ database: Database) throws -> Finding {
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        if found < 0 { return .damaged("user_version is \(found)") }
        guard found > 0 else { return .known(0) }
        let row: Int?
        do {
            guard try database.tableExists("setting") else {
                return found > Schema.version ? .damaged("user_version is \(found), of no kagu") : .known(found)
            }
            row = try Int.fetchOne(database, sql: "SELECT value FROM setting WHERE name = 'schema'")
        } catch {
            if found > Schema.version { return .newer(found) }
            throw error
        }
        if let row, row != found { return .damaged("user_version is \(found), the schema's is \(row)") }
        guard found > Schema.version else { return .known(found) }
        return row == nil ? .damaged("user_version is \(found), which the schema does not know") : .newer(found)
    }

    /// Writes the row; within the transaction of an upgrade.
    static func write(_ version: Int, _ database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO setting (name, value) VALUES ('schema', ?)", arguments: [version])
    }

    /// Writes the row of a database that has none yet.
    static func complete(_ database: Database) throws {
        let row = try Int.fetchOne(database, sql: "SELECT value FROM setting WHERE name = 'schema'")
        if row == nil { try write(Schema.version, database) }
    }
}
