// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import KaguModel
import Testing

@Suite struct FieldTests {
    @Test(
        "person strings split (F10)",
        arguments: [
            ("a@b.example (Ann B)", "Ann B", "a@b.example"), ("Ann B (a@b.example)", "Ann B", "a@b.example"),
            ("Ann B &lt;a@b.example>", "Ann B", "a@b.example"), ("a@b.example", "", "a@b.example"),
            ("Ann B", "Ann B", ""),
            ("Ann (AFP)", "Ann (AFP)", ""), ("a@b.example (Ann (B))", "Ann (B)", "a@b.example"),
            ("Ann B, a@b.example", "Ann B", "a@b.example"), ("a@b.example - Ann B", "Ann B", "a@b.example"),
            ("Ann B [a@b.example]", "Ann B", "a@b.example"),
            ("&quot;B, Ann&quot; &lt;a@b.example>", "B, Ann", "a@b.example"),
            ("Ann (@ann)", "Ann (@ann)", ""),
            ("a@b.example (Ann), c@d.example (C)", "(Ann), c@d.example (C)", "a@b.example"),
        ])
    func person(text: String, name: String, email: String) throws {
        #expect(try item("<author>\(text)</author>").authors == [Item.Person(name: name, email: email)])
    }

    @Test("ids come from the identifier, else the link, else a hash (F6)")
    func ids() throws {
        #expect(try item("<guid>g</guid><link>http://a/</link>").idSource == .guid)
        let linked = try item("<link>http://a/</link>")
        #expect(linked.idSource == .link && linked.id == "http://a/")
        let hashed = try item("<title>t</title>")
        #expect(hashed.idSource == .content && hashed.id.hasPrefix("sha256:") && hashed.id.utf8.count == 71)
    }

    @Test("a guid is the address only if it is a permalink and an http URL (§2.2)")
    func permalink() throws {
        #expect(try item("<guid>http://a/1</guid>").url == "http://a/1")
        #expect(try item("<guid isPermaLink=\"false\">http://a/1</guid>").url.isEmpty)
        #expect(try item("<guid>tag:a</guid>").url.isEmpty)
    }

    @Test(
        "references are resolved (F2, RFC 3986 §5)",
        arguments: [
            ("x", "http://a.example/b/x"), ("/x", "http://a.example/x"), ("../x", "http://a.example/x"),
            ("?q", "http://a.example/b/c?q"),
            ("//h/x", "http://h/x"), ("./x/../y", "http://a.example/b/y"), ("mailto:x@y", "mailto:x@y"),
            ("#f", "http://a.example/b/c#f"),
        ])
    func resolution(reference: String, expected: String) throws {
        let bytes = rss("<item><link>\(reference)</link></item>")
        let feed = try FeedParser.parse(bytes, context: ParseContext(baseURL: "http://a.example/b/c"))
        #expect(feed.items.first?.url == expected)
        #expect(try FeedParser.parse(bytes).items.first?.url == reference)
    }

    @Test("languages are inherited until they are cancelled (F8)")
    func languages() throws {
        let bytes = rss(
            "<item/><item xml:lang=\"\"/><item xml:lang=\"az\"><title xml:lang=\"ru\">x</title></item>",
            head: "<language> fr_FR </language>")
        #expect(try FeedParser.parse(bytes).items.map(\.language) == ["fr-FR", "", "ru"])
        let context = ParseContext(contentLanguage: "tr, en")
        #expect(try FeedParser.parse(rss("<item/>"), context: context).items.map(\.language) == ["tr"])
    }

    @Test("schedule hints go to the scheduler (F5, P17)")
    func hints() throws {
        let feed = try FeedParser.parse(
            rss(
                "",
                head: """
                    <ttl>60</ttl><skipHours><hour>24</hour><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays>
                    <sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>
                    """))
        #expect(feed.ttlSeconds == 3600)
        #expect(feed.skipHours == [0, 3])
        #expect(feed.skipDays == [7])
        #expect(feed.updatePeriodSeconds == 1800)
    }
}
