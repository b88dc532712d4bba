// SPDX-License-Identifier: Apache-2.0

/// The namespaces that feeds use. Elements count by namespace, not by prefix (§2.2).
enum Namespace: UInt8, Sendable {
    /// No namespace.
    case none
    /// A namespace of RSS 0.91–2.0 (the formats have none of their own; publishers invented some).
    case rss
    /// RSS 0.90.
    case rss09
    /// RSS 1.0.
    case rss10
    case rdf
    case atom
    /// Atom 0.3 and its forerunners.
    case atom03
    case dc, dcterms, content, media, itunes, syndication, feedburner, xhtml, sitemap, news, enclosure
    /// Any other.
    case other

    /// The namespace of a URI, whose case, scheme and last slash or hash do not count.
    init(uri: ArraySlice<UInt8>) {
        for known in Self.common where known.uri.utf8CodeUnitCount == uri.count {
            let isSame = known.uri.withUTF8Buffer { $0.elementsEqual(uri) }
            if isSame {
                self = known.namespace
                return
            }
        }
        var text = String(decoding: uri.drop { $0 <= 0x20 }, as: UTF8.self).lowercased()
        while let last = text.utf8.last, last <= 0x20 || last == UInt8(ascii: "/") || last == UInt8(ascii: "#") {
            text.removeLast()
        }
        for scheme in ["http://", "https://", "www."] where text.hasPrefix(scheme) {
            text.removeFirst(scheme.utf8.count)
        }
        if text.hasSuffix("dtds/podcast-1.0.dtd") {
            self = .itunes
        } else if text.hasPrefix("purl.org/atom/ns") {
            // Its drafts have names of their own.
            self = .atom03
        } else {
            self = text.isEmpty ? .none : Self.byURI[text] ?? .other
        }
    }

    /// The namespace that an undeclared prefix is known for (F16).
    init?(wellKnownPrefix prefix: some Collection<UInt8>) {
        guard let found = Self.byPrefix[String(decoding: prefix, as: UTF8.self).lowercased()] else { return nil }
        self = found
    }

    /// How nearly all documents spell what they use.
    private static let common: [(uri: StaticString, namespace: Namespace)] = [
        ("http://www.w3.org/2005/Atom", .atom), ("http://purl.org/dc/elements/1.1/", .dc),
        ("http://purl.org/rss/1.0/modules/content/", .content), ("http://search.yahoo.com/mrss/", .media),
        ("http://purl.org/rss/1.0/modules/syndication/", .syndication),
        ("http://www.itunes.com/dtds/podcast-1.0.dtd", .itunes), ("http://www.w3.org/1999/xhtml", .xhtml),
        ("http://wellformedweb.org/CommentAPI/", .other), ("http://purl.org/rss/1.0/modules/slash/", .other),
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns#", .rdf), ("http://purl.org/rss/1.0/", .rss10),
        ("http://purl.org/dc/terms/", .dcterms), ("http://www.sitemaps.org/schemas/sitemap/0.9", .sitemap),
        ("http://www.google.com/schemas/sitemap-news/0.9", .news),
    ]

    private static let byURI: [String: Namespace] = [
        "backend.userland.com/rss": .rss, "backend.userland.com/rss2": .rss,
        "backend.userland.com/rss091": .rss, "blogs.law.harvard.edu/tech/rss": .rss,
        "purl.org/rss/1.0/modules/rss091": .rss, "purl.org/net/rss1.1": .rss,
        "cyber.law.harvard.edu/rss": .rss, "rssboard.org/rss-specification": .rss,
        "my.netscape.com/rdf/simple/0.9": .rss09, "channel.netscape.com/rdf/simple/0.9": .rss09,
        "my.netscape.com/publish/formats/rss-0.91.dtd": .rss,
        "purl.org/rss/1.0": .rss10,
        "w3.org/1999/02/22-rdf-syntax-ns": .rdf,
        "w3.org/2005/atom": .atom, "purl.org/atom/app": .other, "w3.org/2007/app": .other,
        "purl.org/atom/ns": .atom03, "purl.org/echo": .atom03, "purl.org/pie": .atom03,
        "uri/of/echo/namespace": .atom03, "example.com/necho": .atom03, "example.com/newformat": .atom03,
        "purl.org/dc/elements/1.1": .dc, "purl.org/dc/elements/1.0": .dc, "purl.org/dc/terms": .dcterms,
        "purl.org/rss/1.0/modules/dcterms": .dcterms, "purl.org/rss/1.0/modules/dc": .dc,
        "purl.org/rss/1.0/modules/content": .content,
        "search.yahoo.com/mrss": .media, "search.yahoo.com/rss": .media,
        "search.yahoo.com/rss/1.0": .media, "rssboard.org/media-rss": .media, "tools.search.yahoo.com/mrss": .media,
        "video.search.yahoo.com/mrss": .media,
        "itunes.com/dtds/podcast-1.0.dtd": .itunes,
        "purl.org/rss/1.0/modules/syndication": .syndication,
        "rssnamespace.org/feedburner/ext/1.0": .feedburner,
        "w3.org/1999/xhtml": .xhtml,
        "sitemaps.org/schemas/sitemap/0.9": .sitemap, "google.com/schemas/sitemap/0.84": .sitemap,
        "google.com/schemas/sitemap/0.9": .sitemap, "google.com/schemas/sitemap-news/0.9": .news,
        "purl.oclc.org/net/rss_2.0/enc": .enclosure, "purl.org/rss/1.0/modules/enclosure": .enclosure,
        "purl.org/net/rss_2.0/enc": .enclosure,
    ]

    private static let byPrefix: [String: Namespace] = [
        "rdf": .rdf, "rss": .rss, "atom": .atom, "atom10": .atom, "atom03": .atom03, "dc": .dc, "dcterms": .dcterms,
        "content": .content, "media": .media, "itunes": .itunes, "sy": .syndication, "syn": .syndication,
        "feedburner": .feedburner, "xhtml": .xhtml, "html": .xhtml, "news": .news, "enc": .enclosure,
    ]

    /// True for the namespaces in which RSS elements may stand.
    var isRSS: Bool {
        switch self {
        case .none, .rss, .rss09, .rss10: true
        default: false
        }
    }

    /// True for any version of Atom.
    var isAtom: Bool { self == .atom || self == .atom03 }
}

/// The local names of elements and attributes that mean something to kagu; all others are `other`. A case is spelled
/// as the name is, in lower case: names match without case.
enum LocalName: UInt8, CaseIterable, Sendable {
    // Documents and items.
    case rss, rdf, channel, item, items, entry, feed, urlset, sitemapindex, sitemap, html
    // Text.
    case title, description, subtitle, tagline, summary, content, encoded, abstract, body, label, term
    // Identity and addresses.
    case guid, id, link, url, loc, href, src, about, resource, identifier, origlink, uri, homepage, a
    case ispermalink, rel, base
    // Dates.
    case pubdate, published, issued, created, modified, updated, lastbuilddate, date, lastmod
    case publicationDate
    // People and subjects.
    case author, creator, name, email, category, subject, keywords, tags
    // The rest.
    case enclosure, group, comments, source, language, publication, news, type, mode, length, filesize, version
    case ttl, skiphours, skipdays, hour, day, updateperiod, updatefrequency, lang, xmlns
    case generator, copyright, managingeditor, webmaster, docs
    case image, textinput, contributor, value, div, schedule, fullitem
    case other
}

extension LocalName {
    /// The name as documents have it, in lower case.
    var spelling: String { self == .publicationDate ? "publication_date" : String(describing: self) }
}

/// A set of local names: one bit for each.
struct LocalNameSet: Sendable {
    private var bits: UInt128 = 0

    mutating func insert(_ name: LocalName) { bits |= 1 << UInt128(name.rawValue) }

    func contains(_ name: LocalName) -> Bool { bits >> UInt128(name.rawValue) & 1 == 1 }
}

/// Finds local names by their bytes.
struct LocalNameTable: Sendable {
    /// The table; made once.
    static let shared = LocalNameTable()

    private let table: ByteNameTable

    private init() {
        table = ByteNameTable(LocalName.allCases.map { ($0.spelling, $0.rawValue + 1) })
    }

    /// The name that the bytes spell.
    func name(_ bytes: [UInt8], _ range: Range<Int>) -> LocalName {
        let found = table.value(bytes, range)
        return found == 0 ? .other : LocalName(rawValue: found - 1) ?? .other
    }
}
