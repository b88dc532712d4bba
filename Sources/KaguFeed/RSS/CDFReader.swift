// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Reads Microsoft's Channel Definition Format: addresses and dates are attributes.
struct CDFReader {
    private var document: XMLDocument
    private var draft: FeedDraft

    /// Reads the whole document.
    static func read(_ document: XMLDocument, _ draft: FeedDraft) -> (FeedDraft, XMLDocument) {
        var reader = CDFReader(document: document, draft: draft)
        while let node = reader.document.nextItem() {
            if reader.draft.feed.items.count < document.limits.items { reader.readItem(node) }
            reader.document.discardItem(node)
        }
        reader.readChannel()
        return (reader.draft, reader.document)
    }

    private mutating func readItem(_ node: Int) {
        let children = document.children(of: node)
        var item = Item(id: "")
        item.title = document.firstShort([.rss(.title)], in: children)
        item.summary = document.firstLong([.rss(.abstract)], in: children).text
        item.url = address(node, children)
        if !item.url.isEmpty { item.links = [Item.Link(href: item.url)] }
        if let raw = document.attribute(.lastmod, of: node), !raw.isEmpty {
            item.updated = document.date(raw, "LASTMOD", node)
        }
        item.settleID("")
        draft.add(item, inheritsLanguage: document.ownLanguage(node) == nil)
    }

    private mutating func address(_ node: Int, _ children: Children) -> String {
        let url = document.urlAttribute(.href, of: node)
        guard url.isEmpty, let anchor = document.first(.rss(.a), in: children) else { return url }
        return document.urlAttribute(.href, of: anchor)
    }

    private mutating func readChannel() {
        guard let root = document.nodes.indices.first else { return }
        let children = document.children(of: root)
        draft.feed.title = document.firstShort([.rss(.title)], in: children)
        draft.feed.subtitle = document.firstLong([.rss(.abstract)], in: children).text
        draft.feed.link = address(root, children)
        draft.feed.language = document.ownLanguage(root) ?? ""
        if let raw = document.attribute(.lastmod, of: root), !raw.isEmpty {
            draft.feed.updated = document.date(raw, "LASTMOD", root).instant
        }
    }
}
