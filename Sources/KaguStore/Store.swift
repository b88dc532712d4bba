// SPDX-License-Identifier: Apache-2.0

import Dispatch
import GRDB
import GRDBSQLite
import KaguDispatch
public import KaguModel
import Synchronization

/// What survives a restart: feed states, seen items, hits and the outbox (DESIGN §4–6, D1, O33–O41).
///
/// Runs on the queue `kagu.store`; owns the lock, the database and the hit file being written. Every method that
/// writes returns when its data is durable. Polls that are recorded at the same time share one sync and one
/// transaction.
public actor Store {
    nonisolated let executor = SerialQueueExecutor(label: "kagu.store", qos: .userInitiated)
    /// The queue `kagu.store`.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Where everything lies.
    public nonisolated let directory: StateDirectory

    var database: DatabaseQueue?
    let log: HitLog
    let archive: ItemArchive
    /// Why the archive could not be written lately.
    var archiveProblem: StoreError?
    let faults: StoreFaults
    /// Feed ids and their numbers in the database.
    var feedNumbers: [String: Int64]
    /// Lines that are durable but that the index does not know, by hit id: what recovery found, and what a failed
    /// transaction left. While there are any, the watermark of the hit files stays where it is.
    var orphans: [String: HitLocation]
    /// Work that the next transaction takes, and what callers need not wait for the store's queue to read.
    nonisolated let inbox = Mutex(StoreInbox())
    /// On which the queue waits for company; signalled for what cannot wait.
    nonisolated let company = DispatchSemaphore(value: 0)
    /// How the database numbers ids and URLs.
    nonisolated let keys: ItemKeys
    private var lock: StateLock?
    /// Whether commits are synced now.
    private var isSyncing = true

    init(
        directory: StateDirectory, lock: StateLock, database: DatabaseQueue, log: HitLog, faults: StoreFaults,
        keys: ItemKeys, feedNumbers: [String: Int64], orphans: [String: HitLocation]
    ) {
        self.directory = directory
        self.lock = lock
        self.database = database
        self.log = log
        self.faults = faults
        archive = ItemArchive(directory: directory.items)
        self.keys = keys
        self.feedNumbers = feedNumbers
        self.orphans = orphans
    }

    /// Takes the lock, opens and upgrades the database, cuts a torn tail off the hit files and finds lines that the
    /// index does not know. Blocks; meant for start-up. `now` decides what counts as recent after a rebuilt
    /// database.
    ///
    /// Throws `unusable` (exit 74), `locked` (75), `newerSchema` (78), or what else the files give cause for.
    public static func open(
        directory path: String, at now: Instant
    ) throws(StoreError) -> (store: Store, recovery: Recovery) {
        try open(directory: path, at: now, faults: StoreFaults())
    }

    static func open(
        directory path: String, at now: Instant, faults: StoreFaults
    ) throws(StoreError) -> (store: Store, recovery: Recovery) {
        let directory = StateDirectory(path)
        try directory.prepare()
        let lock = try StateLock(directory)
        let (queue, isNew) = try StateDatabase.openForWriting(directory.database, backup: directory.backup)
        do {
            var found = try TailRecovery(directory: directory, database: queue).run()
            let isRebuilt = isNew && !found.lines.isEmpty
            if isRebuilt { try found.indexOlder(than: now - .seconds(86_400), in: queue) }
            let (numbers, keys) = try queue.inDatabase { (try FeedTable.numbers($0), try ItemKeys($0)) }
            let store = Store(
                directory: directory, lock: lock, database: queue,
                log: HitLog(directory: directory.hits, calls: faults.calls), faults: faults, keys: keys,
                feedNumbers: numbers,
                orphans: Dictionary(found.lines.map { ($0.hit.id, $0.location) }) { first, _ in first })
            let recovery = Recovery(
                hits: found.lines.map(\.hit), tornBytes: found.tornBytes, badLines: found.badLines,
                newerLines: found.newerLines, isDatabaseRebuilt: isRebuilt)
            return (store, recovery)
        } catch {
            throw StoreError(error, path: directory.database)
        }
    }

    /// Checkpoints and closes the database, closes the hit file and gives the lock back; later calls throw
    /// `closed`.
    public func close() {
        commitQueued()
        log.closeFile()
        archive.closeFile()
        try? database?.close()
        database = nil
        lock = nil
    }

    /// Runs `body` with the connection; the store's queue waits meanwhile.
    func access<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        guard let database else { throw .closed }
        do { return try database.inDatabase(body) } catch { throw StoreError(error, path: directory.database) }
    }

    /// Runs `body` in one transaction, durable on return; not `isSynced`, it outlives a kill of the daemon, but a
    /// power cut may undo it.
    func transaction<Value>(
        isSynced: Bool = true, _ body: (Database) throws -> Value
    ) throws(StoreError) -> Value {
        try access { database in
            try sync(isSynced, database)
            // Prepared statements: GRDB would compile these words anew each time.
            try PreparedStatement(database, "BEGIN IMMEDIATE").run()
            do {
                let value = try body(database)
                try PreparedStatement(database, "COMMIT").run()
                return value
            } catch {
                // Some errors have rolled back already.
                if sqlite3_get_autocommit(database.sqliteConnection) == 0 {
                    _ = try? PreparedStatement(database, "ROLLBACK").run()
                }
                throw error
            }
        }
    }

    /// Whether the commits to come are synced: SQLite's `synchronous` is FULL, as it was opened (O34), or NORMAL. It is
    /// set only where it changes, since each time costs as much as storing a poll.
    private func sync(_ isSynced: Bool, _ database: Database) throws {
        guard isSynced != isSyncing else { return }
        let code = sqlite3_exec(
            database.sqliteConnection, "PRAGMA synchronous = \(isSynced ? "FULL" : "NORMAL")", nil, nil, nil)
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
        isSyncing = isSynced
    }

    /// Runs `body`, which only reads, with all that it reads being of one moment. Outside of a transaction each
    /// statement would take and give back SQLite's file locks.
    func reading<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try access { database in
            try PreparedStatement(database, "BEGIN").run()
            // Nothing was written that a failed COMMIT could lose.
            defer { _ = try? PreparedStatement(database, "COMMIT").run() }
            return try body(database)
        }
    }

    /// The feed's number, made where there is none; within a transaction.
    func feedNumber(_ id: String, _ database: Database) throws -> Int64 {
        if let number = feedNumbers[id] { return number }
        let number = try FeedTable.insert(id, database)
        feedNumbers[id] = number
        return number
    }
}

/// What `Store.open` found to be mended.
public struct Recovery: Sendable {
    /// Hits whose lines the index does not know: to be routed, and handed to `Store.indexRecovered`.
    public var hits: [Hit]
    /// Bytes of a torn last line that were moved to `quarantine/`.
    public var tornBytes: Int
    /// Lines behind the index's watermark that are no hits; copied to `quarantine/`.
    public var badLines: Int
    /// Lines of a later version, left alone.
    public var newerLines: Int
    /// Whether the database was made anew beside existing hit files (R17).
    public var isDatabaseRebuilt: Bool
}

/// Points at which a test makes the store fail.
struct StoreFaults: Sendable {
    /// The durable calls.
    var calls = DurableCalls()
    /// Called between the sync of the hit lines and the commit; an error it throws fails the transaction.
    var beforeCommit: @Sendable () throws -> Void = {}
}
