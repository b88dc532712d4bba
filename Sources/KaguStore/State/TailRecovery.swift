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
        /// Files that could not be read, or not to their end: their lines wait for a start that can.
        var unreadable: [UnreadableHitFile] = []
    }

    /// The state directory.
    let directory: StateDirectory
    /// The database, open for writing.
    let database: DatabaseQueue

    /// Looks at each file that is longer than its watermark.
    func run() throws -> Found {
        var found = Found()
        let (marks, digests) = try database.inDatabase { (try HitTable.watermarks($0), try DayDigest.all($0)) }
        var ends: [HitFileName: Int] = [:]
        var known: Set<String> = []
        for name in HitFileName.list(in: directory.hits) {
            let start = marks[name] ?? 0
            // A sealed day that is indexed to its end need not be opened: what it holds, if it is compressed, is told by
            // the headers of hundreds of members.
            if start > 0, digests[name]?.bytes == start, access("\(directory.hits)/\(name)", F_OK) != 0 { continue }
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
        let reader: LineReader
        do {
            guard let opened = try LineReader.open(path), opened.size > max(0, start) else { return nil }
            reader = opened
        } catch {
            found.unreadable.append(UnreadableHitFile(name, error))
            return nil
        }
        // A watermark is the end of a line; a damaged one must not cut one in two.
        let start = reader.endOfWholeLines(before: max(0, start))
        var tail = Tail()
        let decoder = JSONDecoder()
        let end = try reader.forward(start..<reader.size) { line in
            switch HitLine(line.bytes, decoder: decoder) {
            case .hit(let hit):
                if try database.inDatabase({ try HitTable.isKnown(hit.id, $0) }) {
                    tail.keepsPlaces = tail.keepsPlaces || tail.firstBad != nil
                } else if known.insert(hit.id).inserted {
                    tail.unknown.append(FoundLine(hit: hit, location: HitLocation(line, in: name)))
                }
                tail.keep(line)
            case .newer:
                tail.newerLines += 1
                tail.keep(line)
            case .bad:
                tail.firstBad = tail.firstBad ?? line.offset
                tail.badLines += 1
                tail.bad += line.bytes + [UInt8(ascii: "\n")]
            }
            return true
        }
        if let failure = reader.failure {
            // What is there behind the last line that could be read is not torn.
            for line in tail.unknown { known.remove(line.hit.id) }
            found.unreadable.append(UnreadableHitFile(name, failure))
            return nil
        }
        let quarantine = Quarantine(directory)
        if end < reader.size, !reader.isCompressed {
            found.tornBytes += reader.size - end
            try quarantine.keep(reader.bytes(end..<reader.size), as: "\(name).\(end).torn")
            try cut(path, to: end)
        }
        if let firstBad = tail.firstBad {
            try quarantine.keep(tail.bad, as: "\(name).\(firstBad).bad")
            found.badLines += tail.badLines
            if !tail.keepsPlaces, !reader.isCompressed {
                try replace(path, reader.bytes(0..<firstBad) + tail.kept)
                for line in tail.unknown { known.remove(line.hit.id) }
                return try readTail(name, from: start, &found, &known)
            }
        }
        found.lines += tail.unknown
        found.newerLines += tail.newerLines
        return end
    }

    /// What lies behind a file's watermark. Bad lines there are what a power cut has left of a batch that was never
    /// acknowledged: they leave the file, unless the index knows places of lines behind them.
    private struct Tail {
        var unknown: [FoundLine] = []
        var newerLines = 0
        var badLines = 0
        var bad: [UInt8] = []
        var firstBad: Int?
        /// The good lines behind the first bad one.
        var kept: [UInt8] = []
        var keepsPlaces = false

        mutating func keep(_ line: LineReader.Line) {
            if firstBad != nil { kept += line.bytes + [UInt8(ascii: "\n")] }
        }
    }

    /// Replaces a file's content; at any moment it has the old one or the new one.
    private func replace(_ path: String, _ bytes: [UInt8]) throws {
        let partial = path + ".partial"
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw SystemError.failure(errno, path: partial, doing: "open") }
        defer { close(descriptor) }
        guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0,
            rename(partial, path) == 0
        else { throw SystemError.failure(errno, path: partial, doing: "write") }
        try DayCompression.syncDirectory(of: path)
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
