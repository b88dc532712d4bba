// SPDX-License-Identifier: Apache-2.0

import KaguBytes

/// Ids of feeds: `[a-z0-9._-]+`, stable and unique over all lists (H1).
public enum FeedIdentifier {
    /// The longest id that is derived.
    private static let maximumLength = 80

    /// Whether `text` may be a feed's id.
    public static func isValid(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 200 && text.utf8.allSatisfy(isAllowed)
    }

    /// The id of a feed whose list gives none: host, path and query of its URL in allowed characters, so that it
    /// is the same wherever in a list the feed stands. `https://www.lemonde.fr/rss/une.xml` is
    /// `lemonde.fr-rss-une.xml`; what is longer than 80 characters ends in a hash of the URL.
    public static func derived(from url: String) -> String {
        WebAddress(url).map(derived) ?? slug(url)
    }

    /// The id of a feed at an address.
    static func derived(from address: WebAddress) -> String {
        let host = address.host.utf8.starts(with: "www.".utf8) ? address.host.dropFirst(4) : address.host[...]
        let id = slug(host, address.rest)
        return id.utf8.count <= maximumLength ? id : "\(id.prefix(maximumLength - 9))-\(hash(of: address.text))"
    }

    /// An id for a feed whose derived id is taken: with as much of a hash of its URL as makes it unique.
    static func distinguished(_ id: String, url: String, isTaken: (String) -> Bool) -> String {
        var length = 8
        while true {
            let candidate = "\(id.prefix(maximumLength - 9))-\(hash(of: url, length: length))"
            if length >= 64 || !isTaken(candidate) { return candidate }
            length *= 2
        }
    }

    /// Texts, one after the other, in allowed characters: lower case, runs of others become one `-`.
    static func slug(_ texts: Substring...) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(texts.reduce(0) { $0 + $1.utf8.count })
        for text in texts {
            // Other letters may have ASCII among their small ones.
            let isASCII = text.utf8.allSatisfy { $0 < 0x80 }
            for written in (isASCII ? text : text.lowercased()[...]).utf8 {
                let byte = (0x41...0x5A).contains(written) ? written | 0x20 : written
                if isAllowed(byte) {
                    out.append(byte)
                } else if let last = out.last, last != UInt8(ascii: "-") {
                    out.append(UInt8(ascii: "-"))
                }
            }
        }
        while out.last == UInt8(ascii: "-") { out.removeLast() }
        return out.isEmpty ? "feed" : String(decoding: out, as: UTF8.self)
    }

    /// A text in allowed characters.
    static func slug(_ text: String) -> String { slug(text[...]) }

    private static func hash(of url: String, length: Int = 8) -> String {
        String(Hex.encode(SHA256.hash(Array(url.utf8))).prefix(length))
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x2E || byte == 0x5F
    }
}
