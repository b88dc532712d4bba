// SPDX-License-Identifier: Apache-2.0

/// Fields whose end tag is missing (F16): the start tag of another field of the same vocabulary ends them. Names that
/// HTML has too (`link`, `title`, `source`, `summary`) end short fields only; in a description they may be its markup.
extension XMLDocument {
    /// Closes an open field if an element begins that cannot stand inside it.
    mutating func closeUnclosedField(before namespace: Namespace, _ name: LocalName, _ start: Int) {
        guard stack.count - 1 > itemDepth ?? 0, FieldEnding.begins(namespace, name), let depth = openField() else {
            return
        }
        let open = stack[depth]
        if nodes[open.node].name == .source, holdsElementsOnly(open.node) { return }
        guard FieldEnding(nodes[open.node], isXML: isTypedXML(open.node)).isEnded(by: namespace, name) else {
            return
        }
        problems.note(start, "<\(text(open.name))> is not closed before the next element")
        // What the new element binds stays in force.
        let kept = bindings[open.bindings...]
        while stack.count > depth { pop(at: start, .closed) }
        bindings.append(contentsOf: kept)
        if !kept.isEmpty { bindNewGeneration() }
    }

    /// Whether an element begins with another one: a source that is written as Atom's is, not as RSS's.
    private func holdsElementsOnly(_ node: Int) -> Bool {
        guard rawAttribute(.url, of: node) == nil else { return false }
        let start = nodes[node].inner.lowerBound
        let first = bytes[start..<min(start + 64, bytes.count)].first { !$0.isSpace }
        return first == 0x3C
    }

    /// The stack index of the open element that is no markup of HTML, if it is inside the item or the channel.
    private func openField() -> Int? {
        let outermost = itemDepth ?? 0
        var depth = stack.count - 1
        while depth > outermost {
            let open = stack[depth]
            switch nodes[open.node].name {
            case .other, .a, .div, .body:
                // HTML that its author forgot to escape or to close; four levels of it are enough.
                guard stack.count - depth <= 4,
                    !HTMLElements.traits(bytes, bytes.localPart(open.name)).isEmpty
                else { return nil }
                depth -= 1
            default: return depth
            }
        }
        return nil
    }

    /// Whether the type of an Atom construct says that elements stand inside.
    private func isTypedXML(_ node: Int) -> Bool {
        guard nodes[node].namespace.isAtom, let type = rawAttribute(.type, of: node) else { return false }
        return bytes[type].suffix(3).elementsEqual("xml".utf8) || bytes[type].suffix(5).elementsEqual("xhtml".utf8)
    }
}

/// Which elements end an open field.
enum FieldEnding: Sendable {
    /// Any field: titles, addresses, dates, names, subjects.
    case anyField
    /// Fields that HTML has no element for: descriptions, summaries, contents.
    case foreignToHTML
    /// The parts of a person.
    case personPart
    /// No start tag: structures, and what kagu does not know.
    case never

    /// What ends an open element.
    init(_ node: XMLNode, isXML: Bool) {
        switch (node.namespace, node.name) {
        case (.media, .title), (.media, .keywords), (.media, .category), (.itunes, .title), (.itunes, .author),
            (.itunes, .keywords), (.feedburner, .origlink):
            self = .anyField
        case (.media, .description), (.itunes, .summary), (.itunes, .subtitle), (.content, .encoded):
            self = .foreignToHTML
        case (_, let name) where node.namespace.isRSS || node.namespace.isAtom || node.namespace.isDublinCore:
            self = Self.ending(name, isAtom: node.namespace.isAtom)
        default: self = .never
        }
        // XHTML in an Atom construct has titles and links of its own; other XML may have anything.
        if isXML { self = self == .never || node.name == .content ? .never : .foreignToHTML }
    }

    private static func ending(_ name: LocalName, isAtom: Bool) -> FieldEnding {
        switch name {
        case .title, .link, .guid, .id, .pubdate, .published, .updated, .issued, .created, .modified, .date,
            .category, .subject, .comments, .language, .ttl, .lastbuilddate, .author, .creator, .generator,
            .copyright, .managingeditor, .webmaster, .docs:
            .anyField
        case .source: isAtom ? .never : .anyField
        case .description, .summary, .subtitle, .tagline, .encoded, .content: .foreignToHTML
        case .name, .email, .uri: .personPart
        default: .never
        }
    }

    /// Whether an element may end another one at all; most do not.
    static func begins(_ namespace: Namespace, _ name: LocalName) -> Bool {
        switch namespace {
        case .xhtml, .other: false
        case .dc, .dcterms, .content, .media, .itunes, .syndication, .feedburner: true
        default: name.isField || name.isPersonPart
        }
    }

    /// Whether an element ends the field.
    func isEnded(by namespace: Namespace, _ name: LocalName) -> Bool {
        switch self {
        case .anyField: name.isField || namespace.isModule
        case .foreignToHTML: name.isField && !name.isHTMLToo || namespace.isModule
        case .personPart: name.isPersonPart || name.isField
        case .never: false
        }
    }
}

extension LocalName {
    /// A field of a feed or an item, inside which no other field stands.
    var isField: Bool {
        switch self {
        case .title, .link, .guid, .id, .pubdate, .published, .updated, .issued, .created, .modified, .category,
            .comments, .language, .ttl, .lastbuilddate, .description, .summary, .content, .encoded, .enclosure,
            .creator, .author, .subtitle, .tagline, .source, .image, .textinput, .generator, .copyright,
            .managingeditor, .webmaster, .docs, .skiphours, .skipdays:
            true
        default: false
        }
    }

    /// Whether HTML has, or had, an element of this name.
    var isHTMLToo: Bool {
        switch self {
        case .title, .link, .source, .summary, .content, .image: true
        default: false
        }
    }

    /// A part of a person construct.
    var isPersonPart: Bool { self == .name || self == .email || self == .uri }
}

extension Namespace {
    var isDublinCore: Bool { self == .dc || self == .dcterms }

    /// A module's namespace: its elements are never markup of a text.
    var isModule: Bool {
        switch self {
        case .dc, .dcterms, .content, .media, .itunes, .syndication, .feedburner: true
        default: false
        }
    }
}
