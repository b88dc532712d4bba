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

    @Test("items behind the root, and a second root, are read on; what stands between is a problem (F16)")
    func behindTheRoot() throws {
        let rss = "<rss version=\"2.0\"><channel><title>A</title><item><title>1</title></item></channel></rss>"
        let twice = try parse(rss + "\n" + rss.replacing("A", with: "B").replacing("1", with: "2"))
        #expect(twice.title == "A" && twice.items.map(\.title) == ["1", "2"] && twice.isComplete)
        #expect(twice.problems == [ParseProblem(line: 2, message: "junk after the root element")])
        let early = try parse(rss + "<item><title>2</title></item> x <item><title>3</title></item><b>")
        #expect(early.items.map(\.title) == ["1", "2", "3"] && early.problems.count == 1)
        let cut = try parse(rss + "<item><title>2")
        #expect(cut.items.map(\.title) == ["1"] && !cut.isComplete)
        #expect(try parse(rss + "<!-- x --> ").problems == [])
    }

    @Test("fields that RSS does not have stand in for those that are absent (§2.2)")
    func plainFields() throws {
        let item = try item(
            "<id>i</id><summary>s</summary><content>c</content><published>2026-01-02</published>"
                + "<updated>2026-01-03</updated>")
        #expect([item.id, item.summary, item.content] == ["i", "s", "c"])
        #expect(item.published?.raw == "2026-01-02" && item.updated?.raw == "2026-01-03")
        #expect(try self.item("<content>c</content><content:encoded>e</content:encoded>").content == "e")
        #expect(try self.item("<fullitem>&lt;b>f&lt;/b></fullitem>").content == "f")
        #expect(try self.item("<guid>g</guid><id>i</id>").id == "g")
    }

    @Test("elements of other vocabularies fill what an Atom entry leaves empty (§2.2)")
    func foreignInAtom() throws {
        let foreign = """
            <dc:title>T</dc:title><dc:creator>A</dc:creator><dc:subject>S</dc:subject><dc:date>2026-01-02</dc:date>
            <media:group><media:title>M</media:title><media:description>D</media:description></media:group>
            <content:encoded>&lt;p>C&lt;/p></content:encoded>
            """
        let open = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry>"
        let bare = try #require(try parse("\(open)\(foreign)</entry></feed>").items.first)
        #expect([bare.title, bare.summary, bare.content] == ["T", "D", "C"])
        #expect(
            bare.authors.map(\.name) == ["A"] && bare.categories == ["S"] && bare.published?.origin == "dc:date")
        let own = """
            <title>t</title><summary>s</summary><content>c</content><author><name>a</name></author>
            <category term="k"/><published>2026-01-01</published>
            """
        let full = try #require(try parse("\(open)\(foreign)\(own)</entry></feed>").items.first)
        #expect([full.title, full.summary, full.content] == ["t", "s", "c"])
        #expect(full.authors.map(\.name) == ["a"] && full.categories == ["k"])
        #expect(full.published?.origin == "published")
    }

    @Test("RSS 1.1 and Atom's drafts are read as what they are (F3, F9)")
    func drafts() throws {
        let feed = try parse(
            """
            <Channel xmlns="http://purl.org/net/rss1.1#" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
            rdf:about="http://c.example/"><title>C</title><items rdf:parseType="Collection">
            <item rdf:about="http://a.example/"><title>T</title></item></items></Channel>
            """)
        #expect(feed.items.map(\.title) == ["T"] && feed.problems == [])
        let draft = "<feed xmlns=\"http://purl.org/atom/ns#draft-ietf-atompub-format-08\"><title>t</title></feed>"
        #expect(try parse(draft).format == .atom03)
    }

    @Test(
        "well-formed markup that is rare is read without a problem (F9)",
        arguments: [
            ("<title>a<!-- x < & > -->b</title>", "ab"), ("<title>a<?p x > y ?>b</title>", "ab"),
            ("<title><![CDATA[a ]] b ]> c]]></title>", "a ]] b ]> c"),
            ("<title><![CDATA[a]]]]><![CDATA[>b]]></title>", "a]]>b"), ("<title\n>a</title\t>", "a"),
            ("<title x=\"a>b\n c\" y='\"'>a</title>", "a"), ("<title>a &#x26; b &#60;</title>", "a & b <"),
            ("<!-- <title>no</title> --><?x <item> ?><title>a</title>", "a"), ("<title>\u{FEFF}a </title>", "a"),
            ("<x xmlns=\"urn:x\"><title>no</title><y/></x><title>a</title>", "a"),
            ("<ünï.a-b/><title>a</title>", "a"),
            ("<source><title>inner</title><link>http://s.example/</link></source><title>a</title>", "a"),
            ("<averyveryverylongname><title>no</title></averyveryverylongname><title>a</title>", "a"),
        ])
    func rareMarkup(inside: String, title: String) throws {
        let feed = try parse("<rss version=\"2.0\"><channel><item>\(inside)</item><item/></channel></rss>")
        #expect(feed.items.map(\.title) == [title, ""])
        #expect(feed.problems == [])
    }

    @Test("a base that is relative itself still joins (F2)")
    func relativeBase() throws {
        let feed = try parse(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:base=\"/a/\"><link href=\"home\"/>"
                + "<entry xml:base=\"b/\"><link href=\"../../c\"/></entry></feed>")
        #expect(feed.link == "/a/home" && feed.items.map(\.url) == ["/c"])
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
