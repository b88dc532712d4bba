// SPDX-License-Identifier: Apache-2.0

import KaguHTTP

/// Host and port of a URL: the unit of politeness (P27). Names compare in lower case; a default port is left out.
struct Authority: Hashable, Sendable, CustomStringConvertible {
    /// `host` or `host:port`; the pattern of `poll.host_groups` where one fits.
    let description: String

    /// The authority of `url`; text that is no URL is an authority of its own, so that it has a gate all the same.
    init(url: String, hostGroups: [String] = []) {
        guard let origin = HTTPOrigin(url) else {
            description = url
            return
        }
        description = hostGroups.first { Self.pattern($0, covers: origin.host) } ?? origin.authority
    }

    /// An authority as it was stored.
    init(named description: String) { self.description = description }

    /// `*.tumblr.com` covers every name below tumblr.com (P22); anything else covers itself.
    private static func pattern(_ pattern: String, covers host: String) -> Bool {
        let pattern = pattern.lowercased()
        return pattern.hasPrefix("*.") ? host.hasSuffix(pattern.dropFirst()) : host == pattern
    }
}
