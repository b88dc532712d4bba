// SPDX-License-Identifier: Apache-2.0

/// What is known of a document beside its bytes.
public struct ParseContext: Sendable {
    /// The `Content-Type` header's value, for its `charset` (F12).
    public var contentType: String?
    /// The address that relative references start from where no `xml:base` is given (F2).
    public var baseURL: String?
    /// The language that the feed list gives; chooses the code page of unlabelled bytes (F12).
    public var languageHint: String?
    /// The `Content-Language` header's value, the last resort for an item's language (F8).
    public var contentLanguage: String?
    /// Where reading stops (S6).
    public var limits: ParseLimits

    /// What is known of a document; everything may be absent.
    public init(
        contentType: String? = nil, baseURL: String? = nil, languageHint: String? = nil,
        contentLanguage: String? = nil, limits: ParseLimits = ParseLimits()
    ) {
        self.contentType = contentType
        self.baseURL = baseURL
        self.languageHint = languageHint
        self.contentLanguage = contentLanguage
        self.limits = limits
    }
}

/// The limits of one document (S6); what happens at each is said there.
public struct ParseLimits: Hashable, Sendable {
    /// Bytes of the decoded body; a gzip body that inflates to more is refused.
    public var bodyBytes = 32 << 20
    /// Levels of elements or JSON values; deeper content is skipped.
    public var depth = 256
    /// Items of a document; the rest is skipped.
    public var items = 10_000
    /// Bytes that internal entities may add to a document; further references stay as text.
    public var entityExpansionBytes = 1 << 20
    /// Characters of a title or other short text; the rest is cut.
    public var shortTextCharacters = 4_096
    /// Bytes of a summary or content; the rest is cut.
    public var longTextBytes = 1 << 20
    /// Authors of an item; the rest is dropped.
    public var authors = 50
    /// Enclosures of an item; the rest is dropped.
    public var enclosures = 50
    /// Categories of an item; the rest is dropped.
    public var categories = 100
    /// Links of an item; the rest is dropped.
    public var links = 100
    /// Bytes of a URL; a longer one is dropped.
    public var urlBytes = 8 << 10
    /// Problems listed; the last one counts the rest.
    public var problems = 100

    /// The limits of S6.
    public init() {}
}
