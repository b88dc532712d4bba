// SPDX-License-Identifier: Apache-2.0

import GRDB
import GRDBSQLite
import Glibc
import KaguModel

/// Opens the database at start, and rebuilds it where it is damaged or lost: start is never refused for it (O38).
///
/// The new database is made beside the damaged one, from its readable rows and the hit files, and takes its name when it
/// is complete and synced; the damaged one then lies in `quarantine/`. A kill in between leaves one of the two in
/// place, and the next start goes on.
struct DatabaseRescue {
    /// The state directory, whose lock is held.
    let directory: StateDirectory
    /// The start's time.
    let now: Instant
    /// Whether a rebuild asks whole index files instead of reading hit files of past days: a start may not take minutes.
    var believesIndexFiles = true
    /// Hears of work that takes long.
    var report: OpeningReport = { _ in }

    /// An open database, and what was done for it.
    struct Opened {
        var queue: DatabaseQueue
        var rebuild: DatabaseRebuild?
        /// What the files hold, where the index was made anew.
        var index: IndexRebuild.Summary?
    }

    private var rebuilding: String { directory.database + ".rebuilding" }
    private var rebuilt: String { directory.database + ".rebuilt" }

    /// Opens the database, whatever state it is in.
    func open() throws(StoreError) -> Opened {
        if access(rebuilt, F_OK) == 0 { try replace() }
        // Seen before anything is created: a kill right after would leave an empty database that looks sound.
        if isLost, !HitFileName.list(in: directory.hits).isEmpty { return try rebuild(because: "it was lost") }
        do {
            let suspect = SuspectMark(directory)
            let queue = try StateDatabase.open(directory.database, backup: directory.backup, report).queue
            if suspect.isSet, let found = try damage(queue) {
                try? queue.close()
                return try rebuild(because: found)
            }
            suspect.clear()
            return Opened(queue: queue)
        } catch {
            guard StateDatabase.tellsDamage(error) else { throw StoreError(error, path: directory.database) }
            return try rebuild(because: "\((error as? DatabaseError)?.message ?? "\(error)")")
        }
    }

    /// Whether there is no database: no file, or an empty one without a journal.
    private var isLost: Bool {
        guard let size = FileSize.find(directory.database) else { return errno == ENOENT }
        return size == 0 && FileSize.of(directory.database + "-wal") == 0
    }

    /// The first damage that a whole look finds; nil where there is none.
    private func damage(_ queue: DatabaseQueue) throws -> String? {
        report(OpeningProgress(.check, bytes: FileSize.of(directory.database)))
        let found = try queue.inDatabase { try String.fetchOne($0, sql: "PRAGMA integrity_check(1)") }
        return found == "ok" ? nil : found ?? "unreadable"
    }

    // MARK: Rebuilding

    private func rebuild(because reason: String) throws(StoreError) -> Opened {
        var report = DatabaseRebuild(reason: reason)
        let summary: IndexRebuild.Summary
        do {
            for suffix in ["", "-wal", "-shm"] { unlink(rebuilding + suffix) }
            let queue = try StateDatabase.openForWriting(rebuilding, backup: directory.backup).queue
            let progress = OpeningProgress(.salvage, bytes: FileSize.of(directory.database))
            let tell = self.report
            try DatabaseSalvage(from: directory.database) { tell(progress) }.copy(into: queue, &report)
            summary = try queue.inDatabase { database in
                var index = IndexRebuild(directory, at: now, believesIndexFiles: believesIndexFiles)
                index.report = { tell(OpeningProgress(.index, share: $0)) }
                // What the hits of the past take, in the journal and then in the database, comes on top of what is there.
                let hits = HitFileName.list(in: directory.hits).reduce(0) {
                    $0 + FileSize.of("\(directory.hits)/\($1)")
                }
                index.reportWriting = { tell(OpeningProgress(.index, bytes: hits / 16)) }
                var summary = IndexRebuild.Summary()
                try database.inTransaction(.immediate) {
                    summary = try index.run(database)
                    report.hits = summary.hits
                    report.badLines = summary.badLines
                    if !report.isOutboxWhole { try RebuiltMark.set(at: now, database) }
                    return .commit
                }
                try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
                return summary
            }
            try queue.close()
        } catch {
            throw StoreError(error, path: rebuilding)
        }
        for suffix in ["-wal", "-shm"] { unlink(rebuilding + suffix) }
        guard rename(rebuilding, rebuilt) == 0 else {
            throw SystemError.failure(errno, path: rebuilding, doing: "rename")
        }
        try replace()
        let queue = try StateDatabase.openForWriting(directory.database, backup: directory.backup).queue
        return Opened(queue: queue, rebuild: report, index: summary)
    }

    /// Puts the rebuilt database in the damaged one's place.
    private func replace() throws(StoreError) {
        let quarantine = Quarantine(directory)
        for suffix in ["", "-wal"] {
            try quarantine.take(directory.database + suffix, as: "state.\(now.milliseconds).sqlite\(suffix)")
        }
        unlink(directory.database + "-shm")
        guard rename(rebuilt, directory.database) == 0 else {
            throw SystemError.failure(errno, path: rebuilt, doing: "rename")
        }
        try DayCompression.syncDirectory(of: directory.database)
        SuspectMark(directory).clear()
    }
}

/// What became of a database that was damaged or lost.
public struct DatabaseRebuild: Hashable, Sendable {
    /// What was found.
    public internal(set) var reason: String
    /// Rows that could be read, of all tables.
    public internal(set) var rows = 0
    /// Tables of which some rows could not be read, in order.
    public internal(set) var damagedTables: [String] = []
    /// Whether no delivery or alert was lost: else hits of the last day may have to be told again (R17).
    public internal(set) var isOutboxWhole = true
    /// Hits indexed from the files.
    public internal(set) var hits = 0
    /// Lines of the files that are no hits.
    public internal(set) var badLines = 0
}

/// When a database was rebuilt without its whole outbox: hits of the day before are to be told again, until that has
/// been written (R17).
enum RebuiltMark {
    /// Sets it; within a transaction.
    static func set(at instant: Instant, _ database: Database) throws {
        let upsert = try PreparedStatement(
            database, "INSERT OR REPLACE INTO setting (name, value) VALUES ('rebuilt', ?)")
        upsert.bind(instant, at: 1)
        try upsert.run()
    }

    /// When that was; nil where nothing is to be told again.
    static func read(_ database: Database) throws -> Instant? {
        let select = try PreparedStatement(database, "SELECT value FROM setting WHERE name = 'rebuilt'")
        defer { select.reset() }
        return try select.step() ? Instant(milliseconds: select.int64(0)) : nil
    }

    /// Takes it away; within a transaction.
    static func clear(_ database: Database) throws {
        try PreparedStatement(database, "DELETE FROM setting WHERE name = 'rebuilt'").run()
    }
}
