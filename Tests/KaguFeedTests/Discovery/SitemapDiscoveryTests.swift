// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import Testing

@Suite("Sitemaps that a site names")
struct SitemapDiscoveryTests {
    @Test("Sitemap lines of robots.txt are read in any case, with comments and all line ends (H3, RFC 9309)")
    func robots() {
        let text = """
            \u{FEFF}# robots\rSitemap: https://example.org/pages.xml\r\nUser-agent: *\nDisallow: /\n\
            SITEMAP :\thttps://example.org/news.xml # news\n sitemap:/own.xml\nsitemap:\nSitemaps: https://x.example/\n\
            # Sitemap: https://no.example/\nSitemap: ftp://example.org/x\nSitemap: https://example.org/pages.xml
            """
        #expect(
            RobotsSitemaps.find(Array(text.utf8), base: "https://example.org/robots.txt") == [
                "https://example.org/news.xml", "https://example.org/pages.xml", "https://example.org/own.xml",
            ])
    }

    @Test("At most a hundred sitemaps and 512 KiB of robots.txt are read")
    func bounds() {
        let lines = (0..<30_000).map { "Sitemap: https://example.org/\($0).xml\n" }.joined()
        #expect(RobotsSitemaps.find(Array(lines.utf8)).count == RobotsSitemaps.maximumSitemaps)
        let late =
            String(repeating: "#\n", count: RobotsSitemaps.maximumBytes / 2) + "Sitemap: https://example.org/x\n"
        #expect(RobotsSitemaps.find(Array(late.utf8)).isEmpty)
        #expect(RobotsSitemaps.find([0xFF, 0x00, 0x0A, 0x73]).isEmpty)
    }

    @Test("An index gives its sitemaps, those of news first; other documents are none (H3, F3)")
    func index() {
        let text = """
            <?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
            <sitemap><loc>https://example.org/a.xml</loc></sitemap>
            <sitemap><loc> https://example.org/b-NEWS.xml.gz </loc><lastmod>2026-11-22</lastmod></sitemap>
            <sitemap><loc>https://example.org/a.xml</loc></sitemap><sitemap><loc>ftp://x/</loc></sitemap>
            <sitemap/></sitemapindex>
            """
        #expect(
            SitemapIndex.sitemaps(in: Array(text.utf8)) == [
                "https://example.org/b-NEWS.xml.gz", "https://example.org/a.xml",
            ])
        for other in ["<urlset><url><loc>https://example.org/</loc></url></urlset>", "<rss/>", "<html>", "", "{}"] {
            #expect(SitemapIndex.sitemaps(in: Array(other.utf8)) == nil)
        }
    }
}
