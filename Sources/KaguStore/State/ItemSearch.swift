// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguModel

/// One pass over a poll's items: which of them are new, revised, sighted elsewhere or known (I1, I3, I7, I8).
///
/// Confined to one access of the database.
struct ItemSearch {
    private let poll: PollItems
    private let feed: Int64?
    private let at: Instant
    private let database: Database
    /// Nil for a feed without items.
    private let items: ItemTable.Lookup?
    private var urls: ItemTable.URLLookup
    private var found = UnseenItems(items: [], knownCount: 0, sightings: [], stale: [])
    /// Positions of the items whose ids the feed does not know.
    private var unknown: [Int] = []
    private var joins: [Int: IdentityChange.Match] = [:]

    /// Items are marked as listed at most once a week (I1 keeps them for 90 days after).
    static let listedForDays = 7

    /// A pass over the items of `poll`; `feed` is nil for a feed that the database does not have.
    init(_ poll: PollItems, feed: Int64?, at: Instant, _ database: Database) throws {
        self.poll = poll
        self.feed = feed
        self.at = at
        self.database = database
        let isEmpty = try feed.map { try !ItemTable.hasItems(feed: $0, database) } ?? true
        items = isEmpty ? nil : try ItemTable.Lookup(database, feed: feed ?? 0)
        urls = try ItemTable.URLLookup(database)
    }

    /// Looks at each item; again at all of them where ids turn out to have been changed (I5).
    mutating func run() throws -> UnseenItems {
        for index in poll.items.indices { try look(index) }
        guard let feed, unknown.count >= IdentityChange.fewest else { return found }
        let change = try IdentityChange(
            poll, unknown: unknown, feed: feed, hasItems: items != nil, at: at, database)
        found.gap = change.gap
        guard !change.matches.isEmpty else { return found }
        joins = change.matches
        found = UnseenItems(items: [], knownCount: 0, sightings: [], stale: [])
        for index in poll.items.indices { try look(index) }
        found.migration = change.migration
        found.joins = change.joins
        return found
    }

    private mutating func look(_ index: Int) throws {
        let mark = poll.marks[index]
        if let items {
            if let row = try items.row(mark.keyHash) { return try known(index, mark, row) }
            if let (other, row) = try otherForm(index, items) { return try known(index, other, row) }
            if let join = joins[index] { return try known(index, mark, join.row) }
        }
        unknown.append(index)
        if let hash = mark.urlHash, try urls.isKnown(hash) {
            found.knownCount += 1
            found.sightings.append(Sighting(title: poll.items[index].title, mark: mark))
            return
        }
        found.items.append(NewItem(item: poll.items[index], mark: mark, feedID: poll.feedID, novelty: .new))
    }

    private mutating func known(_ index: Int, _ mark: ItemMark, _ row: ItemTable.Row) throws {
        if row.textHash == mark.textHash {
            found.knownCount += 1
            if at.day.daysSinceEpoch - row.listedDay >= Self.listedForDays { found.stale.append(mark) }
            return
        }
        let history = try hit(of: row).flatMap { try HitTable.history(of: $0, database) }
        let revision = NewItem.Revision(
            number: row.revision + 1, watches: history?.watches ?? [], story: history?.story,
            previousHash: row.textHash)
        found.items.append(
            NewItem(item: poll.items[index], mark: mark, feedID: poll.feedID, novelty: .revised(revision)))
    }

    /// The item's latest hit, else that of the item of which it is a sighting.
    private func hit(of row: ItemTable.Row) throws -> Int64? {
        if let hit = row.hit { return hit }
        guard let hash = row.urlHash, let owner = try urls.owner(hash) else { return nil }
        return try ItemTable.Lookup(database, feed: owner.feed).row(owner.key)?.hit
    }

    /// An id stands for one URL in one document and for two in the next: the item is known under the other form of
    /// its key (I1).
    private func otherForm(_ index: Int, _ items: ItemTable.Lookup) throws -> (ItemMark, ItemTable.Row)? {
        let item = poll.items[index]
        let mark = poll.marks[index]
        let key = poll.hasCompoundKey[index] ? item.id : PollItems.compoundKey(item)
        let hash = ItemKeys.key(key)
        guard let row = try items.row(hash) else { return nil }
        // The bare id must have stood for this very URL.
        if poll.hasCompoundKey[index], mark.urlHash == nil || row.urlHash != mark.urlHash { return nil }
        let other = ItemMark(
            key: key, keyHash: hash, urlHash: mark.urlHash, titleHash: mark.titleHash, textHash: mark.textHash)
        return (other, row)
    }
}
