// SPDX-License-Identifier: Apache-2.0

/// One entry of an `allow_private` list (S3, D14).
public enum AllowedAddress: Hashable, Sendable {
    /// All addresses of a block: 4 or 16 bytes and the number of leading bits that count.
    case block(address: [UInt8], prefixLength: Int)
    /// Whatever `host` resolves to, while the request's URL names this host (lower case, no brackets) and port.
    case endpoint(host: String, port: Int)

    /// Reads `192.168.1.20/32`, `fd00::/8`, `192.168.1.20`, `rss-bridge:3000` or `[fd00::5]:80`; nil for anything
    /// else. A bare address is a block of one.
    public init?(_ text: String) {
        if let address = IPAddress(text) {
            self = .block(address: address.bytes, prefixLength: address.bytes.count * 8)
            return
        }
        if let slash = text.lastIndex(of: "/") {
            guard let address = IPAddress(String(text[..<slash])),
                let length = Self.number(text[text.index(after: slash)...], upTo: address.bytes.count * 8)
            else { return nil }
            self = .block(address: address.bytes, prefixLength: length)
            return
        }
        guard let colon = text.lastIndex(of: ":"),
            let port = Self.number(text[text.index(after: colon)...], upTo: 65_535), port > 0
        else { return nil }
        var host = text[..<colon].lowercased()
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
            guard let address = IPAddress(host), address.isIPv6 else { return nil }
        } else if host.isEmpty || host.contains(":") {
            return nil
        }
        self = .endpoint(host: host, port: port)
    }

    private static func number(_ text: Substring, upTo limit: Int) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 5, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let number = Int(text), number <= limit
        else { return nil }
        return number
    }
}
