// SPDX-License-Identifier: Apache-2.0

import GRDB
public import KaguModel

extension Store {
    /// Hits of that long before a rebuilt database are told again (R17).
    static let recoveredTime: Duration = .seconds(86_400)
    /// So many of them at most, the newest: they are in memory all at once, and a service has a limit there.
    static let mostRecovered = 50_000

    /// Takes the lock, opens and upgrades the database, rebuilds it where it is damaged or lost, cuts a torn tail off
    /// the hit files and finds lines that the index does not know. Blocks; meant for start-up.
    ///
    /// Throws `unusable` (exit 74), `locked` (75), `newerSchema` (78), or what else the files give cause for. On a full
    /// disk it opens with the reserve given up, and takes no polls until there is space (O36). What may take minutes is told
    /// to `report` (O10).
    public static func open(
        directory path: String, at now: Instant, limits: StorageLimits = StorageLimits(),
        report: @escaping OpeningReport = { _ in }
    ) throws(StoreError) -> (store: Store, recovery: Recovery) {
        try open(directory: path, at: now, limits: limits, faults: StoreFaults(), report: report)
    }

    static func open(
        directory path: String, at now: Instant, limits: StorageLimits = StorageLimits(), faults: StoreFaults,
        report: @escaping OpeningReport = { _ in }
    ) throws(StoreError) -> (store: Store, recovery: Recovery) {
        let directory = StateDirectory(path)
        let reserve = SpaceReserve(path: directory.reserve, free: faults.free)
        do throws(StoreError) {
            try directory.prepare()
            let lock = try StateLock(directory)
            let opened: (store: Store, recovery: Recovery)
            do throws(StoreError) {
                opened = try open(directory, lock, at: now, limits, faults, report)
            } catch {
                guard isForSpace(error, reserve), reserve.isHeld else { throw error }
                reserve.release()
                opened = try open(directory, lock, at: now, limits, faults, report)
            }
            opened.store.prepareReserve()
            return opened
        } catch {
            throw isForSpace(error, reserve) ? StoreError.diskFull(path: path) : error
        }
    }

    /// Whether opening has failed for want of space: SQLite tells of the end of the disk in several ways.
    private static func isForSpace(_ error: StoreError, _ reserve: SpaceReserve) -> Bool {
        switch error {
        case .diskFull: return true
        case .locked, .newerSchema, .closed: return false
        // Of the directory itself the kernel has told why.
        case .unusable(let path, _) where path + "/reserve" == reserve.path: return false
        case .unusable, .file, .database: return reserve.freeBytes.map { $0 < leastForOpening } ?? false
        }
    }

    /// SQLite's journal and its index, and a page or two.
    private static let leastForOpening = 256 << 10

    private static func open(
        _ directory: StateDirectory, _ lock: StateLock, at now: Instant, _ limits: StorageLimits,
        _ faults: StoreFaults, _ report: @escaping OpeningReport
    ) throws(StoreError) -> (store: Store, recovery: Recovery) {
        let opened = try DatabaseRescue(directory: directory, now: now, report: report).open()
        let queue = opened.queue
        do {
            let adopted = try HitFileAdoption(directory: directory, now: now, report: report).run(queue)
            let found = try TailRecovery(directory: directory, database: queue).run()
            let (numbers, keys, commits, rebuilt) = try queue.inDatabase { database in
                (
                    try FeedTable.numbers(database), try ItemKeys(database), try CommitMark.read(database),
                    try RebuiltMark.read(database)
                )
            }
            let store = Store(
                directory: directory, lock: lock, database: queue, limits: limits,
                log: HitLog(directory: directory.hits, calls: faults.calls), faults: faults, keys: keys,
                commits: commits, feedNumbers: numbers,
                orphans: Dictionary(found.lines.map { ($0.hit.id, $0.location) }) { first, _ in first },
                unread: Set(found.unreadable.map(\.file)))
            var hits = found.lines.map(\.hit)
            var leftUntold = 0
            if let rebuilt {
                let untold = try untold(
                    since: rebuilt - recoveredTime, but: Set(hits.map(\.id)), directory, queue)
                hits += untold.hits
                leftUntold = untold.more
            }
            try queue.inDatabase { database in
                // A file of the newest days is ours: what a crash has left in it is told once it can be read.
                let newest = HitFileName.list(in: directory.hits).last?.day
                for name in found.unreadable.map(\.file)
                where name.day.daysSinceEpoch >= (newest ?? now.day).daysSinceEpoch - 1 {
                    try HitTable.claim(name, database)
                }
            }
            let recovery = Recovery(
                hits: hits, tornBytes: found.tornBytes, badLines: found.badLines, newerLines: found.newerLines,
                isDatabaseRebuilt: rebuilt != nil, rebuild: opened.rebuild,
                unreadable: found.unreadable + adopted.unreadable.filter { !found.unreadable.contains($0) },
                adoptedFiles: adopted.files, adoptedHits: adopted.hits, leftUntold: leftUntold)
            return (store, recovery)
        } catch {
            // Damage that opening has passed over: the next start looks through the whole database.
            if StateDatabase.tellsDamage(error) { SuspectMark(directory).set() }
            throw StoreError(error, path: directory.database)
        }
    }

    /// The newest hits seen since an instant of which the outbox knows nothing, oldest first, and how many more there are.
    static func untold(
        since start: Instant, but known: Set<String>, _ directory: StateDirectory, _ queue: DatabaseQueue,
        most: Int = mostRecovered
    ) throws -> (hits: [Hit], more: Int) {
        var query = HitQuery()
        query.since = start
        query.newestFirst = true
        var hits: [Hit] = []
        var more = 0
        try HitReader(directory: directory.path).read(query) { found in
            let hit = found.hit
            guard !known.contains(hit.id), try !queue.inDatabase({ try hasDelivery(hit.id, $0) }) else {
                return true
            }
            if hits.count < most { hits.append(hit) } else { more += 1 }
            return true
        }
        return (hits.reversed(), more)
    }

    private static func hasDelivery(_ id: String, _ database: Database) throws -> Bool {
        guard let number = try HitTable.number(of: id, database) else { return false }
        let select = try PreparedStatement(database, "SELECT 1 FROM delivery WHERE hit = ? LIMIT 1")
        select.bind(number, at: 1)
        defer { select.reset() }
        return try select.step()
    }
}

/// What `Store.open` found to be mended.
public struct Recovery: Sendable {
    /// Hits that are to be routed and handed to `Store.indexRecovered`: those whose lines the index does not know, and
    /// after a rebuild those of the last 24 h of which the outbox knows nothing.
    public var hits: [Hit]
    /// Bytes of a torn last line that were moved to `quarantine/`.
    public var tornBytes: Int
    /// Lines behind the index's watermark that are no hits; copied to `quarantine/`.
    public var badLines: Int
    /// Lines of a later version, left alone.
    public var newerLines: Int
    /// Whether the database was made anew without its whole outbox: `hits` are to be told as one digest for each
    /// receiver, which may repeat what it has been told before (R17). True until `indexRecovered` has succeeded, across
    /// restarts too.
    public var isDatabaseRebuilt: Bool
    /// What was done about a database that was damaged or lost; nil where nothing was.
    public var rebuild: DatabaseRebuild?
    /// Hit files that may hold lines that the index does not know, and cannot be read: they wait for a start that can.
    public var unreadable: [UnreadableHitFile] = []
    /// Day files of the past of which the index knew nothing: they came from elsewhere, are indexed now, and nothing of
    /// them is to be told.
    public var adoptedFiles = 0
    /// The hits in them that the index did not know.
    public var adoptedHits = 0
    /// Hits of the day before a rebuild that are not told again, since there are too many.
    public var leftUntold = 0
}
