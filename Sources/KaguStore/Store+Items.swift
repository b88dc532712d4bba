// SPDX-License-Identifier: Apache-2.0

import GRDB
public import KaguModel

extension Store {
    /// What of a poll's items is new or revised (I1, I3, I7, I8); reads only. The marks are computed on the
    /// caller's side. Hand the result back with the poll's record.
    public nonisolated func unseen(
        feedID: String, items: [Item], strippedParameters: Set<String> = [], at: Instant
    ) async throws(StoreError) -> UnseenItems {
        try await unseen(PollItems(feedID: feedID, items: items, strippedParameters: strippedParameters), at: at)
    }

    /// The same for items whose marks have been computed.
    public func unseen(_ poll: PollItems, at: Instant) throws(StoreError) -> UnseenItems {
        // One read transaction: outside of one, each lookup would take and give back SQLite's file locks.
        try transaction(.deferred) { database in
            let feed = feedNumbers[poll.feedID]
            let isEmpty = try feed.map { try !ItemTable.hasItems(feed: $0, database) } ?? true
            var search = ItemSearch(
                poll: poll, day: at.day.daysSinceEpoch, database: database,
                items: isEmpty ? nil : try ItemTable.Lookup(database, feed: feed ?? 0),
                urls: try ItemTable.URLLookup(database))
            for index in poll.items.indices { try search.look(index) }
            return search.found
        }
    }
}

/// One pass over a poll's items with the lookups it needs.
///
/// Confined to one access of the database.
private struct ItemSearch {
    let poll: PollItems
    let day: Int
    let database: Database
    /// Nil for a feed without items.
    let items: ItemTable.Lookup?
    let urls: ItemTable.URLLookup
    var found = UnseenItems(items: [], knownCount: 0, sightings: [], stale: [])

    /// Items are marked as listed at most once a week (I1 keeps them for 90 days after).
    private static let listedForDays = 7

    mutating func look(_ index: Int) throws {
        let mark = poll.marks[index]
        if let items {
            if let row = try items.row(mark.keyHash) { return try known(index, mark, row) }
            if let (other, row) = try otherForm(index, items) { return try known(index, other, row) }
        }
        if let hash = mark.urlHash, try urls.owner(hash) != nil {
            found.knownCount += 1
            found.sightings.append(Sighting(title: poll.items[index].title, mark: mark))
            return
        }
        found.items.append(NewItem(item: poll.items[index], mark: mark, feedID: poll.feedID, novelty: .new))
    }

    private mutating func known(_ index: Int, _ mark: ItemMark, _ row: ItemTable.Row) throws {
        if row.textHash == mark.textHash {
            found.knownCount += 1
            if day - row.listedDay >= Self.listedForDays { found.stale.append(mark) }
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
        let hash = PollItems.hash(key)
        guard let row = try items.row(hash) else { return nil }
        // The bare id must have stood for this very URL.
        if poll.hasCompoundKey[index], mark.urlHash == nil || row.urlHash != mark.urlHash { return nil }
        let other = ItemMark(
            key: key, keyHash: hash, urlHash: mark.urlHash, titleHash: mark.titleHash, textHash: mark.textHash)
        return (other, row)
    }
}
