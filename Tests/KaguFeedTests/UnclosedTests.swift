// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import KaguModel
import Testing

/// Missing, crossed and mistyped end tags: no field swallows another one (F16).
@Suite struct UnclosedTests {
    private static let link = "<link>http://a.example/1</link>"
    private static let identity =
        "<guid isPermaLink=\"false\">g</guid><pubDate>Sat, 21 Nov 2026 18:35:00 GMT</pubDate>"
    private static let rest = link + identity

    @Test(
        "a field without its end tag ends at the next field (F16)",
        arguments: [
            "<title>t \(rest)", "\(rest)<title>t", "<title>t <b>u \(rest)", "<title>t</titel>\(rest)",
            "<title>t</Title>\(rest)", "<title>t</link>\(rest)",
            "<title type='text'>t <dc:creator>c</dc:creator>\(rest)",
            "<category>c <title>t</title>\(rest)", "<author>c <title>t</title>\(rest)",
            "<dc:creator>c <title>t</title>\(rest)", "<source url='http://s.example/'>s <title>t</title>\(rest)",
            "<comments>http://c.example/ <title>t</title>\(rest)", "<dc:creator>c</creator><title>t</title>\(rest)",
            "<title>t</title><description>d <i>e \(identity)\(link)",
        ])
    func rssField(inside: String) throws {
        let feed = try FeedParser.parse(rss("<item>\(inside)</item><item><title>next</title></item>"))
        #expect(feed.items.count == 2)
        let item = try #require(feed.items.first)
        #expect(item.title == "t" || item.title == "t u")
        #expect(item.url == "http://a.example/1")
        #expect(item.id == "g")
        #expect(item.published?.instant != nil)
        if !item.authors.isEmpty { #expect(item.authors.map(\.name) == ["c"]) }
        if !item.categories.isEmpty { #expect(item.categories == ["c"]) }
        if !item.summary.isEmpty { #expect(item.summary == "d e") }
        #expect(feed.items.last?.title == "next")
        if !inside.hasSuffix("<title>t") { #expect(!feed.problems.isEmpty) }
    }

    @Test("each of an item's short fields may lack its end tag at once (F16)")
    func everyField() throws {
        let feed = try FeedParser.parse(
            rss(
                """
                <item><title>t<link>http://a.example/1<guid>g<pubDate>Sat, 21 Nov 2026 18:35:00 GMT<category>c1
                <category>c2<dc:creator>n<comments>http://c.example/<description>d</description></item>
                """))
        let item = try #require(feed.items.first)
        #expect(item.title == "t" && item.url == "http://a.example/1" && item.id == "g" && item.summary == "d")
        #expect(item.categories == ["c1", "c2"])
        #expect(item.authors.map(\.name) == ["n"])
        #expect(item.commentsURL == "http://c.example/")
        #expect(item.published?.raw == "Sat, 21 Nov 2026 18:35:00 GMT")
        #expect(feed.problems.filter { $0.message.hasSuffix("is not closed before the next element") }.count == 8)
        #expect(feed.problems.first?.message == "<title> is not closed before the next element")
    }

    @Test("a channel's unclosed title does not swallow what follows (F16)")
    func channel() throws {
        let feed = try FeedParser.parse(
            rss(
                "<item><title>i</title></item>",
                head: "<title>c <link>http://a.example/</link><description>d <language>fr</language>"))
        #expect(feed.title == "c" && feed.link == "http://a.example/" && feed.subtitle == "d")
        #expect(feed.language == "fr")
        #expect(feed.items.map(\.title) == ["i"])
    }

    @Test("Atom's fields end likewise, and a link without its slash (F16)")
    func atom() throws {
        let feed = try FeedParser.parse(
            Array(
                """
                <feed xmlns="http://www.w3.org/2005/Atom"><title>f <id>x:f</id><entry><title>t
                <link href="http://a.example/1" rel="alternate"><id>x:1<updated>2026-11-21T18:35:00Z
                <author><name>n <email>m@a.example</author><summary>s <published>2026-11-20T00:00:00Z</published>
                <content type="html">b</content></entry></feed>
                """.utf8))
        #expect(feed.title == "f" && feed.id == "x:f")
        let entry = try #require(feed.items.first)
        #expect(entry.title == "t" && entry.url == "http://a.example/1" && entry.id == "x:1")
        #expect(entry.authors == [Item.Person(name: "n", email: "m@a.example")])
        #expect(entry.summary == "s" && entry.content == "b")
        #expect(entry.updated?.instant != nil && entry.published?.instant != nil)
    }

    @Test(
        "HTML that was not escaped ends no field: names that HTML has too stay in a description (F16, F20)",
        arguments: [
            ("<title>a <b>b</b> <i>c</i> <a href='x'>d</a></title>", "a b c d", ""),
            (
                "<title>t</title><description>a <title>b</title> <link rel='x'/><source src='y'/>c</description>",
                "t", "a b c"
            ),
            ("<title>t</title><description><p>a <b><i>b</b></i> c</p></description>", "t", "a b c"),
            ("<title>a <b><i>b</b></i> c</title>", "a b c", ""),
        ])
    func html(inside: String, title: String, summary: String) throws {
        let item = try item(inside)
        #expect(item.title == title)
        #expect(item.summary.split(whereSeparator: \.isWhitespace).joined(separator: " ") == summary)
    }

    @Test("XHTML and other XML inside Atom keeps its own titles and links (F11, F16)")
    func typedXML() throws {
        let feed = try FeedParser.parse(
            Array(
                """
                <feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="xhtml"><div>a <b>b</b> <link/>c</div></title>
                <id>x:1</id><content type="application/xml"><doc><title>u</title><id>v</id><updated>w</updated></doc></content>
                </entry></feed>
                """.utf8))
        #expect(feed.items.map(\.title) == ["a b c"])
        #expect(feed.items.map(\.id) == ["x:1"])
        #expect(feed.items.map(\.content) == ["uvw"])
        #expect(feed.problems == [])
    }

    @Test("an item without its end tag ends at the next one, or with its channel (F16)")
    func items() throws {
        let feed = try FeedParser.parse(rss("<item><title>a</title><item><title>b</title>"))
        #expect(feed.items.map(\.title) == ["a", "b"])
        #expect(feed.isComplete)
        #expect(feed.problems.count == 2)
    }

    @Test("nested structures are no unclosed fields (F16)")
    func structures() throws {
        let feed = try FeedParser.parse(
            rss(
                """
                <item><itunes:category text='x'><itunes:category text='y'/></itunes:category><title>t</title>
                <media:group><media:content url='http://a/m' type='v'><media:title>m</media:title><media:description>d
                </media:description></media:content></media:group>
                <atom:source><atom:title>s</atom:title><atom:id>i</atom:id></atom:source></item>
                """, head: "<image><title>i</title><url>u</url><link>l</link></image><title>c</title>"))
        #expect(feed.problems.filter { !$0.message.hasSuffix("is not declared") } == [])
        #expect(feed.title == "c")
        #expect(feed.items.map(\.title) == ["t"])
        #expect(feed.items.first?.source?.title == "s")
    }
}
