// SPDX-License-Identifier: Apache-2.0

import GRDB
import GRDBSQLite
import Glibc

/// Opens `state.sqlite` for writing or reading (O34, O41).
enum StateDatabase {
    /// SQLite's cache.
    static let cacheKibibytes = 8000

    /// Opens, upgrades and checks the database; `isNew` tells whether it did not exist.
    static func openForWriting(_ path: String, backup: String) throws(StoreError) -> (
        queue: DatabaseQueue, isNew: Bool
    ) {
        do { return try open(path, backup: backup) } catch { throw StoreError(error, path: path) }
    }

    /// As `openForWriting`, with the errors as SQLite raises them: what tells that the file is damaged. An upgrade is
    /// reported.
    static func open(
        _ path: String, backup: String, _ report: OpeningReport = { _ in }
    ) throws -> (queue: DatabaseQueue, isNew: Bool) {
        let isNew = access(path, F_OK) != 0
        try createFile(path)
        let queue = try connect(path)
        let found: Int
        switch try queue.inDatabase(SchemaMark.find) {
        case .known(let version): found = version
        case .newer(let version):
            throw StoreError.newerSchema(path: path, found: version, known: Schema.version)
        case .damaged(let what): throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: what)
        }
        if found == Schema.version {
            try queue.inDatabase(SchemaMark.complete)
        } else {
            if found > 0 {
                // It is read, written to the copy, and perhaps written anew.
                report(OpeningProgress(.upgrade, bytes: 3 * FileSize.of(path)))
                try copy(queue, to: "\(backup)/state.v\(found).sqlite")
            }
            try queue.inDatabase { database in
                try database.inTransaction(.immediate) {
                    try Schema.migrate(database, from: found)
                    return .commit
                }
            }
        }
        return (queue, isNew)
    }

    /// Whether an error that opening has met comes from a damaged file; a mended one would open (O38).
    static func tellsDamage(_ error: any Error) -> Bool {
        guard let error = error as? DatabaseError else { return false }
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR, .SQLITE_MISMATCH, .SQLITE_FORMAT, .SQLITE_CONSTRAINT,
            .SQLITE_SCHEMA, .SQLITE_RANGE:
            return true
        default: return false
        }
    }

    /// Opens the database for reading, whether a daemon runs, has stopped or was killed (T34).
    static func openForReading(_ path: String) throws(StoreError) -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "kagu.store.reader"
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            switch try queue.inDatabase(SchemaMark.find) {
            case .newer(let version):
                throw StoreError.newerSchema(path: path, found: version, known: Schema.version)
            case .damaged(let what):
                throw StoreError.database(path: path, reason: "damaged: \(what); the next start of kagud mends it")
            case .known(Schema.version): return queue
            case .known(let version):
                throw StoreError.database(
                    path: path,
                    reason:
                        "schema version \(version) is older than \(Schema.version); start kagud once to upgrade it")
            }
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// A connection with the settings of O34.
    private static func connect(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "kagu.store.sqlite"
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(5)
        // GRDB's own `journalMode = .wal` would set synchronous NORMAL after this closure (O34).
        configuration.prepareDatabase { database in
            // A newer kagu's database is refused without a write (O41): not even the journal mode is touched.
            let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            guard found <= Schema.version else { return }
            try database.execute(
                sql: """
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = FULL;
                    PRAGMA wal_autocheckpoint = 2000;
                    PRAGMA journal_size_limit = 16777216;
                    PRAGMA cache_size = -\(cacheKibibytes);
                    PRAGMA temp_store = MEMORY;
                    """)
            try checkSettings(database)
            var isPersistent: Int32 = 1
            sqlite3_file_control(database.sqliteConnection, "main", SQLITE_FCNTL_PERSIST_WAL, &isPersistent)
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    private static func checkSettings(_ database: Database) throws {
        let journal = try String.fetchOne(database, sql: "PRAGMA journal_mode")
        let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
        guard journal == "wal", synchronous == 2 else {
            throw DatabaseError(message: "SQLite keeps neither WAL nor synchronous=FULL on this file system")
        }
    }

    /// SQLite gives `-wal` and `-shm` the mode of the database, which it would create for everyone to read.
    private static func createFile(_ path: String) throws(StoreError) {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            let number = errno
            if number == ENOSPC || number == EDQUOT { throw .diskFull(path: path) }
            throw .unusable(path: path, reason: SystemError.text(number))
        }
        close(descriptor)
    }

    /// An online backup before an upgrade (O41).
    private static func copy(_ queue: DatabaseQueue, to path: String) throws {
        unlink(path)
        let copy = try DatabaseQueue(path: path)
        try queue.backup(to: copy)
        try copy.close()
        chmod(path, 0o640)
    }
}

extension StoreError {
    /// Names the file of an error that SQLite or GRDB raised; passes our own on.
    init(_ error: any Error, path: String) {
        switch error {
        case let error as StoreError: self = error
        case let error as DatabaseError where error.resultCode == .SQLITE_FULL: self = .diskFull(path: path)
        case let error as DatabaseError
        where error.resultCode == .SQLITE_READONLY || error.resultCode == .SQLITE_CANTOPEN:
            self = .unusable(path: path, reason: error.message ?? "cannot be opened")
        case let error as DatabaseError:
            self = .database(path: path, reason: error.message ?? "\(error.resultCode)")
        default: self = .database(path: path, reason: "\(error)")
        }
    }
}
