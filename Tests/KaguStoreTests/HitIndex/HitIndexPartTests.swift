// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguBytes
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

/// A day of some thousand hits: one watch in a hundred lines, a rare feed, topics and entities, stories.
private struct LongDay {
    static let file = HitFileName(day: CivilDate(year: 2026, month: 11, day: 22))
    static let start = Instant(seconds: 1_795_305_600)
    let directory: TemporaryDirectory
    let reader: HitReader
    let files: HitIndexFiles

    init(_ count: Int = 5200) throws {
        directory = try TemporaryDirectory(inMemory: true)
        var bytes: [UInt8] = []
        for number in 0..<count {
            let watches = number % 100 == 7 ? ["rare"] : number % 1500 == 8 ? ["big", "rare"] : ["big"]
            let hit = Hit.make(
                id: HitIdentity.hit(feedID: "f", key: "\(number)", revision: 0),
                seen: Self.start + .milliseconds(number * 9000),
                feed: .init(id: number % 97 == 3 ? "small" : "feed-\(number % 4)", title: "T", sourceClass: .wire),
                title: "title \(number)", lang: number % 2 == 0 ? "en" : "fr", watches: watches,
                entities: number % 300 == 9 ? ["org.rare"] : ["org.1"],
                severity: number % 3 == 0 ? .high : .low,
                story: HitIdentity.story(feedID: "f", key: "\(number - number % 2)"))
            bytes += hit.line + [0x0A]
        }
        try directory.write(bytes, to: "hits/\(Self.file)")
        reader = HitReader(directory: directory.path)
        files = HitIndexFiles(directory: directory.path)
        try files.rebuild(Self.file)
    }

    /// Path of the index.
    static let index = "hits/2026-11-22.idx"

    static let queries: [@Sendable (inout HitQuery) -> Void] = [
        { _ in }, { $0.watches = ["rare"] }, { $0.watches = ["rare", "big"] }, { $0.feeds = ["small"] },
        { ($0.watches, $0.feeds) = (["rare"], ["small"]) },
        { ($0.watches, $0.minimumSeverity) = (["rare"], .high) },
        { $0.entities = ["org.rare"] }, { ($0.entities, $0.langs) = (["org.rare"], ["fr"]) },
        { $0.since = start + .seconds(40_000) }, { $0.until = start + .seconds(40_001) },
        { ($0.since, $0.until) = (start + .seconds(3600), start + .seconds(7200)) },
        { ($0.watches, $0.since, $0.until) = (["rare"], start + .seconds(3600), start + .seconds(50_000)) },
        { ($0.watches, $0.limit) = (["rare"], 5) }, { ($0.limit, $0.newestFirst) = (70, true) },
        { $0.story = HitIdentity.story(feedID: "f", key: "4000") },
        { $0.idPrefix = HitIdentity.hit(feedID: "f", key: "4007", revision: 0) },
        { ($0.watches, $0.story) = (["rare"], HitIdentity.story(feedID: "f", key: "4006")) },
        { ($0.classes, $0.watches) = ([.wire], ["rare"]) },
    ]

    func query(_ number: Int) -> HitQuery {
        var query = HitQuery()
        Self.queries[number](&query)
        return query
    }

    func ids(_ query: HitQuery) -> [String] { reader.hits(query).map(\.id) }

    /// What is answered when there is no index.
    func plain(_ query: HitQuery) throws -> [String] {
        let path = directory.path(Self.index)
        rename(path, path + ".away")
        defer { rename(path + ".away", path) }
        return ids(query)
    }
}

@Suite("Parts of the index over the hits (B11, B12)")
struct HitIndexPartTests {
    @Test("lists of lines, parts of columns and lines that are proved by their checksum find what reading finds")
    func agrees() throws {
        let day = try LongDay()
        for number in LongDay.queries.indices {
            var query = day.query(number)
            let expected = try day.plain(query)
            #expect(!expected.isEmpty && day.ids(query) == expected, "query \(number)")
            query.newestFirst.toggle()
            #expect(day.ids(query) == expected.reversed(), "query \(number), turned round")
        }
    }

    @Test("lines that are given together are those that are given one by one")
    func joined() throws {
        let day = try LongDay()
        for number in LongDay.queries.indices {
            let query = day.query(number)
            var lines: [[UInt8]] = []
            day.reader.readLines(query) { line in
                lines.append(Array(line))
                return true
            }
            var joined: [[UInt8]] = []
            var blocks = 0
            let summary = day.reader.readJoinedLines(query) { block, count in
                let parts = block.split(separator: 0x0A)
                #expect(parts.count == count)
                joined += parts.map(Array.init)
                blocks += 1
                return true
            }
            #expect(joined == lines && summary.hits == lines.count, "query \(number)")
            if number == 0 { #expect(blocks * 20 < lines.count) }
        }
    }

    @Test("counts by parts of columns are those of decoding")
    func counts() throws {
        let day = try LongDay()
        for number in LongDay.queries.indices where day.query(number).limit == nil {
            let query = day.query(number)
            let hits = day.reader.hits(query)
            let counted = day.reader.statistics(query, by: .feed)
            #expect(counted.total.hits == hits.count, "query \(number)")
            #expect(counted.total.stories == Set(hits.map(\.story)).count, "query \(number)")
            #expect(counted.groups.mapValues(\.hits) == hits.reduce(into: [:]) { $0[$1.feed.id, default: 0] += 1 })
        }
    }

    @Test("a rare watch is found without its columns, and a damaged list is not believed")
    func lists() throws {
        let day = try LongDay()
        let index = try #require(HitIndex(path: day.directory.path(LongDay.index)))
        let names = try #require(index.names())
        let sets = try #require(index.sets(.watchSets, names: names.count))
        let rare = sets.indices.filter { sets[$0].contains { names[$0] == "rare" } }
        #expect(index.lines(bearing: rare, of: .watches)?.count == 56)
        #expect(index.lines(bearing: Array(sets.indices), of: .watches) == nil, "most lines bear the others")
        let entry = try #require(index.entry(.watchPostings))
        var bytes = try day.directory.bytes(LongDay.index)
        bytes[entry.offset + entry.bytes - 3] ^= 0x10
        try day.directory.write(bytes, to: LongDay.index)
        #expect(HitIndex(path: day.directory.path(LongDay.index))?.lines(bearing: rare, of: .watches) == nil)
        #expect(day.ids(day.query(1)).count == 56)
    }

    @Test("a line that has changed since it was indexed is read as it is now, with all that follows it, each once")
    func changedLine() throws {
        let day = try LongDay(500)
        let name = "hits/\(LongDay.file)"
        let lines = try day.directory.text(name).split(separator: "\n").map(String.init)
        var changed = lines
        changed[207] = changed[207].replacing("\"v\":1", with: "\"v\":9")
        changed[303] = String(repeating: "x", count: changed[303].utf8.count)
        try day.directory.write(changed.map { $0 + "\n" }.joined(), to: name)
        for number in [0, 1, 3, 8] {
            var query = day.query(number)
            if number == 8 { query.since = LongDay.start + .seconds(900) }
            let expected = try day.plain(query)
            #expect(day.ids(query) == expected, "query \(number)")
            query.newestFirst = true
            #expect(day.ids(query) == expected.reversed(), "query \(number), newest first")
        }
        var query = HitQuery()
        query.minimumSeverity = .low
        let summary = day.reader.readLines(query) { _ in true }
        #expect(summary.hits == 498 && summary.badLines == 1 && summary.newerLines == 1)
        // Who answered knows that the index is not what it was.
        #expect(summary.gaps.map(\.file) == [LongDay.file])
        try day.files.fill(summary.gaps, today: CivilDate(year: 2026, month: 11, day: 23))
        #expect(day.reader.readLines(query) { _ in true } == HitReadSummary(hits: 498, badLines: 1, newerLines: 1))
    }

    @Test(
        "an index of which any bytes are wrong answers right or counts as missing",
        arguments: 0..<Soak.count(ci: 12, soak: 2000))
    func flips(seed: Int) throws {
        let day = try LongDay(400)
        let whole = try day.directory.bytes(LongDay.index)
        let expected = try LongDay.queries.indices.map { try day.plain(day.query($0)) }
        var random = SeededGenerator(UInt64(seed))
        for _ in 0..<3 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            }
            if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
            try day.directory.write(bytes, to: LongDay.index)
            for number in LongDay.queries.indices {
                #expect(day.ids(day.query(number)) == expected[number], "query \(number)")
            }
            #expect(day.reader.statistics(HitQuery(), by: .watch).total.hits == 400)
        }
    }

    /// Sums are made right again, so that what reads the numbers must look at them itself.
    @Test(
        "no width, offset, size or number in an index makes a reader trap",
        arguments: 0..<Soak.count(ci: 12, soak: 2000))
    func hostile(seed: Int) throws {
        let day = try LongDay(400)
        let whole = try day.directory.bytes(LongDay.index)
        var random = SeededGenerator(UInt64(seed))
        let odd: [UInt64] = [0, 1, 3, 8, 255, 400, 401, 1 << 31, .max, UInt64(whole.count), 1 << 40]
        let count = 21
        for _ in 0..<6 {
            var bytes = whole
            for _ in 0..<3 {
                let value = odd.randomElement(using: &random) ?? 0
                switch Int.random(in: 0..<8, using: &random) {
                case 0: Self.put(value, 4, at: 16, &bytes)
                case 1: Self.put(value, 8, at: 8, &bytes)
                case 2: Self.put(UInt64.random(in: 0..<6, using: &random), 4, at: 40, &bytes)
                case 3: bytes[Int.random(in: 800..<bytes.count, using: &random)] ^= 0xFF
                default:
                    let entry = 64 + 32 * Int.random(in: 0..<count, using: &random)
                    let field = [(0, 4), (4, 4), (8, 8), (16, 8), (28, 4)].randomElement(using: &random) ?? (4, 4)
                    Self.put(value, field.1, at: entry + field.0, &bytes)
                }
            }
            Self.resum(&bytes)
            try day.directory.write(bytes, to: LongDay.index)
            for number in LongDay.queries.indices { _ = day.ids(day.query(number)) }
            _ = day.reader.statistics(HitQuery(), by: .topic)
            _ = day.files.isWhole(LongDay.file)
            _ = HitIndex(path: day.directory.path(LongDay.index))?.isSound
        }
    }

    @Test(
        "a length that is damaged in one row neither traps nor costs a hit, forward and backward (O38)",
        arguments: [0, 5, 10, 31, 50, 62, 63, 64, 65, 70, 128])
    func damagedLength(line: Int) throws {
        let day = try LongDay(200)
        var bytes = try day.directory.bytes(LongDay.index)
        let index = try #require(HitIndex(path: day.directory.path(LongDay.index)))
        let rows = try #require(index.entry(.rows))
        // The highest bit of the length, which stands before the checksum.
        bytes[rows.offset + line * rows.width + rows.width - 5] ^= 0x80
        try day.directory.write(bytes, to: LongDay.index)
        for number in LongDay.queries.indices {
            var query = day.query(number)
            #expect(day.ids(query) == (try day.plain(query)), "query \(number)")
            query.newestFirst.toggle()
            query.limit = 90
            #expect(day.ids(query) == (try day.plain(query)), "query \(number), turned")
        }
    }

    private static func put(_ value: UInt64, _ size: Int, at place: Int, _ bytes: inout [UInt8]) {
        for byte in 0..<size { bytes[place + byte] = UInt8(truncatingIfNeeded: value >> UInt64(byte * 8)) }
    }

    /// Makes the sums of sections with one sum, of the table and of the header right.
    private static func resum(_ bytes: inout [UInt8]) {
        func number(_ place: Int, _ size: Int) -> UInt64 {
            (0..<size).reduce(0) { $0 | UInt64(bytes[place + $1]) << UInt64($1 * 8) }
        }
        let sections = Int(min(number(44, 4), UInt64(bytes.count - 64) / 32, 63))
        for entry in (0..<sections).map({ 64 + 32 * $0 }) {
            let (offset, size) = (number(entry + 8, 8), number(entry + 16, 8))
            guard size < bytes.count, offset < bytes.count - Int(size) else { continue }
            let sum = CRC32C.checksum(bytes[Int(offset)..<Int(offset + size)])
            put(UInt64(sum), 4, at: entry + 24, &bytes)
        }
        put(UInt64(CRC32C.checksum(bytes[64..<(64 + 32 * sections)])), 4, at: 48, &bytes)
        put(UInt64(CRC32C.checksum(bytes[..<60])), 4, at: 60, &bytes)
    }
}
