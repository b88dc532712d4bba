// SPDX-License-Identifier: Apache-2.0

import Dispatch
import GRDB
import GRDBSQLite
import KaguDispatch
import KaguModel
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
    /// Files whose tails could not be read at start: their watermarks stay where they are.
    let unread: Set<HitFileName>
    /// How the database numbers ids and URLs.
    nonisolated let keys: ItemKeys
    /// Kept until `close`.
    var lock: StateLock?
    /// Whether commits are synced now.
    var isSyncing = true
    /// How many synced transactions the database has ever had (`CommitMark`).
    private var commits: Int64
    /// What the file system must have left.
    nonisolated let limits: Mutex<StorageLimits>
    nonisolated let reserve: SpaceReserve
    /// Called when polls are no longer taken.
    var tellPaused: @Sendable () -> Void = {}
    /// Read by all, written on the store's queue.
    nonisolated let storageState = Mutex(StorageState())

    init(
        directory: StateDirectory, lock: StateLock, database: DatabaseQueue, limits: StorageLimits, log: HitLog,
        faults: StoreFaults, keys: ItemKeys, commits: Int64, feedNumbers: [String: Int64],
        orphans: [String: HitLocation], unread: Set<HitFileName>
    ) {
        self.unread = unread
        self.limits = Mutex(limits)
        self.commits = commits
        reserve = SpaceReserve(path: directory.reserve, free: faults.free)
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
        guard let database else { throw lock == nil ? .closed : storage.problem ?? .closed }
        do { return try database.inDatabase(body) } catch { throw note(error, database) }
    }

    /// Runs `body` in one transaction, durable on return; not `isSynced`, it outlives a kill of the daemon, but a
    /// power cut may undo it.
    ///
    /// On a full disk it is run a second time with the reserve given up, for what must be recorded still (O36); not
    /// `mayUseReserve`, it throws.
    func transaction<Value>(
        isSynced: Bool = true, mayUseReserve: Bool = true, _ body: (Database) throws -> Value
    ) throws(StoreError) -> Value {
        let hadReserve = reserve.isHeld
        do {
            return try attempt(isSynced: isSynced, body)
        } catch {
            guard case .diskFull = error, mayUseReserve, hadReserve else { throw error }
            // Feeds that the first attempt had numbered are not there.
            reloadFeedNumbers()
            return try attempt(isSynced: isSynced, body)
        }
    }

    /// What became of a transaction whose statements have all run.
    private enum Ending<Value> {
        case committed(Value)
        /// The commit failed, which tells nothing about the file.
        case uncertain(Value, any Error)
    }

    /// Runs `body` in one transaction once.
    func attempt<Value>(isSynced: Bool, _ body: (Database) throws -> Value) throws(StoreError) -> Value {
        let number = commits + 1
        let ending = try access { database in
            try sync(isSynced, database)
            // Prepared statements: GRDB would compile these words anew each time.
            try PreparedStatement(database, "BEGIN IMMEDIATE").run()
            let value: Value
            do {
                value = try body(database)
                if isSynced { try CommitMark.write(number, database) }
            } catch {
                Self.rollBack(database)
                throw error
            }
            do {
                try faults.commit()
                try PreparedStatement(database, "COMMIT").run()
                try faults.committed()
                return Ending.committed(value)
            } catch {
                Self.rollBack(database)
                return .uncertain(value, error)
            }
        }
        switch ending {
        case .committed(let value):
            if isSynced { commits = number }
            return value
        case .uncertain(let value, let error):
            let told = database.map { note(error, $0) } ?? .closed
            guard isSynced, isThere(number) else { throw told }
            commits = number
            return value
        }
    }

    /// Some errors have rolled back already.
    private static func rollBack(_ database: Database) {
        guard sqlite3_get_autocommit(database.sqliteConnection) == 0 else { return }
        _ = try? PreparedStatement(database, "ROLLBACK").run()
    }

    /// Whether the transaction whose commit has failed turns out to be in the database, opened anew (O37).
    private func isThere(_ number: Int64) -> Bool {
        guard lock != nil, !storage.needsRestart else { return false }
        do throws(StoreError) {
            try reopen()
            return try access { try CommitMark.read($0) } == number
        } catch {
            pause(error)
            return false
        }
    }

    /// Whether the commits to come are synced: SQLite's `synchronous` is FULL, as it was opened (O34), or NORMAL. It is
    /// set only where it changes, since each time costs as much as storing a poll.
    func sync(_ isSynced: Bool, _ database: Database) throws {
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

/// Points at which a test makes the store fail.
struct StoreFaults: Sendable {
    /// The durable calls.
    var calls = DurableCalls()
    /// Called between the sync of the hit lines and the commit; an error it throws fails the transaction.
    var beforeCommit: @Sendable () throws -> Void = {}
    /// Called in place of a commit that fails, and after one that has not: an error it throws is the commit's.
    var commit: @Sendable () throws -> Void = {}
    var committed: @Sendable () throws -> Void = {}
    /// The bytes that the disk has left.
    var free: @Sendable (String) -> Int? = SpaceReserve.freeBytes
}
