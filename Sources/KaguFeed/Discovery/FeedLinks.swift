// SPDX-License-Identifier: Apache-2.0

/// The feeds that an HTML page names: `link` elements whose `rel` holds `alternate` and whose type is that of a feed
/// (RSS autodiscovery; HTML §4.6.6.2), or whose `rel` holds `feed`.
public enum FeedLinks {
    /// So many links are taken of a page; the rest is left out.
    public static let maximumLinks = 50

    /// The media types of feeds. `text/xml` and the like may be anything.
    private static let types: Set<String> = [
        "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml",
        "application/json", "application/x-rss+xml", "application/x.atom+xml",
    ]

    /// The links in document order, head or body, each address once, absolute against the page's first `base`,
    /// else against `base`, its own address. Nothing is checked: `isChecked` is false. Any bytes are safe.
    public static func find(inHTML bytes: [UInt8], contentType: String? = nil, base: String) -> [FeedCandidate] {
        let source = SourceEncoding.decode(bytes, context: context(of: bytes, contentType))
        var tags = HTMLTags(source.bytes)
        var links: [HTMLTags.Tag] = []
        var baseReference = ""
        while let tag = tags.next(of: ["link", "base"]) {
            if tag.name == "base" {
                // It holds for links before it too.
                if baseReference.isEmpty { baseReference = reference(tag) }
            } else if isFeed(tag), links.count < maximumLinks {
                links.append(tag)
            }
        }
        let base = URLReference.resolve(baseReference, against: base).nonEmpty ?? base
        var seen: Set<String> = []
        return links.compactMap { tag in
            guard let url = address(reference(tag), base), seen.insert(url).inserted else { return nil }
            return FeedCandidate(url: url, title: title(tag), type: type(tag))
        }
    }

    // MARK: Links

    private static func isFeed(_ tag: HTMLTags.Tag) -> Bool {
        // Unquoted at the end of an XHTML tag, a word takes the slash along.
        let relations = tag.words("rel").map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        let type = type(tag)
        guard !reference(tag).isEmpty, !relations.contains("stylesheet") else { return false }
        if relations.contains("feed") { return type.isEmpty || types.contains(type) }
        // Every page of WordPress has its own record in JSON.
        let isRecord = type == "application/json" && reference(tag).contains("/wp-json/")
        return relations.contains("alternate") && types.contains(type) && !isRecord
    }

    private static func type(_ tag: HTMLTags.Tag) -> String {
        let text = String(decoding: tag.bytes("type"), as: UTF8.self).lowercased()
        let name = text.prefix { $0 != ";" }.split(whereSeparator: \.isWhitespace).joined()
        return name.hasSuffix("/") ? String(name.dropLast()) : name
    }

    private static func reference(_ tag: HTMLTags.Tag) -> String {
        // Browsers send spaces so.
        URLReference.cleaned(TextRun(tag.bytes("href"))).replacing(" ", with: "%20")
    }

    private static func title(_ tag: HTMLTags.Tag) -> String {
        let limit = ParseLimits().shortTextCharacters
        return TextFinish.string(HTMLText.folded(TextRun(tag.bytes("title"))), limit: .characters(limit)).text
    }

    /// The absolute http or https address of a reference, without its fragment; nil for anything else.
    private static func address(_ reference: String, _ base: String) -> String? {
        var reference = reference
        // feed:https://…, feed://…: what browsers once handed to feed readers.
        if reference.lowercased().hasPrefix("feed:") {
            let rest = reference.dropFirst("feed:".count)
            reference = rest.hasPrefix("//") ? "http:\(rest)" : String(rest)
        }
        let url = URLReference.resolve(reference, against: base).prefix { $0 != "#" }
        let scheme = url.prefix { $0 != ":" }.lowercased()
        let host = url.dropFirst(scheme.count + 3).prefix { $0 != "/" && $0 != "?" }
        let hasAuthority = (scheme == "http" || scheme == "https") && url.dropFirst(scheme.count).hasPrefix("://")
        guard hasAuthority, !host.isEmpty, url.utf8.count <= ParseLimits().urlBytes,
            url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
        else { return nil }
        return String(url)
    }

    // MARK: Encoding

    /// The page's `meta` says the encoding where HTTP does not.
    private static func context(of bytes: [UInt8], _ contentType: String?) -> ParseContext {
        if let contentType, SourceEncoding.charset(contentType) != nil {
            return ParseContext(contentType: contentType)
        }
        guard let label = metaCharset(bytes) else { return ParseContext(contentType: contentType) }
        return ParseContext(contentType: "text/html; charset=\(label)")
    }

    /// The first `charset=` within 4 KiB.
    private static func metaCharset(_ bytes: [UInt8]) -> String? {
        let end = min(bytes.count, 4096)
        for index in 0..<end where bytes.hasIgnoringCase("charset", at: index) {
            var start = index + 7
            while start < end, bytes[start].isSpace { start += 1 }
            guard start < end, bytes[start] == UInt8(ascii: "=") else { continue }
            start += 1
            while start < end, bytes[start].isSpace || bytes[start] == 0x22 || bytes[start] == 0x27 { start += 1 }
            let label = bytes[start..<end].prefix { $0.isLetter || $0.isDigit || "-_:.".utf8.contains($0) }
            return label.isEmpty ? nil : String(decoding: label, as: UTF8.self)
        }
        return nil
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
