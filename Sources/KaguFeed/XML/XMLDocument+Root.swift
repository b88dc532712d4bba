// SPDX-License-Identifier: Apache-2.0

extension XMLDocument {
    /// Finds the root element and sets `root`; `position` stays at its start tag. Junk before it is passed over (F16).
    /// Throws if the document is HTML or something else (F18).
    mutating func findRoot() throws(ParseFailure) -> XMLNode {
        var junk: HTMLJunk?
        var hasHTMLDoctype = false
        while true {
            passTextBeforeRoot()
            guard position < bytes.count else { break }
            if bytes.has("<!--", at: position) || bytes.has("<?", at: position) || bytes.has("</", at: position) {
                passMarkupBeforeRoot()
            } else if bytes.hasIgnoringCase("<!doctype", at: position) {
                hasHTMLDoctype = hasHTMLDoctype || isHTMLDoctype
                readDoctype()
            } else if let found = scanRoot() {
                if let kind = Self.kind(of: found) {
                    if junk != nil { problems.note(position, "junk before the root element") }
                    adopt(kind, found)
                    return found
                }
                let name = pendingRootName
                if found.name == .html || hasHTMLDoctype || Self.pageElements.contains(name) {
                    throw .html(reason: "its root element is <\(name)>")
                }
                guard HTMLElements.isKnown(name) else {
                    throw .notAFeed(reason: junk == nil ? "its root element is <\(name)>" : "no feed in it")
                }
                junk = HTMLJunk(name: name)
                position = found.inner.lowerBound
            } else {
                position += 1
            }
        }
        if let junk { throw .html(reason: "it begins with <\(junk.name)>") }
        throw .notAFeed(reason: hasHTMLDoctype ? "it holds only a document type" : "neither XML nor JSON")
    }

    private struct HTMLJunk { var name: String }

    private static let pageElements: Set<String> = ["html", "head", "body", "title", "meta", "frameset"]

    private var isHTMLDoctype: Bool {
        var index = position + 9
        while index < bytes.count, bytes[index].isSpace { index += 1 }
        return bytes.hasIgnoringCase("html", at: index)
            && !(index + 4 < bytes.count && bytes[index + 4].continuesName)
    }

    private mutating func passTextBeforeRoot() {
        let start = position
        position = bytes.find(0x3C, from: position, to: bytes.count) ?? bytes.count
        let text = bytes.trimmed(start..<position)
        if !text.isEmpty {
            if position < bytes.count { problems.note(text.lowerBound, "text before the root element") }
        } else if start == 0, position > 0, bytes.has("<?xml ", at: position) {
            problems.note(0, "white space before the XML declaration")
        }
    }

    private mutating func passMarkupBeforeRoot() {
        let end: Int?
        if bytes.has("<!--", at: position) {
            end = searches.find(.commentEnd, in: bytes, from: position + 4).map { $0 + 3 }
        } else if bytes.has("<?", at: position) {
            end = searches.find(.instructionEnd, in: bytes, from: position + 2).map { $0 + 2 }
        } else {
            end = nil
        }
        if let end {
            position = end
        } else {
            problems.note(position, "unfinished markup before the root element")
            position = (searches.find(.tagEnd, in: bytes, from: position) ?? bytes.count - 1) + 1
        }
    }

    /// The element whose start tag stands at `position`, without opening it.
    private mutating func scanRoot() -> XMLNode? {
        let start = position
        let log = problems
        guard let tag = scanTag() else { return nil }
        // The tag is read again when it is opened: its problems are noted then.
        problems = log
        pendingRootName = text(tag.name).lowercased()
        let namespace = rootNamespace(of: tag.name)
        let name = LocalNameTable.shared.name(bytes, bytes.localPart(tag.name))
        rootVersion = pending.first {
            bytes.hasIgnoringCase("version", at: $0.name.lowerBound) && $0.name.count == 7
        }
        .map { String(decoding: bytes[bytes.trimmed($0.value)], as: UTF8.self) }
        rootHasHref = pending.contains {
            bytes.hasIgnoringCase("href", at: $0.name.lowerBound) && $0.name.count == 4
        }
        rootDeclaresRSS =
            name == .rdf
            && pending.contains {
                bytes.has("xmlns", at: $0.name.lowerBound)
                    && [.rss10, .rss09].contains(Namespace(uri: bytes[$0.value]))
            }
        return XMLNode(
            namespace: namespace, name: name, parent: -1, start: start, inner: tag.end..<tag.end, attributes: 0..<0,
            base: 0, language: 0)
    }

    private func rootNamespace(of name: Range<Int>) -> Namespace {
        let local = bytes.localPart(name)
        let prefix = name.lowerBound..<max(name.lowerBound, local.lowerBound - 1)
        for attribute in pending where bytes.has("xmlns", at: attribute.name.lowerBound) {
            let declared = min(attribute.name.lowerBound + 6, attribute.name.upperBound)..<attribute.name.upperBound
            if bytes.equal(declared, prefix) { return Namespace(uri: bytes[attribute.value]) }
        }
        return prefix.isEmpty ? .none : Namespace(wellKnownPrefix: bytes[prefix]) ?? .other
    }

    private static func kind(of root: XMLNode) -> RootKind? {
        switch root.name {
        case .rss: .rss
        case .rdf where root.namespace == .rdf || root.namespace.isRSS: .rdf
        case .feed where root.namespace.isAtom || root.namespace == .none: .atom
        case .entry where root.namespace.isAtom: .entry
        case .urlset where root.namespace == .sitemap || root.namespace == .none: .urlset
        case .sitemapindex where root.namespace == .sitemap || root.namespace == .none: .sitemapIndex
        case .channel where root.namespace.isRSS: .cdf
        default: nil
        }
    }

    private mutating func adopt(_ kind: RootKind, _ found: XMLNode) {
        root = kind
        if kind == .rss, !found.namespace.isRSS { rootNamespaceIsRSS = true }
        // A channel without CDF's marks is RSS that lost its root element.
        if kind == .cdf, !rootHasHref, !pendingRootIsUpperCase {
            // In RSS 1.1 it is the root.
            if found.namespace == .none { problems.note(position, "<channel> without <rss> around it") }
            root = .rss
        }
    }

    private var pendingRootIsUpperCase: Bool { bytes.has("<CHANNEL", at: position) }
}

extension XMLDocument {
    /// Whether an RDF document has anything of RSS outside of its items.
    var hasRSS: Bool {
        nodes.contains { $0.namespace.isRSS && ($0.name == .channel || $0.name == .image || $0.name == .textinput) }
            || rootDeclaresRSS
    }
}
