// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import KaguModel
import Testing

/// Where each value comes from, one test for each row of §2.2: the first present element wins, "+" takes all.
@Suite struct MappingTests {
    private func channel(_ head: String, _ root: String = "") throws -> ParsedFeed {
        try FeedParser.parse(Array("<rss version=\"2.0\"\(root)><channel>\(head)</channel></rss>".utf8))
    }

    private func rdf(_ channel: String, _ item: String = "", about: String = "") throws -> ParsedFeed {
        try FeedParser.parse(
            Array(
                """
                <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
                <channel rdf:about="http://c.example/">\(channel)</channel><item\(about)>\(item)</item></rdf:RDF>
                """.utf8))
    }

    private func atom(_ head: String, _ entry: String = "") throws -> ParsedFeed {
        let body = entry.isEmpty ? "" : "<entry>\(entry)</entry>"
        return try FeedParser.parse(Array("<feed xmlns=\"http://www.w3.org/2005/Atom\">\(head)\(body)</feed>".utf8))
    }

    private func entry(_ inside: String) throws -> Item { try #require(try atom("", inside).items.first) }

    private func json(_ feed: String, _ item: String = "") throws -> ParsedFeed {
        let members = [#""version":"https://jsonfeed.org/version/1.1""#, feed, "\"items\":[{\(item)}]"]
        return try FeedParser.parse(Array("{\(members.filter { !$0.isEmpty }.joined(separator: ","))}".utf8))
    }

    private func news(_ inside: String) throws -> Item {
        let document = """
            <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
            xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>http://a.example/1</loc>\(inside)</url></urlset>
            """
        return try #require(try FeedParser.parse(Array(document.utf8)).items.first)
    }

    @Test("feed title: title, dc:title; title; title (§2.2)")
    func feedTitle() throws {
        #expect(try channel("<dc:title>d</dc:title><title>t</title>").title == "t")
        #expect(try channel("<dc:title>d</dc:title>").title == "d")
        #expect(try rdf("<title>t</title>").title == "t")
        #expect(try atom("<title>t</title>").title == "t")
        #expect(try json(#""title":"t""#).title == "t")
    }

    @Test("subtitle: description, itunes:subtitle, itunes:summary; subtitle, tagline; description (§2.2)")
    func subtitle() throws {
        let all = "<itunes:summary>s</itunes:summary><itunes:subtitle>u</itunes:subtitle>"
        #expect(try channel(all + "<description>d</description>").subtitle == "d")
        #expect(try channel(all).subtitle == "u")
        #expect(try channel("<itunes:summary>s</itunes:summary>").subtitle == "s")
        #expect(try rdf("<description>d</description>").subtitle == "d")
        #expect(try atom("<tagline>g</tagline><subtitle>s</subtitle>").subtitle == "s")
        #expect(try atom("<tagline>g</tagline>").subtitle == "g")
        #expect(try json(#""description":"d""#).subtitle == "d")
    }

    @Test("feed link: link, atom:link alternate; home_page_url (§2.2)")
    func feedLink() throws {
        let atomLinks = "<atom:link rel='self' href='http://s/'/><atom:link href='http://a/'/>"
        #expect(try channel(atomLinks + "<link>http://l/</link>").link == "http://l/")
        #expect(try channel(atomLinks).link == "http://a/")
        #expect(try rdf("<link>http://l/</link>").link == "http://l/")
        #expect(try atom("<link rel='self' href='http://s/'/><link href='http://a/'/>").link == "http://a/")
        #expect(try json(#""home_page_url":"http://h/""#).link == "http://h/")
    }

    @Test("feed language: language, dc:language, xml:lang (§2.2)")
    func feedLanguage() throws {
        #expect(
            try channel("<dc:language>az</dc:language><language>fr</language>", " xml:lang='tr'").language == "fr")
        #expect(try channel("<dc:language>az</dc:language>", " xml:lang='tr'").language == "az")
        #expect(try channel("", " xml:lang='tr'").language == "tr")
        #expect(try rdf("<dc:language>az</dc:language>").language == "az")
        #expect(try json(#""language":"ru""#).language == "ru")
    }

    @Test("feed id: none, rdf:about, id, feed_url (§2.2)")
    func feedID() throws {
        #expect(try channel("<link>http://l/</link>").id.isEmpty)
        #expect(try rdf("").id == "http://c.example/")
        #expect(try atom("<id>urn:f</id>").id == "urn:f")
        #expect(try json(#""feed_url":"http://f/""#).id == "http://f/")
    }

    @Test("feed updated: lastBuildDate, pubDate, dc:date; updated, modified (§2.2)")
    func feedUpdated() throws {
        let dates = "<dc:date>2026-01-03</dc:date><pubDate>2026-01-02</pubDate>"
        #expect(try channel(dates + "<lastBuildDate>2026-01-01</lastBuildDate>").updated == day(1))
        #expect(try channel(dates).updated == day(2))
        #expect(try channel("<dc:date>2026-01-03</dc:date>").updated == day(3))
        #expect(try rdf("<dc:date>2026-01-03</dc:date>").updated == day(3))
        #expect(try atom("<modified>2026-01-05</modified><updated>2026-01-04</updated>").updated == day(4))
        #expect(try atom("<modified>2026-01-05</modified>").updated == day(5))
    }

    @Test("id: guid, rdf:about, id, numbers as text (§2.2)")
    func itemID() throws {
        #expect(try item("<link>http://l/</link><guid>g</guid>").id == "g")
        #expect(
            try rdf("", "<link>http://l/</link>", about: " rdf:about='http://i/'").items.map(\.id) == ["http://i/"])
        #expect(try entry("<id>urn:1</id>").id == "urn:1")
        #expect(try json("", #""id":17,"url":"http://u/""#).items.map(\.id) == ["17"])
    }

    @Test("url: link, guid; rdf:about; alternate with text/html first, content@src; url, external_url; loc (§2.2)")
    func url() throws {
        #expect(try item("<guid>http://g/</guid><link>http://l/</link>").url == "http://l/")
        #expect(try rdf("", "", about: " rdf:about='http://i/'").items.map(\.url) == ["http://i/"])
        let links =
            "<link rel='alternate' type='text/plain' href='http://p/'/><link type='text/html' href='http://h/'/>"
        #expect(try entry(links).url == "http://h/")
        #expect(try entry("<content src='http://c/'/>").url == "http://c/")
        #expect(try json("", #""url":"http://u/","external_url":"http://e/""#).items.map(\.url) == ["http://u/"])
        #expect(try json("", #""external_url":"http://e/""#).items.map(\.url) == ["http://e/"])
        #expect(try news("").url == "http://a.example/1")
    }

    @Test("title: title, dc:title, media:title, itunes:title; news:title (§2.2)")
    func title() throws {
        let parts = [
            "<title>t</title>", "<dc:title>d</dc:title>", "<media:title>m</media:title>",
            "<itunes:title>i</itunes:title>",
        ]
        for (first, expected) in ["t", "d", "m", "i"].enumerated() {
            #expect(try item(parts[first...].reversed().joined()).title == expected)
        }
        #expect(try rdf("", "<dc:title>d</dc:title>").items.map(\.title) == ["d"])
        #expect(try entry("<title>t</title>").title == "t")
        #expect(try json("", #""title":"t""#).items.map(\.title) == ["t"])
        #expect(try news("<n:news><n:title>t</n:title></n:news>").title == "t")
    }

    @Test("summary: description, dc:description, media:description, itunes:summary; summary (§2.2)")
    func summary() throws {
        let parts = [
            "<description>t</description>", "<dc:description>d</dc:description>",
            "<media:description>m</media:description>", "<itunes:summary>i</itunes:summary>",
        ]
        for (first, expected) in ["t", "d", "m", "i"].enumerated() {
            #expect(try item(parts[first...].reversed().joined()).summary == expected)
        }
        #expect(try entry("<summary>s</summary>").summary == "s")
        #expect(try json("", #""summary":"s""#).items.map(\.summary) == ["s"])
    }

    @Test("content: content:encoded, xhtml body; content; content_html, content_text (§2.2)")
    func content() throws {
        let body = "<body xmlns='http://www.w3.org/1999/xhtml'><p>b</p></body>"
        #expect(try item(body + "<content:encoded>e</content:encoded>").content == "e")
        #expect(try item(body).content == "b")
        #expect(try rdf("", "<content:encoded>e</content:encoded>").items.map(\.content) == ["e"])
        #expect(try entry("<content>c</content>").content == "c")
        #expect(try json("", #""content_html":"<b>h</b>","content_text":"t""#).items.map(\.content) == ["h"])
        #expect(try json("", #""content_text":"<b>""#).items.map(\.content) == ["<b>"])
    }

    @Test("published: pubDate, dc:date, dcterms:issued; published, issued, created; date_published (§2.2)")
    func published() throws {
        let parts = [
            "<pubDate>2026-01-01</pubDate>", "<dc:date>2026-01-02</dc:date>",
            "<dcterms:issued>2026-01-03</dcterms:issued>",
        ]
        for first in parts.indices {
            #expect(try item(parts[first...].reversed().joined()).published?.instant == day(first + 1))
        }
        let atom = ["published", "issued", "created"].enumerated().map { "<\($1)>2026-01-0\($0 + 1)</\($1)>" }
        for first in atom.indices {
            #expect(try entry(atom[first...].reversed().joined()).published?.instant == day(first + 1))
        }
        #expect(try json("", #""date_published":"2026-01-04""#).items.first?.published?.instant == day(4))
        let dated = "<n:news><n:publication_date>2026-01-05</n:publication_date></n:news>"
        #expect(try news(dated).published?.origin == "news:publication_date")
    }

    @Test("updated: dcterms:modified; updated, modified; date_modified; lastmod (§2.2)")
    func updated() throws {
        #expect(try item("<dcterms:modified>2026-01-01</dcterms:modified>").updated?.instant == day(1))
        #expect(
            try entry("<modified>2026-01-03</modified><updated>2026-01-02</updated>").updated?.instant == day(2))
        #expect(try entry("<modified>2026-01-03</modified>").updated?.instant == day(3))
        #expect(try json("", #""date_modified":"2026-01-04""#).items.first?.updated?.instant == day(4))
        #expect(try news("<lastmod>2026-01-05</lastmod>").updated?.instant == day(5))
    }

    @Test("item language: xml:lang, dc:language; language; news:language (§2.2)")
    func itemLanguage() throws {
        #expect(try item("<title xml:lang='tr'>t</title><dc:language>az</dc:language>").language == "tr")
        #expect(try item("<dc:language>az</dc:language>").language == "az")
        #expect(try entry("<title xml:lang='tr'>t</title>").language == "tr")
        #expect(try json("", #""language":"ru""#).items.map(\.language) == ["ru"])
        let publication = "<n:publication><n:name>P</n:name><n:language>fr</n:language></n:publication>"
        #expect(try news("<n:news>\(publication)</n:news>").language == "fr")
    }

    @Test("authors: author, dc:creator+, itunes:author; author+, source's, feed's; authors, author, feed's (§2.2)")
    func authors() throws {
        let creators = "<dc:creator>c</dc:creator><dc:creator>d</dc:creator>"
        let iTunes = "<itunes:author>i</itunes:author>"
        #expect(try item(iTunes + creators + "<author>a</author>").authors.map(\.name) == ["a"])
        #expect(try item(iTunes + creators).authors.map(\.name) == ["c", "d"])
        #expect(try item(iTunes).authors.map(\.name) == ["i"])
        let person = "<author><name>n</name></author>"
        #expect(try entry(person + "<author><name>m</name></author>").authors.map(\.name) == ["n", "m"])
        #expect(try entry("<source>\(person)</source>").authors.map(\.name) == ["n"])
        #expect(try atom(person, "<id>urn:1</id>").items.first?.authors.map(\.name) == ["n"])
        #expect(try json(#""author":{"name":"f"}"#, #""id":"1""#).items.first?.authors.map(\.name) == ["f"])
        #expect(
            try json("", #""authors":[{"name":"a"}],"author":{"name":"b"}"#).items.first?.authors.map(\.name) == [
                "a"
            ])
    }

    @Test(
        "categories: category+ dc:subject+ itunes:keywords+ media:category+; label, term; tags; news:keywords (§2.2)"
    )
    func categories() throws {
        let inside = """
            <media:category>m</media:category><itunes:keywords>i, j</itunes:keywords><dc:subject>s</dc:subject>
            <category>c</category><category>c</category>
            """
        #expect(try item(inside).categories == ["c", "s", "i", "j", "m"])
        #expect(try entry("<category term='t' label='l'/><category term='u'/>").categories == ["l", "u"])
        #expect(try json("", #""tags":["a","b"]"#).items.map(\.categories) == [["a", "b"]])
        #expect(try news("<n:news><n:keywords>a, b</n:keywords></n:news>").categories == ["a", "b"])
    }

    @Test("enclosures: enclosure+ media:content+; enc:enclosure; link enclosure; attachments (§2.2)")
    func enclosures() throws {
        let both =
            "<media:content url='http://m/' fileSize='2'/><enclosure url='http://e/' type='audio/x' length='1'/>"
        #expect(try item(both).enclosures.map(\.url) == ["http://e/", "http://m/"])
        #expect(try item(both).enclosures.map(\.length) == [1, 2])
        let enc = "<enc:enclosure xmlns:enc='http://purl.oclc.org/net/rss_2.0/enc#' rdf:resource='http://r/'/>"
        #expect(try rdf("", enc).items.first?.enclosures.map(\.url) == ["http://r/"])
        #expect(try entry("<link rel='enclosure' href='http://l/' length='3'/>").enclosures.map(\.length) == [3])
        let file = #""attachments":[{"url":"http://a/","mime_type":"audio/x","size_in_bytes":4}]"#
        #expect(
            try json("", file).items.first?.enclosures == [
                Item.Enclosure(url: "http://a/", type: "audio/x", length: 4)
            ])
    }

    @Test("links: every link; feedburner:origLink as canonical; external_url as related; loc (§2.2)")
    func links() throws {
        let inside =
            "<link>http://l/</link><atom:link rel='self' href='http://s/'/><feedburner:origLink>http://o/</feedburner:origLink>"
        #expect(try item(inside).links.map(\.rel) == ["alternate", "self", "canonical"])
        #expect(
            try entry("<link href='http://a/'/><link rel='via' href='http://v/'/>").links.map(\.rel) == [
                "alternate", "via",
            ])
        let both = try json("", #""url":"http://u/","external_url":"http://e/""#)
        #expect(both.items.first?.links.map(\.rel) == ["alternate", "related"])
        #expect(try news("").links.map(\.href) == ["http://a.example/1"])
    }

    @Test("comments_url: comments; link replies of text/html (§2.2)")
    func comments() throws {
        #expect(try item("<comments>http://c/</comments>").commentsURL == "http://c/")
        let replies =
            "<link rel='replies' type='application/atom+xml' href='http://x/'/><link rel='replies' type='text/html' href='http://h/'/>"
        #expect(try entry(replies).commentsURL == "http://h/")
    }

    @Test("source: source and its url; dc:source; source title and alternate; news:name (§2.2)")
    func source() throws {
        #expect(try item("<source url='http://s/'>S</source>").source == Item.Source(title: "S", url: "http://s/"))
        #expect(try rdf("", "<dc:source>D</dc:source>").items.first?.source?.title == "D")
        let inside = "<source><title>T</title><link href='http://t/'/></source>"
        #expect(try entry(inside).source == Item.Source(title: "T", url: "http://t/"))
        #expect(try news("<n:news><n:publication><n:name>P</n:name></n:publication></n:news>").source?.title == "P")
    }

    private func day(_ day: Int) -> Instant? { Instant(year: 2026, month: 1, day: day) }
}
