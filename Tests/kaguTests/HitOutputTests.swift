// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Testing

@testable import kagu

extension Hit {
    /// A hit with one mention in the title and two in the summary.
    static func sample(_ id: String = "h_1", title: String = "FLNKS leaves Nouméa talks", seen: Instant = .sample)
        -> Hit
    {
        func mention(_ entity: String, _ field: Mention.Field, _ start: Int, _ text: String) -> Mention {
            Mention(
                entity: entity, alias: text, field: field, start: start, end: start + text.utf8.count, text: text,
                tier: 0,
                suffix: "", state: .accepted, reason: "plain")
        }
        return Hit(
            id: id, seen: seen,
            feed: .init(id: "lagoon", title: "The Lagoon", sourceClass: .independent, country: "NZ"),
            url: "https://lagoon.example/1", title: title, summary: "The Baku Initiative Group and FLNKS met.",
            lang: "en",
            watches: ["big"], severity: .high, score: 120, story: "s_1",
            mentions: [
                mention("org.flnks", .title, 0, "FLNKS"), mention("org.big", .summary, 4, "Baku Initiative Group"),
                mention("org.flnks", .summary, 30, "FLNKS"),
            ])
    }
}

extension Instant {
    static let sample = Instant(seconds: 1_795_338_811)
}

@Suite("Hits on a line (O19)")
struct HitLineTests {
    private let plain = HitLineText(paint: Paint(false), clock: .utc)

    @Test("time, severity, feed, title, other names, link")
    func short() {
        #expect(
            plain.text(.sample())
                == "2026-11-22 09:13:31 high     The Lagoon: FLNKS leaves Nouméa talks [Baku Initiative Group]"
                + " https://lagoon.example/1")
    }

    @Test("names in the title are set off on a terminal")
    func highlighted() {
        let text = HitLineText(paint: Paint(true), clock: .utc).title(.sample())
        #expect(text == "\u{1B}[1;33mFLNKS\u{1B}[0m leaves Nouméa talks")
    }

    @Test("a title from a stranger cannot reach the terminal")
    func hostile() {
        var hit = Hit.sample(title: "FLNKS \u{1B}]0;x\u{7}\u{202E}")
        hit.feed.title = "\u{1B}[2J"
        #expect(
            !HitLineText(paint: Paint(false), clock: .utc).text(hit).unicodeScalars.contains { $0.value < 0x20 })
    }

    @Test("mentions whose bytes are not the text's are not set off")
    func stale() {
        var mention = Hit.sample().mentions[0]
        mention.start = 2
        mention.end = 7
        #expect(
            MatchedText.pieces("FLNKS talks", field: .title, [mention]) == [
                .init(text: "FLNKS talks", isMatch: false)
            ])
        mention.end = 700
        #expect(MatchedText.pieces("FLNKS", field: .title, [mention]) == [.init(text: "FLNKS", isMatch: false)])
    }

    @Test("a hit has as many csv cells as the header has names")
    func columns() {
        #expect(HitColumns.csvCells(.sample()).count == HitColumns.csvHeader.count)
        #expect(HitColumns.tableCells(.sample(), clock: .utc).count == HitColumns.tableHeader.count)
    }
}
