// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import KaguHTTP
import KaguModel
import KaguStore
import Synchronization
import Testing

@testable import KaguDaemon

/// A web of scripted answers that records what it is asked.
private final class Web: Sendable {
    private let pages: [String: HTTPOutcome]
    private let asked = Mutex<[HTTPRequest]>([])

    init(_ pages: [String: HTTPOutcome]) { self.pages = pages }

    var requests: [HTTPRequest] { asked.withLock { $0 } }
    var urls: [String] { requests.map(\.url) }

    func answer(_ request: HTTPRequest) -> HTTPOutcome {
        asked.withLock { $0.append(request) }
        return pages[request.url] ?? .response(HTTPResponse(status: 404))
    }

    /// A search of this web, with gates that do not wait.
    func discovery(allowing allowed: [AllowedAddress] = []) -> FeedDiscovery {
        let plan = Scheduler.Plan(
            feeds: [],
            limits: .init(concurrency: 8, inFlightPerHost: 1, spacingPerHost: .zero, hostGroups: []),
            begin: { _ in }, poll: { feed, _, _ in .due(TimeSource.system.wall(), of: feed) })
        return FeedDiscovery(
            send: { [self] in answer($0) }, scheduler: Scheduler(plan: plan, time: .system),
            allowedPrivate: allowed,
            time: .system)
    }
}

extension HTTPOutcome {
    fileprivate static func body(_ text: String) -> Self {
        .response(HTTPResponse(status: 200, body: Array(text.utf8)))
    }
    fileprivate static func status(_ status: Int) -> Self { .response(HTTPResponse(status: status)) }
    fileprivate static func redirect(_ url: String) -> Self {
        .response(HTTPResponse(status: 301, redirectURL: url))
    }
    fileprivate static let rss = body(
        "<rss version=\"2.0\"><channel><title>Own title</title><item><title>x</title></item></channel></rss>")
    fileprivate static let news = body(
        """
        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" \
        xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://example.org/1</loc><news:news>
        <news:publication><news:name>The Example</news:name></news:publication><news:title>x</news:title>
        </news:news></url></urlset>
        """)
    fileprivate static let plainSitemap = body("<urlset><url><loc>https://example.org/1</loc></url></urlset>")
    fileprivate static func index(_ urls: String...) -> Self {
        body("<sitemapindex>\(urls.map { "<sitemap><loc>\($0)</loc></sitemap>" }.joined())</sitemapindex>")
    }
    fileprivate static func page(_ links: String...) -> Self {
        body(
            "<html>"
                + links.map { "<link rel=alternate type=application/rss+xml href='\($0)' title=Link>" }.joined())
    }
}

@Suite("Looking for feeds")
struct FeedDiscoveryTests {
    private let home = "https://example.org/"

    @Test("A feed is taken as it is, under its own address, with one request (H3)")
    func feed() async throws {
        let web = Web([home: .redirect("https://example.org/rss"), "https://example.org/rss": .rss])
        let found = try await web.discovery().candidates(of: home)
        #expect(found == [FeedCandidate(url: home, title: "Own title", type: "rss2.0", isChecked: true)])
        #expect(web.urls == [home, "https://example.org/rss"])
        #expect(web.requests.allSatisfy { $0.method == .get && $0.headers == [FeedFetcher.accept] })
    }

    @Test("Links are checked and listed with title and format; what is no feed is left out (H3)")
    func links() async throws {
        let web = Web([
            home: .page("/rss", "/page", "/gone", "/down"), "https://example.org/rss": .rss,
            "https://example.org/page": .page(), "https://example.org/gone": .status(410),
            "https://example.org/down": .status(503),
        ])
        let found = try await web.discovery().candidates(of: home, reach: .firstPlace)
        #expect(
            found == [
                FeedCandidate(url: "https://example.org/rss", title: "Own title", type: "rss2.0", isChecked: true),
                FeedCandidate(url: "https://example.org/down", title: "Link", type: "application/rss+xml"),
            ])
        #expect(!web.urls.contains("https://example.org/robots.txt"))
    }

    @Test(
        "Then the Sitemap lines of the site that answered: news sitemaps, one index level, no plain ones (H3, F3)")
    func sitemaps() async throws {
        let site = "https://www.example.org/"
        let web = Web([
            home: .redirect(site), site: .page("/rss"), "\(site)rss": .rss,
            "\(site)robots.txt": .body("Sitemap: \(site)index.xml\nSitemap: \(site)pages.xml\n"),
            "\(site)index.xml": .index("\(site)news.xml", "\(site)deep.xml", "\(site)posts.xml"),
            "\(site)pages.xml": .plainSitemap, "\(site)news.xml": .news, "\(site)posts.xml": .plainSitemap,
            "\(site)deep.xml": .index("\(site)too-deep.xml"), "\(site)too-deep.xml": .news,
        ])
        let found = try await web.discovery().candidates(of: home)
        #expect(
            found == [
                FeedCandidate(url: "\(site)rss", title: "Own title", type: "rss2.0", isChecked: true),
                FeedCandidate(url: "\(site)news.xml", title: "The Example", type: "newssitemap", isChecked: true),
            ])
        #expect(!web.urls.contains("\(site)too-deep.xml"))
        #expect(!web.urls.contains("https://example.org/robots.txt"))
    }

    @Test("A site without links is searched through its sitemaps also for add; no path is guessed (H3, P3)")
    func nothingGuessed() async throws {
        let web = Web([home: .page()])
        #expect(try await web.discovery().candidates(of: home, reach: .firstPlace).isEmpty)
        #expect(web.urls == [home, "https://example.org/robots.txt"])
    }

    @Test("A sitemap index that is named itself is looked into; a plain sitemap is no feed (F3, H3)")
    func namedIndex() async throws {
        let web = Web([home: .index("https://example.org/n.xml"), "https://example.org/n.xml": .news])
        #expect(try await web.discovery().candidates(of: home).map(\.url) == ["https://example.org/n.xml"])
        let plain = Web([home: .plainSitemap])
        #expect(try await plain.discovery().candidates(of: home).isEmpty)
    }

    @Test("Twenty requests are made at most, redirects included; unchecked links stay listed (H3)")
    func bounded() async throws {
        let links = (0..<50).map { "https://host\($0).example/rss" }
        let index = (0..<90).map { "Sitemap: https://example.org/news\($0).xml\n" }.joined()
        var pages: [String: HTTPOutcome] = ["https://example.org/robots.txt": .body(index)]
        pages[home] = .body(
            links.map { "<link rel=alternate type=application/rss+xml href=\($0)>" }.joined())
        for link in links {
            pages[link] = .redirect(link + "/")
            pages[link + "/"] = .rss
        }
        let web = Web(pages)
        let found = try await web.discovery().candidates(of: home)
        #expect(web.requests.count == FeedDiscovery.maximumRequests)
        #expect(found.map(\.url) == links)
        #expect(found.count { $0.isChecked } == 9)
    }

    @Test("The allow-list covers the named host and port, not what a page names (S3)")
    func guarded() async throws {
        let own = "http://bridge:3000/"
        let allowed = [AllowedAddress.endpoint(host: "bridge", port: 3000), .endpoint(host: "other", port: 80)]
        let web = Web([own: .page("/rss", "http://other/rss", "http://bridge:3001/rss"), "\(own)rss": .rss])
        _ = try await web.discovery(allowing: allowed).candidates(of: own, reach: .firstPlace)
        let open = web.requests.filter { $0.addressGuard == AddressGuard(allowing: allowed) }.map(\.url)
        #expect(open == [own, "\(own)rss"])
        #expect(web.requests.count == 4)
    }

    @Test("A refused address or a missing page is no candidate, and after 429 its host is left alone (S1, P21)")
    func refusals() async throws {
        let blocked = HTTPOutcome.failure(HTTPFailure(.blockedAddress, "address 10.0.0.1 is refused"))
        let web = Web([
            home: .page("http://10.0.0.1/rss", "https://slow.example/1", "https://slow.example/2"),
            "http://10.0.0.1/rss": blocked, "https://slow.example/1": .status(429),
        ])
        let found = try await web.discovery().candidates(of: home)
        #expect(found.map(\.url) == ["https://slow.example/1", "https://slow.example/2"])
        #expect(!web.urls.contains("https://slow.example/2"))
    }

    @Test(
        "What gives no document is told with the reason (H3)",
        arguments: [
            ("ftp://example.org/", "no address"), ("https://example.org/404", "HTTP 404"),
            ("https://example.org/loop", "redirect loop"), ("https://example.org/hops0", "more than 5 redirects"),
            ("https://example.org/down", "no route"), ("https://example.org/nowhere", "without a usable Location"),
        ])
    func failures(_ url: String, _ reason: String) async {
        var pages: [String: HTTPOutcome] = [
            "https://example.org/loop": .redirect("https://example.org/loop"),
            "https://example.org/down": .failure(HTTPFailure(.connect, "no route")),
            "https://example.org/nowhere": .status(302),
        ]
        for hop in 0..<9 {
            pages["https://example.org/hops\(hop)"] = .redirect("https://example.org/hops\(hop + 1)")
        }
        let web = Web(pages)
        await #expect {
            _ = try await web.discovery().candidates(of: url)
        } throws: { error in
            "\(error)".contains(reason)
        }
    }

    @Test("A host that has asked for a pause is not asked (P21, P27)")
    func held() async throws {
        let web = Web([home: .rss])
        let discovery = web.discovery()
        let until = TimeSource.system.wall() + .seconds(3600)
        let plan = await discovery.scheduler.plan
        await discovery.scheduler.follow(
            plan, standings: [:], holds: [AuthorityHold(authority: "example.org", until: until, reason: "HTTP 429")]
        )
        await #expect {
            _ = try await discovery.candidates(of: home)
        } throws: { error in
            if case DiscoveryFailure.held = error { true } else { false }
        }
        #expect(web.urls.isEmpty)
    }
}
