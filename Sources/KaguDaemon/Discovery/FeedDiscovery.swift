// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import KaguHTTP
import KaguModel
import KaguStore

/// Looks for the feeds of a page and its site, for an operator who asked (H3): the address itself, the page's
/// `link rel=alternate`, the `Sitemap:` lines of the site's robots.txt. No address is guessed (P3). Owns nothing; runs
/// in the pool.
struct FeedDiscovery: Sendable {
    /// Where a search ends.
    enum Reach: Hashable, Sendable {
        /// At the first place that has feeds: for `kagu feeds add`.
        case firstPlace
        /// When every place has been looked at: for `kagu feeds discover`.
        case everyPlace
    }

    /// So many requests are made at most, redirects included.
    static let maximumRequests = 20
    /// So many links of a page are fetched at most, so that requests are left for the sitemaps.
    static let maximumLinkChecks = 12
    /// The whole search, gates included; what is not checked by then stays so.
    static let maximumTime: Duration = .seconds(120)

    /// Sends one request: libcurl in the daemon, a publisher of its own in a simulation.
    let send: @Sendable (HTTPRequest) async -> HTTPOutcome
    /// Gives every request its turn (P27).
    let scheduler: Scheduler
    /// What `http.allow_private` opens (S3).
    let allowedPrivate: [AllowedAddress]
    let time: TimeSource
    /// Stores what a 429 asks of everyone at its authority (P21).
    var keep: @Sendable (AuthorityHold) async -> Void = { _ in }

    /// The feeds to choose from. A feed that is `url` itself is the only one, and has that very address. Empty: none
    /// was found. Throws when `url` gives no document.
    func candidates(
        of url: String, reach: Reach = .everyPlace
    ) async throws(DiscoveryFailure) -> [FeedCandidate] {
        guard HTTPOrigin(url) != nil else { throw .noAddress }
        var visits = DiscoveryVisits(discovery: self, startURL: url)
        let page: DiscoveryVisits.Page
        do {
            page = try await visits.fetch(url)
        } catch {
            throw error.failure
        }
        switch DiscoveredDocument(page) {
        case .feed(let title, let type):
            return [FeedCandidate(url: url, title: title, type: type, isChecked: true)]
        case .sitemapIndex(let sitemaps):
            return await visits.newsSitemaps(of: sitemaps, mayFollowIndex: false)
        case .page:
            let links = FeedLinks.find(inHTML: page.body, contentType: page.contentType, base: page.url)
            var candidates = await visits.check(links)
            guard candidates.isEmpty || reach == .everyPlace else { return candidates }
            for sitemap in await visits.newsSitemaps(of: await visits.robotsSitemaps(of: page.url))
            where !candidates.contains(where: { $0.url == sitemap.url }) {
                candidates.append(sitemap)
            }
            return candidates
        }
    }
}

/// What a document is to someone who looks for feeds.
enum DiscoveredDocument: Hashable, Sendable {
    /// A feed that can be listed (F3).
    case feed(title: String, type: String)
    /// The index of a site's sitemaps.
    case sitemapIndex([String])
    /// Anything else.
    case page

    /// So many items are read: enough to tell the format.
    private static let items = 50

    /// Judges a document by its content.
    init(_ page: DiscoveryVisits.Page) {
        var context = ParseContext(contentType: page.contentType, baseURL: page.url)
        if let sitemaps = SitemapIndex.sitemaps(in: page.body, context: context) {
            self = .sitemapIndex(sitemaps)
            return
        }
        context.limits.items = Self.items
        guard let feed = try? FeedParser.parse(page.body, context: context), feed.format.isSource else {
            self = .page
            return
        }
        // A news sitemap has no title of its own; its items name the publication.
        let title = feed.title.isEmpty && feed.format == .newsSitemap ? feed.items.first?.source?.title : nil
        self = .feed(title: title ?? feed.title, type: feed.format.rawValue)
    }
}
