// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// A host, with its port where that is not the scheme's default, that asked not to be polled for a while (429, P21).
public struct AuthorityHold: Hashable, Sendable {
    /// The authority, or the name of its host group (P22).
    public var authority: String
    /// No request before then.
    public var until: Instant
    /// Why, in words.
    public var reason: String

    /// A hold on all feeds of `authority`.
    public init(authority: String, until: Instant, reason: String = "") {
        self.authority = authority
        self.until = until
        self.reason = reason
    }
}
