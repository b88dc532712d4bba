// SPDX-License-Identifier: Apache-2.0

import KaguHTTP

/// What may be shown of an address in states, events and logs: without user info, query and fragment (S5).
struct LoggedAddress: Hashable, Sendable, CustomStringConvertible {
    /// `https://host/path`; `another address` for text that is no URL.
    let description: String

    init(_ url: String) {
        guard let origin = HTTPOrigin(url) else {
            description = "another address"
            return
        }
        let bytes = url.utf8
        let colon = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.startIndex
        let authority = bytes[colon...].drop { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "/") }
        let end = authority.firstIndex { Self.ends.contains($0) } ?? authority.endIndex
        let path = authority[end...].prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        description = origin.description + String(Substring(path.prefix(Self.longestPath)))
    }

    private static let ends = Array("/?#".utf8)
    private static let longestPath = 200
}
