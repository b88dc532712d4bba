// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

@Suite("The full-text index of sealed days (O25, B17)")
struct TextIndexTests {
    private static let file = HitFileName(day: CivilDate(year: 2026, month: 11, day: 22))
    private static let index = "hits/2026-11-22.text"
    private static let later = CivilDate(year: 2026, month: 11, day: 23)

    /// Letters and digits between signs, lower case.
    @Sendable private static func fold(_ text: String) -> [UInt8] {
        Array(text.lowercased().split { !$0.isLetter && !$0.isNumber }.map { $0 + " " }.joined().utf8)
    }

    private static let expressions = [
        "port", "school", "port school", "port OR school", "port NOT school", "school NOT port",
        "\"port of nickel\"",
        "nick*", "n*", "zz*", "absent", "NOTHING", "^port", "title: nickel", "- title: nickel",
        "NEAR(port nickel, 1)",
        "\"of nick\"*", "(port OR school) NOT \"of nickel\"", "port NOT ^port", "word77", "word7*", "é*", "common",
        "common NOT port",
    ]

    /// A day of hits whose texts are drawn from a few words, some of them in most lines, some in one.
    private static func day(_ count: Int = 400) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory(inMemory: true)
        var random = SeededGenerator(7)
        let words = ["port", "school", "nickel", "of", "nick", "élan", "the", "harbour"]
        var bytes: [UInt8] = []
        for number in 0..<count {
            func text(_ length: Int) -> String {
                (0..<length).map { _ in words.randomElement(using: &random) ?? "" }.joined(separator: " ")
            }
            let rare = number % 3 == 0 ? " word\(number)" : ""
            bytes +=
                Hit.make(
                    id: HitIdentity.hit(feedID: "f", key: "\(number)", revision: 0),
                    seen: Self.file.day.start + .seconds(number), title: text(number % 4) + rare,
                    summary: number % 5 == 0 ? "" : "common " + text(3),
                    watches: [number % 50 == 0 ? "rare" : "big"]
                ).line + [0x0A]
            if number % 97 == 0 { bytes += Array("no hit at all\n".utf8) }
        }
        try directory.write(bytes, to: "hits/\(Self.file)")
        return directory
    }

    private static func ids(_ directory: TemporaryDirectory, _ expression: String, watch: String? = nil) throws
        -> [String]
    {
        var query = HitQuery()
        query.text = try TextQuery(expression, folding: Self.fold)
        if let watch { query.watches = [watch] }
        return HitReader(directory: directory.path).hits(query).map(\.id)
    }

    @Test(
        "a question tells of which days it is missing; filling makes it for these, of a running day where that is long"
    )
    func filling() throws {
        let directory = try Self.day(4000)
        let files = TextIndexFiles(directory: directory.path, folding: Self.fold)
        let indexes = HitIndexFiles(directory: directory.path)
        func gaps() throws -> Set<IndexGap> {
            var query = HitQuery()
            query.text = try TextQuery("port", folding: Self.fold)
            let reader = HitReader(directory: directory.path)
            let gaps = reader.read(query) { _ in true }.textGaps
            #expect(reader.statistics(query, by: .day) { _ in "" }.summary.textGaps == gaps)
            return gaps
        }
        let bytes = try directory.bytes("hits/\(Self.file)")
        let plain = try Self.ids(directory, "port")
        // Without the index of the lines it would be of no use.
        try files.fill(try gaps(), today: Self.later)
        #expect(access(directory.path(Self.index), F_OK) != 0)
        try indexes.rebuild(Self.file)
        try files.fill(try gaps(), today: Self.later) { false }
        #expect(access(directory.path(Self.index), F_OK) != 0)
        // It has no mebibyte yet.
        try directory.write(Array(bytes.prefix(1 << 19)), to: "hits/\(Self.file)")
        try indexes.rebuild(Self.file)
        try files.fill(try gaps(), today: Self.file.day)
        #expect(access(directory.path(Self.index), F_OK) != 0)
        try files.fill(try gaps(), today: Self.later)
        #expect(TextIndex(path: directory.path(Self.index))?.coveredBytes ?? 0 > 1 << 18)
        // It reaches as far as the index of the lines, and no work is done where it already does.
        try directory.write(bytes, to: "hits/\(Self.file)")
        let before = try directory.bytes(Self.index)
        try files.fill(try gaps(), today: Self.file.day)
        #expect(try directory.bytes(Self.index) == before)
        #expect(try Self.ids(directory, "port") == plain)
        try indexes.rebuild(Self.file)
        #expect(bytes.count > 1 << 20)
        try files.fill(try gaps(), today: Self.file.day)
        #expect(try gaps().isEmpty && files.isWhole(Self.file))
        #expect(try Self.ids(directory, "port") == plain)
    }

    @Test("every expression finds with it what it finds without, alone and beside other filters")
    func agrees() throws {
        let directory = try Self.day()
        let plain = try Self.expressions.map { try Self.ids(directory, $0) }
        let rare = try Self.expressions.map { try Self.ids(directory, $0, watch: "rare") }
        try HitIndexFiles(directory: directory.path).rebuild(Self.file)
        let files = TextIndexFiles(directory: directory.path, folding: Self.fold)
        #expect(try files.refresh(before: Self.later).lines == 405)
        #expect(try files.refresh(before: Self.later).files == 0)
        for (number, expression) in Self.expressions.enumerated() {
            #expect(try Self.ids(directory, expression) == plain[number], "\(expression)")
            #expect(try Self.ids(directory, expression, watch: "rare") == rare[number], "\(expression)")
            var query = HitQuery()
            query.text = try TextQuery(expression, folding: Self.fold)
            #expect(HitReader(directory: directory.path).statistics(query).total.hits == plain[number].count)
        }
        #expect(plain.count(where: \.isEmpty) <= 5 && plain[0].count > 50)
    }

    @Test("words alone are answered by it: no text is folded")
    func isUsed() throws {
        let directory = try Self.day()
        try HitIndexFiles(directory: directory.path).rebuild(Self.file)
        try TextIndexFiles(directory: directory.path, folding: Self.fold).rebuild(Self.file)
        let index = try #require(HitIndex(path: directory.path("hits/2026-11-22.idx")))
        func candidates(_ expression: String) throws -> TextCandidates? {
            TextIndexFiles.candidates(
                try TextQuery(expression, folding: Self.fold), Self.file, in: directory.path("hits"), lines: index)
        }
        #expect(try candidates("port OR nick* NOT word9")?.isExact == true)
        #expect(try candidates("\"port school\"")?.isExact == false)
        #expect(try candidates("title: port")?.isExact == false)
        #expect(try candidates("absent")?.lines.lines(in: 0..<index.lines).isEmpty == true)
        // Another folding finds other words.
        let other = try TextQuery("port", folding: { Array($0.utf8) })
        #expect(TextIndexFiles.candidates(other, Self.file, in: directory.path("hits"), lines: index) == nil)
    }

    @Test("a long word is found by what the index has of it")
    func longWords() throws {
        let directory = try TemporaryDirectory(inMemory: true)
        let long = String(repeating: "x", count: 200)
        let lines = [long, long + "y", String(repeating: "x", count: 100)].enumerated().map { number, title in
            Hit.make(id: "h_\(number)", seen: Self.file.day.start + .seconds(number), title: title).line + [0x0A]
        }
        try directory.write(Array(lines.joined()), to: "hits/\(Self.file)")
        try HitIndexFiles(directory: directory.path).rebuild(Self.file)
        try TextIndexFiles(directory: directory.path, folding: Self.fold).rebuild(Self.file)
        #expect(try Self.ids(directory, long) == ["h_0"])
        #expect(try Self.ids(directory, "xxx*").count == 3)
        #expect(try Self.ids(directory, long + "*") == ["h_0", "h_1"])
    }

    @Test(
        "with any bytes of it wrong, answers stay right, and upkeep makes it anew",
        arguments: 0..<Soak.count(ci: 10, soak: 1000))
    func damaged(seed: Int) throws {
        let directory = try Self.day(150)
        let asked = ["port", "nick*", "\"of nickel\"", "common NOT port", "word77"]
        let expected = try asked.map { try Self.ids(directory, $0) }
        try HitIndexFiles(directory: directory.path).rebuild(Self.file)
        let files = TextIndexFiles(directory: directory.path, folding: Self.fold)
        try files.rebuild(Self.file)
        let whole = try directory.bytes(Self.index)
        var random = SeededGenerator(UInt64(seed))
        for _ in 0..<4 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            }
            if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
            try directory.write(bytes, to: Self.index)
            for (number, expression) in asked.enumerated() {
                #expect(try Self.ids(directory, expression) == expected[number], "\(expression)")
            }
            #expect(bytes == whole || !files.isWhole(Self.file))
        }
        try files.refresh(before: Self.later)
        #expect(try directory.bytes(Self.index) == whole)
    }

    @Test("an index of other lines is not used, and one whose day has gone is removed (O42)")
    func stale() throws {
        let directory = try Self.day(50)
        try TextIndexFiles(directory: directory.path, folding: Self.fold).rebuild(Self.file)
        let name = "hits/\(Self.file)"
        var lines = try directory.text(name).split(separator: "\n").map(String.init)
        // As many bytes and lines; the last one differs.
        lines.swapAt(40, lines.count - 1)
        try directory.write(lines.map { $0 + "\n" }.joined(), to: name)
        try HitIndexFiles(directory: directory.path).rebuild(Self.file)
        let index = try #require(HitIndex(path: directory.path("hits/2026-11-22.idx")))
        let query = try TextQuery("port", folding: Self.fold)
        #expect(TextIndexFiles.candidates(query, Self.file, in: directory.path("hits"), lines: index) == nil)
        unlink(directory.path(name))
        try TextIndexFiles(directory: directory.path, folding: Self.fold).refresh(before: Self.later)
        #expect(access(directory.path(Self.index), F_OK) != 0)
    }
}
