// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

/// Day files that no kagu would write: every good line is read by all readers, every other is counted (O38).
@Suite struct OddFileTests {
    private let fixture: StateFixture
    private let name = "state/hits/2026-11-22.jsonl"

    init() throws {
        fixture = try StateFixture(inMemory: true)
        for directory in ["hits", "quarantine", "backup"] {
            try fixture.directory.write("", to: "state/\(directory)/.keep")
        }
    }

    private func line(_ number: Int, summary: String = "") -> [UInt8] {
        let id = HitIdentity.hit(feedID: "a", key: "\(number)", revision: 0)
        return Hit.make(
            id: id, seen: fixture.now + .seconds(Int64(number)), title: "Baku \(number)", summary: summary,
            story: "s_" + id.dropFirst(2).prefix(13)
        ).line
    }

    /// A good line before the bytes, and one behind them.
    private func around(_ bytes: [UInt8]) -> [UInt8] {
        var all = line(1)
        all.append(0x0A)
        all += bytes
        all.append(0x0A)
        all += line(3)
        all.append(0x0A)
        return all
    }

    /// What the readers make of a file: the numbers of its hits and the count of its bad lines; all of them agree.
    private func expect(
        _ bytes: [UInt8], hits: [Int], bad: Int, findings: Int? = nil, _ comment: Comment,
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) throws {
        try fixture.directory.write(bytes, to: name)
        let reader = HitReader(directory: fixture.path)
        var query = HitQuery()
        for backward in [false, true] {
            query.newestFirst = backward
            var found: [Int] = []
            let summary = reader.read(query) { hit in
                found.append(Int(hit.hit.title.dropFirst(5)) ?? -1)
                return true
            }
            #expect(found == (backward ? hits.reversed() : hits), comment, sourceLocation: sourceLocation)
            #expect(
                summary == HitReadSummary(hits: hits.count, badLines: bad), comment, sourceLocation: sourceLocation)
        }
        // Without an index, then with one; a question that the index answers, and a count.
        for _ in 0..<2 {
            query.minimumSeverity = .low
            query.newestFirst = false
            #expect(reader.hits(query).count == hits.count, comment, sourceLocation: sourceLocation)
            let counts = reader.statistics(HitQuery(), by: .watch)
            #expect(counts.total.hits == hits.count, comment, sourceLocation: sourceLocation)
            #expect(counts.summary.badLines == bad, comment, sourceLocation: sourceLocation)
            try HitIndexFiles(directory: fixture.path).refresh(before: (fixture.now + .seconds(86_400)).day)
        }
        let verified = try StateVerifier(directory: fixture.path).run()
        #expect(verified.hits == hits.count, comment, sourceLocation: sourceLocation)
        // The missing database is one of them.
        #expect(
            verified.findingCount == (findings ?? bad) + 1, "\(verified.findings)", sourceLocation: sourceLocation)
        let reindexed = try Store.reindex(directory: fixture.path, at: fixture.now)
        #expect(reindexed.hits == hits.count && reindexed.badLines == bad, comment, sourceLocation: sourceLocation)
        #expect(
            try fixture.directory.bytes(name) == bytes, "reindex changes no file", sourceLocation: sourceLocation)
        for file in try fixture.directory.names(in: "state") where file.hasPrefix("state.sqlite") {
            unlink("\(fixture.path)/\(file)")
        }
    }

    @Test("an empty file, and one of newlines only")
    func empty() throws {
        try expect([], hits: [], bad: 0, "empty")
        try expect(Array("\n\n\n".utf8), hits: [], bad: 3, "newlines")
    }

    @Test("a last line without its end is left for the start to move aside; all before it is read (O35)")
    func truncated() throws {
        let whole = around(line(2))
        try expect(Array(whole.dropLast()), hits: [1, 2], bad: 0, "no newline at the end")
        try expect(Array(whole.dropLast(30)), hits: [1, 2], bad: 0, "cut")
    }

    @Test("lines that end with CR LF are hits")
    func crlf() throws {
        try expect((1...3).flatMap { line($0) + [0x0D, 0x0A] }, hits: [1, 2, 3], bad: 0, "CRLF")
    }

    @Test("bytes that are no UTF-8, NUL bytes and rubbish cost their own lines only")
    func rubbish() throws {
        let latin = line(2, summary: "caf~").map { $0 == UInt8(ascii: "~") ? 0xE9 : $0 }
        let nul = line(2, summary: "caf~").map { $0 == UInt8(ascii: "~") ? 0 : $0 }
        let zeros = [UInt8](repeating: 0, count: 70_000)
        let cut = Array(line(2).dropLast())
        let cases: [(bytes: [UInt8], comment: Comment)] = [
            (latin, "Latin-1"), (nul, "NUL in a string"), (zeros, "a block of NUL"), (Array("{}".utf8), "no hit"),
            (Array("\u{FEFF}".utf8), "a mark"), (cut, "no brace"),
        ]
        for (bytes, comment) in cases {
            try expect(around(bytes), hits: [1, 3], bad: 1, comment)
        }
    }

    @Test("a line of 10 MB that is a hit is one; one that is none costs itself only")
    func longLines() throws {
        let long = line(2, summary: String(repeating: "é", count: 5 << 20))
        try expect(around(long), hits: [1, 2, 3], bad: 0, "a long hit")
        let noise = [UInt8](repeating: UInt8(ascii: "x"), count: 10 << 20)
        try expect(around(noise), hits: [1, 3], bad: 1, "noise")
    }

    @Test("a line beyond 64 MiB is given cut, and hides nothing behind it")
    func endlessLine() throws {
        let noise = [UInt8](repeating: UInt8(ascii: "x"), count: 64 << 20 + 1 << 19)
        try fixture.directory.write(around(noise), to: name)
        let reader = HitReader(directory: fixture.path)
        var query = HitQuery()
        #expect(reader.read(query) { _ in true } == HitReadSummary(hits: 2, badLines: 1))
        query.newestFirst = true
        #expect(reader.hits(query).map(\.title) == ["Baku 3", "Baku 1"])
        #expect(reader.statistics(HitQuery()).total.hits == 2)
        // Without an end it is a part of a line.
        try fixture.directory.write(Array(around(noise).prefix(noise.count)), to: name)
        #expect(reader.read(HitQuery()) { _ in true } == HitReadSummary(hits: 1))
    }
}
