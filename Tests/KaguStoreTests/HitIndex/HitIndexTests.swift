// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

@Suite("The index over the hits (O25, B16)")
struct HitIndexTests {
    /// Hits of `HitReaderTests`, with the indexes of all days built.
    private func indexed(perDay: Int = 200) throws -> (TemporaryDirectory, HitIndexFiles) {
        let directory = try TemporaryDirectory()
        _ = try HitReaderTests.write(directory, perDay: perDay)
        let files = HitIndexFiles(directory: directory.path)
        try files.refresh(before: CivilDate(year: 2027, month: 1, day: 1))
        return (directory, files)
    }

    private static let changes: [@Sendable (inout HitQuery) -> Void] = [
        { $0.watches = ["big"] }, { $0.watches = ["big", "gib"] }, { $0.watches = ["bi"] },
        { $0.entities = ["org.1", "org.2"] }, { $0.topics = ["topic.5"] }, { $0.feeds = ["feed-2"] },
        { $0.classes = [.state] }, { $0.langs = ["fr"] }, { $0.countries = ["FR", "AZ"] },
        { $0.minimumSeverity = .high }, { $0.story = "s_7" }, { $0.idPrefix = "h_10" },
        { ($0.watches, $0.feeds) = (["big"], ["feed-0"]) }, { ($0.watches, $0.limit) = (["big"], 7) },
        { ($0.watches, $0.limit, $0.newestFirst) = (["big"], 7, true) },
        { ($0.watches, $0.newestFirst) = (["big"], true) },
        { ($0.watches, $0.since) = (["big"], Instant(seconds: 1_795_305_600 + 90_061)) },
        { ($0.watches, $0.until) = (["big"], Instant(seconds: 1_795_305_600 + 3601)) },
        { $0.text = try? TextQuery("title 7* NOT 77", folding: HitIndexTests.fold) },
    ]

    @Sendable static func fold(_ text: String) -> [UInt8] { Array(text.lowercased().utf8) }

    @Test("answers with an index are those without one", arguments: changes.indices, [true, false])
    func agrees(change: Int, baseline: Bool) throws {
        let (directory, files) = try indexed()
        var query = HitQuery()
        query.includesBaseline = baseline
        Self.changes[change](&query)
        let reader = HitReader(directory: directory.path)
        let with = reader.hits(query).map(\.id)
        for name in HitFileName.list(in: reader.path) {
            #expect(files.isWhole(name))
            unlink("\(reader.path)/\(HitIndexFiles.name(of: name))")
        }
        #expect(with == reader.hits(query).map(\.id))
        #expect(change == 2 || !with.isEmpty)
    }

    @Test("an index answers by itself: lines that it does not select are not read")
    func isUsed() throws {
        let (directory, _) = try indexed()
        // Of equal length, so that the index still covers the file; only its numbers can tell the old value.
        let name = "hits/2026-11-22.jsonl"
        let changed = try directory.text(name).replacing("\"feed-2\"", with: "\"feed-9\"")
        try directory.write(changed, to: name)
        var query = HitQuery()
        query.feeds = ["feed-9"]
        #expect(HitReader(directory: directory.path).hits(query).isEmpty)
        // And what it selects is judged by what the line says now.
        query.feeds = ["feed-2"]
        query.until = Instant(seconds: 1_795_305_600 + 86_400)
        #expect(HitReader(directory: directory.path).hits(query).isEmpty)
    }

    @Test("lines behind the end of an index are found, in both directions")
    func tail() throws {
        let (directory, files) = try indexed()
        let name = "hits/2026-11-24.jsonl"
        let more = Hit.make(
            id: "h_new", seen: Instant(seconds: 1_795_305_600 + 2 * 86_400 + 80_000), watches: ["big"])
        try directory.write(try directory.bytes(name) + more.line + [0x0A], to: name)
        #expect(!files.isWhole(HitFileName(day: CivilDate(year: 2026, month: 11, day: 24))))
        var query = HitQuery()
        query.watches = ["big"]
        query.includesBaseline = true
        let ids = HitReader(directory: directory.path).hits(query).map(\.id)
        #expect(ids.count == 61 && ids.last == "h_new")
        query.newestFirst = true
        #expect(HitReader(directory: directory.path).hits(query).map(\.id) == ids.reversed())
        #expect(try files.refresh(before: CivilDate(year: 2027, month: 1, day: 1)).files == 1)
        #expect(HitReader(directory: directory.path).hits(query).map(\.id) == ids.reversed())
    }

    @Test("an index over lines that were cut off and have others in their place is not used (O36)")
    func cut() throws {
        let (directory, files) = try indexed()
        let name = "hits/2026-11-24.jsonl"
        let lines = try directory.text(name).split(separator: "\n").map(String.init)
        let other = lines.suffix(30).map { $0.replacing("[\"gib\"]", with: "[\"big\"]") + "\n" }
        // As many bytes, so that the size tells nothing.
        try directory.write(lines.dropLast(30).map { $0 + "\n" }.joined() + other.joined(), to: name)
        let file = HitFileName(day: CivilDate(year: 2026, month: 11, day: 24))
        #expect(!files.isWhole(file))
        var query = HitQuery()
        query.watches = ["big"]
        query.since = file.day.start
        let reader = HitReader(directory: directory.path)
        let expected = reader.hits(query).count
        #expect(expected == 17 + 29)
        #expect(reader.statistics(query).total.hits == expected)
        try files.refresh(before: CivilDate(year: 2027, month: 1, day: 1))
        #expect(files.isWhole(file) && reader.hits(query).count == expected)
    }

    @Test("a growing day is indexed again when a mebibyte, and an eighth of it, lie behind its index")
    func catchUp() throws {
        let directory = try TemporaryDirectory()
        let files = HitIndexFiles(directory: directory.path)
        let file = HitFileName(day: CivilDate(year: 2026, month: 11, day: 22))
        let line = Hit.make(summary: String(repeating: "x", count: 4000)).line + [0x0A]
        func write(_ count: Int) throws -> Int {
            var bytes: [UInt8] = []
            for _ in 0..<count { bytes += line }
            try directory.write(bytes, to: "hits/\(file)")
            try files.catchUp(from: file.day)
            return HitIndex(path: directory.path("hits/2026-11-22.idx"))?.lines ?? 0
        }
        #expect(try write(200) == 0)
        #expect(try write(3000) == 3000)
        #expect(try write(3300) == 3000)
        #expect(try write(3600) == 3600)
        try files.catchUp(from: CivilDate(year: 2026, month: 11, day: 23))
        // Of a file that has become shorter, nothing counts that was indexed before.
        #expect(try write(3100) == 3100)
    }

    @Test("an index with a damaged byte answers right or counts as missing", arguments: 0..<60)
    func damaged(seed: Int) throws {
        let (directory, files) = try indexed(perDay: 60)
        let name = "hits/2026-11-23.idx"
        var bytes = try directory.bytes(name)
        let place = (seed * 7919 + seed * seed * 31) % bytes.count
        bytes[place] ^= 1 << (seed % 8)
        try directory.write(bytes, to: name)
        for change in Self.changes.indices.dropLast() {
            var query = HitQuery()
            Self.changes[change](&query)
            let with = HitReader(directory: directory.path).hits(query).map(\.id)
            unlink(directory.path(name))
            #expect(with == HitReader(directory: directory.path).hits(query).map(\.id), "byte \(place)")
            try directory.write(bytes, to: name)
        }
        _ = files
    }

    @Test("lines that are no hits, are of a later version, or in another form keep their places")
    func otherLines() throws {
        let directory = try TemporaryDirectory()
        let good = Hit.make(id: "h_1", watches: ["a"]).line + [0x0A]
        let newer = Array("{\"v\":2,\"id\":\"h_2\",\"seen\":\"2026-11-22T09:00:00.000Z\"}\n".utf8)
        let other =
            Array(#"{"id":"h_3","extra":{"a":1},"v":1,"#.utf8)
            + Hit.make(id: "h_3", watches: ["b\"\\é"], story: "s_9").line.dropFirst(18) + [0x0A]
        try directory.write(
            good + Array("rubbish\n".utf8) + newer + other + Hit.make(id: "h_4", watches: ["a"]).line + [0x0A],
            to: "hits/2026-11-22.jsonl")
        try HitIndexFiles(directory: directory.path).refresh(before: CivilDate(year: 2027, month: 1, day: 1))
        let reader = HitReader(directory: directory.path)
        var query = HitQuery()
        query.watches = ["a"]
        var ids: [String] = []
        let summary = reader.read(query) { found in
            ids.append(found.hit.id)
            return true
        }
        #expect(ids == ["h_1", "h_4"])
        #expect(summary == HitReadSummary(hits: 2, badLines: 1, newerLines: 1, repeatedLines: 0))
        query.watches = ["b\"\\é"]
        #expect(reader.hits(query).map(\.id) == ["h_3"])
        #expect(reader.statistics(HitQuery()).total.hits == 3)
    }

    @Test("an index whose day has gone is removed, and one that is not asked for is not built")
    func refresh() throws {
        let (directory, files) = try indexed(perDay: 3)
        unlink(directory.path("hits/2026-11-22.jsonl"))
        unlink(directory.path("hits/2026-11-23.idx"))
        let summary = try files.refresh(before: CivilDate(year: 2026, month: 11, day: 23))
        #expect(summary.files == 0)
        #expect(access(directory.path("hits/2026-11-22.idx"), F_OK) != 0)
        #expect(try files.refresh(before: CivilDate(year: 2026, month: 11, day: 24)).files == 1)
        #expect(try files.refresh(before: CivilDate(year: 2026, month: 11, day: 24)).files == 0)
    }

    @Test("an index takes less than a fifth of its lines (B16)")
    func size() throws {
        let (directory, _) = try indexed(perDay: 1000)
        let lines = try directory.bytes("hits/2026-11-22.jsonl").count
        #expect(try directory.bytes("hits/2026-11-22.idx").count * 5 < lines)
    }
}

@Suite("Quick reading of hit lines")
struct HitLineScanTests {
    @Test("a line of our writer is read as the decoder reads it, whatever its texts hold")
    func agrees() throws {
        let awkward = [
            "", "a", "\"", "\\", "a\\\"b\\\\", "\u{1}\t\r\n\u{7F}\u{2028}", "é\u{1F600}日本", "]},\"mentions\":[",
        ]
        for (index, text) in awkward.enumerated() {
            let hit = Hit.make(
                id: "h_\(text)", published: index % 2 == 0 ? Instant(milliseconds: 1_795_305_600_123) : nil,
                feed: .init(id: text, title: text, sourceClass: .party, country: index % 3 == 0 ? "FR" : nil),
                url: text,
                title: text, summary: text, lang: "az", watches: [text, "b"],
                entities: index % 2 == 0 ? [] : [text],
                topics: [TopicScore(id: text, score: -3), TopicScore(id: "t", score: 12)], severity: .critical,
                score: -7, story: text, revision: 3, baseline: index % 2 == 0,
                mentions: [.make(alias: text, text: text), .make(suffix: text, state: .candidate, reason: text)])
            let read = hit.line.withUnsafeBytes { bytes in HitLineScan(bytes).flatMap { $0.hit(bytes) } }
            #expect(read == hit)
        }
    }

    @Test("a value is told from others by the text that it stands for, not by how it is written")
    func values() throws {
        func one(_ json: String, _ wanted: [String]) -> Bool? {
            Array(json.utf8).withUnsafeBytes { HitLineScan.text($0, 0..<$0.count, isOneOf: wanted) }
        }
        #expect(one("a", ["b", "a"]) == true && one("a", ["b"]) == false && one("", ["a"]) == false)
        #expect(one(#"\b"#, [#"\b"#]) == false && one(#"\b"#, ["\u{8}"]) == true)
        #expect(one(#"\u0061"#, ["a"]) == true && one("é", ["e\u{301}"]) == true)
        #expect(one(#"\x"#, ["a"]) == nil)
        func list(_ json: String, _ wanted: [String]) -> Bool? {
            Array(json.utf8).withUnsafeBytes { HitLineScan.strings($0, 0..<$0.count, holdOneOf: wanted) }
        }
        #expect(list("[]", ["a"]) == false && list(#"["b","a"]"#, ["a"]) == true)
        #expect(list(#"["ba"]"#, ["a", "b"]) == false && list(#"["\x"]"#, ["a"]) == nil)
    }

    @Test("a cut or changed line is not scanned, or not as another hit")
    func changed() throws {
        let line = Hit.make(summary: "summary", mentions: [.make(), .make()]).line
        for count in 0..<line.count {
            let hit = line[..<count].withUnsafeBytes { bytes in HitLineScan(bytes).flatMap { $0.hit(bytes) } }
            #expect(hit == nil, "\(count) bytes")
        }
    }
}
