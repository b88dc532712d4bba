// SPDX-License-Identifier: Apache-2.0

/// The format of a document, judged by its content and never by its media type (F3).
public enum FeedFormat: String, Hashable, Sendable, CaseIterable {
    /// RSS 0.90 to 0.94.
    case rss09 = "rss0.9x"
    /// RSS 1.0 (RDF).
    case rss10 = "rss1.0"
    /// RSS 2.0, and `<rss>` with any other or no version.
    case rss20 = "rss2.0"
    /// Atom 0.3 and its forerunners.
    case atom03 = "atom0.3"
    /// Atom 1.0 (RFC 4287); a lone `entry` is a feed of one.
    case atom10 = "atom1.0"
    /// JSON Feed 1.0.
    case jsonFeed10 = "jsonfeed1.0"
    /// JSON Feed 1.1.
    case jsonFeed11 = "jsonfeed1.1"
    /// A sitemap with `news:` elements.
    case newsSitemap = "newssitemap"
    /// A plain sitemap or an index: for discovery only.
    case sitemap = "sitemap"
    /// Microsoft's Channel Definition Format.
    case cdf = "cdf"

    /// True unless the document serves only to find feeds (F3).
    public var isSource: Bool { self != .sitemap }
}
