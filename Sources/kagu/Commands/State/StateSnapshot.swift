// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel
import KaguStore

/// What a state directory tells of its daemon without asking it (O24): the lock, the database, the hits.
struct StateSnapshot: Hashable {
    /// The state directory.
    var directory: String
    /// Whether a daemon holds the lock.
    var isRunning = false
    /// The daemon's process number, where the lock file names it.
    var pid: Int32?
    /// How many feeds stand in each state.
    var feeds: [FeedState: Int] = [:]
    /// How many alerts stand in each state.
    var alerts: [AlertState: Int] = [:]
    /// Deliveries not bound to an alert yet.
    var waiting = 0
    /// Receivers that are not ok, by name.
    var receivers: [ReceiverRecord] = []
    /// Hits in the index.
    var hits = 0
    /// When the newest was stored.
    var lastHit: Instant?
    /// When the oldest pending alert was due; nil when none is overdue at all.
    var oldestDue: Instant?
    /// Free bytes on the file system of the state directory.
    var freeBytes: Int?
    /// Feeds that an operator has paused.
    var paused = 0
    /// The last events, the newest first.
    var events: [FeedEvent] = []
    /// What the daemon itself says; nil where it was not or could not be asked.
    var daemon: DaemonStatus.Answer?
    /// Why it could not be asked, though it runs.
    var silence: String?

    /// So many events are read.
    static let eventCount = 5
    /// A daemon that answers at all answers sooner.
    static let patience = Duration.seconds(5)

    /// Reads everything; `configured` are the enabled feeds where the configuration is known. Throws where the
    /// database is there but cannot be read.
    static func take(_ directory: String, configured: [Feed]?) throws -> StateSnapshot {
        var snapshot = StateSnapshot(directory: directory)
        let holder = DaemonLock.holder(StateDirectory(directory).lock)
        (snapshot.isRunning, snapshot.pid) = (holder.isHeld, holder.pid)
        snapshot.freeBytes = freeBytes(directory)
        if holder.isHeld { snapshot.ask() }
        let records = try feedRecords(directory)
        let known = configured.map { FeedRow.join($0, records).map(\.record) } ?? Array(records.values)
        snapshot.feeds = known.reduce(into: [:]) { $0[$1.state, default: 0] += 1 }
        snapshot.paused = known.count(where: \.isPaused)
        guard access(StateDirectory(directory).database, F_OK) == 0 else { return snapshot }
        let reader = try StateReader(directory: directory)
        snapshot.alerts = try reader.alertCounts()
        snapshot.waiting = try reader.deliveryCounts()[.waiting] ?? 0
        snapshot.receivers = try reader.receiverRecords().filter { $0.health.state != .ok }
        snapshot.hits = try reader.hitCount()
        snapshot.lastHit = try reader.lastHit()
        snapshot.events = try reader.events(limit: eventCount)
        snapshot.oldestDue = try reader.alerts(state: .pending, limit: 1000).compactMap(\.nextAttempt).min()
        return snapshot
    }

    /// Asks the daemon for what its files do not tell; a daemon that does not answer is told of, and no more.
    private mutating func ask() {
        do {
            guard let client = try ControlClient.connect(stateDirectory: directory) else { return }
            daemon = try client.ask(DaemonStatus(), patience: Self.patience)
        } catch {
            silence = "\(error)"
        }
    }

    /// The stored records by feed id; none where there is no database yet.
    static func feedRecords(_ directory: String) throws -> [String: FeedRecord] {
        try reader(directory)?.feedRecords() ?? [:]
    }

    /// The database; nil where there is none yet. Throws where it may not be read.
    static func reader(_ directory: String) throws -> StateReader? {
        let database = StateDirectory(directory).database
        if access(database, R_OK) != 0 {
            let reason = errno
            guard reason != ENOENT else { return nil }
            throw CommandFailure("state: \(database): \(SystemReason.text(reason)); \(StateAccess.remedy(reason))")
        }
        return try StateReader(directory: directory)
    }

    /// Throws where there is no such state directory: a path that was mistyped holds nothing, and what is looked for in it
    /// shall not make it (O20).
    static func require(_ directory: String) throws {
        guard access(directory, F_OK) != 0 else { return }
        let reason = errno
        throw CommandFailure("state: \(directory): \(SystemReason.text(reason)); \(StateAccess.remedy(reason))")
    }

    /// As `reader`, for what lies in the state directory alone: throws where there is no such directory.
    static func existing(_ directory: String) throws -> StateReader? {
        try require(directory)
        return try reader(directory)
    }

    private static func freeBytes(_ directory: String) -> Int? {
        var status = statvfs()
        guard statvfs(directory, &status) == 0 else { return nil }
        return Int(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))
    }
}

/// Who holds the lock of a state directory (O39).
enum DaemonLock {
    /// What is known of a holder.
    struct Holder: Hashable {
        /// Whether there is one.
        var isHeld = false
        /// The process number written there.
        var pid: Int32?
    }

    /// Whether a daemon holds it, and the number written there.
    static func holder(_ path: String) -> Holder {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return Holder() }
        defer { close(descriptor) }
        // A shared lock, given back at once: it only finds out whether the daemon's exclusive one is there.
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 {
            flock(descriptor, LOCK_UN)
            return Holder()
        }
        guard errno == EWOULDBLOCK else { return Holder() }
        let bytes = (try? Descriptor.readAll(descriptor, limit: .kibibytes(1))) ?? []
        return Holder(
            isHeld: true, pid: Int32(String(decoding: bytes, as: UTF8.self).prefix { $0.isASCII && $0.isNumber }))
    }
}
