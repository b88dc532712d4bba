// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguModel

/// Hits of the past on their way from the files into `known_hit`: gathered as 64 bits and a day, written in the order of
/// the table, so that its pages are filled one after the other. In the order of the files nearly each row would cost a
/// page.
///
/// Takes 8 bytes a hit, and for a moment up to twice that.
struct KnownHitGathering {
    /// What was written.
    struct Summary: Hashable {
        /// Hits, each once.
        var hits = 0
        /// Lines whose hit is known from another line.
        var repeatedLines = 0
        /// Rows that were there, and have no line any more.
        var removedRows = 0
    }

    /// Keys in order of days, by their first byte, which is even: ids are made of SHA-256.
    private var keys = [[UInt64]](repeating: [], count: 256)
    /// The days, and how many keys of each byte lie before the day's end; the last one is not over.
    private var days: [(day: Int, ends: [Int])] = []

    /// Notes that the file of a day has a line of a hit. The files of a day follow each other.
    @inline(__always)
    mutating func add(_ key: UInt64, day: Int) {
        if days.last?.day != day { begin(day) }
        keys[Int(key >> 56)].append(key)
    }

    private mutating func begin(_ day: Int) {
        endDay()
        days.append((day, []))
    }

    private mutating func endDay() {
        guard !days.isEmpty else { return }
        days[days.count - 1].ends = keys.map(\.count)
    }

    /// Makes the table hold what has been gathered, but for hits that have a row of `hit`; within a transaction. Rows of
    /// days whose files could not be read stay.
    mutating func write(keeping unreadable: Set<CivilDate>, _ database: Database) throws -> Summary {
        let kept = Set(unreadable.map(\.daysSinceEpoch))
        var summary = Summary()
        endDay()
        // Ids are signed in the table.
        for first in [128..<256, 0..<128].joined() {
            let top = UInt64(first) << 56
            let range = Int64(bitPattern: top)...Int64(bitPattern: top | (1 << 56 - 1))
            var merge = Merge(
                old: try KnownHitTable.rows(range, database),
                rows: try HitTable.keys(first: UInt8(first), database).map { Int64(bitPattern: $0) }, kept: kept)
            try merge.run(takeRows(first), database)
            summary.hits += merge.summary.hits
            summary.repeatedLines += merge.summary.repeatedLines
            summary.removedRows += merge.summary.removedRows
        }
        return summary
    }

    /// Rows for the keys that begin with a byte, in the order of the table; those of one hit by day. Forgets the keys.
    private mutating func takeRows(_ first: Int) -> [KnownHitTable.Row] {
        let keys = keys[first]
        self.keys[first] = []
        var rows: [KnownHitTable.Row] = []
        rows.reserveCapacity(keys.count)
        var start = 0
        for (day, ends) in days {
            for key in keys[start..<ends[first]] {
                rows.append(KnownHitTable.Row(id: Int64(bitPattern: key), day: day))
            }
            start = ends[first]
        }
        rows.sort { $0.id != $1.id ? $0.id < $1.id : $0.day < $1.day }
        return rows
    }
}

/// Takes a stretch of `known_hit` from what it holds to what it is to hold; both are in order.
private struct Merge {
    /// What the table holds.
    let old: [KnownHitTable.Row]
    /// Hits that have a row of their own.
    let rows: [Int64]
    /// Days whose rows stay.
    let kept: Set<Int>
    private(set) var summary = KnownHitGathering.Summary()
    private var nextOld = 0
    private var nextRow = 0

    init(old: [KnownHitTable.Row], rows: [Int64], kept: Set<Int>) {
        (self.old, self.rows, self.kept) = (old, rows, kept)
    }

    mutating func run(_ new: [KnownHitTable.Row], _ database: Database) throws {
        let inserter = try KnownHitTable.Inserter(database)
        let update = try PreparedStatement(database, "UPDATE known_hit SET day = ?2 WHERE id = ?1")
        var last: Int64?
        var added: [KnownHitTable.Row] = []
        for row in new {
            guard row.id != last else {
                summary.repeatedLines += 1
                continue
            }
            last = row.id
            try removeOld(before: row.id, database)
            guard !hasRow(row.id) else {
                summary.repeatedLines += 1
                continue
            }
            summary.hits += 1
            guard nextOld < old.count, old[nextOld].id == row.id else {
                added.append(row)
                continue
            }
            nextOld += 1
            guard old[nextOld - 1].day != row.day else { continue }
            update.bind(row.id, at: 1)
            update.bind(row.day, at: 2)
            try update.run()
        }
        try removeOld(before: nil, database)
        try inserter.add(added)
    }

    /// Removes what the table holds up to an id, or to the end: it has no line any more, or has got a row.
    private mutating func removeOld(before id: Int64?, _ database: Database) throws {
        while nextOld < old.count, id.map({ old[nextOld].id < $0 }) ?? true {
            let row = old[nextOld]
            nextOld += 1
            let hasRow = hasRow(row.id)
            guard hasRow || !kept.contains(row.day) else { continue }
            try KnownHitTable.delete(row.id, database)
            if !hasRow { summary.removedRows += 1 }
        }
    }

    /// Whether a hit has a row of its own. Asked in order.
    private mutating func hasRow(_ id: Int64) -> Bool {
        while nextRow < rows.count, rows[nextRow] < id { nextRow += 1 }
        return nextRow < rows.count && rows[nextRow] == id
    }
}
