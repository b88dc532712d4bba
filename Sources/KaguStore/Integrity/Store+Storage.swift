// SPDX-License-Identifier: Apache-2.0

import GRDB
import GRDBSQLite
import Glibc
import Synchronization

extension Store {
    /// How storage stands, without waiting for the store's queue.
    public nonisolated var storage: StorageState { storageState.withLock { $0 } }

    /// Calls `body` whenever polls are no longer taken, on the store's queue: to be told at once, not at the next test.
    public func whenPaused(_ body: @escaping @Sendable () -> Void) { tellPaused = body }

    /// Looks whether storage takes polls, and lets them begin again where what stopped them is gone; meant to be
    /// called every 30 s (O36). The reserve is allocated anew before the first poll.
    @discardableResult
    public func testStorage() -> StorageState {
        guard lock != nil else { return storage }
        if storage.problem == nil {
            lookAtSpace()
            if storage.problem == nil, !reserve.isHeld { try? reserve.take() }
        } else if !storage.needsRestart {
            resume()
        }
        storageState.withLock {
            $0.freeBytes = reserve.freeBytes
            $0.isReserveHeld = reserve.isHeld
        }
        return storage
    }

    /// Follows a changed `store.min_free` (O5): polls stop, or begin again, at once.
    public func follow(_ limits: StorageLimits) {
        guard self.limits.withLock({ $0 }) != limits else { return }
        self.limits.withLock { $0 = limits }
        testStorage()
    }

    /// The bytes that must be free for polls to begin again: with the reserve, where that is not held.
    nonisolated var neededFree: Int { limits.withLock(\.minimumFree) + (reserve.isHeld ? 0 : SpaceReserve.bytes) }

    /// Allocates the reserve at start, where there is space for it and for polls; called before anyone else has the store.
    nonisolated func prepareReserve() {
        if let free = reserve.freeBytes, free < neededFree {
            storageState.withLock { $0.problem = .diskFull(path: directory.path) }
        } else if !reserve.isHeld {
            do throws(StoreError) {
                try reserve.take()
            } catch {
                storageState.withLock { $0.problem = error }
            }
        }
        storageState.withLock {
            $0.freeBytes = reserve.freeBytes
            $0.isReserveHeld = reserve.isHeld
        }
    }

    /// Why no poll can be stored now; nil where one can. The free space is looked at before anything that takes some.
    func pollObstacle(takesSpace: Bool) -> StoreError? {
        if takesSpace, storage.problem == nil { lookAtSpace() }
        return storage.problem
    }

    private func lookAtSpace() {
        guard let free = reserve.freeBytes, free < limits.withLock(\.minimumFree) else { return }
        pause(.diskFull(path: directory.path))
    }

    /// Stores no poll from now on, and gives the reserve to what else is to be written.
    func pause(_ problem: StoreError) {
        if case .diskFull = problem { reserve.release() }
        let isNews = storage.problem == nil
        defer { if isNews { tellPaused() } }
        storageState.withLock { state in
            state.problem = state.problem ?? problem
            state.freeBytes = reserve.freeBytes
            state.isReserveHeld = reserve.isHeld
        }
    }

    private func resume() {
        if let free = reserve.freeBytes, free < neededFree { return }
        do {
            if database == nil { try reopen() }
            // What failed is tried: a file is allocated and synced, a transaction committed.
            try reserve.take()
            try attempt(isSynced: true) { _ in }
            storageState.withLock { $0.problem = nil }
        } catch {
            pause(error)
        }
    }

    // MARK: Failures

    /// Takes note of what a failed access tells about the storage, and puts it into our words.
    func note(_ error: any Error, _ database: DatabaseQueue) -> StoreError {
        var told = StoreError(error, path: directory.database)
        var isFatal = false
        if let error = error as? DatabaseError {
            switch error.resultCode {
            case .SQLITE_IOERR:
                let number = database.inDatabase { sqlite3_system_errno($0.sqliteConnection) }
                if [ENOSPC, EDQUOT, EROFS].contains(number) {
                    told = SystemError.failure(number, path: directory.database, doing: "write")
                }
                isFatal = true
            case .SQLITE_CORRUPT, .SQLITE_NOTADB:
                SuspectMark(directory).set()
                storageState.withLock { $0.needsRestart = true }
                isFatal = true
            case .SQLITE_FULL, .SQLITE_READONLY, .SQLITE_CANTOPEN: isFatal = true
            default: break
            }
        } else if let error = error as? StoreError {
            switch error {
            case .diskFull, .unusable, .file: isFatal = true
            case .locked, .newerSchema, .database, .closed: break
            }
        }
        if isFatal { pause(told) }
        return told
    }

    /// Closes the database and opens it anew, as a failed commit asks for: what its connection believes of the file is
    /// void (O37).
    func reopen() throws(StoreError) {
        try? database?.close()
        database = nil
        database = try StateDatabase.openForWriting(directory.database, backup: directory.backup).queue
        isSyncing = true
    }
}

/// The number of a synced transaction, written within it: what tells, after a commit that failed, whether it is there
/// (O37).
enum CommitMark {
    /// Writes the number; within the transaction.
    static func write(_ number: Int64, _ database: Database) throws {
        let upsert = try PreparedStatement(
            database,
            "INSERT INTO setting (name, value) VALUES ('commit', ?) ON CONFLICT DO UPDATE SET value = excluded.value"
        )
        upsert.bind(number, at: 1)
        try upsert.run()
    }

    /// The number of the last synced transaction that is there; 0 where none is.
    static func read(_ database: Database) throws -> Int64 {
        let select = try PreparedStatement(database, "SELECT value FROM setting WHERE name = 'commit'")
        defer { select.reset() }
        return try select.step() ? select.int64(0) : 0
    }
}

/// A file that tells the next start to look through the whole database: SQLite has found a damaged page (O38).
struct SuspectMark {
    private let path: String

    /// The mark of a state directory.
    init(_ directory: StateDirectory) { path = directory.database + ".suspect" }

    /// Whether it is there.
    var isSet: Bool { access(path, F_OK) == 0 }

    /// Leaves it.
    func set() {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o640)
        if descriptor >= 0 { close(descriptor) }
    }

    /// Takes it away.
    func clear() { unlink(path) }
}
