// SPDX-License-Identifier: Apache-2.0

import GRDB
import Glibc
public import KaguModel

/// How long hits are kept, and from when their days are compressed (`store.retention.hits`, `store.compress_after`).
public struct HitKeeping: Hashable, Sendable {
    /// How long hits are kept (O42).
    public enum Retention: Hashable, Sendable {
        /// Without end.
        case forever
        /// Whole days of that age are removed.
        case age(Duration)
        /// The oldest days are removed while all of them take more bytes.
        case size(Int)
    }

    /// How long hits are kept.
    public var retention: Retention
    /// The age from which a day is compressed; nil: never.
    public var compressAfter: Duration?

    /// For ever and plain, unless told otherwise.
    public init(retention: Retention = .forever, compressAfter: Duration? = nil) {
        self.retention = retention
        self.compressAfter = compressAfter
    }
}

/// What one pass over the day files has done.
public struct HitUpkeepSummary: Hashable, Sendable {
    /// Sealed days whose digest was taken.
    public internal(set) var digests = 0
    /// Files that were compressed.
    public internal(set) var compressed = 0
    /// Files that were removed with their index rows.
    public internal(set) var removed = 0
    /// Hits that went with them.
    public internal(set) var removedHits = 0
    /// Files that left `quarantine/` and `backup/`.
    public internal(set) var expiredFiles = 0
    /// What went wrong, one sentence each; the next pass tries again.
    public internal(set) var problems: [String] = []
}

extension Store {
    /// The daily work on the day files (O42): takes the digests of sealed days, compresses those that are old enough,
    /// removes those beyond their time with their index rows, and what is too old in `quarantine/` and `backup/`.
    ///
    /// Reading and compressing is done beside the store's queue; what changes a file is done on it. A day of which
    /// anything is still owed is not removed, nor are the last two days that hold hits. With a `folding`, the full-text
    /// indexes of sealed days are looked through, and made where they are missing or damaged.
    @concurrent
    public nonisolated func keepFiles(
        at now: Instant, _ keeping: HitKeeping, folding: TextFolding? = nil
    ) async -> HitUpkeepSummary {
        var summary = HitUpkeepSummary()
        // Polls that ended before midnight may be stored a little after it.
        let today = (now - .seconds(600)).day
        for name in HitFileName.list(in: directory.hits) where name.day < today {
            do throws(StoreError) {
                if try await takeDigest(name) { summary.digests += 1 }
                guard let age = keeping.compressAfter, now - name.day.end > age, isPlain(name) else { continue }
                if try await compress(name) { summary.compressed += 1 }
            } catch {
                summary.problems.append("\(error)")
            }
        }
        do throws(StoreError) {
            try await expire(at: now, keeping.retention, &summary)
        } catch {
            summary.problems.append("\(error)")
        }
        do throws(StoreError) {
            // Days that have gone lose their index too.
            let indexes = HitIndexFiles(hits: directory.hits)
            try indexes.refresh(before: today)
            try indexes.catchUp(from: today)
            if let folding { try TextIndexFiles(hits: directory.hits, folding: folding).refresh(before: today) }
        } catch {
            summary.problems.append("\(error)")
        }
        summary.expiredFiles = Quarantine(directory).expire(at: now) + removeOldBackups()
        return summary
    }

    private nonisolated func isPlain(_ name: HitFileName) -> Bool {
        Glibc.access("\(directory.hits)/\(name)", F_OK) == 0
    }

    // MARK: Digests and compression

    /// Takes the digest of a day that has none for all of its content; false where nothing was to do. Throws where the
    /// part that had one has changed since.
    private nonisolated func takeDigest(_ name: HitFileName) async throws(StoreError) -> Bool {
        let path = "\(directory.hits)/\(name)"
        let known = try await digest(of: name)
        guard let reader = try LineReader.open(path), reader.size != known?.bytes else { return false }
        if let known, DayDigest(of: reader, bytes: known.bytes) != known {
            throw .file(path: path, reason: "digest: what it held when it was sealed has changed; run kagu verify")
        }
        guard let digest = DayDigest(of: reader, bytes: reader.size) else {
            throw .file(path: path, reason: "digest: it cannot be read to its end")
        }
        try await setDigest(digest, of: name)
        return true
    }

    private func digest(of name: HitFileName) throws(StoreError) -> DayDigest? {
        try access { try DayDigest.all($0)[name] }
    }

    private func setDigest(_ digest: DayDigest, of name: HitFileName) throws(StoreError) {
        commitQueued()
        try transaction { try DayDigest.set(digest, of: name, $0) }
    }

    /// Compresses a day; false where a line was added meanwhile.
    private nonisolated func compress(_ name: HitFileName) async throws(StoreError) -> Bool {
        let compression = DayCompression(path: "\(directory.hits)/\(name)")
        let bytes = try compression.run()
        return try await seal(name, compression, bytes: bytes)
    }

    func seal(
        _ name: HitFileName, _ compression: DayCompression, bytes: Int
    ) throws(StoreError) -> Bool {
        // On the store's queue nobody adds lines meanwhile; a clock that was set back may have led to some before.
        log.release(name)
        guard let reader = LineReader(compression.path), !reader.isCompressed, reader.size == bytes else {
            compression.abandon()
            return false
        }
        try compression.replacePlainFile()
        return true
    }

    // MARK: Retention

    private nonisolated func expire(
        at now: Instant, _ retention: HitKeeping.Retention, _ summary: inout HitUpkeepSummary
    ) async throws(StoreError) {
        let files = HitFileName.list(in: directory.hits)
        let days = try await expired(files, at: now, retention)
        guard !days.isEmpty else { return }
        summary.removedHits += try await forgetHits(of: days)
        for file in files where days.contains(file.day) {
            try await remove(file)
            summary.removed += 1
        }
    }

    /// The days that are beyond their time, less those of which anything is still owed.
    private nonisolated func expired(
        _ files: [HitFileName], at now: Instant, _ retention: HitKeeping.Retention
    ) async throws(StoreError) -> Set<CivilDate> {
        guard retention != .forever else { return [] }
        var days = Set(files.map(\.day)).sorted().dropLast(2)
        days.removeAll { $0 >= (now - .seconds(86_400)).day }
        var bytes = files.reduce(0) { $0 + self.bytes(of: $1) }
        var expired: Set<CivilDate> = []
        for day in days {
            switch retention {
            case .forever: return expired
            case .age(let age): guard now - day.end > age else { return expired }
            case .size(let most): guard bytes > most else { return expired }
            }
            guard try await !isOwed(day) else { continue }
            expired.insert(day)
            bytes -= files.reduce(0) { $0 + ($1.day == day ? self.bytes(of: $1) : 0) }
        }
        return expired
    }

    /// What a file takes on the disk, compressed or not.
    private nonisolated func bytes(of name: HitFileName) -> Int {
        ["", HitFileName.compressedSuffix].reduce(0) { sum, suffix in
            var status = stat()
            return stat("\(directory.hits)/\(name)\(suffix)", &status) == 0 ? sum + Int(status.st_size) : sum
        }
    }

    /// Whether a hit of the day is still to be told to somebody: waiting, pending or parked.
    private func isOwed(_ day: CivilDate) throws(StoreError) -> Bool {
        commitQueued()
        return try access { database in
            let select = try PreparedStatement(
                database,
                """
                SELECT 1 FROM delivery d JOIN hit h ON h.n = d.hit
                WHERE d.state IN (0, 1, 2) AND h.seen >= ? AND h.seen < ? LIMIT 1
                """)
            select.bind(day.start, at: 1)
            select.bind(day.end, at: 2)
            defer { select.reset() }
            return try select.step()
        }
    }

    /// Removes the index rows of some days: one look at all rows, a part at a time, each with a bounded transaction where
    /// there is something to remove; in between the store does what else is asked of it.
    private nonisolated func forgetHits(of days: Set<CivilDate>) async throws(StoreError) -> Int {
        var pass = HitForgetting(days)
        while !pass.isDone {
            if pass.found.isEmpty { pass = try await look(pass) }
            if !pass.found.isEmpty { pass = try await forget(pass) }
        }
        return pass.removed
    }

    private func look(_ pass: HitForgetting) throws(StoreError) -> HitForgetting {
        commitQueued()
        return try reading { database in
            var pass = pass
            try pass.look(database)
            return pass
        }
    }

    private func forget(_ pass: HitForgetting) throws(StoreError) -> HitForgetting {
        commitQueued()
        return try transaction { database in
            var pass = pass
            try pass.forget(database)
            return pass
        }
    }

    /// Removes a file whose hits the index has forgotten; its watermark goes last, or a start in between would take its
    /// lines for unknown ones.
    private func remove(_ name: HitFileName) throws(StoreError) {
        log.release(name)
        let path = "\(directory.hits)/\(name)"
        for suffix in ["", HitFileName.compressedSuffix] where unlink(path + suffix) != 0 && errno != ENOENT {
            throw SystemError.failure(errno, path: path + suffix, doing: "remove")
        }
        try DayCompression.syncDirectory(of: path)
        try transaction { database in
            for table in ["hit_file", "day_digest"] {
                let delete = try PreparedStatement(database, "DELETE FROM \(table) WHERE day = ? AND part = ?")
                delete.bind(name.day.daysSinceEpoch, at: 1)
                delete.bind(name.part, at: 2)
                try delete.run()
            }
        }
    }

    /// Keeps the newest backup only.
    private nonisolated func removeOldBackups() -> Int {
        let names = Quarantine.files(in: directory.backup).sorted { $0.changed < $1.changed }.map(\.name)
        return names.dropLast().count(where: { unlink("\(directory.backup)/\($0)") == 0 })
    }
}

/// Removes what the index knows of the hits of some days; their rows may have any numbers: after a rebuild they do not follow the
/// order in which hits were seen.
struct HitForgetting: Sendable {
    /// Rows looked at in one step, some milliseconds;
    static let rowsPerLook = 20_000
    /// and removed in one transaction.
    static let rowsPerStep = 2_000

    private let days: Set<Int>
    private var last = Int64.min
    /// The table that is looked at: first the rows, then the hits that have none.
    private var isAtKnown = false
    private var isAtEnd = false
    /// Rows that are to be removed next.
    private(set) var found: [Int64] = []
    /// How many are gone.
    private(set) var removed = 0

    /// Whether all rows have been looked at, and none is left to be removed.
    var isDone: Bool { isAtEnd && found.isEmpty }

    init(_ days: Set<CivilDate>) { self.days = Set(days.map(\.daysSinceEpoch)) }

    /// Looks at the next rows; reads only.
    mutating func look(_ database: Database) throws {
        let select = try PreparedStatement(
            database,
            isAtKnown
                ? "SELECT id, day FROM known_hit WHERE id > ? ORDER BY id LIMIT ?"
                : "SELECT n, seen FROM hit WHERE n > ? ORDER BY n LIMIT ?")
        select.bind(last, at: 1)
        select.bind(Self.rowsPerLook, at: 2)
        var rows = 0
        while try select.step() {
            rows += 1
            last = select.int64(0)
            let day = isAtKnown ? select.int(1) : Instant(milliseconds: select.int64(1)).day.daysSinceEpoch
            if days.contains(day) { found.append(last) }
        }
        isAtEnd = isAtKnown && rows < Self.rowsPerLook
        // What was found of one table is removed before the other is looked at.
        if !isAtKnown, rows < Self.rowsPerLook, found.isEmpty { (isAtKnown, last) = (true, .min) }
    }

    /// Removes the first of those that were found; within a transaction. Deliveries that are settled go with their hit,
    /// the alert that told it stays.
    mutating func forget(_ database: Database) throws {
        let gone = found.prefix(Self.rowsPerStep)
        let statements =
            isAtKnown
            ? ["DELETE FROM known_hit WHERE id = ?"]
            : ["DELETE FROM delivery WHERE hit = ?", "DELETE FROM hit WHERE n = ?"]
        for sql in statements {
            let delete = try PreparedStatement(database, sql)
            for number in gone {
                delete.bind(number, at: 1)
                try delete.run()
            }
        }
        removed += gone.count
        found.removeFirst(gone.count)
    }
}

extension CivilDate {
    /// The first instant after the day (UTC).
    var end: Instant { CivilDate(daysSinceEpoch: daysSinceEpoch + 1).start }
}
