// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Reads JSON Feed 1.0 and 1.1 (§2.2).
struct JSONFeedReader {
    private var draft: FeedDraft
    private var problems: ProblemLog
    private let limits: ParseLimits
    private let base: String
    /// Memory that texts are decoded in, one after the other.
    private var scratch: [UInt8] = []

    /// Reads a document whose first byte is `{` or `[`; throws if it is no feed.
    static func read(
        _ source: DecodedSource, context: ParseContext
    ) throws(ParseFailure) -> (draft: FeedDraft, problems: ProblemLog) {
        var scanner = JSONScanner(source.bytes, depthLimit: context.limits.depth, problems: source.problems)
        let document = scanner.document()
        guard let feed = document.value.object, let format = format(of: feed) else {
            throw .notAFeed(reason: "JSON without a feed's members")
        }
        var reader = JSONFeedReader(
            draft: FeedDraft(format: format, encoding: source.encoding, context: context),
            problems: scanner.problems,
            limits: context.limits, base: context.baseURL ?? "")
        reader.draft.feed.isComplete = !document.isCut
        reader.readFeed(feed)
        return (reader.draft, reader.problems)
    }

    private static func format(of feed: JSONObject) -> FeedFormat? {
        let version = feed["version"]?.value.text.map { String(decoding: $0.slice, as: UTF8.self) } ?? ""
        if version.contains("jsonfeed.org/version/") {
            return version.hasSuffix("/1") || version.hasSuffix("/1.0") ? .jsonFeed10 : .jsonFeed11
        }
        guard let items = feed["items"]?.value.array else { return nil }
        let hasFeedMember = ["title", "home_page_url", "feed_url"].contains { feed[$0] != nil }
        let hasItems = items.contains { node in
            guard let item = node.value.object else { return false }
            return ["content_html", "content_text", "date_published"].contains { item[$0] != nil }
        }
        guard hasFeedMember || hasItems else { return nil }
        return feed["authors"] != nil || feed["language"] != nil ? .jsonFeed11 : .jsonFeed10
    }

    // MARK: The feed

    private mutating func readFeed(_ feed: JSONObject) {
        draft.feed.title = short(feed["title"])
        draft.feed.subtitle = html(feed["description"])
        draft.feed.link = url(feed["home_page_url"])
        draft.feed.id = verbatim(feed["feed_url"])
        draft.feed.language = LanguageTag.normalised(verbatim(feed["language"]).utf8)
        if case .bool(true)? = feed["expired"]?.value { draft.feed.isExpired = true }
        draft.feedAuthors = authors(feed).uniqued(limits.authors)
        for node in feed["items"]?.value.array ?? [] {
            guard !node.isCut else {
                problems.note(node.start, "the end of the document cuts this item, which is dropped")
                break
            }
            guard draft.feed.items.count < limits.items else {
                problems.note(node.start, "more than \(limits.items) items; the rest is skipped")
                break
            }
            guard let item = node.value.object else {
                problems.note(node.start, "an item that is no object")
                continue
            }
            readItem(item, node.start)
        }
    }

    // MARK: Items

    private mutating func readItem(_ object: JSONObject, _ start: Int) {
        var item = Item(id: "")
        item.title = short(object["title"])
        item.summary = html(object["summary"])
        item.content = html(object["content_html"])
        if item.content.isEmpty { item.content = literal(object["content_text"]) }
        item.published = date(object["date_published"], "date_published")
        item.updated = date(object["date_modified"], "date_modified")
        let own = url(object["url"])
        let external = url(object["external_url"])
        item.url = own.isEmpty ? external : own
        if !own.isEmpty { item.links.append(Item.Link(href: own)) }
        if !external.isEmpty { item.links.append(Item.Link(href: external, rel: "related")) }
        item.authors = authors(object)
        for tag in object["tags"]?.value.array ?? [] {
            let text = short(tag)
            if !text.isEmpty { item.categories.append(text) }
        }
        for node in object["attachments"]?.value.array ?? [] {
            guard let file = node.value.object else { continue }
            let address = url(file["url"])
            guard !address.isEmpty else { continue }
            item.enclosures.append(
                Item.Enclosure(url: address, type: verbatim(file["mime_type"]), length: size(file["size_in_bytes"]))
            )
        }
        item.settleID(verbatim(object["id"]))
        item.settleLists(limits)
        item.language = LanguageTag.normalised(verbatim(object["language"]).utf8)
        draft.add(item, inheritsLanguage: item.language.isEmpty, inheritsAuthors: item.authors.isEmpty)
    }

    /// `authors`, else version 1.0's `author`.
    private mutating func authors(_ object: JSONObject) -> [Item.Person] {
        let list = object["authors"]?.value.array?.compactMap { person($0) } ?? []
        if !list.isEmpty { return list }
        return object["author"].flatMap { person($0) }.map { [$0] } ?? []
    }

    private mutating func person(_ node: JSONNode) -> Item.Person? {
        guard let object = node.value.object else { return PersonText.person(verbatim(node)) }
        let address = verbatim(object["url"])
        var person = Item.Person(name: short(object["name"]))
        if address.lowercased().hasPrefix("mailto:") {
            person.email = String(address.dropFirst(7))
        } else {
            person.url = url(object["url"])
        }
        if let mail = object["email"] { person.email = verbatim(mail) }
        return person == Item.Person() ? nil : person
    }

    private func size(_ node: JSONNode?) -> Int? {
        guard let text = node?.value.text.map({ String(decoding: $0.slice, as: UTF8.self) }) else { return nil }
        if let whole = Int(text) { return whole >= 0 ? whole : nil }
        guard let number = Double(text), number >= 0, number < 1e15 else { return nil }
        return Int(number)
    }

    // MARK: Values

    private mutating func finish(_ bytes: TextRun, _ node: JSONNode, _ limit: TextFinish.Limit) -> String {
        let (text, isCut) = TextFinish.string(bytes, limit: limit)
        if isCut { problems.note(node.start, "a text longer than its limit is cut") }
        return text
    }

    private mutating func short(_ node: JSONNode?) -> String {
        guard let node, let run = node.value.text else { return "" }
        return finish(
            ShortText.plain(run, isCDATA: false), node, .characters(limits.shortTextCharacters))
    }

    private mutating func verbatim(_ node: JSONNode?) -> String {
        guard let node, let run = node.value.text else { return "" }
        return finish(run, node, .characters(limits.shortTextCharacters))
    }

    private mutating func html(_ node: JSONNode?) -> String {
        guard let node, let run = node.value.text else { return "" }
        return finish(HTMLText.text(of: run, &scratch), node, .bytes(limits.longTextBytes))
    }

    private mutating func literal(_ node: JSONNode?) -> String {
        guard let node, let run = node.value.text else { return "" }
        return finish(run, node, .bytes(limits.longTextBytes))
    }

    private mutating func url(_ node: JSONNode?) -> String {
        guard let node, case .string(let run) = node.value else { return "" }
        let resolved = URLReference.resolve(URLReference.cleaned(run), against: base)
        guard resolved.utf8.count <= limits.urlBytes else {
            problems.note(node.start, "a URL longer than \(limits.urlBytes) bytes is dropped")
            return ""
        }
        return resolved
    }

    private mutating func date(_ node: JSONNode?, _ origin: String) -> Item.ItemDate? {
        let raw = verbatim(node)
        guard let node, !raw.isEmpty else { return nil }
        let instant = FeedDate.instant(raw)
        if instant == nil { problems.note(node.start, "a date that cannot be read: \"\(raw.prefix(60))\"") }
        return Item.ItemDate(instant: instant, raw: raw, origin: origin)
    }
}
