// SPDX-License-Identifier: Apache-2.0

/// One entry of `allow_private` (S3, D14).
public enum AddressRule: Hashable, Sendable {
    /// A block in CIDR notation, as written, with its parsed bytes (4 or 16) and prefix length.
    case block(text: String, address: [UInt8], prefixLength: Int)
    /// `host:port`; the host without brackets, lower case.
    case endpoint(host: String, port: Int)
}
