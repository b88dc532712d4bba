// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import KaguModel
import Testing

/// Documents that stray from the formats in ways that publishers do.
@Suite struct VariantTests {
    private func parse(_ document: String) throws -> ParsedFeed { try FeedParser.parse(Array(document.utf8)) }

    private func item(_ inside: String, _ root: String = "") throws -> Item {
        let document =
            "<rss version=\"2.0\" \(root)><channel><title>C</title><item>\(inside)</item></channel></rss>"
        return try #require(try parse(document).items.first)
    }

    @Test(
        "namespaces are known by all their names: case, scheme, last slash, aliases (§2.2)",
        arguments: [
            ("http://purl.org/rss/1.0/modules/dcterms/", "modified"), ("http://purl.org/dc/terms", "modified"),
            ("HTTPS://PURL.ORG/DC/TERMS/", "modified"),
        ])
    func aliases(uri: String, name: String) throws {
        #expect(try item("<x:\(name)>2004-01-02</x:\(name)>", "xmlns:x=\"\(uri)\"").updated?.raw == "2004-01-02")
    }

    @Test("a prefix counts by case: DC may be another namespace than dc (§2.2)")
    func prefixCase() throws {
        let root = #"xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:DC="http://example.org/""#
        #expect(try item("<dc:title>right</dc:title><DC:title>wrong</DC:title>", root).title == "right")
        #expect(try item("<DC:title>wrong</DC:title><dc:title>right</dc:title>", root).title == "right")
        #expect(try item("<DC:title>wrong</DC:title>", root).title == "")
    }

    @Test("the meaning of a name follows the declarations in force (§2.2)")
    func redeclared() throws {
        let dc = #"xmlns:x="http://purl.org/dc/elements/1.1/""#
        let item = try item(
            "<x:creator>a</x:creator><y xmlns:x=\"http://example.org/\"><x:creator>b</x:creator></y>"
                + "<x:creator xmlns:x=\"http://example.org/\">c</x:creator><x:creator>d</x:creator>", dc)
        #expect(item.authors.map(\.name) == ["a", "d"])
    }

    @Test(
        "the default namespace of <rss> is RSS, whatever it says (F16)",
        arguments: [
            "http://www.w3.org/2005/Atom", "http://www.w3.org/1999/xhtml", "http://purl.org/dc/elements/1.1/",
            "http://example.org/unknown",
        ])
    func defaultNamespace(uri: String) throws {
        let item = try item(
            "<title>t</title><link>http://a.example/</link><description>d</description>"
                + "<dc:creator>n</dc:creator>",
            "xmlns=\"\(uri)\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"")
        #expect([item.title, item.url, item.summary] == ["t", "http://a.example/", "d"])
        #expect(item.authors.map(\.name) == ["n"])
    }

    @Test("dc:author stands in for dc:creator (§2.2)")
    func dublinCoreAuthor() throws {
        let dc = #"xmlns:dc="http://purl.org/dc/elements/1.1/""#
        #expect(try item("<dc:author>A</dc:author>", dc).authors.map(\.name) == ["A"])
        #expect(try item("<dc:author>A</dc:author><dc:creator>B</dc:creator>", dc).authors.map(\.name) == ["B"])
    }

    @Test("an Atom feed without a namespace is of the version that it names (F3)")
    func atomVersion() throws {
        #expect(try parse("<feed version=\"0.3\"><entry><title>t</title></entry></feed>").format == .atom03)
        #expect(try parse("<feed><entry><title>t</title></entry></feed>").format == .atom10)
    }

    @Test("CDF's BASE is the base of its addresses (F2)")
    func channelBase() throws {
        let feed = try parse(
            #"<CHANNEL HREF="x.html" BASE="http://a.example/b/"><ITEM HREF="i.html"><TITLE>I</TITLE></ITEM></CHANNEL>"#
        )
        #expect(feed.link == "http://a.example/b/x.html")
        #expect(feed.items.first?.url == "http://a.example/b/i.html")
    }

    @Test("xhtml content reads alike, clean or with declarations inside (F11, F19)")
    func xhtml() throws {
        let entry = { (content: String) -> String in
            let head = #"<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="xhtml">"#
            let document =
                head + "<div xmlns=\"http://www.w3.org/1999/xhtml\">\(content)</div></content></entry></feed>"
            return try #require(try parse(document).items.first).content
        }
        let text = "a\nb <c> & é"
        #expect(try entry("<p>a</p><p>b &lt;c&gt; &amp; é</p>") == text)
        #expect(try entry("<p>a</p><!-- x --><p>b <![CDATA[<c>]]> &amp; &#233;</p>") == text)
        #expect(try entry("<p>a</p>\r\n<p>b &lt;c> &amp; &eacute;</p>") == text)
        #expect(try entry("<script/><p>a</p><p>b &lt;c&gt; & é</p>") == text)
    }

    @Test("damaged xhtml keeps its text, in an entry and in the feed (F16)")
    func damagedXHTML() throws {
        let text = #"<div xmlns="http://www.w3.org/1999/xhtml">1 <2 & 3 <b>x</b></div>"#
        let feed = try parse(
            """
            <feed xmlns="http://www.w3.org/2005/Atom"><subtitle type="xhtml">\(text)</subtitle>
            <entry><content type="xhtml">\(text)</content></entry><entry><title>t</title></entry></feed>
            """)
        #expect(feed.subtitle == "1 <2 & 3 x")
        #expect(feed.items.first?.content == "1 <2 & 3 x")
    }
}
