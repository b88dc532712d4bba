// SPDX-License-Identifier: Apache-2.0

import KaguMatch
import KaguModel

/// Finds what the feed lists know of a feed by its id, its address or its host (M51).
struct FeedDirectory {
    private let byID: [String: Feed]
    private let byAddress: [String: Feed]
    private let byHost: [String: [Feed]]

    /// A directory of listed feeds.
    init(_ feeds: [Feed]) {
        byID = Dictionary(feeds.map { ($0.id, $0) }) { first, _ in first }
        byAddress = Dictionary(feeds.map { (Self.address($0.url), $0) }) { first, _ in first }
        byHost = Dictionary(grouping: feeds) { Self.host($0.url) }
    }

    /// The item as the matcher reads it. Class and country are those of the list at the item's date, or at `now`;
    /// of a host with several feeds only what all of them share.
    func document(_ input: MatchInput, _ text: PlainFields, now: Instant) -> Document {
        var document = Document(
            title: text.title, summary: text.summary, content: text.content, url: input.url ?? "",
            authors: input.authors ?? [], declaredLanguage: input.lang ?? "", published: input.published)
        guard let name = input.feed, !name.isEmpty else { return document }
        let time = input.published ?? input.seen ?? now
        if let feed = byID[name] ?? byAddress[Self.address(name)] {
            document.feedID = feed.id
            document.feedURL = feed.url
            document.sourceClass = feed.sourceClass(at: time)
            document.country = feed.country
            if document.declaredLanguage.isEmpty { document.declaredLanguage = feed.language }
            return document
        }
        if name.contains("://") { document.feedURL = name } else { document.feedID = name }
        guard !name.contains("/"), name.contains(".") else { return document }
        document.feedURL = name
        let feeds = byHost[Self.host(name)] ?? []
        document.sourceClass = Self.shared(feeds.map { $0.sourceClass(at: time) })
        document.country = Self.shared(feeds.map(\.country)) ?? ""
        return document
    }

    private static func shared<Value: Equatable>(_ values: [Value]) -> Value? {
        values.dropFirst().allSatisfy { $0 == values.first } ? values.first : nil
    }

    private static func address(_ url: String) -> String { CanonicalURL(url)?.text ?? url }

    /// The host of an address or the host itself: lower case, without `www.` and port.
    private static func host(_ text: String) -> String {
        let rest = text.firstRange(of: "://").map { text[$0.upperBound...] } ?? text[...]
        let authority = rest.prefix { !"/?#".contains($0) }
        let host = (authority.split(separator: "@").last ?? authority).prefix { $0 != ":" }.lowercased()
        return host.hasPrefix("www.") ? String(host.dropFirst(4)) : host
    }
}
