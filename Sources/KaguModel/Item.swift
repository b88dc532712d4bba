// SPDX-License-Identifier: Apache-2.0

/// One entry of a feed, as its document gives it. All text is plain (no markup, references decoded); absent text
/// is empty. The members are those of `kagu parse` (F1).
public struct Item: Hashable, Sendable {
    /// Identifies the item within its feed (I1); never empty.
    public var id: String
    /// What the id was taken from (F6).
    public var idSource: IDSource
    /// The published address, absolute where the document allows it.
    public var url: String
    /// At most 4,096 characters.
    public var title: String
    /// At most 1 MiB.
    public var summary: String
    /// At most 1 MiB.
    public var content: String
    /// When the publisher says it was published; never invented.
    public var published: ItemDate?
    /// When the publisher says it was changed.
    public var updated: ItemDate?
    /// BCP 47 as declared for this item, else inherited; empty when nothing is declared.
    public var language: String
    /// At most 50.
    public var authors: [Person]
    /// At most 100.
    public var categories: [String]
    /// At most 50.
    public var enclosures: [Enclosure]
    /// At most 100.
    public var links: [Link]
    /// Where readers comment.
    public var commentsURL: String
    /// The feed from which the item was taken over.
    public var source: Source?

    /// An item; everything but its id may be absent.
    public init(
        id: String, idSource: IDSource = .guid, url: String = "", title: String = "", summary: String = "",
        content: String = "", published: ItemDate? = nil, updated: ItemDate? = nil, language: String = "",
        authors: [Person] = [], categories: [String] = [], enclosures: [Enclosure] = [], links: [Link] = [],
        commentsURL: String = "", source: Source? = nil
    ) {
        self.id = id
        self.idSource = idSource
        self.url = url
        self.title = title
        self.summary = summary
        self.content = content
        self.published = published
        self.updated = updated
        self.language = language
        self.authors = authors
        self.categories = categories
        self.enclosures = enclosures
        self.links = links
        self.commentsURL = commentsURL
        self.source = source
    }

    /// What an item's id was taken from (F6).
    public enum IDSource: String, Hashable, Sendable {
        /// The format's identifier.
        case guid
        /// The item's address.
        case link
        /// A hash of title, text and raw date.
        case content
    }

    /// A date as the document gives it.
    public struct ItemDate: Hashable, Sendable {
        /// The instant; nil when the text could not be read.
        public var instant: Instant?
        /// The source text.
        public var raw: String
        /// The element or key that it came from (`pubDate`, `dc:date`, …).
        public var origin: String

        /// A date with its source text.
        public init(instant: Instant?, raw: String, origin: String) {
            self.instant = instant
            self.raw = raw
            self.origin = origin
        }
    }

    /// A person; at least one member is not empty.
    public struct Person: Hashable, Sendable {
        /// The name to show.
        public var name: String
        /// The mail address.
        public var email: String
        /// The home page.
        public var url: String

        /// A person.
        public init(name: String = "", email: String = "", url: String = "") {
            self.name = name
            self.email = email
            self.url = url
        }
    }

    /// An attached file.
    public struct Enclosure: Hashable, Sendable {
        /// Its address.
        public var url: String
        /// Its media type; empty when not given.
        public var type: String
        /// Its length in bytes; nil when not given.
        public var length: Int?

        /// An attached file.
        public init(url: String, type: String = "", length: Int? = nil) {
            self.url = url
            self.type = type
            self.length = length
        }
    }

    /// A link of the item.
    public struct Link: Hashable, Sendable {
        /// Its target.
        public var href: String
        /// Its relation (`alternate`, `canonical`, …).
        public var rel: String
        /// The target's media type; empty when not given.
        public var type: String

        /// A link.
        public init(href: String, rel: String = "alternate", type: String = "") {
            self.href = href
            self.rel = rel
            self.type = type
        }
    }

    /// The feed from which an item was taken over.
    public struct Source: Hashable, Sendable {
        /// Its title.
        public var title: String
        /// Its address.
        public var url: String

        /// A source.
        public init(title: String = "", url: String = "") {
            self.title = title
            self.url = url
        }
    }
}
