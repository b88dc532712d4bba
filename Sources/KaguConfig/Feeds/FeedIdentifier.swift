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
        guard let address = WebAddress(url) else { return slug(url) }
        let host = address.host.hasPrefix("www.") ? String(address.host.dropFirst(4)) : address.host
        let id = slug("\(host)\(address.rest)")
        return id.utf8.count <= maximumLength ? id : "\(id.prefix(maximumLength - 9))-\(hash(of: url))"
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

    /// `text` in allowed characters: lower case, runs of others become one `-`.
    static func slug(_ text: String) -> String {
        var out: [UInt8] = []
        for byte in text.lowercased().utf8 {
            if isAllowed(byte) {
                out.append(byte)
            } else if let last = out.last, last != UInt8(ascii: "-") {
                out.append(UInt8(ascii: "-"))
            }
        }
        while out.last == UInt8(ascii: "-") { out.removeLast() }
        return out.isEmpty ? "feed" : String(decoding: out, as: UTF8.self)
    }

    private static func hash(of url: String, length: Int = 8) -> String {
        String(Hex.encode(SHA256.hash(Array(url.utf8))).prefix(length))
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x2E || byte == 0x5F
    }
}
