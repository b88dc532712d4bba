// SPDX-License-Identifier: Apache-2.0

import KaguMatch
import KaguModel
import Testing

@testable import kagu

@Suite("kagu match (M51, M59)")
struct MatchRunTests {
    private func run(_ feeds: [Feed] = []) throws -> MatchRun {
        MatchRun(matcher: try Matcher(Watchlist()), feeds: FeedDirectory(feeds), explaining: false, now: .sample)
    }

    private func answer(_ line: String) throws -> String {
        var run = try run()
        return String(decoding: run.answer(Array(line.utf8)) ?? [], as: UTF8.self)
    }

    @Test("a line that is no JSON object gets its error in its place, with line and column (M59)")
    func broken() throws {
        #expect(try answer("nonsense").hasPrefix("{\"id\":null,\"error\":\"line 1, column "))
        #expect(try answer("[1]").hasPrefix("{\"id\":null,\"error\":\"line 1, column 1: not a JSON object"))
    }

    @Test("a line without text keeps its id (M59)")
    func textless() throws {
        #expect(
            try answer("{\"id\":\"a\",\"url\":\"x\"}").hasPrefix(
                "{\"id\":\"a\",\"error\":\"line 1, column 1: no text"))
    }

    @Test("the run goes on after a mistake and exits 2; 1 when nothing was found (M59)")
    func status() throws {
        var run = try run()
        #expect(run.answer(Array("  ".utf8)) == nil)
        #expect(run.answer(Array("{\"title\":\"x\"}".utf8)) != nil)
        #expect(run.status == .negative)
        #expect(run.answer([0xFF]) != nil)
        #expect(run.status == .error)
    }

    @Test("markup becomes plain text, and what shows none stays byte for byte (M7)")
    func plain() throws {
        let text = PlainFields(MatchInput(title: "Nouméa  now", summary: "<p>One &amp; two</p>"))
        #expect(text.title == "Nouméa  now")
        #expect(text.summary == "One & two")
        #expect(text.changed.map(\.name) == ["summary"])
    }

    @Test("class and country come from the lists by id, address or host; unknown feeds have none (M51)")
    func feeds() throws {
        let feed = Feed(
            id: "rrb", url: "https://www.rrb.example/rss", country: "NC", classes: [DatedClass(.independent)])
        let directory = FeedDirectory([feed])
        for name in ["rrb", "https://www.rrb.example/rss", "rrb.example", "www.rrb.example"] {
            let input = MatchInput(title: "x", feed: name)
            let document = directory.document(input, PlainFields(input), now: .sample)
            #expect(document.sourceClass == .independent, "\(name)")
            #expect(document.country == "NC", "\(name)")
        }
        let input = MatchInput(title: "x", feed: "other.example")
        let unknown = directory.document(input, PlainFields(input), now: .sample)
        #expect(unknown.sourceClass == nil)
        #expect(unknown.feedURL == "other.example")
    }
}
