// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// `http:`
public struct HTTPSettings: Hashable, Sendable {
    /// Goes into the User-Agent; empty when not set.
    public var contact: String = ""
    /// Private addresses that feeds may be fetched from (S3).
    public var allowPrivate: [AddressRule] = []
    /// The proxy; nil: none, whatever the environment says (S4).
    public var proxy: Secret?
    /// A file of further root certificates.
    public var certificateFile: String?
    /// All response bodies in flight together; no poll starts while they hold more (S6).
    public var maximumBodies: ByteCount = .mebibytes(128)

    /// Every key at its default.
    public init() {}
}
