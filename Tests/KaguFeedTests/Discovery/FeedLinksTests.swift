// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import Testing

@Suite("Feeds that a page names")
struct FeedLinksTests {
    private func find(_ html: String, _ base: String = "https://example.org/a/b.html") -> [FeedCandidate] {
        FeedLinks.find(inHTML: Array(html.utf8), base: base)
    }

    @Test(
        "link rel=alternate of a feed type is found however it is written (H3)",
        arguments: [
            "<link rel=alternate type=application/rss+xml href=/rss>",
            "<link rel='alternate' type='application/rss+xml' href='/rss'/>",
            "<LINK REL=\"Alternate\" TYPE=\"APPLICATION/RSS+XML; charset=utf-8\" HREF=\"/rss\">",
            "<link\n href = \"/rss\"\n\ttype=\" application/rss+xml \" rel=\"home  alternate\">",
            "<link href=/rss type=application/rss+xml rel=alternate/>",
            "<body><p>x</p><link rel=alternate type=application/rss+xml href='../rss#top'></body>",
            "<link rel=alternate type=application/rss+xml href=' &#x2F;r&#115;s\n'>",
            "<link rel=alternate type=application/rss+xml href=//example.org/rss>",
            "<link rel=\"alternate feed\" href=/rss>", "<link rel=feed type=application/rss+xml href=/rss>",
            "<!-- > --><script>\"<link '\"</script><style><</style><link rel=alternate type=application/rss+xml href=/rss>",
            "<title>a < b</title><a title='>'><link rel=alternate type=application/rss+xml href=/rss>",
            "<link rel=alternate type=application/rss+xml href=feed://example.org/rss>",
            "<link rel=alternate type=application/rss+xml href=/rss><link rel=alternate type=text/x href=/y>",
            "<link rel=alternate type=application/rss+xml href=/rss rel=x type=y href=/z>",
            "<!--><link rel=alternate type=application/rss+xml href=/rss>",
        ])
    func forms(_ html: String) {
        let found = find(html)
        #expect(found.map { $0.url.replacing("http://", with: "https://") } == ["https://example.org/rss"])
        #expect(found.allSatisfy { !$0.isChecked && ["application/rss+xml", ""].contains($0.type) })
    }

    @Test(
        "Nothing else is a feed: other types, other relations, comments, scripts, other schemes (H3, P3)",
        arguments: [
            "<link rel=alternate type=text/xml href=/x>", "<link rel=alternate type=text/html href=/x>",
            "<link rel=alternate type=application/xml href=/x>", "<link rel=alternate href=/x hreflang=fr>",
            "<link rel='alternate stylesheet' type=application/rss+xml href=/x>",
            "<link rel=stylesheet type=application/rss+xml href=/x>", "<link type=application/rss+xml href=/x>",
            "<link rel=alternate type=application/rss+xml>",
            "<link rel=alternate type=application/rss+xml href=''>",
            "<!-- <link rel=alternate type=application/rss+xml href=/x> -->",
            "<script>var a = '<link rel=alternate type=application/rss+xml href=/x>'</script>",
            "<textarea><link rel=alternate type=application/rss+xml href=/x></textarea>",
            "<link rel=alternate type=application/rss+xml href=javascript:alert(1)>",
            "<link rel=alternate type=application/rss+xml href='http://'>",
            "<link rel=alternate type=application/rss+xml href=ftp://example.org/x>",
            "<link rel=alternate type=application/json+oembed href=/x>",
            "<link rel=alternate type=application/json href=/wp-json/wp/v2/pages/2>",
            "<link rel=alternate type=application/rss+xml href=/x",
            "<link rel=alternate type=\"application/rss+xml href=/x>",
            "<a href=/feed.xml>RSS</a>", "<linkrel=alternate type=application/rss+xml href=/x>", "", "<", "</",
            "<link",
        ])
    func others(_ html: String) {
        #expect(find(html).isEmpty)
    }

    @Test("Links come in document order, each address once, with title and type (H3)")
    func order() {
        let found = find(
            """
            <html><head>
            <link rel="alternate" type="application/atom+xml" title="A &amp; B &lt;x&gt; &copy " href="/atom?a=1&copy=2&amp;b">
            <link rel="alternate" type="application/feed+json" href="feed.json" title="
              JSON  feed ">
            <link rel="alternate" type="application/rss+xml" href="/atom?a=1&copy=2&amp;b#again">
            </head><body><link rel="alternate" type="application/rss+xml" href="https://other.example/a b"></body>
            """)
        #expect(
            found == [
                FeedCandidate(
                    url: "https://example.org/atom?a=1&copy=2&b", title: "A & B <x> ©", type: "application/atom+xml"
                ),
                FeedCandidate(
                    url: "https://example.org/a/feed.json", title: "JSON feed", type: "application/feed+json"),
                FeedCandidate(url: "https://other.example/a%20b", type: "application/rss+xml"),
            ])
    }

    @Test("The page's base is honoured, the first one and for all links (H3)")
    func base() {
        let found = find(
            """
            <link rel=alternate type=application/rss+xml href=rss>
            <base target=_top><base href="/news/"><base href="/other/">
            """)
        #expect(found.map(\.url) == ["https://example.org/news/rss"])
    }

    @Test("A page in another encoding gives readable titles (F12)")
    func encodings() {
        let html = "<meta charset=\"windows-1251\"><link rel=alternate type=application/rss+xml href=/r title='"
        let bytes = Array(html.utf8) + [0xCC, 0xE8, 0xF0] + Array("'>".utf8)
        #expect(FeedLinks.find(inHTML: bytes, base: "https://example.org/").map(\.title) == ["Мир"])
        let declared = FeedLinks.find(
            inHTML: bytes, contentType: "text/html; charset=iso-8859-1", base: "https://example.org/")
        #expect(declared.map(\.title) == ["Ìèð"])
    }

    @Test("At most fifty links, 8 KiB of address and 4,096 characters of title are taken (S6)")
    func bounds() {
        let many = (0..<80).map { "<link rel=alternate type=application/rss+xml href=/\($0)>" }.joined()
        #expect(find(many).count == FeedLinks.maximumLinks)
        let long = String(repeating: "a", count: 9000)
        let found = find(
            "<link rel=feed href=/\(long)><link rel=feed href=/x title=\"\(long)\">")
        #expect(found.map(\.url) == ["https://example.org/x"])
        #expect(found.first?.title.count == 4096)
    }

    @Test(
        "Hostile pages cost linear time and never trap",
        arguments: [
            "<", "<!--", "<a ", "<a b='", "<script>", "</script", "<link rel=", "&", "<a =", "<title></titl",
        ])
    func hostile(_ piece: String) {
        let start = ContinuousClock.now
        _ = find(String(repeating: piece, count: 20_000))
        #expect(ContinuousClock.now - start < .seconds(20))
    }
}
