// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguModel

/// Looks into a poll most of whose ids the feed does not know: have known items got new ids (I5), or has the feed's
/// window rolled on (I6)?
///
/// A usual poll never comes here: only one with at least five unknown ids that are at least 80 % of all. Confined
/// to one access of the database.
struct IdentityChange {
    /// A known item that an unknown id stands for.
    struct Match {
        var key: Int64
        var row: ItemTable.Row
        var isByURL: Bool
    }

    /// So many items at least make a migration or a gap.
    static let fewest = 5
    /// A feed whose ids change again within so many days changes them all the time.
    private static let churnDays = 7

    /// The known item for each position in the poll; empty where ids have not been changed.
    private(set) var matches: [Int: Match] = [:]
    /// The matches as they are to be recorded.
    private(set) var joins: [ItemJoin] = []
    /// Nil also where the feed changes its ids all the time: its news would never be alerted.
    private(set) var migration: Migration?
    /// Set where nothing of the poll is known in the feed.
    private(set) var gap: Gap?

    private let poll: PollItems
    private let feed: Int64

    /// Looks at the items at the positions `unknown`.
    init(
        _ poll: PollItems, unknown: [Int], feed: Int64, hasItems: Bool, at: Instant, _ database: Database
    ) throws {
        self.poll = poll
        self.feed = feed
        guard unknown.count * 5 >= poll.items.count * 4 else { return }
        let feedRow = try FeedTable.changes(of: feed, database)
        var titles: [Int64: KnownTitle] = [:]
        var found: [Int: Match] = [:]
        if hasItems {
            titles = try knownTitles(unknown, database)
            found = try match(unknown, titles, database)
        }
        if Self.isMigration(found, marks: poll.marks) {
            matches = found
            let isChurn = feedRow.migrated.map { at - $0 < .seconds(Self.churnDays * 86_400) } ?? false
            joins = found.sorted { $0.key < $1.key }.map { position, match in
                ItemJoin(mark: poll.marks[position], known: match.key, replaces: isChurn)
            }
            if !isChurn { migration = Migration(joined: found.count, of: poll.items.count) }
        } else if found.isEmpty, titles.isEmpty, unknown.count == poll.items.count, let last = feedRow.lastSuccess {
            let dates = poll.items.compactMap { $0.published?.instant ?? $0.updated?.instant }
            gap = Gap(from: last, to: dates.min(), items: poll.items.count)
        }
    }

    /// At least 80 % of the items and at least five (I5). Titles alone prove nothing where the texts differ: a table
    /// of rates or forecasts repeats its titles every day and is news none the less.
    private static func isMigration(_ found: [Int: Match], marks: [ItemMark]) -> Bool {
        let sure = found.count { $0.value.isByURL || $0.value.row.textHash == marks[$0.key].textHash }
        return found.count >= fewest && found.count * 5 >= marks.count * 4 && sure * 2 >= found.count
    }

    // MARK: Matches

    /// By URL first, then by a title that stands for one item here and there.
    private func match(
        _ unknown: [Int], _ titles: [Int64: KnownTitle], _ database: Database
    ) throws -> [Int: Match] {
        var taken = Set(poll.marks.map(\.keyHash))
        var found: [Int: Match] = [:]
        let items = try ItemTable.Lookup(database, feed: feed)
        let urls = try ItemTable.URLLookup(database)
        for position in unknown {
            guard let hash = poll.marks[position].urlHash, let key = try urls.key(hash, inFeed: feed),
                !taken.contains(key), let row = try items.row(key)
            else { continue }
            taken.insert(key)
            found[position] = Match(key: key, row: row, isByURL: true)
        }
        for position in unknown where found[position] == nil {
            guard let title = titles[poll.marks[position].titleHash], title.isUnique, !taken.contains(title.key),
                let row = try items.row(title.key)
            else { continue }
            taken.insert(title.key)
            found[position] = Match(key: title.key, row: row, isByURL: false)
        }
        return found
    }

    /// A title that the feed knows, and the item that bears it.
    private struct KnownTitle {
        var key: Int64
        var isUnique: Bool
    }

    /// The titles of the unknown items that the feed knows: one scan of the feed's items.
    private func knownTitles(_ unknown: [Int], _ database: Database) throws -> [Int64: KnownTitle] {
        var bearers: [Int64: Int] = [:]
        for position in unknown where !poll.items[position].title.isEmpty {
            bearers[poll.marks[position].titleHash, default: 0] += 1
        }
        let select = try PreparedStatement(database, "SELECT key, title FROM item WHERE feed = ?")
        select.bind(feed, at: 1)
        var titles: [Int64: KnownTitle] = [:]
        while try select.step() {
            let title = select.int64(1)
            guard let count = bearers[title] else { continue }
            titles[title] = KnownTitle(key: select.int64(0), isUnique: count == 1 && titles[title] == nil)
        }
        return titles
    }
}
