// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How `allow_private` entries are written: `192.168.1.20/32`, `fd00::/8`, `rss-bridge:3000`, `[fd00::5]:80` (S3).
enum AddressText {
    /// Why a text is no entry.
    enum Mistake: Error {
        /// Neither of the two forms.
        case malformed
        /// An address without a prefix length; the remedy is the text with one.
        case bareAddress(remedy: String)
        /// A block of which nothing would be opened: neither private space nor a single address (D14).
        case opensNothing
    }

    /// Reads one entry.
    static func parse(_ text: String) throws(Mistake) -> AddressRule {
        if let address = bytes(of: text) {
            throw .bareAddress(remedy: "\(text)/\(address.count * 8)")
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 2 {
            guard let address = bytes(of: String(parts[0])), let length = decimal(parts[1]),
                length <= address.count * 8
            else { throw .malformed }
            guard length == address.count * 8 || touchesPrivateSpace(address, length) else { throw .opensNothing }
            return .block(text: text, address: address, prefixLength: length)
        }
        guard parts.count == 1, let (host, port) = endpoint(text) else { throw .malformed }
        return .endpoint(host: host, port: port)
    }

    /// `host:port` or `[v6]:port`; the host without brackets, lower case.
    static func endpoint(_ text: String) -> (host: String, port: Int)? {
        guard let colon = text.lastIndex(of: ":"), let port = decimal(text[text.index(after: colon)...]),
            (1...65535).contains(port)
        else { return nil }
        var host = text[..<colon].lowercased()
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
            return bytes(of: host)?.count == 16 ? (host, port) : nil
        }
        let isName =
            !host.isEmpty
            && host.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
                    || $0 >= 0x80
            }
        return isName ? (host, port) : nil
    }

    /// The 4 or 16 bytes of a literal address; nil for anything else.
    static func bytes(of text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: four) { Array($0) } }
        var six = in6_addr()
        if inet_pton(AF_INET6, text, &six) == 1 { return withUnsafeBytes(of: six) { Array($0) } }
        return nil
    }

    /// Whether the first `length` bits of both addresses agree.
    static func sharesPrefix(_ left: [UInt8], _ right: [UInt8], length: Int) -> Bool {
        guard left.count == right.count else { return false }
        for bit in 0..<length where (left[bit / 8] ^ right[bit / 8]) & (0x80 >> UInt8(bit % 8)) != 0 {
            return false
        }
        return true
    }

    private static func touchesPrivateSpace(_ address: [UInt8], _ length: Int) -> Bool {
        let spaces: [(address: [UInt8], length: Int)] = [
            ([10, 0, 0, 0], 8), ([172, 16, 0, 0], 12), ([192, 168, 0, 0], 16), ([100, 64, 0, 0], 10),
            ([0xFC] + Array(repeating: 0, count: 15), 7),
        ]
        return spaces.contains { sharesPrefix($0.address, address, length: min($0.length, length)) }
    }

    private static func decimal(_ text: some StringProtocol) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } && text.utf8.count <= 5 ? Int(text) : nil
    }
}

extension AddressRule {
    /// Whether a URL's host and port fall under this rule. A host name matches an `endpoint` only: what it
    /// resolves to is judged when connecting (S1).
    public func covers(host: String, port: Int) -> Bool {
        covers(host: host, literal: AddressText.bytes(of: host), port: port)
    }

    /// The same for a host whose bytes, where it is a literal address, are known.
    func covers(host: String, literal: [UInt8]?, port: Int) -> Bool {
        switch self {
        case .endpoint(let ruleHost, let rulePort):
            return ruleHost == host.lowercased() && rulePort == port
        case .block(_, let address, let prefixLength):
            guard let literal else { return false }
            return AddressText.sharesPrefix(address, literal, length: prefixLength)
        }
    }

    /// The entry as it is written in configuration.
    public var text: String {
        switch self {
        case .block(let text, _, _): text
        case .endpoint(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }
}
