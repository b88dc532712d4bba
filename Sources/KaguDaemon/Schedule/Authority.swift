// SPDX-License-Identifier: Apache-2.0

/// Host and port of a URL: the unit of politeness (P27). Names compare in lower case; a default port is left out.
struct Authority: Hashable, Sendable, CustomStringConvertible {
    /// The host in lower case, IPv6 addresses in brackets; the pattern of `poll.host_groups` where one fits.
    let description: String

    /// The authority of `url`; text that is no URL is an authority of its own, so that it has a gate all the same.
    init(url: String, hostGroups: [String] = []) {
        let parts = URLParts(url)
        let host = parts.host
        if let group = hostGroups.first(where: { Self.pattern($0, covers: host) }) {
            description = group
        } else {
            let isDefault = parts.port == nil || parts.port == (parts.scheme == "http" ? 80 : 443)
            description = isDefault ? host : "\(host):\(parts.port ?? 0)"
        }
    }

    /// `*.tumblr.com` covers every name below tumblr.com (P22); anything else covers itself.
    private static func pattern(_ pattern: String, covers host: String) -> Bool {
        let pattern = pattern.lowercased()
        return pattern.hasPrefix("*.") ? host.hasSuffix(pattern.dropFirst()) : host == pattern
    }
}

/// The parts of an http(s) URL that gates and allow-lists look at.
struct URLParts: Hashable, Sendable {
    /// In lower case; empty when the text has none.
    let scheme: String
    /// In lower case, IPv6 addresses in brackets.
    let host: String
    /// As written; nil when not given.
    let port: Int?

    /// Takes a URL apart; never fails, since what is no URL fails in the client with a message of its own.
    init(_ url: String) {
        let afterScheme: Substring
        if let colon = url.firstRange(of: "://") {
            scheme = url[..<colon.lowerBound].lowercased()
            afterScheme = url[colon.upperBound...]
        } else {
            scheme = ""
            afterScheme = url[...]
        }
        var authority = afterScheme.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            host = authority[...end].lowercased()
            port = Int(authority[authority.index(after: end)...].dropFirst())
        } else if let colon = authority.lastIndex(of: ":") {
            host = authority[..<colon].lowercased()
            port = Int(authority[authority.index(after: colon)...])
        } else {
            host = authority.lowercased()
            port = nil
        }
    }
}
