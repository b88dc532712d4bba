// SPDX-License-Identifier: Apache-2.0

/// An element of the document: where its parts lie in the source. Text is decoded only when a field asks for it.
struct XMLNode: Sendable {
    var namespace: Namespace
    var name: LocalName
    /// The index of the element around it; -1 for the root.
    var parent: Int
    /// The offset of its start tag.
    var start: Int
    /// The source between its tags; empty until the element is closed.
    var inner: Range<Int>
    /// Its attributes in `XMLDocument.attributes`.
    var attributes: Range<Int>
    /// The base URL in force, in `XMLDocument.bases`.
    var base: Int
    /// The language in force, in `XMLDocument.languages`.
    var language: Int
    /// Whether `xml:lang` stands on the element itself.
    var declaresLanguage = false
    /// Whether elements stand inside.
    var hasChildren = false
    /// Whether the text directly inside is not as it is written: references, comments, what XML forbids.
    var needsDecoding = false
    /// The content of its first CDATA section; empty without one.
    var section = 0..<0
    /// Whether the text of that section stays as it is written.
    var hasPlainSection = false
    /// How it was closed.
    var closing = Closing.open

    enum Closing: Sendable {
        case open
        /// By its own end tag, or by markup that ends it.
        case closed
        /// By the end of the input.
        case cut
    }
}

/// An attribute: its name without prefix, and where its value lies in the source.
struct XMLAttribute: Sendable {
    var name: LocalName
    var kind: Kind
    var value: Range<Int>

    enum Kind: Sendable {
        case plain
        /// `xml:lang`, `xml:base`.
        case xml
        /// With any other prefix.
        case prefixed
    }
}

/// What the root element says a document is.
enum RootKind: Sendable {
    case rss, rdf, atom, entry, urlset, sitemapIndex, cdf

    /// Whether an element is an item of such a document.
    func isItem(_ namespace: Namespace, _ name: LocalName) -> Bool {
        switch self {
        case .rss, .rdf: name == .item && namespace.isRSS || name == .entry && namespace.isAtom
        case .atom, .entry: name == .entry && (namespace.isAtom || namespace == .none)
        case .urlset: name == .url && (namespace == .sitemap || namespace == .none)
        case .sitemapIndex: name == .sitemap && (namespace == .sitemap || namespace == .none)
        case .cdf: name == .item
        }
    }
}
