// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GRDB
import KaguBytes
import KaguModel

/// What the database says of the hit files, within one read transaction.
///
/// Confined to that transaction.
struct IndexSnapshot {
    let marks: [HitFileName: Int]
    let digests: [HitFileName: DayDigest]
    /// How many hits of each day are known without a row.
    let known: [CivilDate: Int]
    private let database: Database

    init(_ database: Database) throws {
        self.database = database
        marks = try HitTable.watermarks(database)
        digests = try DayDigest.all(database)
        known = try KnownHitTable.counts(database)
    }

    /// The number and the place of a hit's line; nil where the index does not know it.
    func row(_ id: String) -> (number: Int64, location: HitLocation)? {
        guard let number = try? HitTable.number(of: id, database),
            let location = try? HitTable.locations(of: [number], database)[number]
        else { return nil }
        return (number, location)
    }

    /// The day of a hit that has no row, and what stands for its id; nil where the index does not know it so.
    func known(_ id: String) -> (key: Int64, day: CivilDate)? {
        guard let key = KnownHitTable.key(of: id), let day = try? KnownHitTable.day(of: key, database) else {
            return nil
        }
        return (key, day)
    }

    /// Tells the rows whose line no file holds, and how many there are of the hits that have none.
    func missing(_ found: HitRows, _ report: inout VerifyReport) {
        for (day, count) in known.sorted(by: { $0.key < $1.key })
        where count > found.known(of: day) && !found.unread.contains(where: { $0.day == day }) {
            report.add(
                "hits/\(HitFileName(day: day))",
                "lines are not there, which the index expects: \(count - found.known(of: day))")
        }
        do {
            let select = try PreparedStatement(database, "SELECT n FROM hit ORDER BY n")
            while try select.step() {
                let number = select.int64(0)
                guard !found.contains(number) else { continue }
                let location = try HitTable.locations(of: [number], database)[number]
                if let location, found.unread.contains(location.file) { continue }
                report.add(
                    location.map { "hits/\($0.file)" } ?? "state.sqlite",
                    "the line of hit \(number) is not there, which the index expects at offset "
                        + "\(location?.offset ?? 0)")
            }
        } catch {
            report.add("state.sqlite", "the index cannot be read: \(error)")
        }
    }
}

/// The hits of the index whose line was found: row numbers, a bit each, and of hits without a row how many a day has.
struct HitRows {
    private var words: [UInt64] = []
    private var knownDay: CivilDate?
    /// Those of `knownDay`.
    private var knownHits: Set<Int64> = []
    private var knownCounts: [CivilDate: Int] = [:]
    /// Files of which nobody knows what they hold.
    var unread: Set<HitFileName> = []

    /// Adds a number; false where it is there already, or is no number of a row.
    mutating func insert(_ number: Int64) -> Bool {
        guard number >= 0, number < 1 << 36 else { return false }
        let (word, bit) = (Int(number / 64), UInt64(1) << UInt64(number % 64))
        if word >= words.count { words += [UInt64](repeating: 0, count: max(word + 1 - words.count, words.count)) }
        guard words[word] & bit == 0 else { return false }
        words[word] |= bit
        return true
    }

    /// Adds a hit that has no row; false where it is there already. Days come one after the other.
    mutating func insert(known key: Int64, of day: CivilDate) -> Bool {
        if day != knownDay { (knownDay, knownHits) = (day, []) }
        guard knownHits.insert(key).inserted else { return false }
        knownCounts[day, default: 0] += 1
        return true
    }

    /// How many hits without a row were found on a day.
    func known(of day: CivilDate) -> Int { knownCounts[day] ?? 0 }

    func contains(_ number: Int64) -> Bool {
        guard number >= 0, number / 64 < words.count else { return false }
        return words[Int(number / 64)] & (1 << UInt64(number % 64)) != 0
    }
}

/// Looks at each line of one hit file (O27).
struct HitFileVerifier {
    private let name: HitFileName
    private let path: String
    private let index: IndexSnapshot?
    private let decoder = JSONDecoder()
    private var line = 0
    private var lastSeen: Instant?
    /// What the index file tells of lines, where the index has hits that are told nowhere else; in order.
    private var places: ArraySlice<IndexedPlace> = []

    init(_ name: HitFileName, in directory: StateDirectory, index: IndexSnapshot?) {
        self.name = name
        path = "\(directory.hits)/\(name)"
        self.index = index
        guard index?.known[name.day] != nil,
            let file = HitIndex(path: "\(directory.hits)/\(HitIndexFiles.name(of: name))"),
            var rows = IndexRows(file), let found = rows.places(of: Array(0..<file.lines))
        else { return }
        places = found[...]
    }

    private var shown: String { "hits/\(name)" }

    mutating func run(_ rows: inout HitRows, _ report: inout VerifyReport) {
        report.files += 1
        do throws(StoreError) {
            // Gone since the files were listed: its retention has ended.
            guard let reader = try LineReader.open(path) else { return }
            read(reader, &rows, &report)
        } catch {
            rows.unread.insert(name)
            report.add(shown, "it cannot be read: \(UnreadableHitFile(name, error).reason)")
        }
    }

    private mutating func read(_ reader: borrowing LineReader, _ rows: inout HitRows, _ report: inout VerifyReport)
    {
        for range in reader.damage() {
            report.add(shown, "compressed data is damaged: bytes \(range.lowerBound) to \(range.upperBound)")
        }
        let end = reader.forward(0..<reader.size) { line in
            verify(line, &rows, &report)
            return true
        }
        if let failure = reader.failure {
            rows.unread.insert(name)
            report.add(shown, "it cannot be read to its end: \(failure)")
        }
        let mark = index?.marks[name] ?? 0
        // A daemon may be writing behind the watermark.
        if end < reader.size, end < mark || reader.isCompressed {
            report.add(shown, "it ends with a part of a line, at byte \(end)")
        }
        if mark > reader.size {
            report.add(shown, "\(mark - reader.size) bytes at its end are missing, which the index knows")
        }
        if let digest = index?.digests[name] {
            report.digests += 1
            if DayDigest(of: reader, bytes: digest.bytes) != digest {
                report.add(shown, "its SHA-256 is not that of the day it was sealed")
            }
        }
    }

    private mutating func verify(
        _ line: LineReader.Line, _ rows: inout HitRows, _ report: inout VerifyReport
    ) {
        self.line += 1
        guard String(validating: line.bytes, as: UTF8.self) != nil else { return add("it is not UTF-8", &report) }
        switch HitLine(line.bytes, decoder: decoder) {
        case .newer: report.newerLines += 1
        case .bad: add("it is no hit: not JSON, or a member is missing or of the wrong type", &report)
        case .hit(let hit):
            if let problem = Self.problem(of: hit, on: name.day) { add(problem, &report) }
            if let lastSeen, hit.seen < lastSeen { add("it was seen before the line above it", &report) }
            lastSeen = hit.seen
            compare(hit, HitLocation(line, in: name), &rows, &report)
        }
    }

    /// Compares a line with its row; of lines with one id the one that the index points to counts.
    private mutating func compare(
        _ hit: Hit, _ location: HitLocation, _ rows: inout HitRows, _ report: inout VerifyReport
    ) {
        guard let index else { return report.hits += 1 }
        guard let row = index.row(hit.id) else {
            if let known = index.known(hit.id) { return compare(hit, location, known, &rows, &report) }
            report.hits += 1
            guard location.offset < index.marks[name] ?? 0 else { return report.unindexedHits += 1 }
            return add("hit \(hit.id) is not in the index; kagu reindex puts it there", &report)
        }
        guard row.location.file == name, row.location.offset == location.offset else {
            report.repeatedLines += 1
            return
        }
        report.hits += 1
        _ = rows.insert(row.number)
        if row.location.crc != location.crc || row.location.length != location.length {
            add("hit \(hit.id) has changed since it was written: its CRC-32C is not the one in the index", &report)
        }
    }

    /// Compares the line of a hit that has no row with what the day's index file tells, where there is one.
    private mutating func compare(
        _ hit: Hit, _ location: HitLocation, _ known: (key: Int64, day: CivilDate), _ rows: inout HitRows,
        _ report: inout VerifyReport
    ) {
        guard known.day == name.day, rows.insert(known: known.key, of: known.day) else {
            return report.repeatedLines += 1
        }
        report.hits += 1
        while let place = places.first, place.start < location.offset { places.removeFirst() }
        guard let place = places.first, place.start == location.offset else { return }
        if place.checksum != location.crc || place.length != location.length {
            add(
                "hit \(hit.id) has changed since it was indexed, or its row in \(HitIndexFiles.name(of: name)) has: "
                    + "the line's CRC-32C is not the one there", &report)
        }
    }

    private func add(_ problem: String, _ report: inout VerifyReport) {
        report.add(shown, line: line, problem)
    }

    /// What the schema cannot say of a hit (docs/hits.md).
    private static func problem(of hit: Hit, on day: CivilDate) -> String? {
        if !isID(hit.id, "h_", count: 16) { return "its id \"\(hit.id)\" is none" }
        if !hit.story.hasPrefix("s_") { return "its story \"\(hit.story)\" is none" }
        if hit.seen.day != day { return "it was seen on another day, \(hit.seen.day)" }
        if hit.watches.isEmpty { return "it names no watch" }
        return nil
    }

    private static func isID(_ id: String, _ prefix: String, count: Int) -> Bool {
        id.hasPrefix(prefix) && id.utf8.count == prefix.utf8.count + count
            && id.utf8.dropFirst(prefix.utf8.count).allSatisfy { crockford.contains($0) }
    }

    private static let crockford = Set("0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz".utf8)
}
