// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
public import KaguModel

/// One new or revised item as the archive keeps it, hit or not: what `kagu backtest` replays and `kagu explain` reads.
///
/// Its line is an input line of `kagu match` with five more members (`v`, `seen`, `guid`, `future`, `revision`).
public struct ArchivedItem: Decodable, Hashable, Sendable {
    /// The version of the line's form.
    public static let version = 1

    /// That of the item's hit, were it one.
    public var id: String
    /// When kagu saw it.
    public var seen: Instant
    /// The feed's id.
    public var feed: String
    /// The publisher's id for it; nil where that is its address, or where it has none.
    public var guid: String?
    /// The published address.
    public var url: String?
    /// Plain text.
    public var title: String?
    /// Plain text.
    public var summary: String?
    /// Plain text, one paragraph a line.
    public var content: String?
    /// The names of its authors.
    public var authors: [String]?
    /// The language that the item or its feed declares.
    public var lang: String?
    /// The publisher's date.
    public var published: Instant?
    /// True where that date lay over 15 minutes ahead of the poll (F22).
    public var future: Bool?
    /// Counts the changes of its text; nil for the first one.
    public var revision: Int?

    /// Reads a line; nil where it is none, or one of a later version.
    public init?(line: ArraySlice<UInt8>) {
        guard line.starts(with: Self.prefix),
            let item = try? JSONDecoder().decode(ArchivedItem.self, from: Data(line))
        else { return nil }
        self = item
    }

    /// How every line begins.
    static let prefix = Array("{\"v\":\(version),\"id\":\"".utf8)
}

/// The lines of the items that one poll brought, made where the poll runs: the store only writes them.
public struct ArchiveLines: Sendable {
    /// A date this far ahead of the poll is the publisher's error (F22).
    static let future = Duration.seconds(15 * 60)

    private var json = JSONWriter(reserving: 0)

    /// No lines.
    public init() {}

    /// Whole lines, each with its newline.
    var bytes: [UInt8] { json.bytes }

    /// Whether there is no line.
    var isEmpty: Bool { json.bytes.isEmpty }

    /// Adds an item; `language` is what it or its feed declares.
    public mutating func add(_ new: NewItem, language: String, at seen: Instant) {
        // Not copied: an item has some twenty references to count.
        json.object { json in
            json.member("v", ArchivedItem.version)
            json.member("id", new.hitID)
            json.member("seen", seen)
            json.member("feed", new.feedID)
            if new.item.idSource == .guid, new.item.id != new.item.url { json.member("guid", new.item.id) }
            json.member("url", ifPresent: new.item.url)
            json.member("title", ifPresent: new.item.title)
            json.member("summary", ifPresent: new.item.summary)
            json.member("content", ifPresent: new.item.content)
            let authors = new.item.authors.map(\.name).filter { !$0.isEmpty }
            if !authors.isEmpty { json.member("authors", authors) }
            json.member("lang", ifPresent: language)
            json.member("published", new.item.published?.instant)
            if let published = new.item.published?.instant, published - seen > Self.future {
                json.member("future", true)
            }
            if new.revision > 0 { json.member("revision", new.revision) }
        }
        json.endLine()
    }
}
