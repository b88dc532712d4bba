// SPDX-License-Identifier: Apache-2.0

import KaguBytes
import KaguModel

/// Sitemap indexes (sitemaps.org), which name the sitemaps of a site.
public enum SitemapIndex {
    /// The sitemaps of an index, each once, those that speak of news first, else in document order, at most
    /// `limits.items` of them; nil for any other document. A gzip body is inflated (F4). Any bytes are safe.
    public static func sitemaps(in bytes: [UInt8], context: ParseContext = ParseContext()) -> [String]? {
        let limits = context.limits
        let plain = Gzip.isGzip(bytes) ? try? Gzip.inflate(bytes, limit: limits.bodyBytes) : bytes
        guard let plain else { return nil }
        let source = SourceEncoding.decode(plain, context: context)
        var document = XMLDocument(
            bytes: source.bytes, baseURL: context.baseURL ?? "", limits: limits, problems: source.problems)
        guard (try? document.findRoot()) != nil, document.root == .sitemapIndex else { return nil }
        let draft = FeedDraft(format: .sitemap, encoding: source.encoding, context: context)
        let urls = SitemapReader.read(document, draft).0.feed.items.map(\.url)
        return newsFirst(urls.filter(isUsable)).uniqued(limits.items)
    }

    /// Where requests are few, the sitemap that is a source of news should be among the first.
    static func newsFirst(_ urls: [String]) -> [String] {
        let speaksOfNews = { (url: String) in url.lowercased().contains("news") }
        return urls.filter(speaksOfNews) + urls.filter { !speaksOfNews($0) }
    }

    /// An http or https address of bearable length.
    static func isUsable(_ url: String) -> Bool {
        let lower = url.prefix(8).lowercased()
        return (lower.hasPrefix("http://") || lower.hasPrefix("https://"))
            && url.utf8.count <= ParseLimits().urlBytes
            && url.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }
}
