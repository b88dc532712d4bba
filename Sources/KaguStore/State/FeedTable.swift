// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguModel

/// The table `feed`: reads and writes whole records.
enum FeedTable {
    private static let columns = """
        state, since, reason, last_success, last_news, failures, announced, last_start, next_due, interval, \
        held_until, validators_url, etag, last_modified, body_hash, title, has_baseline, gaps, redirects
        """

    /// All feeds' numbers.
    static func numbers(_ database: Database) throws -> [String: Int64] {
        let select = try PreparedStatement(database, "SELECT id, n FROM feed")
        var numbers: [String: Int64] = [:]
        while try select.step() { numbers[select.text(0)] = select.int64(1) }
        return numbers
    }

    /// Adds a feed that has not been polled, and gives its number.
    static func insert(_ id: String, _ database: Database) throws -> Int64 {
        let insert = try PreparedStatement(database, "INSERT INTO feed (id) VALUES (?)")
        insert.bind(id, at: 1)
        try insert.run()
        return database.lastInsertedRowID
    }

    /// All records by feed id.
    static func records(_ database: Database) throws -> [String: FeedRecord] {
        let select = try PreparedStatement(database, "SELECT \(columns), id FROM feed")
        var records: [String: FeedRecord] = [:]
        while try select.step() { records[select.text(19)] = record(select) }
        return records
    }

    /// One feed's record.
    static func record(of number: Int64, _ database: Database) throws -> FeedRecord? {
        let select = try PreparedStatement(database, "SELECT \(columns) FROM feed WHERE n = ?")
        select.bind(number, at: 1)
        defer { select.reset() }
        return try select.step() ? record(select) : nil
    }

    /// Replaces a record; the start of the last poll is never moved back (P20).
    static func update(_ record: FeedRecord, of number: Int64, _ database: Database) throws {
        let update = try PreparedStatement(
            database,
            """
            UPDATE feed SET state = ?, since = ?, reason = ?, last_success = ?, last_news = ?, failures = ?,
                announced = ?, last_start = max(ifnull(?, 0), ifnull(last_start, 0)), next_due = ?, interval = ?,
                held_until = ?, validators_url = ?, etag = ?, last_modified = ?, body_hash = ?, title = ?,
                has_baseline = ?, gaps = ?, redirects = ?
            WHERE n = ?
            """)
        update.bind(record.state.rawValue, at: 1)
        update.bind(record.since, at: 2)
        update.bind(record.reason, at: 3, nullIfEmpty: true)
        update.bind(record.lastSuccess, at: 4)
        update.bind(record.lastNews, at: 5)
        update.bind(record.failures, at: 6)
        update.bind(record.isFailureAnnounced, at: 7)
        update.bind(record.lastStart, at: 8)
        update.bind(record.nextDue, at: 9)
        update.bind(record.interval?.milliseconds, at: 10)
        update.bind(record.heldUntil, at: 11)
        update.bind(record.validators?.url, at: 12)
        update.bind(record.validators?.etag, at: 13)
        update.bind(record.validators?.lastModified, at: 14)
        update.bind(record.bodyHash.isEmpty ? nil : record.bodyHash, at: 15)
        update.bind(record.title, at: 16, nullIfEmpty: true)
        update.bind(record.hasBaseline, at: 17)
        update.bind(record.gaps, at: 18, nullIfEmpty: true)
        update.bind(record.redirects, at: 19, nullIfEmpty: true)
        update.bind(number, at: 20)
        try update.run()
    }

    /// Notes that a poll begins (P20).
    static func start(_ start: PollStart, of number: Int64, _ database: Database) throws {
        let update = try PreparedStatement(database, "UPDATE feed SET last_start = ?, next_due = ? WHERE n = ?")
        update.bind(start.at, at: 1)
        update.bind(start.nextDue, at: 2)
        update.bind(number, at: 3)
        try update.run()
    }

    private static func record(_ row: PreparedStatement) -> FeedRecord {
        let validators = row.optionalText(11).map {
            StoredValidators(url: $0, etag: row.optionalBlob(12), lastModified: row.optionalBlob(13))
        }
        let lastStart = row.instant(7)
        return FeedRecord(
            state: FeedState(rawValue: row.text(0)) ?? .new, since: row.instant(1), reason: row.text(2),
            lastSuccess: row.instant(3), lastNews: row.instant(4), failures: row.int(5),
            isFailureAnnounced: row.bool(6), lastStart: lastStart?.milliseconds == 0 ? nil : lastStart,
            nextDue: row.instant(8), interval: row.optionalInt64(9).map { .milliseconds($0) },
            heldUntil: row.instant(10), validators: validators, bodyHash: row.blob(14), title: row.text(15),
            hasBaseline: row.bool(16), gaps: row.text(17), redirects: row.text(18))
    }
}
