// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Atom's constructs, which also stand inside RSS.
extension XMLDocument {
    /// Reads elements without a namespace as Atom's: the feed's root declared none.
    mutating func adoptPlainElements(of node: Int) {
        guard nodes[node].namespace == .none || nodes[node].namespace == .atom03 else { return }
        for index in node..<nodes.count where nodes[index].namespace == .none {
            nodes[index].namespace = .atom
        }
    }

    /// A link; nil without an address.
    mutating func atomLink(_ node: Int) -> Item.Link? {
        let href = urlAttribute(.href, of: node)
        guard !href.isEmpty else { return nil }
        var rel = attribute(.rel, of: node) ?? ""
        let registry = "http://www.iana.org/assignments/relation/"
        if rel.hasPrefix(registry) { rel.removeFirst(registry.utf8.count) }
        return Item.Link(
            href: href, rel: rel.isEmpty ? "alternate" : rel.lowercased(), type: attribute(.type, of: node) ?? "")
    }

    /// The file of an enclosure link; nil for other links.
    mutating func atomEnclosure(_ node: Int) -> Item.Enclosure? {
        guard let link = atomLink(node), link.rel == "enclosure" else { return nil }
        let length = attribute(.length, of: node).flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
        return Item.Enclosure(url: link.href, type: link.type, length: length)
    }

    /// A person construct; a person without parts is split as RSS's are (F10).
    mutating func atomPerson(_ node: Int) -> Item.Person? {
        var person = Item.Person()
        var sawPart = false
        for child in children(of: node).nodes where nodes[child].namespace.isAtom || nodes[child].namespace.isRSS {
            switch nodes[child].name {
            case .name:
                if person.name.isEmpty { person.name = shortPart(child) }
            case .email:
                if person.email.isEmpty { person.email = shortPart(child) }
            case .uri, .url, .homepage:
                if person.url.isEmpty { person.url = urlText(of: child) }
            default: continue
            }
            sawPart = true
        }
        if sawPart { return person == Item.Person() ? nil : person }
        return PersonText.person(verbatim(node))
    }

    private mutating func shortPart(_ node: Int) -> String {
        finish(HTMLText.folded(text(of: node).run), node, .characters(limits.shortTextCharacters))
    }

    /// A category's label, else its term, else its text; nil if there is none.
    mutating func atomCategory(_ node: Int) -> String? {
        for name in [LocalName.label, .term] {
            if let text = attribute(name, of: node), !text.isEmpty { return text }
        }
        let text = verbatim(node)
        return text.isEmpty ? nil : text
    }

    /// The feed that an entry was taken from.
    mutating func atomSource(_ node: Int) -> Item.Source? {
        let children = children(of: node)
        let links = all(.atom(.link), in: children).compactMap { atomLink($0) }
        let source = Item.Source(
            title: firstShort([.atom(.title)], in: children), url: links.preferredAlternate ?? "")
        return source == Item.Source() ? nil : source
    }
}
