// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguModel

/// One pass of the daily upkeep, a bounded number of rows at a time: where it stands, and what it has deleted.
///
/// An item is listed for as long as the feed's last document may have held it, however long that document has been
/// answered with 304, or the feed has failed; only then do its 90 days begin. The mark of being listed is up to a
/// week old, which counts in the item's favour. What a hit was made of stays for as long as the hit.
struct UpkeepPass: Sendable {
    /// Rows looked at, or deleted, in one step.
    static let rowsPerStep = 2_000
    /// Days for which an item that is not listed is known (I1), and events are kept.
    static let keptDays = 90

    private(set) var summary = UpkeepSummary()
    private(set) var isDone = false
    private let now: Instant
    /// The row after which the next step begins.
    private var feed = Int64.min
    private var key = Int64.min

    /// A pass that has not begun.
    init(at now: Instant) { self.now = now }

    /// Takes the next rows; within a transaction.
    mutating func step(_ database: Database) throws {
        if summary.steps == 0 { try HoldTable.deleteExpired(at: now, database) }
        summary.steps += 1
        let events = try EventTable.delete(
            before: now - .seconds(Int64(Self.keptDays) * 86_400), limit: Self.rowsPerStep, database)
        summary.events += events
        guard events < Self.rowsPerStep else { return }
        guard try !OutboxExpiry(now: now).step(&summary, database) else { return }
        isDone = try !takeItems(database)
    }

    // MARK: Items

    private struct Candidate {
        var feed: Int64
        var key: Int64
        var url: Int64?
        var poll: Int64
    }

    /// Looks at the next items and deletes those that have expired; false at the table's end.
    private mutating func takeItems(_ database: Database) throws -> Bool {
        let select = try PreparedStatement(
            database,
            """
            SELECT i.feed, i.key, i.url, i.poll, i.listed < min(?3, f.document - ?4)
                AND NOT EXISTS (SELECT 1 FROM hit h WHERE h.n = i.hit)
            FROM item i LEFT JOIN feed f ON f.n = i.feed
            WHERE (i.feed, i.key) > (?1, ?2) ORDER BY i.feed, i.key LIMIT ?5
            """)
        let lag = ItemSearch.listedForDays - 1
        select.bind(feed, at: 1)
        select.bind(key, at: 2)
        select.bind(now.day.daysSinceEpoch - Self.keptDays - lag, at: 3)
        select.bind(lag, at: 4)
        select.bind(Self.rowsPerStep, at: 5)
        var rows = 0
        var expired: [Candidate] = []
        while try select.step() {
            rows += 1
            feed = select.int64(0)
            key = select.int64(1)
            // NULL, where the feed has had no document since version 1, is false here.
            guard select.bool(4) else { continue }
            expired.append(Candidate(feed: feed, key: key, url: select.optionalInt64(2), poll: select.int64(3)))
        }
        var polls: [Int64: Set<Int64>] = [:]
        for item in expired where try delete(item, database) { polls[item.feed, default: []].insert(item.poll) }
        for (feed, numbers) in polls { try deletePolls(numbers, of: feed, database) }
        return rows == Self.rowsPerStep
    }

    /// Deletes an item with its URL, sighting and revisions; false where another item's URL leads to it.
    private mutating func delete(_ item: Candidate, _ database: Database) throws -> Bool {
        if let url = item.url {
            let owner = try ItemTable.URLLookup(database).owner(url)
            if let owner, owner.feed == item.feed, owner.key == item.key {
                guard try !hasSightings(url, database) else { return false }
                try run("DELETE FROM url WHERE hash = ?", [url], database)
            } else if try owner.map({ try !ItemTable.hasHit(feed: $0.feed, key: $0.key, database) }) ?? true {
                try run(
                    "DELETE FROM sighting WHERE url = ? AND feed = ? AND key = ?", [url, item.feed, item.key],
                    database)
            }
        }
        try run("DELETE FROM revision WHERE feed = ? AND key = ?", [item.feed, item.key], database)
        try run("DELETE FROM item WHERE feed = ? AND key = ?", [item.feed, item.key], database)
        summary.items += 1
        return true
    }

    /// Whether a known item of another feed, or under another id, is a sighting of this URL's owner.
    private func hasSightings(_ url: Int64, _ database: Database) throws -> Bool {
        let select = try PreparedStatement(
            database,
            """
            SELECT 1 FROM sighting s JOIN item i ON i.feed = s.feed AND i.key = s.key WHERE s.url = ? LIMIT 1
            """)
        select.bind(url, at: 1)
        defer { select.reset() }
        return try select.step()
    }

    /// Deletes those polls of a feed that brought no item that is left: one look at each of its items.
    private mutating func deletePolls(_ numbers: Set<Int64>, of feed: Int64, _ database: Database) throws {
        var unused = numbers
        let select = try PreparedStatement(database, "SELECT poll FROM item WHERE feed = ?")
        select.bind(feed, at: 1)
        while try !unused.isEmpty && select.step() { unused.remove(select.int64(0)) }
        select.reset()
        for number in unused {
            try run("DELETE FROM poll WHERE n = ?", [number], database)
            summary.polls += 1
        }
    }

    private func run(_ sql: String, _ values: [Int64], _ database: Database) throws {
        let statement = try PreparedStatement(database, sql)
        for (index, value) in values.enumerated() { statement.bind(value, at: Int32(index + 1)) }
        try statement.run()
    }
}
