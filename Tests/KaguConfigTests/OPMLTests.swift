// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel
import Testing

@Suite("OPML of other readers, and hostile OPML")
struct OPMLTests {
    private func read(_ text: String) -> (feeds: [Feed], problems: [ConfigProblem]) {
        OPML.read(Array(text.utf8), file: "x.opml")
    }

    /// The shapes of real exports; the feeds are invented.
    static let dialects: [(reader: String, body: String)] = [
        (
            "Feedly",
            """
            <outline text="News" title="News">
              <outline type="rss" text="A &amp; B" title="A &amp; B" xmlUrl="https://a.example.org/rss?x=1&amp;y=2" \
            htmlUrl="https://a.example.org"/>
            </outline>
            """
        ),
        (
            "Miniflux",
            """
            <outline text="News">
              <outline title="A &amp; B" text="A &amp; B" xmlUrl="https://a.example.org/rss?x=1&amp;y=2" \
            htmlUrl="https://a.example.org" description="" type="rss"></outline>
            </outline>
            """
        ),
        (
            "NewsBlur",
            """
            <outline text="News" title="News">
              <outline htmlUrl="https://a.example.org" text="A &amp; B" title="A &amp; B" type="rss" version="RSS" \
            xmlUrl="https://a.example.org/rss?x=1&amp;y=2" />
            </outline>
            """
        ),
        (
            "FreshRSS",
            """
            <outline text="News">
              <outline text="A &amp; B" type="rss" xmlUrl="https://a.example.org/rss?x=1&amp;y=2" \
            htmlUrl="https://a.example.org/" description="On A" frss:priority="important"/>
              <outline text="Scraped" type="HTML+XPath" xmlUrl="https://a.example.org/page" frss:xPathItem="//a"/>
            </outline>
            """
        ),
        (
            "categories",
            "<outline TEXT='A &#38; B' Type=RSS xmlURL='https://a.example.org/rss?x=1&amp;y=2' category='/News'/>"
        ),
    ]

    @Test("Exports of well-known readers are understood (H2)", arguments: dialects)
    func dialect(_ reader: String, _ body: String) throws {
        let (feeds, problems) = read(
            "<?xml version=\"1.0\"?>\n<opml version=\"1.1\">\n<head><title>x</title></head><body>\(body)</body></opml>"
        )
        #expect(feeds.map(\.url) == ["https://a.example.org/rss?x=1&y=2"])
        #expect(feeds.first?.title == "A & B")
        #expect(feeds.first?.tags == ["News"])
        #expect(problems.map(\.severity) == (reader == "FreshRSS" ? [.warning] : []))
    }

    @Test("Outlines and categories become tags, each once (H2)")
    func tags() {
        let feeds = read(
            """
            <opml><body><outline text="A"><outline text="B"><outline text="A">
            <outline xmlUrl="https://a.example.org/" category="/B/C,D"/></outline></outline></outline></body></opml>
            """
        ).feeds
        #expect(feeds.map(\.tags) == [["A", "B", "C", "D"]])
    }

    @Test("What is exported and imported is the same, secrets apart (H2)")
    func identity() throws {
        let day = { Instant(year: $0, month: 2, day: 3) }
        let feeds = [
            Feed(id: "410", url: "https://example.org/?a=1&b='2'#x", title: " A <\"B\"> & \t C\n".trimmed()),
            Feed(id: "b", url: "https://b.example.org/новости?q=%20", tags: ["x, y", "a\\b", "NO"]),
            Feed(id: "c", url: "https://c.example.org/", title: "c", tags: ["x, y"], interval: .milliseconds(1500)),
            Feed(
                id: "d", url: "https://d.example.org/", title: "D", tags: ["z"], isEnabled: false,
                alertsRecent: true),
            Feed(
                id: "e", url: "http://[fd00::5]:8080/", title: "👩‍👩‍👧 e\u{301}", language: "pt-BR", country: "BR",
                classes: [
                    DatedClass(.unknown), DatedClass(.independent, from: day(2009)),
                    DatedClass(.state, from: day(2017)),
                ]),
        ]
        let (back, problems) = OPML.read(OPML.write(feeds), file: "x.opml")
        #expect(problems.isEmpty)
        #expect(back.map(\.plain) == feeds)
        #expect(OPML.write(back) == OPML.write(feeds))
    }

    @Test("The kagu namespace is declared, secrets are left out: headers and user info (H2, S5)")
    func secrets() throws {
        let feed = Feed(
            id: "a", url: "https://user:word@example.org/@me",
            headers: [HeaderField(name: "Authorization", value: .credential("hidden"))])
        let text = String(decoding: OPML.write([feed]), as: UTF8.self)
        #expect(text.contains("xmlns:kagu=\"urn:kagu:opml\""))
        #expect(text.contains("xmlUrl=\"https://example.org/@me\""))
        for secret in ["user", "word", "Authorization", "hidden"] { #expect(!text.contains(secret)) }
    }

    @Test("A password in an address is warned of and shown in no message (S5)")
    func userInfo() {
        let address = "https://user:word@example.org/"
        for (text, name) in [
            ("<opml><body><outline\n text='A'\n xmlUrl='\(address)' kagu:id='A B'/></body></opml>", "x.opml"),
            ("feeds:\n  - id: a\n    url: \(address)\n    country: XX\n", "x.yaml"), ("\(address)\n", "x.txt"),
            ("ftp:\(address)\n", "y.txt"),
        ] {
            let problems = FeedListReader.parse(Array(text.utf8), file: name).problems
            let shown = problems.map(\.description).joined()
            #expect(!shown.contains("word@"), "\(name)")
            #expect(shown.contains("holds a user name or password") || name == "y.txt")
        }
    }

    @Test("Entities are neither expanded nor fetched, a DOCTYPE hides no outline (H2)")
    func entities() {
        let (feeds, problems) = read(
            """
            <!DOCTYPE opml [
              <!ENTITY a "aaaaaaaaaa"> <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
              <!ENTITY c SYSTEM "file:///etc/passwd"> <!ENTITY d "<outline xmlUrl='https://d.example.org/'/>">
            ]>
            <opml><body><outline text="&b;&c;" xmlUrl="https://a.example.org/"/>&d;</body></opml>
            """)
        #expect(feeds.map(\.title) == ["&b;&c;"])
        #expect(problems.isEmpty)
    }

    @Test("Thousands of outlines are read in linear time")
    func many() {
        let outlines = (0..<2_000).map { "<outline text=\"F\" xmlUrl=\"https://example.org/\($0)\"/>" }.joined()
        let clock = ContinuousClock()
        let start = clock.now
        let feeds = read("<opml><body>\(outlines)</body></opml>").feeds
        #expect(feeds.count == 2_000)
        #expect(clock.now - start < .seconds(60))
    }

    @Test("Thousands of levels cost neither stack nor memory; the names of 32 are tags")
    func deep() {
        let opening = (0..<2_000).map { "<outline text='\($0)'><outline xmlUrl='https://example.org/\($0)'/>" }
            .joined()
        let (feeds, problems) = read("<opml><body>\(opening)</body></opml>")
        #expect(feeds.count == 2_000)
        #expect(feeds.last?.tags == (0..<32).map { "\($0)" })
        #expect(problems.map(\.severity) == [.warning])
    }

    @Test(
        "What is not whole, or no OPML, is an error, and nothing traps (H2)",
        arguments: [
            "", "not XML", "{\"a\": 1}", "<html></html>", "<opml>", "<opml><body><outline text=\"a", "<opml><body>",
            "<!DOCTYPE opml [ <!ENTITY", "<opml", "<?xml version=\"1.0\" encoding=\"",
        ])
    func broken(_ text: String) {
        let problems = read(text).problems
        #expect(problems.contains { $0.severity == .error })
    }

    @Test("Every encoding that other readers write is decoded (H2)")
    func encodings() {
        let document = { (label: String) in
            "<?xml version='1.0' encoding='\(label)'?><opml><body><outline text='Fête' "
                + "xmlUrl='https://a.example.org/'/></body></opml>"
        }
        let latin = document("ISO-8859-1").unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        let wide = document("utf-16").utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let big = document("utf-16").utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        let variants: [[UInt8]] = [
            Array(document("utf-8").utf8), [0xEF, 0xBB, 0xBF] + document("utf-8").utf8, latin, wide,
            [0xFF, 0xFE] + wide, big, [0xFE, 0xFF] + big, Array(document("windows-1251").utf8),
        ]
        for bytes in variants {
            let (feeds, problems) = OPML.read(bytes, file: "x.opml")
            #expect(feeds.map(\.title) == ["Fête"])
            #expect(problems.isEmpty)
        }
        let russian: [UInt8] =
            Array("<?xml version='1.0' encoding='windows-1251'?><opml><outline text='".utf8) + [0xCC, 0xE8, 0xF0]
            + Array("' xmlUrl='https://a.example.org/'/></opml>".utf8)
        #expect(OPML.read(russian, file: "x.opml").feeds.map(\.title) == ["Мир"])
        #expect(OPML.read([0x3C, 0xE9], file: "x.opml").problems.map(\.severity) == [.error])
    }
}

extension Feed {
    /// Without its place.
    fileprivate var plain: Feed {
        Feed(
            id: id, url: url, title: title, language: language, country: country, classes: classes, tags: tags,
            interval: interval, headers: headers, isEnabled: isEnabled, alertsRecent: alertsRecent)
    }
}

extension String {
    fileprivate func trimmed() -> String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
