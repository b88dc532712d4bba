// SPDX-License-Identifier: Apache-2.0

/// Hits that an operator does not want to be told of for a while (R11). They are stored all the same.
public struct Silence: Hashable, Sendable, Identifiable, Codable {
    /// `sil_` and 8 characters.
    public var id: String
    /// All must hold; never empty (C7).
    public var matchers: [LabelMatcher]
    /// From then on.
    public var starts: Instant
    /// Until then, that moment not included.
    public var ends: Instant
    /// Who made it.
    public var author: String
    /// Why.
    public var comment: String
    /// When it was made.
    public var created: Instant

    /// A silence.
    public init(
        id: String, matchers: [LabelMatcher], starts: Instant, ends: Instant, author: String, comment: String,
        created: Instant
    ) {
        self.id = id
        self.matchers = matchers
        self.starts = starts
        self.ends = ends
        self.author = author
        self.comment = comment
        self.created = created
    }

    /// A new id: `sil_` and 8 characters of Crockford's base 32, which nobody mistakes for one another.
    public static func newID(_ random: inout some RandomNumberGenerator) -> String {
        let digits = Array("0123456789abcdefghjkmnpqrstvwxyz")
        return "sil_" + String((0..<8).map { _ in digits[Int.random(in: 0..<32, using: &random)] })
    }

    /// Whether it is in force at `instant`.
    public func isActive(at instant: Instant) -> Bool { starts <= instant && instant < ends }

    /// Whether it is over at `instant`.
    public func isExpired(at instant: Instant) -> Bool { ends <= instant }
}
