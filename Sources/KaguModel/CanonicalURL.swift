// SPDX-License-Identifier: Apache-2.0

/// The form in which addresses are compared (I2): scheme read as https; host in lower case, without `www.` and
/// default port; no fragment (`#!` kept), trailing slash or tracking parameters; the rest in order.
///
/// It only compares: requests and hits use the published address.
public struct CanonicalURL: Hashable, Sendable, CustomStringConvertible {
    /// The canonical form.
    public let text: String
    /// Whether it can stand for one item: false where path and query are empty, as in a home page's address (I3).
    public let identifiesItem: Bool

    /// Reads an absolute `http` or `https` address; nil for anything else. `extra` holds the names of `urls.strip`,
    /// lower case.
    public init?(_ url: String, stripping extra: Set<String> = []) {
        var copy = url
        let canonical = copy.withUTF8 { Self.canonical($0, extra) }
        guard let canonical else { return nil }
        text = String(decoding: canonical.bytes, as: UTF8.self)
        identifiesItem = canonical.hasPage
    }

    /// The canonical form.
    public var description: String { text }

    /// Host, and what of user info and port is left, as the canonical form has them.
    public var authority: String {
        let bytes = text.utf8.dropFirst("https://".utf8.count)
        return String(Substring(bytes.prefix { !Self.isDelimiter($0) }))
    }

    /// The address without its tracking parameters, otherwise as written: the `url` of a hit (W2).
    public static func withoutTracking(_ url: String, stripping extra: Set<String> = []) -> String {
        let bytes = Array(url.utf8)
        guard let mark = bytes.firstIndex(of: UInt8(ascii: "?")) else { return url }
        let fragment = bytes.firstIndex(of: UInt8(ascii: "#")) ?? bytes.endIndex
        guard mark < fragment else { return url }
        var out = Array(bytes[..<mark])
        let hasTracking = bytes.withUnsafeBufferPointer { appendQuery($0, (mark + 1)..<fragment, extra, to: &out) }
        // Else the address stays byte for byte, an odd `?` or `&&` included.
        guard hasTracking else { return url }
        out += bytes[fragment...]
        return String(decoding: out, as: UTF8.self)
    }

    // MARK: Parts

    private typealias Bytes = UnsafeBufferPointer<UInt8>

    private static func canonical(_ whole: Bytes, _ extra: Set<String>) -> (bytes: [UInt8], hasPage: Bool)? {
        let url = trimmed(whole)
        let isPlain = hasPrefix(url, "http://")
        guard isPlain || hasPrefix(url, "https://") else { return nil }
        let authority = isPlain ? 7 : 8
        var pathStart = authority
        while pathStart < url.count, !isDelimiter(url[pathStart]) { pathStart += 1 }
        var pathEnd = pathStart
        while pathEnd < url.count, url[pathEnd] != UInt8(ascii: "?"), url[pathEnd] != UInt8(ascii: "#") {
            pathEnd += 1
        }
        var queryEnd = pathEnd
        while queryEnd < url.count, url[queryEnd] != UInt8(ascii: "#") { queryEnd += 1 }

        var out: [UInt8] = []
        out.reserveCapacity(url.count + 8)
        out.append(contentsOf: "https://".utf8)
        guard appendAuthority(url, authority..<pathStart, isPlain: isPlain, to: &out) else { return nil }
        let authorityEnd = out.count
        var lastOfPath = pathEnd
        while lastOfPath > pathStart, url[lastOfPath - 1] == UInt8(ascii: "/") { lastOfPath -= 1 }
        append(url, pathStart..<lastOfPath, to: &out)
        if pathEnd < queryEnd { appendQuery(url, (pathEnd + 1)..<queryEnd, extra, to: &out) }
        if queryEnd + 1 < url.count, url[queryEnd + 1] == UInt8(ascii: "!") {
            append(url, queryEnd..<url.count, to: &out)
        }
        return (out, out.count > authorityEnd)
    }

    /// User info as it is, host in lower case without `www.`, port unless it is the scheme's own.
    private static func appendAuthority(_ url: Bytes, _ range: Range<Int>, isPlain: Bool, to out: inout [UInt8])
        -> Bool
    {
        var hostStart = range.lowerBound
        if let at = range.last(where: { url[$0] == UInt8(ascii: "@") }) {
            append(url, hostStart..<(at + 1), to: &out)
            hostStart = at + 1
        }
        var hostEnd = range.upperBound
        var digit = hostEnd
        while digit > hostStart, url[digit - 1] >= 0x30, url[digit - 1] <= 0x39 { digit -= 1 }
        var port: Range<Int>?
        if digit > hostStart, url[digit - 1] == UInt8(ascii: ":") {
            port = digit..<hostEnd
            hostEnd = digit - 1
        }
        let isWWW = hostEnd - hostStart > 4 && hasPrefix(Bytes(rebasing: url[hostStart..<hostEnd]), "www.")
        let host = (isWWW ? hostStart + 4 : hostStart)..<hostEnd
        guard !host.isEmpty else { return false }
        for index in host { out.append(lowered(url[index])) }
        if let port, !port.isEmpty, !url[port].elementsEqual((isPlain ? "80" : "443").utf8) {
            out.append(UInt8(ascii: ":"))
            append(url, port, to: &out)
        }
        return true
    }

    /// `?` and the parameters that are not tracking, nothing where none is left; true where some were.
    @discardableResult
    private static func appendQuery(
        _ url: Bytes, _ range: Range<Int>, _ extra: Set<String>, to out: inout [UInt8]
    ) -> Bool {
        var start = range.lowerBound
        var isFirst = true
        var hasTracking = false
        while start < range.upperBound {
            var end = start
            while end < range.upperBound, url[end] != UInt8(ascii: "&") { end += 1 }
            if isTracking(Bytes(rebasing: url[start..<end]), extra) {
                hasTracking = true
            } else if end > start {
                out.append(isFirst ? UInt8(ascii: "?") : UInt8(ascii: "&"))
                isFirst = false
                append(url, start..<end, to: &out)
            }
            start = end + 1
        }
        return hasTracking
    }

    // MARK: Tracking parameters

    private static let trackingPrefixes = ["utm_", "mtm_", "piwik_", "hsa_", "at_"]
    private static let trackingNames: Set<String> = [
        "pk_campaign", "pk_kwd", "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ysclid",
        "twclid", "ttclid", "igshid", "mc_cid", "mc_eid", "mkt_tok", "vero_id", "oly_anon_id", "oly_enc_id",
        "_hsenc",
        "_hsmi", "_openstat", "ns_campaign", "ns_mchannel", "ns_source", "wt_mc", "xtor", "cmpid", "ftag", "maca",
    ]

    private static func isTracking(_ parameter: Bytes, _ extra: Set<String>) -> Bool {
        let length = parameter.firstIndex(of: UInt8(ascii: "=")) ?? parameter.count
        if trackingPrefixes.contains(where: { hasPrefix(parameter, $0) && $0.utf8.count <= length }) { return true }
        // The longest name known has 11 bytes; a name of `urls.strip` may be longer.
        guard length <= 11 || !extra.isEmpty else { return false }
        let name = String(decoding: parameter[..<length].map(lowered), as: UTF8.self)
        return trackingNames.contains(name) || extra.contains(name)
    }

    // MARK: Bytes

    private static func trimmed(_ url: Bytes) -> Bytes {
        var start = 0
        var end = url.count
        while start < end, url[start] <= 0x20 { start += 1 }
        while end > start, url[end - 1] <= 0x20 { end -= 1 }
        return Bytes(rebasing: url[start..<end])
    }

    private static func append(_ url: Bytes, _ range: Range<Int>, to out: inout [UInt8]) {
        out.append(contentsOf: Bytes(rebasing: url[range]))
    }

    private static func lowered(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }

    private static func isDelimiter(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }

    /// Whether `bytes` begin with `prefix` (lower-case ASCII), whatever their case.
    private static func hasPrefix(_ bytes: Bytes, _ prefix: String) -> Bool {
        guard bytes.count >= prefix.utf8.count else { return false }
        var index = 0
        for byte in prefix.utf8 {
            guard lowered(bytes[index]) == byte else { return false }
            index += 1
        }
        return true
    }
}
