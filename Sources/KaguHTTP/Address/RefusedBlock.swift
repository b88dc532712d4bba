// SPDX-License-Identifier: Apache-2.0

/// A block of addresses that are not the public Internet (S2, after the IANA special-purpose registries).
struct RefusedBlock: Sendable {
    /// CIDR notation.
    let text: String
    /// What the block is, for messages.
    let meaning: String
    /// Whether a CIDR entry of a receiver's allow-list may open it (D14).
    let isPrivateSpace: Bool
    private let prefix: [UInt8]
    private let length: Int

    /// The block that refuses `address`; nil for a public one. IPv4 in mapped and NAT64 form is judged by the IPv4
    /// address inside.
    static func containing(_ address: IPAddress) -> RefusedBlock? {
        let judged = embeddedIPv4(in: address) ?? address
        return (judged.isIPv6 ? v6 : v4).first { judged.hasPrefix($0.prefix, length: $0.length) }
    }

    /// The address that was judged: the IPv4 inside a mapped or NAT64 address, else the address itself.
    func judged(_ address: IPAddress) -> IPAddress { Self.embeddedIPv4(in: address) ?? address }

    /// The IPv4 address inside ::ffff:0:0/96 (RFC 4291 §2.5.5.2) and 64:ff9b::/96 (RFC 6052); nil elsewhere.
    private static func embeddedIPv4(in address: IPAddress) -> IPAddress? {
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0]
        let nat64: [UInt8] = [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        guard address.hasPrefix(mapped, length: 96) || address.hasPrefix(nat64, length: 96) else { return nil }
        return IPAddress(bytes: Array(address.bytes[12...]))
    }

    private static let v4: [RefusedBlock] = [
        block("0.0.0.0/8", "this network"),
        block("10.0.0.0/8", "private network", isPrivateSpace: true),
        block("100.64.0.0/10", "carrier-grade NAT", isPrivateSpace: true),
        block("127.0.0.0/8", "loopback"),
        block("169.254.0.0/16", "link-local"),
        block("172.16.0.0/12", "private network", isPrivateSpace: true),
        block("192.0.0.0/24", "protocol assignments"),
        block("192.0.2.0/24", "documentation"),
        block("192.88.99.0/24", "6to4 relays"),
        block("192.168.0.0/16", "private network", isPrivateSpace: true),
        block("198.18.0.0/15", "benchmarking"),
        block("198.51.100.0/24", "documentation"),
        block("203.0.113.0/24", "documentation"),
        block("224.0.0.0/4", "multicast"),
        block("240.0.0.0/4", "reserved or broadcast"),
    ].compactMap { $0 }

    private static let v6: [RefusedBlock] = [
        block("::/96", "unspecified, loopback or IPv4-compatible"),
        block("64:ff9b:1::/48", "local NAT64"),
        block("100::/64", "discard only"),
        block("2001::/23", "protocol assignments or Teredo"),
        block("2001:db8::/32", "documentation"),
        block("2002::/16", "6to4"),
        block("3fff::/20", "documentation"),
        block("5f00::/16", "segment routing"),
        block("fc00::/7", "private network", isPrivateSpace: true),
        block("fe80::/10", "link-local"),
        block("fec0::/10", "site-local"),
        block("ff00::/8", "multicast"),
    ].compactMap { $0 }

    /// All blocks, for the test that none was lost in `compactMap`.
    static var all: [RefusedBlock] { v4 + v6 }

    private static func block(_ text: String, _ meaning: String, isPrivateSpace: Bool = false) -> RefusedBlock? {
        guard case .block(let prefix, let length)? = AllowedAddress(text) else { return nil }
        return RefusedBlock(
            text: text, meaning: meaning, isPrivateSpace: isPrivateSpace, prefix: prefix, length: length)
    }
}
