// SPDX-License-Identifier: Apache-2.0

import KaguBytes
import KaguModel

/// What the readers of all formats share: the feed under construction, and what items inherit from it at the end.
struct FeedDraft: Sendable {
    var feed: ParsedFeed
    /// What an item takes over from its feed, one entry for each item.
    var inherits: [(language: Bool, authors: Bool)] = []
    var feedAuthors: [Item.Person] = []
    /// True if the feed's language is declared to be none.
    var cancelsLanguage = false
    private let context: ParseContext

    init(format: FeedFormat, encoding: String, context: ParseContext) {
        feed = ParsedFeed(format: format, encoding: encoding)
        self.context = context
    }

    /// Adds an item that is complete but for what it inherits.
    mutating func add(_ item: Item, inheritsLanguage: Bool, inheritsAuthors: Bool = false) {
        feed.items.append(item)
        inherits.append((inheritsLanguage, inheritsAuthors))
    }

    /// Makes room for all items of a document once a part of it is read: a large list does not move as it grows.
    mutating func expectItems(afterReading part: Int, of whole: Int, _ limits: ParseLimits) {
        guard feed.items.count == 64, part > 0 else { return }
        let expected = min(whole / (part / 64 + 1) + 64, limits.items, 1 << 16)
        feed.items.reserveCapacity(expected)
        inherits.reserveCapacity(expected)
    }

    /// Hands the feed's language and authors down (F8), and drops older versions of Atom entries (F11).
    mutating func finish() {
        let fallback = LanguageTag.first(ofHeader: context.contentLanguage)
        let language = feed.language.isEmpty && !cancelsLanguage ? fallback : feed.language
        for index in feed.items.indices {
            if inherits[index].language { feed.items[index].language = language }
            if inherits[index].authors { feed.items[index].authors = feedAuthors }
        }
        if feed.format == .atom10 || feed.format == .atom03 { dropOlderVersions() }
    }

    private mutating func dropOlderVersions() {
        var newest: [String: Int] = [:]
        var dropped: Set<Int> = []
        for (index, item) in feed.items.enumerated() where item.idSource == .guid {
            let key = item.id + "\n" + item.url
            guard let earlier = newest[key] else {
                newest[key] = index
                continue
            }
            if Self.isNewer(item, than: feed.items[earlier]) {
                dropped.insert(earlier)
                newest[key] = index
            } else {
                dropped.insert(index)
            }
        }
        guard !dropped.isEmpty else { return }
        feed.items = feed.items.enumerated().filter { !dropped.contains($0.offset) }.map(\.element)
    }

    private static func isNewer(_ item: Item, than other: Item) -> Bool {
        guard let updated = item.updated?.instant else { return false }
        guard let before = other.updated?.instant else { return true }
        return updated > before
    }
}

extension Item {
    /// An item whose id is the format's identifier, else its address, else a hash of title, text and raw date (F6).
    mutating func settleID(_ identifier: String) {
        if !identifier.isEmpty {
            (id, idSource) = (identifier, .guid)
        } else if !url.isEmpty {
            (id, idSource) = (url, .link)
        } else {
            let date = published?.raw ?? updated?.raw ?? ""
            let text = [title, content.isEmpty ? summary : content, date].joined(separator: "\n")
            (id, idSource) = ("sha256:" + Hex.encode(SHA256.hash(Array(text.utf8))), .content)
        }
    }

    /// Keeps lists within their limits and without repetition.
    mutating func settleLists(_ limits: ParseLimits) {
        authors.dropRepetitions(limits.authors)
        categories.dropRepetitions(limits.categories)
        links.dropRepetitions(limits.links)
        dropRepeatedEnclosures(limits.enclosures)
    }

    /// Keeps the first enclosure of each address: a few are compared sooner than hashed.
    private mutating func dropRepeatedEnclosures(_ limit: Int) {
        guard enclosures.count > 1 else { return }
        if enclosures.count <= min(8, limit) {
            var kept = 1
            for index in 1..<enclosures.count
            where !enclosures[..<kept].contains(where: { $0.url == enclosures[index].url }) {
                if index > kept { enclosures[kept] = enclosures[index] }
                kept += 1
            }
            enclosures.removeLast(enclosures.count - kept)
        } else {
            var seen: Set<String> = []
            enclosures = Array(enclosures.filter { seen.insert($0.url).inserted }.prefix(limit))
        }
    }
}

extension Array where Element: Hashable {
    /// Keeps the first `limit` different elements, in order.
    mutating func dropRepetitions(_ limit: Int) {
        guard count > 1 else { return }
        if count <= Swift.min(8, limit), !repeatsElements { return }
        self = uniqued(limit)
    }

    /// Whether two elements are equal; for a few, which are compared sooner than hashed.
    private var repeatsElements: Bool {
        for index in 1..<count {
            for earlier in 0..<index where self[earlier] == self[index] { return true }
        }
        return false
    }

    /// The first `limit` different elements, in order.
    func uniqued(_ limit: Int) -> [Element] {
        var seen: Set<Element> = []
        return count > 1 ? Array(filter { seen.insert($0).inserted }.prefix(limit)) : self
    }
}
