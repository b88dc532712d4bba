// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguBytes
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

/// The archive of all items (O33, O42, M54).
@Suite("Item archive")
struct ItemArchiveTests {
    private let fixture: StateFixture
    private let store: Store
    private let archive: ItemArchive
    private var items: String { "\(fixture.path)/items" }
    private let day = CivilDate(year: 2026, month: 11, day: 22)

    init() throws {
        fixture = try StateFixture()
        store = try fixture.openStore()
        archive = ItemArchive(directory: store.directory.items)
    }

    /// The lines of new items, as a poll makes them.
    private func lines(_ numbers: Range<Int>, at seen: Instant? = nil, content: String = "") async throws -> [UInt8]
    {
        let items = numbers.map { number in
            Item(
                id: "tag:example,\(number)", url: "https://a.example/\(number)",
                title: "Bakou « \(number) »\u{2028}",
                content: content, published: .init(instant: fixture.now, raw: "", origin: "pubDate"),
                authors: [.init(name: "A. \"B\"")])
        }
        let found = try await store.unseen(feedID: "a", items: items, at: fixture.now)
        var lines = ArchiveLines()
        for item in found.items { lines.add(item, language: "fr", at: seen ?? fixture.now) }
        return lines.bytes
    }

    private func read(since: Instant? = nil) -> (items: [ArchivedItem], summary: ArchiveReader.Summary) {
        var items: [ArchivedItem] = []
        let summary = ArchiveReader(directory: fixture.path).read(since: since) { line in
            if let item = ArchivedItem(line: line) { items.append(item) }
            return true
        }
        return (items, summary)
    }

    private func files() -> [String] { ArchiveFileName.list(in: items).map(\.description) }

    @Test("an item comes back as it was, by its id, its publisher's id and its address (M54, M52)")
    func roundTrip() async throws {
        try archive.append(await lines(0..<3, content: "un\ndeux"), day: day)
        let (items, summary) = read()
        #expect(summary == .init(lines: 3))
        let second = try #require(items.dropFirst().first)
        #expect(second.title == "Bakou « 1 »\u{2028}" && second.content == "un\ndeux" && second.summary == nil)
        #expect(second.url == "https://a.example/1" && second.guid == "tag:example,1" && second.feed == "a")
        #expect(second.authors == ["A. \"B\""] && second.lang == "fr" && second.published == fixture.now)
        #expect(second.id.hasPrefix("h_") && second.seen == fixture.now && second.revision == nil)
        let reader = ArchiveReader(directory: fixture.path)
        for name in [second.id, "tag:example,1", "https://a.example/1"] {
            #expect(reader.item(named: name) == second)
        }
        #expect(reader.item(named: "https://a.example/") == nil, "a part of an address names nothing")
    }

    @Test("a date over 15 minutes ahead of the poll is kept and marked (F22)")
    func future() async throws {
        try archive.append(await lines(0..<1, at: fixture.now - .seconds(901)), day: day)
        try archive.append(await lines(1..<2, at: fixture.now - .seconds(899)), day: day)
        let items = read().items
        #expect(items.map(\.future) == [true, nil])
        #expect(items.first?.published == fixture.now)
    }

    @Test("past days are sealed, today's is not, and both are read (O33)")
    func sealing() async throws {
        let first = try await lines(0..<2)
        try archive.append(first, day: CivilDate(year: 2026, month: 11, day: 21))
        try archive.append(try await lines(2..<3), day: day)
        let upkeep = ArchiveUpkeep(directory: fixture.path)
        let midnight = day.start
        #expect(await upkeep.run(at: midnight + .seconds(300), retention: .seconds(30 * 86_400)).sealed == 0)
        let done = await upkeep.run(at: midnight + .seconds(3600), retention: .seconds(30 * 86_400))
        #expect(done == .init(sealed: 1))
        #expect(files() == ["2026-11-21.jsonl.gz", "2026-11-22.jsonl"])
        let sealed = try fixture.directory.bytes("state/items/2026-11-21.jsonl.gz")
        #expect(try Gzip.inflate(sealed, limit: 1 << 20) == first)
        #expect(read().items.map(\.url) == (0..<3).map { "https://a.example/\($0)" })
    }

    @Test("lines of a day that was sealed already join it, and a line that stands twice is given once (O33)")
    func lateLines() async throws {
        let yesterday = CivilDate(year: 2026, month: 11, day: 21)
        try archive.append(await lines(0..<2), day: yesterday)
        let upkeep = ArchiveUpkeep(directory: fixture.path)
        _ = await upkeep.run(at: fixture.now, retention: .seconds(30 * 86_400))
        // The descriptor of the file that was sealed is still open: what is written now must not go there.
        try archive.append(await lines(1..<4), day: yesterday)
        #expect(files() == ["2026-11-21.jsonl.gz", "2026-11-21.jsonl"])
        #expect(read().summary.lines == 4)
        _ = await upkeep.run(at: fixture.now, retention: .seconds(30 * 86_400))
        #expect(files() == ["2026-11-21.jsonl.gz"])
        #expect(read().items.map(\.url) == (0..<4).map { "https://a.example/\($0)" })
    }

    @Test("days go when all of their items are older than the retention; none are kept at zero (O42)")
    func retention() async throws {
        let line = try await lines(0..<1)
        for day in 19...22 { try archive.append(line, day: CivilDate(year: 2026, month: 11, day: day)) }
        let upkeep = ArchiveUpkeep(directory: fixture.path)
        let done = await upkeep.run(at: fixture.now, retention: .seconds(2 * 86_400))
        // The 20th began more than two days ago, but ended less than that.
        #expect(done.removed == 1 && files().first == "2026-11-20.jsonl.gz" && files().count == 3)
        #expect(await upkeep.run(at: fixture.now, retention: .zero).removed == 3)
        #expect(files().isEmpty)
    }

    @Test("a torn line is cut off when the file is opened again, and a day that is damaged is told (O38)")
    func damage() async throws {
        try archive.append(await lines(0..<2), day: day)
        archive.closeFile()
        let whole = try fixture.directory.bytes("state/items/2026-11-22.jsonl")
        try fixture.directory.write(whole.dropLast(9), to: "state/items/2026-11-22.jsonl")
        #expect(read().summary.lines == 1)
        try archive.append(await lines(1..<3), day: day)
        #expect(read().items.map(\.url) == (0..<3).map { "https://a.example/\($0)" })

        let odd = Array("{\"v\":9}\nno line\n".utf8) + (try await lines(5..<6))
        try fixture.directory.write(odd, to: "state/items/2026-11-20.jsonl")
        let packed = Gzip.deflate(whole)
        try fixture.directory.write(packed.dropLast(12), to: "state/items/2026-11-21.jsonl.gz")
        let (_, summary) = read()
        #expect(summary.badLines == 2)
        #expect(
            summary.problems.count == 1 && summary.problems[0].contains("2026-11-21.jsonl.gz: the gzip data ends"))
    }

    @Test("an archive that cannot be written stops no poll, and is told (O33)")
    func unwritable() async throws {
        try fixture.directory.write("in the way", to: "state/items")
        let item = Item(id: "1", url: "https://a.example/1", title: "Baku")
        let found = try await store.unseen(feedID: "a", items: [item], at: fixture.now)
        var lines = ArchiveLines()
        for item in found.items { lines.add(item, language: "", at: fixture.now) }
        let hits = found.items.map { RoutedHit(store.hit(of: $0, at: fixture.now), of: $0) }
        let recorded = try await store.record(
            PollRecord(
                feedID: "a", at: fixture.now, feed: FeedRecord(state: .ok), unseen: found, hits: hits,
                archive: lines))
        #expect(recorded.hitLines == 1)
        #expect(await store.takeArchiveProblem() != nil)
        #expect(await store.takeArchiveProblem() == nil)
    }

    @Test("the store writes a poll's lines beside its hits (O33)")
    func recorded() async throws {
        let item = Item(id: "1", url: "https://a.example/1", title: "No hit")
        let found = try await store.unseen(feedID: "a", items: [item], at: fixture.now)
        var lines = ArchiveLines()
        for item in found.items { lines.add(item, language: "", at: fixture.now) }
        try await store.record(
            PollRecord(feedID: "a", at: fixture.now, feed: FeedRecord(state: .ok), unseen: found, archive: lines))
        #expect(read().items.map(\.title) == ["No hit"])
    }

    @Test("only what was seen since the asked time is given (M54)")
    func since() async throws {
        try archive.append(await lines(0..<1, at: fixture.now), day: day)
        try archive.append(await lines(1..<2, at: fixture.now + .seconds(60)), day: day)
        #expect(read(since: fixture.now + .seconds(1)).items.map(\.url) == ["https://a.example/1"])
        #expect(read(since: fixture.now + .seconds(86_400)).items.isEmpty)
    }
}
