// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguModel

/// The table `poll_log`: the last 20 polls of each feed, in a ring whose next place follows from the number of polls
/// that the feed's turn counts.
enum PollLogTable {
    /// Adds the polls of one transaction.
    struct Writer {
        private let insert: PreparedStatement
        private let count: PreparedStatement

        init(_ database: Database) throws {
            insert = try PreparedStatement(
                database,
                """
                INSERT OR REPLACE INTO poll_log
                    (feed, place, at, duration, status, state, reason, items, new_items, bytes)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
            count = try PreparedStatement(database, "SELECT polls FROM turn WHERE feed = ?")
        }

        /// Adds a poll in place of the oldest; the feed's turn is to count it afterwards. `polls` is the number that it
        /// has counted, where that is known.
        func add(_ entry: PollLogEntry, feed: Int64, polls: Int?) throws {
            insert.bind(feed, at: 1)
            insert.bind(try (polls ?? counted(feed)) % PollLogEntry.keptPerFeed, at: 2)
            insert.bind(entry.at, at: 3)
            insert.bind(entry.duration.milliseconds, at: 4)
            insert.bind(entry.status.map(Int64.init), at: 5)
            insert.bind(entry.state.rawValue, at: 6)
            insert.bind(entry.reason, at: 7, nullIfEmpty: true)
            insert.bind(entry.items, at: 8)
            insert.bind(entry.newItems, at: 9)
            insert.bind(entry.bytes, at: 10)
            try insert.run()
        }

        private func counted(_ feed: Int64) throws -> Int {
            count.bind(feed, at: 1)
            defer { count.reset() }
            return try count.step() ? count.int(0) : 0
        }
    }

    /// All places, so that each is looked up instead of reading the whole table.
    private static let places = (0..<PollLogEntry.keptPerFeed).map(String.init).joined(separator: ", ")

    /// A feed's polls, the newest first.
    static func entries(feedID: String, _ database: Database) throws -> [PollLogEntry] {
        let select = try PreparedStatement(
            database,
            """
            SELECT l.at, l.duration, l.status, l.state, l.reason, l.items, l.new_items, l.bytes
            FROM feed f JOIN turn t ON t.feed = f.n JOIN poll_log l ON l.feed = f.n
            WHERE f.id = ?1 AND l.place IN (\(places))
            ORDER BY (t.polls - 1 - l.place) % ?2
            """)
        select.bind(feedID, at: 1)
        select.bind(PollLogEntry.keptPerFeed, at: 2)
        var entries: [PollLogEntry] = []
        while try select.step() {
            entries.append(
                PollLogEntry(
                    at: Instant(milliseconds: select.int64(0)), duration: .milliseconds(select.int64(1)),
                    status: select.optionalInt64(2).map(Int.init),
                    state: FeedState(rawValue: select.text(3)) ?? .new,
                    reason: select.text(4), items: select.int(5), newItems: select.int(6), bytes: select.int(7)))
        }
        return entries
    }
}
