// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GRDB
import KaguModel

/// Makes the index over the hits anew from the day files (O27, O38), and the index files beside them (B16), reading each
/// file once. A hit that the index knew keeps its number, on which deliveries and items rest; nothing else of the
/// database is touched. Lines behind a file's watermark that the index does not know are left alone: they are to be
/// routed by the next start (D1).
///
/// Hits of today and the day before get a row: they may still have to be told (R17). Those of earlier days that have none
/// are only noted as known (`KnownHitTable`).
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
        /// Why an index file could not be written; nil where all were.
        var unwritten: StoreError?
    }

    /// SQLite's cache meanwhile: the ids of two million hits.
    private static let cacheKibibytes = 64 << 10

    /// Lines between two reports.
    private static let linesPerReport = 4096

    /// At most so many bytes of bad lines are copied of one file.
    private static let maximumBadBytes = 16 << 20

    /// The state directory.
    let directory: StateDirectory
    /// The first day whose hits all get a row.
    private let firstDayOfRows: CivilDate
    /// Whether an index file that covers its hit file to the end is asked instead of reading the latter.
    private let believesIndexFiles: Bool
    private var summary = Summary()
    /// How far each file was indexed; of a new database nothing is known, and all lines are taken.
    private var marks: [HitFileName: Int] = [:]
    /// Whether there was no row: all that is there is new, and none can be gone.
    private var isFresh = false
    /// What stands for the hits that had a row, in order.
    private var rows: [UInt64] = []
    private var hadKnownHits = false
    private var known = KnownHitGathering()
    private let decoder = JSONDecoder()
    /// Hears how much is done, 0 to 1.
    var report: (Double) -> Void = { _ in }
    /// Called when all has been read, and what is known is written.
    var reportWriting: () -> Void = {}
    /// Files to be read, and how many have been.
    private var files = (count: 1, read: 0)

    /// A rebuild that has not begun. Where it `believesIndexFiles`, files of past days are not read that have a whole one.
    init(_ directory: StateDirectory, at now: Instant, believesIndexFiles: Bool) {
        self.directory = directory
        self.believesIndexFiles = believesIndexFiles
        firstDayOfRows = (now - Store.recoveredTime).day
    }

    /// Reads all files and replaces the index; within a transaction.
    mutating func run(_ database: Database) throws -> Summary {
        try index(HitFileName.list(in: directory.hits), database)
        if !isFresh { try removeRows(database) }
        try database.execute(sql: "DROP TABLE rebuilt")
        reportWriting()
        let written = try known.write(keeping: Set(summary.unreadable.map(\.file.day)), database)
        summary.hits += written.hits
        summary.repeatedLines += written.repeatedLines
        summary.removedRows += written.removedRows
        return summary
    }

    /// Reads all files of some days, and adds what the index lacks of them; within a transaction. Gives those that could
    /// not be read to their end.
    mutating func add(_ names: [HitFileName], _ database: Database) throws -> [UnreadableHitFile] {
        try index(names, database)
        try database.execute(sql: "DROP TABLE rebuilt")
        let others = Set(try KnownHitTable.counts(database).keys).subtracting(names.map(\.day))
        _ = try known.write(keeping: others.union(summary.unreadable.map(\.file.day)), database)
        return summary.unreadable
    }

    private mutating func index(_ names: [HitFileName], _ database: Database) throws {
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
        hadKnownHits = try Int.fetchOne(database, sql: "SELECT 1 FROM known_hit LIMIT 1") != nil
        rows = try HitTable.keys(database)
        var feeds = try FeedTable.numbers(database)
        files.count = names.count
        for name in names {
            report(Double(files.read) / Double(files.count))
            try index(name, &feeds, database)
            files.read += 1
        }
        rows = []
    }

    /// Removes the rows whose line was not found.
    private mutating func removeRows(_ database: Database) throws {
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
    }

    /// An item whose hit has no row is no hit's any more.
    private static func detachItems(_ database: Database) throws {
        try database.execute(sql: "UPDATE item SET hit = NULL WHERE hit NOT IN (SELECT n FROM hit)")
    }

    // MARK: Files

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
        if believesIndexFiles, let end = noteIndexed(name, reader) {
            if marks.isEmpty { try HitTable.setWatermark(end, of: name, database) }
            return
        }
        var builder = HitIndexBuilder(day: name.day)
        var bad: [UInt8] = []
        func keep(_ line: ArraySlice<UInt8>) {
            if bad.count + line.count < Self.maximumBadBytes { bad += line + [UInt8(ascii: "\n")] }
        }
        let size = reader.size
        let end = try reader.forward(0..<size) { line in
            if builder.lines % Self.linesPerReport == 0 {
                let read = Double(files.read) + Double(line.offset) / Double(size)
                report(read / Double(files.count))
            }
            switch builder.take(line.bytes, decoder: decoder) {
            case .hit(let key):
                if try note(key, line.offset, in: name, database) { return true }
                if try !index(line, in: name, &feeds, database) { keep(line.bytes) }
            case .newer: summary.newerLines += 1
            case .bad:
                summary.badLines += 1
                keep(line.bytes)
            }
            return true
        }
        if let problem = reader.problem {
            let isDamaged = reader.failure == nil
            summary.unreadable.append(UnreadableHitFile(name, problem, isDamaged: isDamaged))
        } else {
            do throws(StoreError) {
                try HitIndexFiles.replace("\(directory.hits)/\(HitIndexFiles.name(of: name))", builder.finish())
            } catch {
                // It can be made at any time: the database does not wait for it.
                summary.unwritten = summary.unwritten ?? error
            }
        }
        if !bad.isEmpty { try Quarantine(directory).keep(bad, as: "\(name).bad") }
        if marks.isEmpty { try HitTable.setWatermark(end, of: name, database) }
    }

    /// Notes the hits of a past day whose index file tells all of them, and that none has a row; gives the end of the
    /// lines. Nil where the file has to be read.
    private mutating func noteIndexed(_ name: HitFileName, _ reader: borrowing LineReader) -> Int? {
        guard name.day < firstDayOfRows,
            let index = HitIndexFiles(hits: directory.hits).open(name, of: reader),
            reader.endsWhole(at: index.coveredBytes), index.hasPlainIDs, index.hits == index.lines,
            index.coveredBytes <= mark(of: name), let ids = index.ids(0..<index.lines),
            !ids.contains(where: hasRow)
        else { return nil }
        for id in ids { known.add(id, day: name.day.daysSinceEpoch) }
        return index.coveredBytes
    }

    /// Notes the hit of a line as known where that is all there is to be done about it.
    private mutating func note(
        _ key: UInt64?, _ offset: Int, in name: HitFileName, _ database: Database
    ) throws -> Bool {
        guard let key, name.day < firstDayOfRows, !hasRow(key) else { return false }
        if offset >= mark(of: name),
            try !hadKnownHits || KnownHitTable.day(of: Int64(bitPattern: key), database) == nil
        {
            return true
        }
        known.add(key, day: name.day.daysSinceEpoch)
        return true
    }

    /// How far a file was indexed.
    private func mark(of name: HitFileName) -> Int { marks.isEmpty ? .max : marks[name] ?? 0 }

    private func hasRow(_ key: UInt64) -> Bool {
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low < rows.count && rows[low] == key
    }

    // MARK: Rows

    /// Indexes a line whose hit has a row, or is to get one; false where it is no hit.
    private mutating func index(
        _ line: LineReader.Line, in name: HitFileName, _ feeds: inout [String: Int64], _ database: Database
    ) throws -> Bool {
        guard case .hit(let hit) = HitLine(line.bytes, decoder: decoder) else {
            summary.badLines += 1
            return false
        }
        if line.offset >= mark(of: name), try !HitTable.isKnown(hit.id, database) { return true }
        let feed = try feeds[hit.feed.id] ?? FeedTable.insert(hit.feed.id, database)
        feeds[hit.feed.id] = feed
        if try add(hit, HitLocation(line, in: name), feed: feed, database) {
            summary.hits += 1
        } else {
            summary.repeatedLines += 1
        }
        return true
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
