// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GRDB
import KaguModel

/// Makes the index over the hits anew from the day files (O27, O38). A hit that the index knew keeps its number, on
/// which deliveries and items rest; nothing else of the database is touched. Lines behind a file's watermark that the
/// index does not know are left alone: they are to be routed by the next start (D1).
///
/// Needs the lock and one transaction, in which `run` works.
struct IndexRebuild {
    /// What the files hold.
    struct Summary: Hashable, Sendable {
        /// Hits indexed, each once.
        var hits = 0
        /// Lines whose id stands in another line (O37).
        var repeatedLines = 0
        /// Lines that are no hits; copied to `quarantine/`.
        var badLines = 0
        /// Lines of a later version, left alone.
        var newerLines = 0
        /// Rows whose line is in no file any more.
        var removedRows = 0
        /// Files that could not be read, or not to their end; the rows of their days stay.
        var unreadable: [UnreadableHitFile] = []
    }

    /// SQLite's cache meanwhile: the ids of two million hits.
    private static let cacheKibibytes = 64 << 10

    /// At most so many bytes of bad lines are copied of one file.
    private static let maximumBadBytes = 16 << 20

    /// The state directory.
    let directory: StateDirectory
    private var summary = Summary()
    /// How far each file was indexed; of a new database nothing is known, and all lines are taken.
    private var marks: [HitFileName: Int] = [:]
    /// Whether there was no row: all that is there is new, and none can be gone.
    private var isFresh = false

    /// A rebuild that has not begun.
    init(_ directory: StateDirectory) { self.directory = directory }

    /// Reads all files and replaces the index; within a transaction.
    mutating func run(_ database: Database) throws -> Summary {
        // Ids come in no order: with the usual 8 MB almost every row of a large index costs a read and a write.
        try database.execute(sql: "PRAGMA cache_size = -\(Self.cacheKibibytes)")
        defer { try? database.execute(sql: "PRAGMA cache_size = -\(StateDatabase.cacheKibibytes)") }
        try database.execute(
            sql: """
                PRAGMA defer_foreign_keys = ON;
                CREATE TEMP TABLE IF NOT EXISTS rebuilt (n INTEGER PRIMARY KEY);
                DELETE FROM rebuilt;
                """)
        // Before new rows take the numbers of those that were lost.
        try Self.detachItems(database)
        marks = try HitTable.watermarks(database)
        isFresh = try Int.fetchOne(database, sql: "SELECT 1 FROM hit LIMIT 1") == nil
        var feeds = try FeedTable.numbers(database)
        for name in HitFileName.list(in: directory.hits) { try index(name, &feeds, database) }
        guard !isFresh else {
            try database.execute(sql: "DROP TABLE rebuilt")
            return summary
        }
        // What is still owed keeps its row, though its line cannot be read: nothing pending is removed (D2). And of a day
        // that could not be read nobody knows which lines have gone.
        var gone =
            "n NOT IN (SELECT n FROM rebuilt) AND n NOT IN (SELECT hit FROM delivery WHERE state IN (0, 1, 2))"
        for day in Set(summary.unreadable.map(\.file.day)) {
            gone += " AND NOT (seen >= \(day.start.milliseconds) AND seen < \(day.end.milliseconds))"
        }
        try database.execute(sql: "DELETE FROM delivery WHERE hit IN (SELECT n FROM hit WHERE \(gone))")
        try database.execute(sql: "DELETE FROM hit WHERE \(gone)")
        summary.removedRows = database.changesCount
        try Self.detachItems(database)
        try database.execute(sql: "DROP TABLE rebuilt")
        return summary
    }

    /// An item whose hit has no row is no hit's any more.
    private static func detachItems(_ database: Database) throws {
        try database.execute(sql: "UPDATE item SET hit = NULL WHERE hit NOT IN (SELECT n FROM hit)")
    }

    private mutating func index(
        _ name: HitFileName, _ feeds: inout [String: Int64], _ database: Database
    ) throws {
        let reader: LineReader
        do {
            guard let opened = try LineReader.open("\(directory.hits)/\(name)") else { return }
            reader = opened
        } catch {
            summary.unreadable.append(UnreadableHitFile(name, error))
            return
        }
        let decoder = JSONDecoder()
        let mark = marks.isEmpty ? Int.max : marks[name] ?? 0
        var bad: [UInt8] = []
        let end = try reader.forward(0..<reader.size) { line in
            switch HitLine(line.bytes, decoder: decoder) {
            case .hit(let hit):
                if line.offset >= mark, try HitTable.number(of: hit.id, database) == nil { return true }
                let feed = try feeds[hit.feed.id] ?? FeedTable.insert(hit.feed.id, database)
                feeds[hit.feed.id] = feed
                if try add(hit, HitLocation(line, in: name), feed: feed, database) {
                    summary.hits += 1
                } else {
                    summary.repeatedLines += 1
                }
            case .newer: summary.newerLines += 1
            case .bad:
                summary.badLines += 1
                if bad.count + line.bytes.count < Self.maximumBadBytes { bad += line.bytes + [UInt8(ascii: "\n")] }
            }
            return true
        }
        if let problem = reader.problem { summary.unreadable.append(UnreadableHitFile(name, problem)) }
        if !bad.isEmpty { try Quarantine(directory).keep(bad, as: "\(name).bad") }
        if marks.isEmpty { try HitTable.setWatermark(end, of: name, database) }
    }

    /// Indexes a hit under the number that it had; false where another line has it already.
    private func add(_ hit: Hit, _ location: HitLocation, feed: Int64, _ database: Database) throws -> Bool {
        guard let old = isFresh ? nil : try HitTable.number(of: hit.id, database) else {
            guard let number = try HitTable.insert(hit, at: location, feed: feed, earlier: [], database) else {
                return false
            }
            return try isFresh || mark(number, database)
        }
        guard try mark(old, database) else { return false }
        if try HitTable.holds(hit, at: location, feed: feed, number: old, database) { return true }
        let earlier = try HitTable.history(of: old, database)?.watches ?? []
        let delete = try PreparedStatement(database, "DELETE FROM hit WHERE n = ?")
        delete.bind(old, at: 1)
        try delete.run()
        guard
            let new = try HitTable.insert(
                hit, at: location, feed: feed, earlier: earlier.subtracting(hit.watches), database)
        else { return false }
        let renumber = try PreparedStatement(database, "UPDATE hit SET n = ? WHERE n = ?")
        renumber.bind(old, at: 1)
        renumber.bind(new, at: 2)
        try renumber.run()
        return true
    }

    private func mark(_ number: Int64, _ database: Database) throws -> Bool {
        let insert = try PreparedStatement(database, "INSERT OR IGNORE INTO rebuilt (n) VALUES (?)")
        insert.bind(number, at: 1)
        return try insert.run() > 0
    }
}
