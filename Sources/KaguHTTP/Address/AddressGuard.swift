// SPDX-License-Identifier: Apache-2.0

/// Judges the address about to be connected to, after name lookup (S1): URL checks miss `127.1`, `0x7f.1`, mapped
/// IPv6 and rebinding (D14).
public struct AddressGuard: Hashable, Sendable {
    /// What a block of an allow-list opens.
    public enum BlockScope: Hashable, Sendable {
        /// Every address in it: `http.allow_private` (S3).
        case everything
        /// Private space only (RFC 1918, 100.64/10, fc00::/7); anything else opens for a single address or an
        /// endpoint: a receiver's `allow_private` (D14).
        case privateSpace
    }

    /// The entries that open refused addresses.
    public let allowed: [AllowedAddress]
    /// What the blocks among them open.
    public let blocksOpen: BlockScope

    /// A guard that lets through public addresses and what `allowed` opens.
    public init(allowing allowed: [AllowedAddress], blocksOpen: BlockScope = .everything) {
        self.allowed = allowed
        self.blocksOpen = blocksOpen
    }

    /// Opens nothing: for redirects from elsewhere and feeds that no entry covers (S3).
    public static let publicOnly = AddressGuard(allowing: [])

    /// Nil when a connection is allowed, else why it is refused. `host` (lower case, no brackets) and `port` are
    /// those of the request's URL.
    public func refusal(of address: IPAddress, host: String, port: Int) -> String? {
        guard let block = RefusedBlock.containing(address) else { return nil }
        let target = block.judged(address)
        let isAllowed = allowed.contains { entry in
            switch entry {
            case .endpoint(let allowedHost, let allowedPort):
                allowedHost == host && allowedPort == port
            case .block(let prefix, let length):
                (address.hasPrefix(prefix, length: length) || target.hasPrefix(prefix, length: length))
                    && (blocksOpen == .everything || length == prefix.count * 8 || block.isPrivateSpace)
            }
        }
        return isAllowed ? nil : "address \(address) is refused: \(block.meaning) (\(block.text))"
    }

    /// Whether an entry names this endpoint, or a block that holds this literal address (P14, P22).
    public func opens(host: String, port: Int) -> Bool {
        let address = IPAddress(host)
        return allowed.contains { entry in
            switch entry {
            case .endpoint(let allowedHost, let allowedPort): allowedHost == host && allowedPort == port
            case .block(let prefix, let length): address?.hasPrefix(prefix, length: length) ?? false
            }
        }
    }
}
