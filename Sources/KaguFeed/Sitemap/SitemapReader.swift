// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Reads sitemaps, their indexes, and Google's news sitemaps (§2.2).
struct SitemapReader {
    private var document: XMLDocument
    private var draft: FeedDraft

    /// Reads the whole document.
    static func read(_ document: XMLDocument, _ draft: FeedDraft) -> (FeedDraft, XMLDocument) {
        var reader = SitemapReader(document: document, draft: draft)
        reader.draft.feed.format = .sitemap
        var isOverLimit = false
        while let node = reader.document.nextItem() {
            if reader.draft.feed.items.count < document.limits.items {
                reader.readLocation(node)
            } else if !isOverLimit {
                isOverLimit = true
                reader.document.problems.note(
                    reader.document.nodes[node].start,
                    "more than \(document.limits.items) items; the rest is skipped")
            }
            reader.document.discardItem(node)
        }
        return (reader.draft, reader.document)
    }

    private mutating func readLocation(_ node: Int) {
        let children = document.children(of: node).nodes
        var item = Item(id: "")
        for child in children where document.nodes[child].name == .loc && isOwn(child) && item.url.isEmpty {
            item.url = document.urlText(of: child)
        }
        for child in children where document.nodes[child].name == .lastmod && isOwn(child) && item.updated == nil {
            let raw = document.verbatim(child)
            if !raw.isEmpty { item.updated = document.date(raw, "lastmod", child) }
        }
        if !item.url.isEmpty { item.links = [Item.Link(href: item.url)] }
        var language: String?
        for part in node + 1..<max(node + 1, document.nodes.count) where document.nodes[part].namespace == .news {
            draft.feed.format = .newsSitemap
            readNews(part, &item, &language)
        }
        item.settleID("")
        item.settleLists(document.limits)
        item.language = language ?? ""
        draft.add(item, inheritsLanguage: language == nil)
    }

    private func isOwn(_ node: Int) -> Bool {
        document.nodes[node].namespace == .sitemap || document.nodes[node].namespace == .none
    }

    private mutating func readNews(_ node: Int, _ item: inout Item, _ language: inout String?) {
        switch document.nodes[node].name {
        case .title:
            if item.title.isEmpty { item.title = document.shortText(node) }
        case .publicationDate:
            let raw = document.verbatim(node)
            if item.published == nil, !raw.isEmpty {
                item.published = document.date(raw, "news:publication_date", node)
            }
        case .language:
            let declared = LanguageTag.normalised(document.verbatim(node).utf8)
            if language == nil, !declared.isEmpty { language = declared }
        case .keywords:
            item.categories += document.shortText(node).split(separator: ",").map { String($0).trimmed }
                .filter { !$0.isEmpty }
        case .name:
            let name = document.shortText(node)
            if item.source == nil, !name.isEmpty { item.source = Item.Source(title: name) }
        default: break
        }
    }
}
