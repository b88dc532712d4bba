// SPDX-License-Identifier: Apache-2.0

/// The parts of a URL that configuration looks at. The URL itself stays as written (P4).
struct WebAddress {
    /// The longest URL (§5 of the ingestion specification).
    static let maximumBytes = 8 << 10

    /// Lower case, without `://`.
    let scheme: String
    /// User name and password as written; empty without.
    let userInfo: String
    /// Lower case, without brackets.
    let host: String
    /// The port, or the scheme's default; 0 where neither is known.
    let port: Int
    /// What follows the authority: path, query and fragment.
    let rest: String

    /// Reads `scheme://[user@]host[:port]…`; nil for anything else, for white space, control characters and
    /// more than 8 KiB (§5 of the ingestion specification).
    init?(_ text: String) {
        guard text.utf8.count <= Self.maximumBytes, text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }),
            let range = text.firstRange(of: "://")
        else { return nil }
        scheme = text[..<range.lowerBound].lowercased()
        let afterScheme = text[range.upperBound...]
        let authorityEnd = afterScheme.firstIndex { "/?#".contains($0) } ?? afterScheme.endIndex
        let authority = afterScheme[..<authorityEnd]
        rest = String(afterScheme[authorityEnd...])
        let hostStart = authority.lastIndex(of: "@").map { authority.index(after: $0) } ?? authority.startIndex
        userInfo = String(authority[..<hostStart].dropLast())
        let hostAndPort = authority[hostStart...]
        let defaultPort = ["http": 80, "https": 443, "smtp": 587, "smtps": 465][scheme] ?? 0
        let bracketEnd = hostAndPort.hasPrefix("[") ? hostAndPort.firstIndex(of: "]") : nil
        let portColon = hostAndPort[(bracketEnd ?? hostAndPort.startIndex)...].firstIndex(of: ":")
        let name = hostAndPort[..<(portColon ?? hostAndPort.endIndex)]
        let portText = portColon.map { hostAndPort[hostAndPort.index(after: $0)...] } ?? ""
        host = name.lowercased().trimmingBrackets
        port = portText.isEmpty ? defaultPort : Self.decimal(portText) ?? -1
        guard !scheme.isEmpty, Self.isHost(name), (0...65535).contains(port) else { return nil }
    }

    /// Whether user info is present.
    var hasUserInfo: Bool { !userInfo.isEmpty }

    private static func decimal(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } && text.utf8.count <= 5 ? Int(text) : nil
    }

    /// An address in brackets, or a name without the ASCII characters that no host has.
    private static func isHost(_ text: Substring) -> Bool {
        if text.hasPrefix("[") {
            // A zone may follow the address (RFC 6874).
            let address = text.dropFirst().prefix { $0 != "]" && $0 != "%" }
            return text.hasSuffix("]") && AddressText.bytes(of: String(address))?.count == 16
        }
        return text.contains { $0 != "." } && !text.utf8.contains { "\"<>[]\\^`{|}".utf8.contains($0) }
    }
}

extension String {
    /// Without `[` and `]` around an IPv6 address.
    fileprivate var trimmingBrackets: String {
        hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
    }
}
