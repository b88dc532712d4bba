// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GRDB
import Glibc
import KaguModel

/// Mends the hit files at start: a torn last line goes to `quarantine/`, and lines behind the index's watermark are
/// found (O35, O38, D1).
struct TailRecovery {
    /// A line that the index does not know.
    struct FoundLine {
        var hit: Hit
        var location: HitLocation
    }

    /// What was found.
    struct Found {
        var lines: [FoundLine] = []
        var tornBytes = 0
        var badLines = 0
        var newerLines = 0
    }

    /// The state directory.
    let directory: StateDirectory
    /// The database, open for writing.
    let database: DatabaseQueue

    /// Looks at each file that is longer than its watermark.
    func run() throws -> Found {
        var found = Found()
        let marks = try database.inDatabase { try HitTable.watermarks($0) }
        var ends: [HitFileName: Int] = [:]
        var known: Set<String> = []
        for name in HitFileName.list(in: directory.hits) {
            let start = marks[name] ?? 0
            guard let end = try readTail(name, from: start, &found, &known), end > start else { continue }
            ends[name] = end
        }
        // Nothing unknown: the watermarks may move at once. Else they wait until the lines are indexed.
        if found.lines.isEmpty, !ends.isEmpty {
            try database.inDatabase { database in
                try database.inTransaction(.immediate) {
                    for (name, end) in ends { try HitTable.setWatermark(end, of: name, database) }
                    return .commit
                }
            }
        }
        return found
    }

    /// Reads a file from its watermark, and gives the end of its whole lines; nil where there is nothing to read.
    private func readTail(
        _ name: HitFileName, from start: Int, _ found: inout Found, _ known: inout Set<String>
    ) throws -> Int? {
        let path = "\(directory.hits)/\(name)"
        guard let reader = LineReader(path), reader.size > start else { return nil }
        let decoder = JSONDecoder()
        var unknown: [FoundLine] = []
        var bad: [UInt8] = []
        let end = try reader.forward(start..<reader.size) { line in
            switch HitLine(line.bytes, decoder: decoder) {
            case .hit(let hit):
                let isIndexed = try database.inDatabase { try HitTable.number(of: hit.id, $0) != nil }
                if !isIndexed, known.insert(hit.id).inserted {
                    unknown.append(FoundLine(hit: hit, location: HitLocation(line, in: name)))
                }
            case .newer: found.newerLines += 1
            case .bad:
                found.badLines += 1
                bad += line.bytes
                bad.append(UInt8(ascii: "\n"))
            }
            return true
        }
        found.lines += unknown
        if !bad.isEmpty { try quarantine(bad, "\(name).\(start).bad") }
        if end < reader.size {
            found.tornBytes += reader.size - end
            try quarantine(reader.bytes(end..<reader.size), "\(name).\(end).torn")
            try cut(path, to: end)
        }
        return end
    }

    private func quarantine(_ bytes: [UInt8], _ name: String) throws {
        let path = "\(directory.quarantine)/\(name)"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw SystemError.failure(errno, path: path, doing: "open") }
        defer { close(descriptor) }
        guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            throw SystemError.failure(errno, path: path, doing: "write")
        }
    }

    private func cut(_ path: String, to end: Int) throws {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError.failure(errno, path: path, doing: "open") }
        defer { close(descriptor) }
        guard ftruncate(descriptor, off_t(end)) == 0, fsync(descriptor) == 0 else {
            throw SystemError.failure(errno, path: path, doing: "cut the torn line off")
        }
    }
}

extension TailRecovery.Found {
    /// After a rebuilt database: indexes the lines seen before `limit` without owing anything for them (R17), and
    /// keeps the others.
    mutating func indexOlder(than limit: Instant, in database: DatabaseQueue) throws {
        let old = lines.filter { $0.hit.seen < limit }
        guard !old.isEmpty else { return }
        try database.inDatabase { database in
            try database.inTransaction(.immediate) {
                var numbers = try FeedTable.numbers(database)
                for line in old {
                    let id = line.hit.feed.id
                    let feed = try numbers[id] ?? FeedTable.insert(id, database)
                    numbers[id] = feed
                    _ = try HitTable.insert(line.hit, at: line.location, feed: feed, earlier: [], database)
                }
                return .commit
            }
        }
        lines.removeAll { $0.hit.seen < limit }
    }
}
