// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// One item as the matcher reads it: plain text (M7) and what is known of its feed. A value without behaviour.
public struct Document: Hashable, Sendable {
    /// Plain text of the title; empty when there is none.
    public var title: String
    /// Plain text of the summary; empty when there is none.
    public var summary: String
    /// Plain text of the content, one paragraph a line; empty when there is none.
    public var content: String
    /// The item's link: a field of its own (M18).
    public var url: String
    /// The authors' names, for `author:`.
    public var authors: [String]
    /// The feed's id, for `source:`, `feeds` and feed anchors; empty when unknown.
    public var feedID: String
    /// The feed's address or bare host, for feed anchors (M2); empty when unknown.
    public var feedURL: String
    /// Who speaks in the feed; nil when the feed is not in the lists, which makes `class:` false (M51).
    public var sourceClass: SourceClass?
    /// The feed's country, ISO 3166-1 alpha-2; empty when unknown, which makes `country:` false (M51).
    public var country: String
    /// The language that item or feed declares, a BCP 47 tag; empty when none (M50).
    public var declaredLanguage: String
    /// The publisher's date, which dated office names are compared with (M3); nil when unknown.
    public var published: Instant?

    /// An item with everything that the matcher may look at; all absent unless given.
    public init(
        title: String = "", summary: String = "", content: String = "", url: String = "", authors: [String] = [],
        feedID: String = "", feedURL: String = "", sourceClass: SourceClass? = nil, country: String = "",
        declaredLanguage: String = "", published: Instant? = nil
    ) {
        self.title = title
        self.summary = summary
        self.content = content
        self.url = url
        self.authors = authors
        self.feedID = feedID
        self.feedURL = feedURL
        self.sourceClass = sourceClass
        self.country = country
        self.declaredLanguage = declaredLanguage
        self.published = published
    }
}
