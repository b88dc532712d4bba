// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguModel

/// The tables `hit` and `hit_file`: the index over the hit files, which can be rebuilt from them. Hits of the past may be
/// in `known_hit` instead (`KnownHitTable`).
enum HitTable {
    /// The number of a hit that the index knows.
    static func number(of id: String, _ database: Database) throws -> Int64? {
        let select = try PreparedStatement(database, "SELECT n FROM hit WHERE id = ?")
        select.bind(CompactID.bytes(of: id), at: 1)
        guard try select.step() else { return nil }
        defer { select.reset() }
        return select.int64(0)
    }

    /// Whether the index knows a hit, with a row of its own or without.
    static func isKnown(_ id: String, _ database: Database) throws -> Bool {
        try number(of: id, database) != nil || KnownHitTable.day(of: id, database) != nil
    }

    /// What stands in index files for the ids of rows, those in the form of `HitIdentity`, in order. `first` is the
    /// first byte of the ids that are asked for; nil: of all.
    static func keys(first: UInt8? = nil, _ database: Database) throws -> [UInt64] {
        let select = try PreparedStatement(database, "SELECT id FROM hit WHERE id >= ? AND id < ? ORDER BY id")
        select.bind([first ?? 0], at: 1)
        // Behind all ids of ten bytes.
        select.bind(first.flatMap { $0 < .max ? [$0 + 1] : nil } ?? [UInt8](repeating: .max, count: 11), at: 2)
        var keys: [UInt64] = []
        while try select.step() {
            if let key = select.leadingBits(ofBlob: 0, count: 10) { keys.append(key) }
        }
        return keys
    }

    /// Adds a hit, and gives its number; nil where the index has it.
    static func insert(
        _ hit: Hit, at location: HitLocation, feed: Int64, earlier: Set<String>, _ database: Database
    ) throws -> Int64? {
        let insert = try PreparedStatement(
            database,
            """
            INSERT INTO hit (id, seen, part, offset, length, crc, feed, severity, baseline, story, watches, earlier)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """)
        insert.bind(CompactID.bytes(of: hit.id), at: 1)
        bind(hit, location, feed, to: insert, from: 2)
        let others = earlier.subtracting(hit.watches).sorted()
        insert.bind(others.isEmpty ? nil : others.joined(separator: " "), at: 12)
        guard try insert.run() > 0 else { return nil }
        return database.lastInsertedRowID
    }

    /// Whether the row of a hit says just what its line says, so that it need not be written anew.
    static func holds(
        _ hit: Hit, at location: HitLocation, feed: Int64, number: Int64, _ database: Database
    ) throws -> Bool {
        let select = try PreparedStatement(
            database,
            """
            SELECT 1 FROM hit WHERE n = ? AND seen = ? AND part = ? AND offset = ? AND length = ? AND crc = ? AND feed = ?
            AND severity = ? AND baseline = ? AND story IS ? AND watches = ?
            """)
        select.bind(number, at: 1)
        bind(hit, location, feed, to: select, from: 2)
        defer { select.reset() }
        return try select.step()
    }

    /// Binds what the line of a hit says, in the order of the table's columns.
    private static func bind(
        _ hit: Hit, _ location: HitLocation, _ feed: Int64, to statement: PreparedStatement,
        from first: Int32
    ) {
        statement.bind(hit.seen, at: first)
        statement.bind(location.file.part, at: first + 1)
        statement.bind(location.offset, at: first + 2)
        statement.bind(location.length, at: first + 3)
        // Signed, so that half of all sums do not take a byte more.
        statement.bind(Int64(Int32(bitPattern: location.crc)), at: first + 4)
        statement.bind(feed, at: first + 5)
        statement.bind(Severity.allCases.firstIndex(of: hit.severity) ?? 0, at: first + 6)
        statement.bind(hit.baseline, at: first + 7)
        statement.bind(hit.story == CompactID.story(of: hit.id) ? nil : hit.story, at: first + 8)
        statement.bind(hit.watches.joined(separator: " "), at: first + 9)
    }

    /// The watches of a hit and of its item's earlier hits, and its story.
    static func history(of number: Int64, _ database: Database) throws -> (watches: Set<String>, story: String)? {
        let select = try PreparedStatement(database, "SELECT watches, earlier, story, id FROM hit WHERE n = ?")
        select.bind(number, at: 1)
        guard try select.step() else { return nil }
        defer { select.reset() }
        let words = "\(select.text(0)) \(select.text(1))".split(separator: " ").map(String.init)
        return (Set(words), select.optionalText(2) ?? CompactID.story(of: CompactID.text(of: select.blob(3))))
    }

    /// Where the lines of hits lie, by number.
    static func locations(of numbers: [Int64], _ database: Database) throws -> [Int64: HitLocation] {
        let select = try PreparedStatement(
            database, "SELECT seen, part, offset, length, crc FROM hit WHERE n = ?")
        var locations: [Int64: HitLocation] = [:]
        for number in numbers {
            select.bind(number, at: 1)
            guard try select.step() else { continue }
            locations[number] = HitLocation(
                file: HitFileName(day: Instant(milliseconds: select.int64(0)).day, part: select.int(1)),
                offset: select.int(2), length: select.int(3),
                crc: UInt32(bitPattern: Int32(truncatingIfNeeded: select.int64(4))))
            select.reset()
        }
        return locations
    }

    /// How many hits the index knows, with a row of their own or without.
    static func count(_ database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT (SELECT count(*) FROM hit) + (SELECT count(*) FROM known_hit)") ?? 0
    }

    /// How far each file is indexed.
    static func watermarks(_ database: Database) throws -> [HitFileName: Int] {
        let select = try PreparedStatement(database, "SELECT day, part, indexed FROM hit_file")
        var marks: [HitFileName: Int] = [:]
        while try select.step() {
            let name = HitFileName(day: CivilDate(daysSinceEpoch: select.int(0)), part: select.int(1))
            marks[name] = select.int(2)
        }
        return marks
    }

    /// Notes that a file is of our own writing, though nothing of it is indexed yet: its lines are to be told (D1).
    static func claim(_ name: HitFileName, _ database: Database) throws {
        let insert = try PreparedStatement(
            database, "INSERT OR IGNORE INTO hit_file (day, part, indexed) VALUES (?, ?, 0)")
        insert.bind(name.day.daysSinceEpoch, at: 1)
        insert.bind(name.part, at: 2)
        try insert.run()
    }

    /// Forgets how far a file is indexed.
    static func forget(_ name: HitFileName, _ database: Database) throws {
        let delete = try PreparedStatement(database, "DELETE FROM hit_file WHERE day = ? AND part = ?")
        delete.bind(name.day.daysSinceEpoch, at: 1)
        delete.bind(name.part, at: 2)
        try delete.run()
    }

    /// Notes how far a file is indexed.
    static func setWatermark(_ end: Int, of name: HitFileName, _ database: Database) throws {
        let upsert = try PreparedStatement(
            database,
            """
            INSERT INTO hit_file (day, part, indexed) VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET indexed = max(indexed, excluded.indexed)
            """)
        upsert.bind(name.day.daysSinceEpoch, at: 1)
        upsert.bind(name.part, at: 2)
        upsert.bind(end, at: 3)
        try upsert.run()
    }
}
