// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguTestSupport
import Testing

@Suite("Neutralising")
struct NeutralisingTests {
    private func record(_ hit: Hit) throws -> [String: Any] {
        let body = Sample.body().hit(hit, group: Destination(receiver: "desk").group(for: hit), reason: .new)
        return try #require(try Sample.data(of: body)["hit"] as? [String: Any])
    }

    @Test(
        "controls and direction overrides go, newlines in titles become spaces (W16)",
        arguments: [
            ("a\u{0}b\u{7}c\u{1B}[31md\u{7F}e\u{9B}f", "abc[31mdef"),
            ("\u{202E}evil\u{202C} \u{2066}x\u{2069}", "evil x"),
            ("one\ntwo\r\nthree\u{2028}four\u{85}five\tsix", "one two three four five six"),
            ("@everyone <!channel> & <b>*x*</b>", "@everyone <!channel> & <b>*x*</b>"),
            ("علم\u{200F} \u{200D}é\u{301}", "علم\u{200F} \u{200D}é\u{301}"),
        ])
    func titles(title: String, expected: String) throws {
        let shown = try #require(try record(.make(title: title))["title"] as? String)
        #expect(Array(shown.unicodeScalars) == Array(expected.unicodeScalars))
    }

    @Test("a summary keeps its newlines (W16)")
    func summaries() throws {
        let record = try record(.make(summary: "one\r\n\u{202E}two\u{0}"))
        #expect(record["summary"] as? String == "one\ntwo")
    }

    @Test("the feed's title is neutralised too (W16)")
    func feedTitles() throws {
        let hit = Hit.make(feed: .init(id: "f", title: "Le\n\u{202E}Monde", sourceClass: .unknown))
        #expect((try record(hit)["feed"] as? [String: Any])?["title"] as? String == "Le Monde")
    }

    @Test(
        "links are printed only if http or https (W16)",
        arguments: [
            ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
            ("HTTP://example.org/", "HTTP://example.org/"),
            ("javascript:alert(1)", nil), ("ftp://example.org/", nil), ("data:text/html,x", nil),
            ("/relative", nil),
            ("https:example.org", nil), ("https://example.org/\na\u{202E}b", "https://example.org/ab"),
        ])
    func links(url: String, expected: String?) throws {
        #expect(try record(.make(url: url))["url"] as? String == expected)
    }

    @Test("a mention's span follows the text that the message shows (W2, W16)")
    func spans() throws {
        let title = "\u{202E}Über\u{0} Bakou\r\nheute"
        let start = "\u{202E}Über\u{0} ".utf8.count
        let hit = Hit.make(title: title, mentions: [.make(start: start, text: "Bakou")])
        let record = try record(hit)
        let shown = Array(try #require(record["title"] as? String).utf8)
        let mention = try #require((record["mentions"] as? [[String: Any]])?.first)
        let span = try #require(mention["start"] as? Int)..<(try #require(mention["end"] as? Int))
        #expect(String(decoding: shown[span], as: UTF8.self) == "Bakou")
    }

    @Test("a span behind a shortened summary stays as it is (W2)")
    func spanBehindEnd() throws {
        let hit = Hit.make(summary: "short", mentions: [.make(field: .summary, start: 1200, text: "Bakou")])
        let mention = try #require((try record(hit)["mentions"] as? [[String: Any]])?.first)
        #expect(mention["start"] as? Int == 1200)
        #expect(mention["end"] as? Int == 1205)
    }
}
