// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguModel

/// The table `known_hit`: hits of the past that have a line, and no row of their own.
enum KnownHitTable {
    /// A row.
    struct Row: Hashable {
        var id: Int64
        var day: Int
    }

    /// What stands for a hit's id; nil where that is not in the form of `HitIdentity`.
    static func key(of id: String) -> Int64? {
        let (key, isPlain) = Array(id.utf8).withUnsafeBytes { IdentityKey.of($0, length: 18) }
        return isPlain ? Int64(bitPattern: key) : nil
    }

    /// The day in whose file a hit's line is; nil for a hit that is not here.
    static func day(of id: String, _ database: Database) throws -> CivilDate? {
        try key(of: id).flatMap { try day(of: $0, database) }
    }

    /// The same for what stands for an id.
    static func day(of key: Int64, _ database: Database) throws -> CivilDate? {
        let select = try PreparedStatement(database, "SELECT day FROM known_hit WHERE id = ?")
        select.bind(key, at: 1)
        guard try select.step() else { return nil }
        defer { select.reset() }
        return CivilDate(daysSinceEpoch: select.int(0))
    }

    /// Forgets a hit, which has got a row of its own or has gone.
    static func delete(_ key: Int64, _ database: Database) throws {
        let delete = try PreparedStatement(database, "DELETE FROM known_hit WHERE id = ?")
        delete.bind(key, at: 1)
        try delete.run()
    }

    /// The rows of a range of ids, in order.
    static func rows(_ range: ClosedRange<Int64>, _ database: Database) throws -> [Row] {
        let select = try PreparedStatement(
            database, "SELECT id, day FROM known_hit WHERE id BETWEEN ? AND ? ORDER BY id")
        select.bind(range.lowerBound, at: 1)
        select.bind(range.upperBound, at: 2)
        var rows: [Row] = []
        while try select.step() { rows.append(Row(id: select.int64(0), day: select.int(1))) }
        return rows
    }

    /// How many there are of each day.
    static func counts(_ database: Database) throws -> [CivilDate: Int] {
        let select = try PreparedStatement(database, "SELECT day, count(*) FROM known_hit GROUP BY day")
        var counts: [CivilDate: Int] = [:]
        while try select.step() { counts[CivilDate(daysSinceEpoch: select.int(0))] = select.int(1) }
        return counts
    }

    /// Adds many rows, some with each statement: of one alone most is spent on the statement.
    struct Inserter {
        private static let rowsAtOnce = 32
        private let one: PreparedStatement
        private let many: PreparedStatement

        init(_ database: Database) throws {
            let insert = "INSERT INTO known_hit (id, day) VALUES (?, ?)"
            one = try PreparedStatement(database, insert)
            many = try PreparedStatement(
                database, insert + String(repeating: ", (?, ?)", count: Self.rowsAtOnce - 1))
        }

        /// Adds rows that are not there, in order.
        func add(_ rows: [Row]) throws {
            var next = 0
            while next < rows.count {
                let count = rows.count - next < Self.rowsAtOnce ? 1 : Self.rowsAtOnce
                let statement = count == 1 ? one : many
                var place: Int32 = 1
                for row in rows[next..<(next + count)] {
                    statement.bind(row.id, at: place)
                    statement.bind(row.day, at: place + 1)
                    place += 2
                }
                try statement.run()
                next += count
            }
        }
    }
}
