// SPDX-License-Identifier: Apache-2.0

import CCurl

/// Scheme, host and port of a URL as libcurl reads it: where a feed's headers may go (P25), what an allow-list
/// entry covers (S3), and whose gate a request passes (P27).
public struct HTTPOrigin: Hashable, Sendable, CustomStringConvertible {
    /// Lower case.
    public let scheme: String
    /// Lower case, without brackets.
    public let host: String
    /// The scheme's default where the URL names none.
    public let port: Int

    /// The origin of an absolute `http` or `https` URL; nil for anything else.
    public init?(_ url: String) { self.init(url, schemes: ["http", "https"]) }

    /// The origin of an absolute URL with one of these schemes.
    init?(_ url: String, schemes: Set<String>) {
        guard !url.utf8.contains(0), let parsed = curl_url() else { return nil }
        defer { curl_url_cleanup(parsed) }
        guard curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK,
            let scheme = Self.part(CURLUPART_SCHEME, of: parsed)?.lowercased(),
            schemes.contains(scheme),
            var host = Self.part(CURLUPART_HOST, of: parsed)?.lowercased(), !host.isEmpty,
            let port = Self.part(CURLUPART_PORT, of: parsed).flatMap({ Int($0) })
        else { return nil }
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    /// `host`, with its port where that is not the scheme's default: the name of a gate.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (scheme == "https" ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// `scheme://authority`: what may be logged of a URL (S5).
    public var description: String { "\(scheme)://\(authority)" }

    private static func part(_ part: CURLUPart, of url: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(url, part, &text, UInt32(CURLU_DEFAULT_PORT)) == CURLUE_OK, let text else { return nil }
        // libcurl allocates the part for us.
        defer { curl_free(text) }
        return String(cString: text)
    }
}
