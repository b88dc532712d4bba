// SPDX-License-Identifier: Apache-2.0

import GRDB
public import KaguModel

/// The table `poll_hour`: how the polls of each hour went, for good. The log of single polls is short.
enum PollHourTable {
    /// Counts the polls of one transaction, an hour's in one row.
    struct Counter {
        private var hours: [Int64: PollCounts] = [:]

        /// Counts a poll.
        mutating func add(_ entry: PollLogEntry) {
            let hour = entry.at.milliseconds / 3_600_000
            hours[hour, default: PollCounts()].add(entry)
        }

        /// Adds what has been counted to the table.
        func write(_ database: Database) throws {
            guard !hours.isEmpty else { return }
            let upsert = try PreparedStatement(
                database,
                """
                INSERT INTO poll_hour (hour, polls, accepted, items) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET polls = polls + excluded.polls, accepted = accepted + excluded.accepted,
                    items = items + excluded.items
                """)
            for (hour, counts) in hours {
                upsert.bind(hour, at: 1)
                upsert.bind(counts.polls, at: 2)
                upsert.bind(counts.accepted, at: 3)
                upsert.bind(counts.items, at: 4)
                try upsert.run()
            }
        }
    }

    /// The hours that begin in a period, in order.
    static func hours(since: Instant?, until: Instant?, _ database: Database) throws -> [PollHour] {
        let select = try PreparedStatement(
            database,
            """
            SELECT hour, polls, accepted, items FROM poll_hour
            WHERE hour >= ?1 AND hour < ?2 ORDER BY hour
            """)
        select.bind(since.map { $0.milliseconds / 3_600_000 } ?? 0, at: 1)
        select.bind(until.map { ($0.milliseconds + 3_599_999) / 3_600_000 } ?? Int64.max, at: 2)
        var hours: [PollHour] = []
        while try select.step() {
            hours.append(
                PollHour(
                    start: Instant(milliseconds: select.int64(0) * 3_600_000),
                    counts: PollCounts(polls: select.int(1), accepted: select.int(2), items: select.int(3))))
        }
        return hours
    }
}

/// How polls went.
public struct PollCounts: Hashable, Sendable {
    /// Polls that ended.
    public var polls = 0
    /// Those whose answer was taken, 304 included.
    public var accepted = 0
    /// Items never seen before.
    public var items = 0

    /// Counts.
    public init(polls: Int = 0, accepted: Int = 0, items: Int = 0) {
        (self.polls, self.accepted, self.items) = (polls, accepted, items)
    }

    /// Adds a poll.
    mutating func add(_ entry: PollLogEntry) {
        polls += 1
        switch entry.state {
        case .ok, .moved, .silent: accepted += 1
        case .new, .failing, .parse, .html, .blocked, .throttled, .gone: break
        }
        items += entry.newItems
    }

    /// The sum of both.
    public static func + (left: PollCounts, right: PollCounts) -> PollCounts {
        PollCounts(
            polls: left.polls + right.polls, accepted: left.accepted + right.accepted,
            items: left.items + right.items)
    }
}

/// The polls of one hour.
public struct PollHour: Hashable, Sendable {
    /// Its beginning.
    public var start: Instant
    /// How they went.
    public var counts: PollCounts

    /// An hour with its polls.
    public init(start: Instant, counts: PollCounts) { (self.start, self.counts) = (start, counts) }
}

extension StateReader {
    /// How the polls went in each hour of a period; whole hours, the last one begun before `until`.
    public func pollHours(since: Instant?, until: Instant?) throws(StoreError) -> [PollHour] {
        try read { try PollHourTable.hours(since: since, until: until, $0) }
    }

    /// How the last polls of each feed went that ended in a period: at most 20 of each feed are known.
    public func recentPolls(since: Instant?, until: Instant?) throws(StoreError) -> [String: PollCounts] {
        try read { database in
            let select = try PreparedStatement(
                database,
                """
                SELECT f.id, l.at, l.state, l.new_items FROM poll_log l JOIN feed f ON f.n = l.feed
                WHERE l.at >= ?1 AND l.at < ?2
                """)
            select.bind(since?.milliseconds ?? Int64.min, at: 1)
            select.bind(until?.milliseconds ?? Int64.max, at: 2)
            var counts: [String: PollCounts] = [:]
            while try select.step() {
                let entry = PollLogEntry(
                    at: Instant(milliseconds: select.int64(1)), duration: .zero,
                    state: FeedState(rawValue: select.text(2)) ?? .new, newItems: select.int(3))
                counts[select.text(0), default: PollCounts()].add(entry)
            }
            return counts
        }
    }
}
