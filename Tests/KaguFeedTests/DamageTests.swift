// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import KaguModel
import Testing

@Suite struct DamageTests {
    private func problems(_ document: String) throws -> [ParseProblem] {
        try FeedParser.parse(Array(document.utf8)).problems
    }

    struct Case: Sendable {
        var name: String
        var item: String
        var title: String
    }

    static let cases = [
        Case(name: "bare ampersand", item: "<title>Tom & Jerry</title>", title: "Tom & Jerry"),
        Case(name: "bare less-than", item: "<title>1 < 2</title>", title: "1 < 2"),
        Case(name: "undefined entity", item: "<title>a &nothing; b</title>", title: "a &nothing; b"),
        Case(name: "control character", item: "<title>a\u{1}b</title>", title: "ab"),
        Case(name: "unquoted attribute", item: "<title type=x>t</title>", title: "t"),
        Case(name: "mismatched end tag", item: "<title>t</titel>", title: "t"),
        Case(name: "missing end tag", item: "<title>t<link>http://a.example/</link>", title: "t"),
        Case(name: "unfinished CDATA", item: "<title><![CDATA[t</title><link>http://a.example/</link>", title: "t"),
        Case(name: "attribute twice", item: "<title a='1' a='2'>t</title>", title: "t"),
        Case(name: "unclosed quote", item: "<title a=\"1>t</title>", title: "t"),
        Case(name: "stray end tag", item: "</b><title>t</title>", title: "t"),
        Case(name: "reference to nothing", item: "<title>t&#0;</title>", title: "t"),
    ]

    @Test("each kind of damage is survived and is a problem on its line (F16)", arguments: cases)
    func damage(_ sample: Case) throws {
        let feed = try FeedParser.parse(rss("\n<item>\(sample.item)</item>\n<item><title>next</title></item>"))
        #expect(feed.items.map(\.title) == [sample.title, "next"], "\(sample.name)")
        #expect(feed.problems.first?.line == 2, "\(sample.name)")
        #expect(feed.isComplete)
    }

    @Test("a quote that is not closed does not swallow the next attribute (F16)")
    func openQuote() throws {
        let item = try item("<enclosure url=\"http://e.example/a length=\"1\" type=\"t\"/><title>t</title>")
        #expect(item.enclosures == [Item.Enclosure(url: "http://e.example/a", type: "t", length: 1)])
        #expect(item.title == "t")
        let plain = try self.item("<enclosure url=\"http://e.example/?a b=\" length=\"1\"/>")
        #expect(plain.enclosures.map(\.url) == ["http://e.example/?a b="])
    }

    private func item(_ inside: String) throws -> Item {
        try #require(try FeedParser.parse(rss("<item>\(inside)</item>")).items.first)
    }

    @Test("a new item closes the open one; one cut by the end is dropped (F16, P9)")
    func items() throws {
        let feed = try FeedParser.parse(
            Array("<rss><channel><item><title>a</title><item><title>b</title></item><item><title>c".utf8))
        #expect(feed.items.map(\.title) == ["a", "b"])
        #expect(!feed.isComplete)
        #expect(feed.problems.contains { $0.message.contains("is dropped") })
    }

    @Test("junk around the root is passed over (F16)")
    func junk() throws {
        let feed = try FeedParser.parse(
            Array(
                "<br /><b>Notice</b>: x\n<?xml version=\"1.0\"?><rss><channel><title>t</title></channel></rss>junk"
                    .utf8))
        #expect(feed.title == "t")
        #expect(feed.problems.count >= 2)
    }

    @Test("undeclared well-known prefixes count by custom, declared ones by their namespace (F16, §2.2)")
    func prefixes() throws {
        #expect(try item("<dc:creator>A</dc:creator>").authors.map(\.name) == ["A"])
        let feed = try FeedParser.parse(
            rss("<item><dc:title>t</dc:title><dc:date/><x:y/></item>\n<item><dc:title/></item>"))
        #expect(
            feed.problems.map(\.message) == [
                "the prefix \"dc\" is not declared", "the prefix \"x\" is not declared",
            ])
        let foreign = try item("<dc:creator xmlns:dc=\"http://foreign.example/\">A</dc:creator>")
        #expect(foreign.authors.isEmpty)
    }

    @Test("internal entities with plain text are honoured, others and external ones are not (F17)")
    func entities() throws {
        let feed = try FeedParser.parse(
            Array(
                """
                <!DOCTYPE rss [<!ENTITY a "A &#233;"><!ENTITY b "&a;"><!ENTITY c SYSTEM "file:///etc/passwd">
                <!ENTITY % p "x"><!ENTITY d "<b>"> ]><rss><channel><title>&a;|&b;|&c;|&d;</title></channel></rss>
                """.utf8))
        #expect(feed.title == "A é|&b;|&c;|&d;")
        #expect(feed.problems.count == 3)
    }

    @Test("HTML entity names are no problem (F9)")
    func htmlNames() throws {
        let feed = try FeedParser.parse(rss("<item><title>a&nbsp;&eacute;</title></item>"))
        #expect(feed.items.first?.title == "a\u{A0}é")
        #expect(feed.problems == [])
    }

    @Test(
        "what is no feed says why in one line (F18)",
        arguments: [
            ("", "the document is empty"), (" \n", "the document is empty"),
            ("<!DOCTYPE html><html></html>", "the document is HTML, not a feed: its root element is <html>"),
            ("<div>x</div>", "the document is HTML, not a feed: it begins with <div>"),
            ("{\"a\":1}", "the document is no feed: JSON without a feed's members"),
            ("<opml version=\"2.0\"/>", "the document is no feed: its root element is <opml>"),
            ("plain", "the document is no feed: neither XML nor JSON"),
        ])
    func noFeed(document: String, reason: String) {
        let failure = #expect(throws: ParseFailure.self) { try FeedParser.parse(Array(document.utf8)) }
        #expect(failure?.description == reason)
    }

    @Test("a feed without items is one (F18)")
    func noItems() throws {
        #expect(try FeedParser.parse(Array("<rss/>".utf8)).items.isEmpty)
        #expect(try FeedParser.parse(Array("<feed xmlns='http://www.w3.org/2005/Atom'/>".utf8)).format == .atom10)
    }
}
