// SPDX-License-Identifier: Apache-2.0

import KaguBytes
public import KaguModel

/// What identifies an item and its text (I1–I3, I7), as hashes: what the store keeps of it.
public struct ItemMark: Hashable, Sendable {
    /// The item's key within its feed (I1): its id, or id and URL with a NUL between.
    public let key: String
    /// The first 8 bytes of the key's SHA-256.
    let keyHash: Int64
    /// The first 8 bytes of the canonical URL's SHA-256 (I2); nil where the URL identifies nothing (I3).
    let urlHash: Int64?
    /// The title after white-space folding.
    let titleHash: Int64
    /// Title, summary and content after white-space folding (I7).
    let textHash: Int64
}

/// The items of one poll with their marks, computed where the caller runs, so that the store's queue need not.
public struct PollItems: Sendable {
    /// The feed's id.
    public let feedID: String
    /// The items in document order; of those with one key the first only.
    public let items: [Item]
    /// The mark of each item.
    let marks: [ItemMark]
    /// Whether an id stands for several URLs in this document, by position in `items` (I1).
    let hasCompoundKey: [Bool]

    /// Hashes all items; `strippedParameters` is `urls.strip` (I2).
    public init(feedID: String, items: [Item], strippedParameters: Set<String> = []) {
        self.feedID = feedID
        let canonical = items.map { CanonicalURL($0.url, stripping: strippedParameters) }
        let compound = Self.idsOfSeveralURLs(items, canonical)
        var bearers: [CanonicalURL: Int] = [:]
        bearers.reserveCapacity(items.count)
        var kept: [Item] = []
        var marks: [ItemMark] = []
        var isCompound: [Bool] = []
        var known: Set<Int64> = []
        var urls: [CanonicalURL?] = []
        kept.reserveCapacity(items.count)
        marks.reserveCapacity(items.count)
        for (item, url) in zip(items, canonical) {
            let needsURL = compound.contains(item.id)
            let key = needsURL ? Self.compoundKey(item) : item.id
            let keyHash = Self.hash(key)
            guard known.insert(keyHash).inserted else { continue }
            if let url { bearers[url, default: 0] += 1 }
            kept.append(item)
            isCompound.append(needsURL)
            urls.append(url)
            marks.append(
                ItemMark(
                    key: key, keyHash: keyHash, urlHash: nil, titleHash: TextHash.of([item.title]),
                    textHash: TextHash.of([item.title, item.summary, item.content])))
        }
        for (index, url) in urls.enumerated() {
            guard let url, url.identifiesItem, bearers[url] == 1 else { continue }
            let mark = marks[index]
            marks[index] = ItemMark(
                key: mark.key, keyHash: mark.keyHash, urlHash: Self.hash(url.text), titleHash: mark.titleHash,
                textHash: mark.textHash)
        }
        self.items = kept
        self.marks = marks
        hasCompoundKey = isCompound
    }

    /// The key of an item whose id stands for several URLs (I1).
    static func compoundKey(_ item: Item) -> String { "\(item.id)\u{0}\(item.url)" }

    /// The first 8 bytes of the SHA-256 of `text`.
    static func hash(_ text: String) -> Int64 {
        let digest = SHA256.hash(text.utf8)
        return digest.prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }

    private static func idsOfSeveralURLs(_ items: [Item], _ urls: [CanonicalURL?]) -> Set<String> {
        var first: [String: CanonicalURL?] = [:]
        first.reserveCapacity(items.count)
        var several: Set<String> = []
        for (item, url) in zip(items, urls) {
            if let other = first[item.id] {
                if other != url { several.insert(item.id) }
            } else {
                first[item.id] = .some(url)
            }
        }
        return several
    }
}

/// An item that the store does not know, or knows with another text (I1, I3, I7).
public struct NewItem: Hashable, Sendable {
    /// Why it is news to the store.
    public enum Novelty: Hashable, Sendable {
        /// Never seen, from any feed.
        case new
        /// Seen with another text.
        case revised(Revision)
    }

    /// The text of a known item has changed (I7).
    public struct Revision: Hashable, Sendable {
        /// 1 for the first change.
        public var number: Int
        /// The watches that its hits matched so far; empty when it was no hit.
        public var watches: Set<String>
        /// The story of its hits so far; nil when it was no hit.
        public var story: String?
        /// The hash of the text before.
        var previousHash: Int64
    }

    /// The item.
    public var item: Item
    /// Its mark, to be handed back with the poll's record.
    public var mark: ItemMark
    /// The feed's id.
    public var feedID: String
    /// New or revised.
    public var novelty: Novelty

    /// 0, or the number of the revision.
    public var revision: Int {
        switch novelty {
        case .new: 0
        case .revised(let revision): revision.number
        }
    }

    /// The id of this item's hit: `h_` and 16 characters.
    public var hitID: String { HitIdentity.hit(feedID: feedID, key: mark.key, revision: revision) }

    /// The story of this item's hit: that of its earlier hits, else `s_` and 13 characters of its own.
    public var storyID: String {
        if case .revised(let revision) = novelty, let story = revision.story { return story }
        return HitIdentity.story(feedID: feedID, key: mark.key)
    }
}

/// What `Store.unseen` found in a poll.
public struct UnseenItems: Sendable {
    /// New and revised items, in document order.
    public var items: [NewItem]
    /// How many items were known, sightings included.
    public var knownCount: Int
    /// Items known from another feed or under another id by their canonical URL (I3).
    public var sightings: [Sighting]
    /// Known items whose mark of being listed is a week old.
    var stale: [ItemMark]
}

/// An item known by its canonical URL that has turned up in another feed or under another id (I3).
public struct Sighting: Hashable, Sendable {
    /// Its title here.
    public var title: String
    /// Its mark here.
    public var mark: ItemMark
}
