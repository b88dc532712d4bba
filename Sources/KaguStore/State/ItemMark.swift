// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// What identifies an item and its text (I1–I3, I7), as hashes: what the store keeps of it.
public struct ItemMark: Hashable, Sendable {
    /// The item's key within its feed (I1): its id, or id and URL with a NUL between.
    public let key: String
    /// The number of the key (`ItemKeys`).
    let keyHash: Int64
    /// The number of the canonical URL (I2); nil where the URL identifies nothing (I3).
    fileprivate(set) var urlHash: Int64?
    /// The title after white-space folding.
    let titleHash: Int64
    /// Title, summary and content after white-space folding (I7).
    let textHash: Int64
}

/// The items of one poll with their marks, computed where the caller runs, so that the store's queue need not.
struct PollItems: Sendable {
    /// The feed's id.
    let feedID: String
    /// The items in document order; of those with one key the first only.
    let items: [Item]
    /// The mark of each item.
    let marks: [ItemMark]
    /// Whether an id stands for several URLs in this document, by position in `items` (I1).
    let hasCompoundKey: [Bool]

    /// Hashes all items; `strippedParameters` is `urls.strip` (I2), `keys` the form of the database's rows.
    init(feedID: String, items: [Item], strippedParameters: Set<String> = [], keys: ItemKeys) {
        self.feedID = feedID
        var numbers = keys.urlNumbers()
        let addresses = items.map { Address($0, strippedParameters, &numbers) }
        let ids = items.map { ItemKeys.key($0.id) }
        let hasDoubles = Self.hasDoubles(ids)
        let compound = hasDoubles ? Self.idsOfSeveralURLs(ids, addresses) : []
        var doubles: Set<Int> = []
        var marks: [ItemMark] = []
        var isCompound: [Bool] = []
        var known: Set<Int64> = []
        marks.reserveCapacity(items.count)
        isCompound.reserveCapacity(items.count)
        // By position: a copy of an item costs as much as hashing it.
        for index in items.indices {
            let needsURL = !compound.isEmpty && compound.contains(ids[index])
            let key = needsURL ? Self.compoundKey(items[index]) : items[index].id
            let keyHash = needsURL ? ItemKeys.key(key) : ids[index]
            if hasDoubles, !known.insert(keyHash).inserted {
                doubles.insert(index)
                continue
            }
            let hashes = TextHash.of(
                title: items[index].title, summary: items[index].summary, content: items[index].content)
            isCompound.append(needsURL)
            marks.append(
                ItemMark(
                    key: key, keyHash: keyHash, urlHash: addresses[index].hash, titleHash: hashes.title,
                    textHash: hashes.text))
        }
        if doubles.isEmpty {
            Self.dropSharedURLs(&marks, addresses)
            self.items = items
        } else {
            let kept = items.indices.filter { !doubles.contains($0) }
            Self.dropSharedURLs(&marks, kept.map { addresses[$0] })
            self.items = kept.map { items[$0] }
        }
        self.marks = marks
        hasCompoundKey = isCompound
    }

    /// A URL that two items bear identifies neither (I3); nor does one with an empty path.
    private static func dropSharedURLs(_ marks: inout [ItemMark], _ addresses: [Address]) {
        let hashes = addresses.compactMap(\.hash)
        var bearers: [Int64: Int] = [:]
        if hasDoubles(hashes) { for hash in hashes { bearers[hash, default: 0] += 1 } }
        for index in marks.indices {
            guard let hash = addresses[index].hash else { continue }
            if !addresses[index].identifies || bearers[hash, default: 1] > 1 { marks[index].urlHash = nil }
        }
    }

    /// Whether a number occurs twice: by sorting, which costs less than a set, since few documents have doubles.
    private static func hasDoubles(_ numbers: [Int64]) -> Bool {
        let sorted = numbers.sorted()
        return zip(sorted, sorted.dropFirst()).contains { $0 == $1 }
    }

    /// The key of an item whose id stands for several URLs (I1).
    static func compoundKey(_ item: Item) -> String { "\(item.id)\u{0}\(item.url)" }

    /// The address by which an item is compared: the origin's where the feed names it (I2).
    private struct Address {
        /// Nil for what is no http address.
        var hash: Int64?
        var identifies = false

        init(_ item: Item, _ strippedParameters: Set<String>, _ numbers: inout ItemKeys.URLNumbers) {
            let origin = item.links.first { $0.rel == "canonical" }?.href
            guard let url = CanonicalURL(origin ?? item.url, stripping: strippedParameters) else { return }
            hash = numbers.number(of: url)
            identifies = url.identifiesItem
        }
    }

    private static func idsOfSeveralURLs(_ ids: [Int64], _ addresses: [Address]) -> Set<Int64> {
        var first: [Int64: Int64?] = [:]
        first.reserveCapacity(ids.count)
        var several: Set<Int64> = []
        for (id, address) in zip(ids, addresses) {
            if let other = first[id] {
                if other != address.hash { several.insert(id) }
            } else {
                first[id] = .some(address.hash)
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
