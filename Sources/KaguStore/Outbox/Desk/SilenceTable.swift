// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GRDB
import KaguModel

/// The table `silence` (R11).
enum SilenceTable {
    private static let columns = "id, matchers, starts, ends, author, comment, created"

    /// Adds a silence; the id must be new.
    static func add(_ silence: Silence, _ database: Database) throws {
        let insert = try PreparedStatement(
            database, "INSERT INTO silence (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?)")
        insert.bind(silence.id, at: 1)
        insert.bind(String(decoding: try JSONEncoder().encode(silence.matchers), as: UTF8.self), at: 2)
        insert.bind(silence.starts, at: 3)
        insert.bind(silence.ends, at: 4)
        insert.bind(silence.author, at: 5)
        insert.bind(silence.comment, at: 6)
        insert.bind(silence.created, at: 7)
        try insert.run()
    }

    /// Those in force at `instant`, in the order in which they were made.
    static func active(at instant: Instant, _ database: Database) throws -> [Silence] {
        let select = try PreparedStatement(
            database, "SELECT \(columns) FROM silence WHERE ends > ?1 AND starts <= ?1 ORDER BY n")
        select.bind(instant, at: 1)
        return try silences(select)
    }

    /// Those that end after `instant`, in the order in which they were made.
    static func ending(after instant: Instant, _ database: Database) throws -> [Silence] {
        let select = try PreparedStatement(database, "SELECT \(columns) FROM silence WHERE ends > ? ORDER BY n")
        select.bind(instant, at: 1)
        return try silences(select)
    }

    /// One silence.
    static func silence(_ id: String, _ database: Database) throws -> Silence? {
        let select = try PreparedStatement(database, "SELECT \(columns) FROM silence WHERE id = ?")
        select.bind(id, at: 1)
        return try silences(select).first
    }

    /// How many end after `instant`.
    static func count(endingAfter instant: Instant, _ database: Database) throws -> Int {
        let select = try PreparedStatement(database, "SELECT count(*) FROM silence WHERE ends > ?")
        select.bind(instant, at: 1)
        defer { select.reset() }
        return try select.step() ? select.int(0) : 0
    }

    /// Ends a silence at `instant`; one that has not begun never will.
    static func expire(_ id: String, at instant: Instant, _ database: Database) throws {
        let update = try PreparedStatement(
            database, "UPDATE silence SET ends = ?1, starts = min(starts, ?1) WHERE id = ?2 AND ends > ?1")
        update.bind(instant, at: 1)
        update.bind(id, at: 2)
        try update.run()
    }

    /// Forgets those that ended before `instant`.
    static func delete(endedBefore instant: Instant, _ database: Database) throws {
        let delete = try PreparedStatement(database, "DELETE FROM silence WHERE ends < ?")
        delete.bind(instant, at: 1)
        try delete.run()
    }

    /// A row whose matchers this build cannot read (a newer kagu wrote them) is left out: it silences nothing.
    private static func silences(_ select: PreparedStatement) throws -> [Silence] {
        let decoder = JSONDecoder()
        var silences: [Silence] = []
        while try select.step() {
            let text = select.text(1)
            guard let matchers = try? decoder.decode([LabelMatcher].self, from: Data(text.utf8)) else { continue }
            silences.append(
                Silence(
                    id: select.text(0), matchers: matchers, starts: Instant(milliseconds: select.int64(2)),
                    ends: Instant(milliseconds: select.int64(3)), author: select.text(4), comment: select.text(5),
                    created: Instant(milliseconds: select.int64(6))))
        }
        return silences
    }
}
