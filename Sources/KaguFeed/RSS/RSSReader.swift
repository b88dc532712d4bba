// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Reads the items and the channel of RSS 0.90–2.0 and RSS 1.0 (§2.2). Atom elements fill what RSS leaves empty.
struct RSSReader {
    private var document: XMLDocument
    private var draft: FeedDraft

    init(_ document: XMLDocument, _ draft: FeedDraft) {
        self.document = document
        self.draft = draft
    }

    /// Reads the whole document.
    static func read(_ document: XMLDocument, _ draft: FeedDraft) -> (FeedDraft, XMLDocument) {
        var reader = RSSReader(document, draft)
        reader.readItems()
        reader.readChannel()
        return (reader.draft, reader.document)
    }

    private mutating func readItems() {
        while let node = document.nextItem() {
            if draft.feed.items.count < document.limits.items {
                readItem(node)
                draft.expectItems(afterReading: document.position, of: document.bytes.count, document.limits)
            } else if draft.feed.items.count == document.limits.items, !saidSo {
                saidSo = true
                document.problems.note(
                    document.nodes[node].start, "more than \(document.limits.items) items; the rest is skipped")
            }
            document.discardItem(node)
        }
    }

    private var saidSo = false

    // MARK: Items

    private static let title: [Selector] = [
        .rss(.title), .of(.dc, .title), .of(.media, .title), .of(.itunes, .title), .atom(.title),
    ]
    private static let summary: [Selector] = [
        .rss(.description), .of(.dc, .description), .of(.media, .description), .of(.itunes, .summary),
        .atom(.summary), .rss(.summary),
    ]
    private static let content: [Selector] = [
        .of(.content, .encoded), .of(.xhtml, .body), .atom(.content), .rss(.content), .rss(.body), .rss(.fullitem),
    ]
    private static let published: [(selector: Selector, origin: String)] = [
        (.rss(.pubdate), "pubDate"), (.of(.dc, .date), "dc:date"), (.of(.dcterms, .issued), "dcterms:issued"),
        (.of(.dcterms, .created), "dcterms:created"), (.atom(.published), "atom:published"),
        (.atom(.issued), "atom:issued"), (.atom(.created), "atom:created"), (.rss(.published), "published"),
        (.rss(.issued), "issued"), (.rss(.created), "created"), (.rss(.date), "date"),
    ]
    private static let updated: [(selector: Selector, origin: String)] = [
        (.of(.dcterms, .modified), "dcterms:modified"), (.atom(.updated), "atom:updated"),
        (.atom(.modified), "atom:modified"), (.rss(.updated), "updated"), (.rss(.modified), "modified"),
    ]

    private static let language: [Selector] = [.of(.dc, .language), .rss(.language)]

    private mutating func readItem(_ node: Int) {
        let children = document.children(of: node)
        var item = Item(id: "")
        item.title = document.firstShort(Self.title, in: children)
        let summary = document.firstLong(Self.summary, in: children)
        let content = document.firstLong(Self.content, in: children)
        (item.summary, item.content) = (summary.text, content.text)
        item.published = document.firstDate(Self.published, in: children)
        item.updated = document.firstDate(Self.updated, in: children)
        let links = links(children)
        item.links = links.all
        let about = document.attribute(.about, of: node, anyPrefix: true) ?? ""
        item.url = links.own.isEmpty ? address(node, children, item.links) : links.own
        item.authors = authors(children)
        item.categories = categories(children)
        item.enclosures = enclosures(children)
        for child in document.all(.rss(.comments), in: children) where item.commentsURL.isEmpty {
            item.commentsURL = document.urlText(of: child)
        }
        item.source = source(children)
        let guid = document.firstVerbatim([.rss(.guid)], in: children)
        item.settleID(
            !guid.isEmpty
                ? guid : !about.isEmpty ? about : document.firstVerbatim([.atom(.id), .rss(.id)], in: children))
        item.settleLists(document.limits)
        let language = language(node, children, content.node, summary.node)
        item.language = language ?? ""
        draft.add(item, inheritsLanguage: language == nil)
    }

    /// The `xml:lang` of content, summary or title, else the item's own; nil to inherit (F8).
    private mutating func language(_ item: Int, _ children: Children, _ content: Int?, _ summary: Int?) -> String? {
        let title = document.first(.rss(.title), in: children)
        if let declared = document.ownLanguage(ofFirst: content, summary, title, item) { return declared }
        let declared = document.firstVerbatim(Self.language, in: children)
        return declared.isEmpty ? nil : LanguageTag.normalised(declared.utf8)
    }

    // MARK: Addresses

    /// All links, and the address of the first that is RSS's own.
    private mutating func links(_ children: Children) -> (all: [Item.Link], own: String) {
        var out: [Item.Link] = []
        var own = ""
        for child in children.nodes where out.count < 2 * document.limits.links {
            let node = document.nodes[child]
            if node.name == .link, node.namespace.isRSS {
                var href = document.urlText(of: child)
                if href.isEmpty { href = document.urlAttribute(.href, of: child) }
                if !href.isEmpty { out.append(Item.Link(href: href)) }
                if own.isEmpty { own = href }
            } else if node.name == .link, node.namespace.isAtom {
                if let link = document.atomLink(child) { out.append(link) }
            } else if node.name == .origlink, node.namespace == .feedburner {
                let href = document.urlText(of: child)
                if !href.isEmpty { out.append(Item.Link(href: href, rel: "canonical")) }
            }
        }
        return (out, own)
    }

    /// The item's address, where it has no link of RSS.
    private mutating func address(_ item: Int, _ children: Children, _ links: [Item.Link]) -> String {
        let about = document.urlAttribute(.about, of: item, anyPrefix: true)
        if !about.isEmpty { return about }
        if let guid = document.first(.rss(.guid), in: children) {
            let text = URLReference.cleaned(document.text(of: guid).run)
            let isPermalink = document.attribute(.ispermalink, of: guid)?.lowercased() != "false"
            if isPermalink, text.isWebAddress { return document.url(text, at: guid) }
        }
        return links.preferredAlternate ?? ""
    }

    private mutating func source(_ children: Children) -> Item.Source? {
        for child in document.all(.rss(.source), in: children) {
            let source = Item.Source(
                title: document.shortText(child), url: document.urlAttribute(.url, of: child))
            if source != Item.Source() { return source }
        }
        for child in document.all(.of(.dc, .source), in: children) {
            let text = document.shortText(child)
            if text.isWebAddress { return Item.Source(url: document.url(text, at: child)) }
            if !text.isEmpty { return Item.Source(title: text) }
        }
        return document.first(.atom(.source), in: children).flatMap { document.atomSource($0) }
    }

    // MARK: People, subjects, files

    private mutating func authors(_ children: Children) -> [Item.Person] {
        for child in document.all(.rss(.author), in: children) {
            if let person = person(child) { return [person] }
        }
        // Dublin Core has no `author`, but publishers do.
        for name in [LocalName.creator, .author] {
            let creators = document.all(.of(.dc, name), in: children).compactMap { person($0) }
            if !creators.isEmpty { return creators }
        }
        for child in document.all(.of(.itunes, .author), in: children) {
            if let person = person(child) { return [person] }
        }
        return document.all(.atom(.author), in: children).compactMap { document.atomPerson($0) }
    }

    private mutating func person(_ node: Int) -> Item.Person? {
        if document.nodes[node].hasChildren, let person = document.atomPerson(node), !person.name.isEmpty {
            return person
        }
        // `Name <mail>` may stand there unescaped in CDATA: the tag that it looks like is none.
        return PersonText.person(document.shortText(node))
    }

    private mutating func categories(_ children: Children) -> [String] {
        var out: [String] = []
        if children.names.contains(.category) { appendSubjects(.rss(.category), children, to: &out) }
        if children.names.contains(.subject) { appendSubjects(.of(.dc, .subject), children, to: &out) }
        if children.names.contains(.keywords) {
            for child in document.all(.of(.itunes, .keywords), in: children) {
                out += document.shortText(child).split(separator: ",").map { String($0).trimmed }
                    .filter { !$0.isEmpty }
            }
        }
        if children.names.contains(.category) { appendSubjects(.of(.media, .category), children, to: &out) }
        if out.isEmpty {
            out = document.all(.atom(.category), in: children).compactMap { document.atomCategory($0) }
        }
        return out
    }

    private mutating func appendSubjects(_ selector: Selector, _ children: Children, to out: inout [String]) {
        if out.isEmpty { out.reserveCapacity(children.nodes.count { selector.matches(document.nodes[$0]) }) }
        for child in children.nodes where selector.matches(document.nodes[child]) {
            let subject = document.shortText(child)
            if !subject.isEmpty { out.append(subject) }
        }
    }

    private mutating func enclosures(_ children: Children) -> [Item.Enclosure] {
        var out: [Item.Enclosure] = []
        for child in document.all(.rss(.enclosure), in: children) {
            append(document.urlAttribute(.url, of: child), child, .length, to: &out)
        }
        for child in document.all(.of(.enclosure, .enclosure), in: children) {
            var url = document.urlAttribute(.resource, of: child, anyPrefix: true)
            if url.isEmpty { url = document.urlAttribute(.url, of: child, anyPrefix: true) }
            append(url, child, .length, to: &out)
        }
        for child in document.all(.of(.media, .content), in: children) {
            append(document.urlAttribute(.url, of: child), child, .filesize, to: &out)
        }
        if out.isEmpty {
            out = document.all(.atom(.link), in: children).compactMap { document.atomEnclosure($0) }
        }
        return out
    }

    private mutating func append(_ url: String, _ node: Int, _ length: LocalName, to out: inout [Item.Enclosure]) {
        guard !url.isEmpty else { return }
        let type = document.attribute(.type, of: node, anyPrefix: true) ?? ""
        let bytes = document.attribute(length, of: node, anyPrefix: true).flatMap { Int($0) }
        out.append(Item.Enclosure(url: url, type: type, length: bytes.flatMap { $0 >= 0 ? $0 : nil }))
    }
}

extension RSSReader {
    // MARK: The channel

    private static let feedUpdated: [(selector: Selector, origin: String)] = [
        (.rss(.lastbuilddate), "lastBuildDate"), (.rss(.pubdate), "pubDate"), (.of(.dc, .date), "dc:date"),
        (.atom(.updated), "atom:updated"), (.atom(.modified), "atom:modified"),
    ]

    private mutating func readChannel() {
        guard let root = document.nodes.indices.first else { return }
        let channel = document.nodes.firstIndex { $0.name == .channel && $0.namespace.isRSS } ?? root
        let children = document.children(of: channel)
        readFormat(channel)
        draft.feed.title = document.firstShort([.rss(.title), .of(.dc, .title), .atom(.title)], in: children)
        draft.feed.subtitle =
            document.firstLong(
                [.rss(.description), .of(.itunes, .subtitle), .of(.itunes, .summary), .atom(.subtitle)],
                in: children
            ).text
        draft.feed.link = home(children)
        draft.feed.updated = document.firstDate(Self.feedUpdated, in: children)?.instant
        let about = document.attribute(.about, of: channel, anyPrefix: true) ?? ""
        draft.feed.id = about.isEmpty ? document.firstVerbatim([.atom(.id)], in: children) : about
        let language = document.firstVerbatim([.rss(.language), .of(.dc, .language)], in: children)
        if language.isEmpty {
            let inScope = document.languages[document.nodes[channel].language]
            draft.feed.language = inScope ?? ""
            draft.cancelsLanguage = inScope == ""
        } else {
            draft.feed.language = LanguageTag.normalised(language.utf8)
        }
        readSchedule(children)
    }

    private mutating func home(_ children: Children) -> String {
        for child in document.all(.rss(.link), in: children) {
            let url = document.urlText(of: child)
            if !url.isEmpty { return url }
        }
        return links(children).all.preferredAlternate ?? ""
    }

    /// RSS 0.90 and 1.0 differ by the namespace of their elements, the others by `version` (F3).
    private mutating func readFormat(_ channel: Int) {
        if document.root == .rdf {
            draft.feed.format = document.nodes[channel].namespace == .rss09 ? .rss09 : .rss10
        } else {
            let version = document.rootVersion ?? ""
            draft.feed.format = version.hasPrefix("0.9") ? .rss09 : .rss20
        }
    }

    private mutating func readSchedule(_ children: Children) {
        if let minutes = Int(document.firstVerbatim([.rss(.ttl)], in: children)), minutes > 0, minutes < 1 << 40 {
            draft.feed.ttlSeconds = minutes * 60
        }
        for child in children.nodes where document.nodes[child].namespace.isRSS {
            if document.nodes[child].name == .skiphours {
                for hour in document.all(.rss(.hour), in: document.children(of: child)) {
                    if let value = Int(document.verbatim(hour)), (0...24).contains(value) {
                        draft.feed.skipHours.append(value % 24)
                    }
                }
            } else if document.nodes[child].name == .skipdays {
                for day in document.all(.rss(.day), in: document.children(of: child)) {
                    let name = document.verbatim(day).lowercased()
                    if let index = Self.weekdays.firstIndex(of: name) { draft.feed.skipDays.append(index + 1) }
                }
            }
        }
        draft.feed.skipHours = draft.feed.skipHours.uniqued(24)
        draft.feed.skipDays = draft.feed.skipDays.uniqued(7)
        draft.feed.updatePeriodSeconds = SyndicationHint.seconds(
            document.firstVerbatim([.of(.syndication, .updateperiod)], in: children).lowercased(),
            document.firstVerbatim([.of(.syndication, .updatefrequency)], in: children))
    }

    private static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
}

extension String {
    /// Whether the text is an http or https URL.
    var isWebAddress: Bool {
        let head = prefix(8).lowercased()
        return head.hasPrefix("http://") || head.hasPrefix("https://")
    }
}

extension [Item.Link] {
    /// The alternate link for people: `text/html` preferred, else the first.
    var preferredAlternate: String? {
        let alternates = filter { $0.rel == "alternate" }
        return
            (alternates.first { $0.type.lowercased().hasPrefix("text/html") }
            ?? alternates.first { $0.type.lowercased().hasPrefix("application/xhtml") } ?? alternates.first)?.href
    }
}
