// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

@Suite struct HitReaderTests {
    /// Three days with one hit a minute each, numbered through; lines of unequal length, files of more than a
    /// block.
    static func write(_ directory: TemporaryDirectory, perDay: Int = 200) throws -> Instant {
        let start = Instant(seconds: 1_795_305_600)  // 2026-11-22T00:00:00Z
        for day in 0..<3 {
            var bytes: [UInt8] = []
            for number in 0..<perDay {
                let index = day * perDay + number
                let hit = Hit.make(
                    id: "h_\(index)", seen: start + .seconds(day * 86_400 + number * 60),
                    feed: .init(
                        id: "feed-\(index % 3)", title: "F", sourceClass: index % 2 == 0 ? .state : .wire,
                        country: index % 5 == 0 ? "FR" : nil),
                    title: "Title \(index)", summary: String(repeating: "é", count: index % 2000),
                    lang: index % 4 == 0 ? "fr" : "en", watches: index % 10 == 0 ? ["big", "gib"] : ["gib"],
                    entities: ["org.\(index % 7)"], topics: [TopicScore(id: "topic.\(index % 6)", score: 100)],
                    severity: Severity.allCases[index % 4], story: "s_\(index / 2)", baseline: index % 100 == 99)
                bytes += hit.line + [0x0A]
            }
            try directory.write(bytes, to: "hits/\((start + .seconds(day * 86_400)).day).jsonl")
        }
        return start
    }

    private func numbers(_ directory: TemporaryDirectory, _ change: (inout HitQuery) -> Void) -> [Int] {
        var query = HitQuery()
        query.includesBaseline = true
        change(&query)
        return HitReader(directory: directory.path).hits(query).compactMap { Int($0.id.dropFirst(2)) }
    }

    @Test("without filters all hits come in order, first polls left out unless asked for (O25)")
    func all() throws {
        let directory = try TemporaryDirectory()
        _ = try Self.write(directory)
        #expect(numbers(directory) { _ in } == Array(0..<600))
        #expect(numbers(directory) { $0.newestFirst = true } == (0..<600).reversed())
        #expect(numbers(directory) { $0.includesBaseline = false }.count == 594)
    }

    @Test(
        "since and until bound seen, at any place of a file (O18)",
        arguments: [0, 1, 7, 99, 198, 199, 200, 301, 599])
    func time(index: Int) throws {
        let directory = try TemporaryDirectory()
        let start = try Self.write(directory)
        let instant = start + .seconds(index / 200 * 86_400 + index % 200 * 60)
        #expect(numbers(directory) { $0.since = instant } == Array(index..<600))
        #expect(numbers(directory) { $0.since = instant + .milliseconds(1) } == Array((index + 1)..<600))
        #expect(numbers(directory) { $0.until = instant } == Array(0..<index))
        #expect(numbers(directory) { ($0.since, $0.until) = (instant, instant + .seconds(60)) } == [index])
        #expect(numbers(directory) { ($0.until, $0.newestFirst) = (instant, true) } == (0..<index).reversed())
    }

    @Test("a limit takes the last or the first hits, in either order (O18)")
    func limit() throws {
        let directory = try TemporaryDirectory()
        _ = try Self.write(directory)
        #expect(numbers(directory) { $0.limit = 3 } == [597, 598, 599])
        #expect(numbers(directory) { ($0.limit, $0.newestFirst) = (3, true) } == [599, 598, 597])
        #expect(numbers(directory) { ($0.limit, $0.takesLast) = (3, false) } == [0, 1, 2])
        #expect(numbers(directory) { ($0.limit, $0.takesLast, $0.newestFirst) = (3, false, true) } == [2, 1, 0])
        #expect(numbers(directory) { $0.limit = 0 }.isEmpty)
        #expect(numbers(directory) { $0.limit = 250 } == Array(350..<600))
    }

    @Test("values of one filter are alternatives, different filters all hold (O25)")
    func filters() throws {
        let directory = try TemporaryDirectory()
        _ = try Self.write(directory, perDay: 60)
        let all = Array(0..<180)
        #expect(numbers(directory) { $0.watches = ["big"] } == all.filter { $0 % 10 == 0 })
        #expect(numbers(directory) { $0.watches = ["big", "gib"] } == all)
        #expect(numbers(directory) { $0.watches = ["bi"] }.isEmpty)
        #expect(numbers(directory) { $0.entities = ["org.1", "org.2"] } == all.filter { [1, 2].contains($0 % 7) })
        #expect(numbers(directory) { $0.topics = ["topic.5"] } == all.filter { $0 % 6 == 5 })
        #expect(numbers(directory) { $0.feeds = ["feed-2"] } == all.filter { $0 % 3 == 2 })
        #expect(numbers(directory) { $0.classes = [.state] } == all.filter { $0 % 2 == 0 })
        #expect(numbers(directory) { $0.langs = ["fr"] } == all.filter { $0 % 4 == 0 })
        #expect(numbers(directory) { $0.countries = ["FR", "AZ"] } == all.filter { $0 % 5 == 0 })
        #expect(numbers(directory) { $0.minimumSeverity = .high } == all.filter { $0 % 4 >= 2 })
        #expect(numbers(directory) { $0.story = "s_7" } == [14, 15])
        #expect(
            numbers(directory) { $0.text = try? TextQuery("title 77*") { Array($0.lowercased().utf8) } } == [77])
        #expect(
            numbers(directory) { ($0.watches, $0.feeds) = (["big"], ["feed-0"]) } == all.filter { $0 % 30 == 0 })
    }

    @Test("bad lines and those of a later version are skipped and counted, a torn tail is not read (O38, O41)")
    func badLines() throws {
        let directory = try TemporaryDirectory()
        let good = Hit.make(id: "h_1").line + [0x0A]
        let rubbish = Array("{\"v\":1,\"id\":\n\u{0}\n\n".utf8) + [0xFF, 0xFE, 0x0A]
        let newer = Array("{\"v\":2,\"id\":\"h_2\",\"seen\":\"2026-11-22T09:00:00.000Z\"}\n".utf8)
        let unknown =
            Array(#"{"id":"h_3","extra":{"a":1},"v":1,"#.utf8) + Hit.make(id: "h_3").line.dropFirst(18) + [0x0A]
        try directory.write(good + rubbish + newer + unknown + good.dropLast(), to: "hits/2026-11-22.jsonl")
        var ids: [String] = []
        let summary = HitReader(directory: directory.path).read(HitQuery()) { found in
            ids.append(found.hit.id)
            return true
        }
        #expect(ids == ["h_1", "h_3"])
        #expect(summary == HitReadSummary(hits: 2, badLines: 4, newerLines: 1, repeatedLines: 0))
    }

    @Test("a hit comes with its line as it stands in the file, unknown members included")
    func line() throws {
        let directory = try TemporaryDirectory()
        let line =
            "{\"v\":1,\"later\":true," + String(decoding: Hit.make(id: "h_1").line.dropFirst(7), as: UTF8.self)
        try directory.write(line + "\n", to: "hits/2026-11-22.jsonl")
        var lines: [String] = []
        HitReader(directory: directory.path).read(HitQuery()) { found in
            lines.append(String(decoding: found.line, as: UTF8.self))
            return true
        }
        #expect(lines == [line])
    }

    @Test("a reader that wants no more is given no more")
    func stop() throws {
        let directory = try TemporaryDirectory()
        _ = try Self.write(directory, perDay: 50)
        var count = 0
        HitReader(directory: directory.path).read(HitQuery()) { _ in
            count += 1
            return count < 60
        }
        #expect(count == 60)
    }

    @Test("a line longer than the block is read in both directions")
    func longLines() throws {
        let directory = try TemporaryDirectory()
        let lines = (1...3).map {
            Hit.make(id: "h_\($0)", title: String(repeating: "x", count: 700_000)).line + [0x0A]
        }
        try directory.write(Array(lines.joined()), to: "hits/2026-11-22.jsonl")
        #expect(numbers(directory) { _ in } == [1, 2, 3])
        #expect(numbers(directory) { $0.newestFirst = true } == [3, 2, 1])
    }

    @Test("no directory, no hits")
    func missing() {
        #expect(HitReader(directory: "/nonexistent/kagu").hits(HitQuery()).isEmpty)
    }
}
