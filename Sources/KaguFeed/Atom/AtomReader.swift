// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Reads Atom 0.3 and 1.0 feeds, and lone entries (RFC 4287, §2.2).
struct AtomReader {
    private var document: XMLDocument
    private var draft: FeedDraft
    private var hasOldNamespace = false

    /// Reads the whole document.
    static func read(_ document: XMLDocument, _ draft: FeedDraft) -> (FeedDraft, XMLDocument) {
        var reader = AtomReader(document: document, draft: draft)
        reader.readEntries()
        reader.readFeed()
        return (reader.draft, reader.document)
    }

    private mutating func readEntries() {
        var isOverLimit = false
        while let node = document.nextItem() {
            if document.nodes[node].namespace == .atom03 { hasOldNamespace = true }
            if draft.feed.items.count < document.limits.items {
                readEntry(node)
                draft.expectItems(afterReading: document.position, of: document.bytes.count, document.limits)
            } else if !isOverLimit {
                isOverLimit = true
                document.problems.note(
                    document.nodes[node].start, "more than \(document.limits.items) items; the rest is skipped")
            }
            document.discardItem(node)
        }
    }

    // MARK: Entries

    // Elements of other vocabularies fill what Atom leaves empty, as they do in RSS.
    private static let title: [Selector] = [.atom(.title), .of(.dc, .title), .of(.media, .title)]
    private static let summary: [Selector] = [
        .atom(.summary), .of(.dc, .description), .of(.media, .description), .of(.itunes, .summary),
    ]
    private static let content: [Selector] = [.atom(.content), .of(.content, .encoded)]
    private static let published: [(selector: Selector, origin: String)] = [
        (.atom(.published), "published"), (.atom(.issued), "issued"), (.atom(.created), "created"),
        (.of(.dc, .date), "dc:date"), (.of(.dcterms, .issued), "dcterms:issued"),
    ]
    private static let updated: [(selector: Selector, origin: String)] = [
        (.atom(.updated), "updated"), (.atom(.modified), "modified"),
        (.of(.dcterms, .modified), "dcterms:modified"),
    ]

    private mutating func readEntry(_ node: Int) {
        document.adoptPlainElements(of: node)
        let children = document.children(of: node)
        var item = Item(id: "")
        item.title = document.firstShort(Self.title, in: children)
        let summary = document.firstLong(Self.summary, in: children)
        let content = document.firstLong(Self.content, in: children)
        (item.summary, item.content) = (summary.text, content.text)
        item.published = document.firstDate(Self.published, in: children)
        item.updated = document.firstDate(Self.updated, in: children)
        let links = document.all(.atom(.link), in: children)
        item.links = links.compactMap { document.atomLink($0) }
        item.enclosures = links.compactMap { document.atomEnclosure($0) }
        item.url = item.links.preferredAlternate ?? ""
        if item.url.isEmpty, let node = document.first(.atom(.content), in: children) {
            item.url = document.urlAttribute(.src, of: node)
        }
        item.commentsURL =
            item.links.first {
                $0.rel == "replies" && ($0.type.hasPrefix("text/html") || $0.type.hasPrefix("application/xhtml"))
            }?.href ?? ""
        item.categories = categories(children)
        let source = document.first(.atom(.source), in: children)
        item.source = source.flatMap { document.atomSource($0) }
        item.authors = authors(children, source)
        item.settleID(document.firstVerbatim([.atom(.id)], in: children))
        item.settleLists(document.limits)
        let title = document.first(.atom(.title), in: children)
        let language = document.ownLanguage(ofFirst: content.node, summary.node, title, node)
        item.language = language ?? ""
        draft.add(item, inheritsLanguage: language == nil, inheritsAuthors: item.authors.isEmpty)
    }

    private mutating func categories(_ children: Children) -> [String] {
        let own = document.all(.atom(.category), in: children).compactMap { document.atomCategory($0) }
        guard own.isEmpty else { return own }
        return document.all(.of(.dc, .subject), in: children).map { document.shortText($0) }.filter { !$0.isEmpty }
    }

    private mutating func authors(_ children: Children, _ source: Int?) -> [Item.Person] {
        let own = document.all(.atom(.author), in: children).compactMap { document.atomPerson($0) }
        guard own.isEmpty else { return own }
        let creators = document.all(.of(.dc, .creator), in: children)
            .compactMap { PersonText.person(document.shortText($0)) }
        guard creators.isEmpty, let source else { return creators }
        return document.all(.atom(.author), in: document.children(of: source)).compactMap {
            document.atomPerson($0)
        }
    }

    // MARK: The feed

    private mutating func readFeed() {
        guard let root = document.nodes.indices.first, document.root == .atom else {
            draft.feed.format = hasOldNamespace ? .atom03 : .atom10
            return
        }
        let isOld =
            document.nodes[root].namespace == .atom03
            || document.nodes[root].namespace != .atom && (document.rootVersion ?? "").hasPrefix("0.")
        document.adoptPlainElements(of: root)
        draft.feed.format = isOld ? .atom03 : .atom10
        let children = document.children(of: root)
        draft.feed.title = document.firstShort([.atom(.title)], in: children)
        draft.feed.subtitle = document.firstLong([.atom(.subtitle), .atom(.tagline)], in: children).text
        let links = document.all(.atom(.link), in: children).compactMap { document.atomLink($0) }
        draft.feed.link = links.preferredAlternate ?? ""
        draft.feed.id = document.firstVerbatim([.atom(.id)], in: children)
        draft.feed.updated =
            document.firstDate([(.atom(.updated), "updated"), (.atom(.modified), "modified")], in: children)?
            .instant
        let language = document.ownLanguage(root)
        draft.feed.language = language ?? ""
        draft.cancelsLanguage = language == ""
        draft.feedAuthors = document.all(.atom(.author), in: children).compactMap { document.atomPerson($0) }
            .uniqued(document.limits.authors)
        let period = document.firstVerbatim([.of(.syndication, .updateperiod)], in: children).lowercased()
        draft.feed.updatePeriodSeconds = SyndicationHint.seconds(
            period, document.firstVerbatim([.of(.syndication, .updatefrequency)], in: children))
    }
}

/// How often a feed says that it changes (the syndication module).
enum SyndicationHint {
    /// `updatePeriod` divided by `updateFrequency`; nil if neither is given.
    static func seconds(_ period: String, _ frequency: String) -> Int? {
        let times = Int(frequency)
        guard !period.isEmpty || times != nil, let seconds = periods[period.isEmpty ? "daily" : period] else {
            return nil
        }
        return seconds / max(1, times ?? 1)
    }

    private static let periods = [
        "hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000,
    ]
}
