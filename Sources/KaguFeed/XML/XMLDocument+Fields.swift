// SPDX-License-Identifier: Apache-2.0

import KaguBytes
import KaguModel

/// An element by namespace and name; RSS's and Atom's namespaces count as families.
struct Selector: Sendable {
    var family: Family
    var name: LocalName

    enum Family: Sendable {
        case rss, atom
        case of(Namespace)
    }

    static func rss(_ name: LocalName) -> Selector { Selector(family: .rss, name: name) }
    static func atom(_ name: LocalName) -> Selector { Selector(family: .atom, name: name) }
    static func of(_ namespace: Namespace, _ name: LocalName) -> Selector {
        Selector(family: .of(namespace), name: name)
    }

    func matches(_ node: XMLNode) -> Bool {
        guard node.name == name else { return false }
        switch family {
        case .rss: return node.namespace.isRSS
        case .atom: return node.namespace.isAtom
        case .of(let namespace): return node.namespace == namespace
        }
    }
}

/// The children of an element, and which names occur among them: most fields are absent, and one test says so.
struct Children: Sendable {
    private(set) var nodes: [Int] = []
    private(set) var names = LocalNameSet()

    mutating func append(_ node: Int, _ name: LocalName) {
        if nodes.isEmpty { nodes.reserveCapacity(16) }
        nodes.append(node)
        names.insert(name)
    }
}

/// What the readers of all XML formats ask of elements.
extension XMLDocument {
    /// The elements directly inside another, those of a `media:group` among them.
    func children(of node: Int) -> Children {
        var out = Children()
        var index = node + 1
        // Elements stand in the order of their start tags: the first whose parent lies before `node` ends its content.
        while index < nodes.count, nodes[index].parent >= node {
            let parent = nodes[index].parent
            if parent == node {
                out.append(index, nodes[index].name)
            } else if nodes[parent].parent == node, nodes[parent].namespace == .media, nodes[parent].name == .group
            {
                out.append(index, nodes[index].name)
            }
            index += 1
        }
        return out
    }

    /// The elements among `children` that a selector means.
    func all(_ selector: Selector, in children: Children) -> [Int] {
        guard children.names.contains(selector.name) else { return [] }
        return children.nodes.filter { selector.matches(nodes[$0]) }
    }

    /// The first element among `children` that a selector means.
    func first(_ selector: Selector, in children: Children) -> Int? {
        guard children.names.contains(selector.name) else { return nil }
        return children.nodes.first { selector.matches(nodes[$0]) }
    }

    // MARK: Attributes

    /// The value of an attribute, trimmed; nil if it is absent.
    mutating func attribute(_ name: LocalName, of node: Int, anyPrefix: Bool = false) -> String? {
        for attribute in attributes[nodes[node].attributes] where attribute.name == name {
            guard attribute.kind == .plain || anyPrefix && attribute.kind == .prefixed else { continue }
            let text = attributeText(attribute.value, nodes[node].start)
            return finish(text, node, .characters(limits.shortTextCharacters))
        }
        return nil
    }

    /// The URL in an attribute, absolute where its base allows; empty if there is none.
    mutating func urlAttribute(_ name: LocalName, of node: Int, anyPrefix: Bool = false) -> String {
        for attribute in attributes[nodes[node].attributes] where attribute.name == name {
            guard attribute.kind == .plain || anyPrefix && attribute.kind == .prefixed else { continue }
            return url(URLReference.cleaned(attributeText(attribute.value, nodes[node].start)), at: node)
        }
        return ""
    }

    /// A reference made absolute; one that is too long is dropped (S6).
    mutating func url(_ reference: String, at node: Int) -> String {
        guard !reference.isEmpty else { return "" }
        let resolved = URLReference.resolve(reference, against: bases[nodes[node].base])
        guard resolved.utf8.count <= limits.urlBytes else {
            problems.note(nodes[node].start, "a URL longer than \(limits.urlBytes) bytes is dropped")
            return ""
        }
        return resolved
    }

    /// The URL that is an element's text.
    mutating func urlText(of node: Int) -> String { url(URLReference.cleaned(text(of: node).run), at: node) }

    // MARK: Text

    /// Repairs, trims and cuts a text (F15, S6).
    mutating func finish(_ run: TextRun, _ node: Int, _ limit: TextFinish.Limit) -> String {
        let (text, isCut) = TextFinish.string(run, limit: limit)
        if isCut { problems.note(nodes[node].start, "a text longer than its limit is cut") }
        return text
    }

    /// The text of HTML.
    private mutating func html(_ source: TextRun, isXML: Bool = false) -> TextRun {
        HTMLText.text(of: source, isXML: isXML, &htmlScratch)
    }

    private var shortLimit: TextFinish.Limit { .characters(limits.shortTextCharacters) }
    private var longLimit: TextFinish.Limit { .bytes(limits.longTextBytes) }

    /// Text as it stands: an id, a raw date, a number.
    mutating func verbatim(_ node: Int) -> String { finish(text(of: node).run, node, shortLimit) }

    /// A title or other short text (F20).
    mutating func shortText(_ node: Int) -> String {
        let namespace = nodes[node].namespace
        if namespace.isAtom { return atomText(node, isShort: true) }
        if namespace == .media, let type = attribute(.type, of: node) {
            let source = text(of: node, .keepTags).run
            return finish(type == "html" ? html(source) : HTMLText.folded(source), node, shortLimit)
        }
        let source = text(of: node, .keepTags)
        let holdsElements = nodes[node].hasChildren
        return finish(
            ShortText.plain(source.run, isCDATA: source.isCDATA, holdsElements: holdsElements), node, shortLimit)
    }

    /// A description, summary or content: HTML unless typed otherwise (F20).
    mutating func longText(_ node: Int) -> String {
        switch nodes[node].namespace {
        case .atom, .atom03: return atomText(node, isShort: false)
        case .xhtml:
            return finish(html(text(of: node, .keepSource).run, isXML: true), node, longLimit)
        case .media where attribute(.type, of: node) == "plain":
            return finish(text(of: node).run, node, longLimit)
        default: return finish(html(text(of: node, .keepTags).run), node, longLimit)
        }
    }

    /// An Atom text construct or content, by its type (F11, RFC 4287 §3.1 and §4.1.3).
    mutating func atomText(_ node: Int, isShort: Bool) -> String {
        let limit = isShort ? shortLimit : longLimit
        let media = mediaType(of: node)
        let mode = rawAttribute(.mode, of: node) == nil ? "" : (attribute(.mode, of: node) ?? "").lowercased()
        if mode == "base64" {
            let decoded = TextRun(base64(node))
            return finish(media.hasSuffix("html") ? html(decoded) : decoded, node, limit)
        }
        switch media {
        case "html", "text/html":
            return finish(html(text(of: node, .keepTags).run), node, limit)
        case "xhtml", "application/xhtml+xml":
            let isEscaped = mode == "escaped" || !nodes[node].hasChildren && !media.hasPrefix("xhtml")
            let source = text(of: node, isEscaped ? .keepTags : .keepSource).run
            return finish(html(source, isXML: true), node, limit)
        case "", "text", "plain":
            return literal(node, limit, isShort)
        case _ where media.hasPrefix("text/"):
            return literal(node, limit, isShort)
        case _ where media.hasSuffix("+xml") || media.hasSuffix("/xml"):
            return finish(html(text(of: node, .keepSource).run, isXML: true), node, limit)
        case _ where media.contains("/"):
            return finish(TextRun(base64(node)), node, limit)
        default:
            return literal(node, limit, isShort)
        }
    }

    /// The `type` of an Atom construct in small letters, without parameters.
    private mutating func mediaType(of node: Int) -> String {
        guard let raw = rawAttribute(.type, of: node) else { return "" }
        for known in ["html", "text", "xhtml"] where bytes[raw].elementsEqual(known.utf8) { return known }
        let type = (attribute(.type, of: node) ?? "").lowercased()
        return type.split(separator: ";").first.map { String($0).trimmed } ?? ""
    }

    private mutating func literal(_ node: Int, _ limit: TextFinish.Limit, _ isShort: Bool) -> String {
        let source = text(of: node).run
        return finish(isShort ? HTMLText.folded(source) : source, node, limit)
    }

    /// Base64 that holds text; empty for anything else.
    private mutating func base64(_ node: Int) -> [UInt8] {
        let source = text(of: node).run.slice.filter { !$0.isSpace }
        guard let decoded = Base64.decode(String(decoding: source, as: UTF8.self)) else {
            problems.note(nodes[node].start, "content that is not base64")
            return []
        }
        let check = UTF8Check.survey(decoded)
        guard check.isASCII || check.isValid else { return [] }
        return decoded.filter { $0 >= 0x20 || $0 == 0x09 || $0 == 0x0A }
    }

    // MARK: First present

    /// The short text of the first present element.
    mutating func firstShort(_ selectors: [Selector], in children: Children) -> String {
        for selector in selectors where children.names.contains(selector.name) {
            for node in children.nodes where selector.matches(nodes[node]) {
                let text = shortText(node)
                if !text.isEmpty { return text }
            }
        }
        return ""
    }

    /// The long text of the first present element, and that element.
    mutating func firstLong(_ selectors: [Selector], in children: Children) -> (text: String, node: Int?) {
        for selector in selectors where children.names.contains(selector.name) {
            for node in children.nodes where selector.matches(nodes[node]) {
                let text = longText(node)
                if !text.isEmpty { return (text, node) }
            }
        }
        return ("", nil)
    }

    /// The text as it stands of the first present element.
    mutating func firstVerbatim(_ selectors: [Selector], in children: Children) -> String {
        for selector in selectors where children.names.contains(selector.name) {
            for node in children.nodes where selector.matches(nodes[node]) {
                let text = verbatim(node)
                if !text.isEmpty { return text }
            }
        }
        return ""
    }

    /// The date of the first present element; it keeps its text when it cannot be read (F7, F22).
    mutating func firstDate(_ selectors: [(selector: Selector, origin: String)], in children: Children) -> Item
        .ItemDate?
    {
        for (selector, origin) in selectors where children.names.contains(selector.name) {
            for node in children.nodes where selector.matches(nodes[node]) {
                let raw = verbatim(node)
                if !raw.isEmpty { return date(raw, origin, node) }
            }
        }
        return nil
    }

    /// A date by its text.
    mutating func date(_ raw: String, _ origin: String, _ node: Int) -> Item.ItemDate {
        let instant = FeedDate.instant(raw)
        if instant == nil { problems.note(nodes[node].start, "a date that cannot be read: \"\(raw.prefix(60))\"") }
        return Item.ItemDate(instant: instant, raw: raw, origin: origin)
    }

    /// `xml:lang` on the element itself.
    func ownLanguage(_ node: Int) -> String? {
        nodes[node].declaresLanguage ? languages[nodes[node].language] : nil
    }

    /// The first `xml:lang` that stands on one of some elements.
    func ownLanguage(ofFirst content: Int?, _ summary: Int?, _ title: Int?, _ item: Int) -> String? {
        // Hardly any document declares one.
        guard languages.count > 1 else { return nil }
        return content.flatMap(ownLanguage) ?? summary.flatMap(ownLanguage) ?? title.flatMap(ownLanguage)
            ?? ownLanguage(item)
    }
}
