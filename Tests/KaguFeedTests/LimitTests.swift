// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import KaguModel
import Testing

@Suite struct LimitTests {
    private func parse(_ text: String, _ change: (inout ParseLimits) -> Void = { _ in }) throws -> ParsedFeed {
        var limits = ParseLimits()
        change(&limits)
        return try FeedParser.parse(Array(text.utf8), context: ParseContext(limits: limits))
    }

    private func channel(_ items: String) -> String { "<rss><channel>\(items)</channel></rss>" }

    @Test("content below 256 levels is skipped, what follows is read (S6)")
    func depth() throws {
        let deep = String(repeating: "<b>", count: 10_000) + "deep" + String(repeating: "</b>", count: 10_000)
        let feed = try parse(
            channel("<item><description>a \(deep) z</description></item><item><title>n</title></item>"))
        #expect(feed.items.map(\.summary) == ["a z", ""])
        #expect(feed.items.last?.title == "n")
        #expect(feed.problems.count == 1)
        let json =
            "{\"title\":\"t\",\"x\":\(String(repeating: "[", count: 5000))\(String(repeating: "]", count: 5000)),"
            + "\"items\":[]}"
        #expect(try parse(json).title == "t")
    }

    @Test("items, authors, categories, enclosures and links have their limits (S6)")
    func counts() throws {
        let many = try parse(channel(String(repeating: "<item/>", count: 12))) { $0.items = 10 }
        #expect(many.items.count == 10)
        #expect(many.problems.count == 1)
        let parts = (0..<150).map {
            "<category>c\($0)</category><enclosure url='e\($0)'/><link>http://l/\($0)</link><dc:creator>a\($0)</dc:creator>"
        }
        let item = try #require(try parse(channel("<item>\(parts.joined())</item>")).items.first)
        #expect(item.categories.count == 100)
        #expect(item.enclosures.count == 50)
        #expect(item.links.count == 100)
        #expect(item.authors.count == 50)
    }

    @Test("long texts are cut, long URLs dropped, both are problems (S6)")
    func lengths() throws {
        let feed = try parse(
            channel(
                """
                <item><title>\(String(repeating: "é", count: 5000))</title>
                <description>\(String(repeating: "x", count: 1_100_000))</description>
                <link>http://a.example/\(String(repeating: "x", count: 9000))</link></item>
                """))
        let item = try #require(feed.items.first)
        #expect(item.title.unicodeScalars.count == 4096)
        #expect(item.summary.utf8.count == 1 << 20)
        #expect(item.url.isEmpty)
        #expect(feed.problems.count >= 3)
    }

    @Test("entities expand to 1 MiB in all; the rest stays as text (S6)")
    func expansion() throws {
        let head = "<!DOCTYPE rss [<!ENTITY a \"\(String(repeating: "x", count: 10_000))\">]>"
        let body = String(repeating: "&a;", count: 200)
        let feed = try parse("\(head)<rss><channel><description>\(body)</description></channel></rss>")
        #expect(feed.subtitle.utf8.count < 1_100_000)
        #expect(feed.subtitle.hasSuffix("&a;"))
        #expect(feed.problems.contains { $0.message.contains("entities add") })
    }

    @Test("the last of 100 problems counts the rest (S6)")
    func problems() throws {
        let feed = try parse(channel(String(repeating: "<item><title>a & b</title></item>\n", count: 150)))
        #expect(feed.problems.count == 100)
        #expect(feed.problems.last?.message == "51 further problems")
        #expect(feed.problems[1].line == 2)
    }

    @Test(
        "hostile input ends, in time that grows with its length (S6)",
        arguments: [
            "<a>", "<a x=\"<b>", "<![CDATA[</title><title>", "<a \"", "<!--<script>", "&", "<?", "<", "<item>",
            "<p ",
            "</a>", "<dc:creator><name/></dc:creator>", "<!---", "<item><b x='1></b></item>", "<a xmlns:a='b'>",
            "<item><title>", "]]>",
            "<!DOCTYPE a [",
        ])
    func hostile(piece: String) throws {
        let body = String(repeating: piece, count: 20_000)
        for document in [
            "<rss><channel><item><title>\(body)",
            "<rss><channel><item><description><![CDATA[\(body)]]></description></item>",
            body,
            "<feed xmlns='http://www.w3.org/2005/Atom'><entry><content type='xhtml'>\(body)</content></entry></feed>",
        ] {
            let clock = ContinuousClock()
            let time = clock.measure { _ = try? parse(document) }
            #expect(time < .seconds(20), "\(piece)")
        }
    }

    @Test(
        "searches for what does not come are made once (S6)",
        arguments: [
            ("<rss><channel><item><title>", "<?"), ("<rss><channel/></rss>", "<!--<item></item>"),
            ("<rss><channel/></rss>", "<?<item></item>"),
        ])
    func absentEnds(head: String, piece: String) throws {
        func time(_ count: Int) -> Duration {
            let document = head + String(repeating: piece, count: count)
            let clock = ContinuousClock()
            return (0..<3).map { _ in clock.measure { _ = try? parse(document) { $0.items = 10 } } }.min() ?? .zero
        }
        // Quadratic time would be sixteen times as long.
        #expect(time(12_000) < time(3_000) * 10 + .milliseconds(20))
    }

    @Test("holes below the depth limit and many persons cost linear time (S6)")
    func holes() throws {
        let deep = String(repeating: "<b>", count: 252)
        let holes = String(repeating: "<b></b>x", count: 20_000)
        let people = String(repeating: "<author><name>n</name></author>", count: 20_000)
        let clock = ContinuousClock()
        let time = try clock.measure {
            _ = try parse("<rss><channel><item><description>\(deep)\(holes)</description></item>")
            _ = try parse("<feed xmlns='http://www.w3.org/2005/Atom'><entry>\(people)</entry></feed>")
        }
        #expect(time < .seconds(20))
    }

    @Test("tags without an end, each in the quotes of the one before, cost linear time (S6)")
    func tagsInQuotes() throws {
        let tags = String(repeating: "<x\" y=\"", count: 20_000)
        let clock = ContinuousClock()
        let time = try clock.measure {
            _ = try parse("<rss><channel><item><title>t</title></item><item><title a=\"\(tags)")
        }
        #expect(time < .seconds(20))
    }

    @Test("namespace declarations beyond 256 at once are not seen (S6)")
    func declarations() throws {
        let open = (0..<10).map { level in
            "<x \((0..<60).map { "xmlns:p\(level)x\($0)='urn:x'" }.joined(separator: " "))>"
        }
        let feed = try parse(
            channel("<item>\(open.joined())<dc:creator>c</dc:creator></item><item><title>n</title></item>"))
        #expect(feed.items.map(\.title) == ["", "n"])
        #expect(feed.problems.contains { $0.message == "more than 256 namespaces at once" })
    }

    @Test("no mutation of a document traps")
    func mutations() throws {
        var random = SplitMix(state: 42)
        let seeds = [
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><!DOCTYPE r [<!ENTITY a 'b'>]><rss version=\"2.0\" xml:base='http://a/'>"
                + "<channel><title>&a; x</title><item><title><![CDATA[é <b>]]></title><pubDate>Sat, 21 Nov 2026 18:35:00 GMT"
                + "</pubDate><description>&lt;p&gt;x &amp;amp; y&lt;/p&gt;</description></item></channel></rss>",
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><content type=\"xhtml\"><div>a <b>c</b></div></content>"
                + "<link href=\"../x?y#z\"/><author><name>n</name></author></entry></feed>",
            "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"id\":1,\"content_html\":\"<p>\\u00e9\\n</p>\"}]}",
        ].map { Array($0.utf8) }
        let pieces = [
            "<", ">", "&", "\"", "'", "<![CDATA[", "]]>", "<!--", "&#", "\u{0}", "\\u", "[", "{", "</item>",
            "<item>",
        ]
        .map { Array($0.utf8) }
        for round in 0..<3000 {
            var bytes = seeds[round % seeds.count]
            for _ in 0..<Int(random.next() % 6) + 1 {
                let place = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 4 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int(random.next() % 20)))
                case 2: bytes.insert(contentsOf: pieces[Int(random.next() % UInt64(pieces.count))], at: place)
                default: bytes.removeLast(Int(random.next() % UInt64(bytes.count)))
                }
                if bytes.isEmpty { bytes = [0x3C] }
            }
            _ = try? FeedParser.parse(bytes)
        }
    }
}

/// A small seeded generator.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
