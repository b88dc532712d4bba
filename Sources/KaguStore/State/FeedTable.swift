// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguModel

/// The table `feed`: reads and writes whole records.
enum FeedTable {
    fileprivate static let columns = """
        state, since, reason, last_success, last_news, failures, announced, last_start, next_due, interval, \
        held_until, validators_url, etag, last_modified, body_hash, title, has_baseline, gaps, redirects, \
        paused, listed_url, last_status
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
        while try select.step() { records[select.text(22)] = record(select) }
        return records
    }

    /// The ids of feeds in one of `states`.
    static func ids(in states: [FeedState], _ database: Database) throws -> [String] {
        let places = states.map { _ in "?" }.joined(separator: ", ")
        let select = try PreparedStatement(database, "SELECT id FROM feed WHERE state IN (\(places))")
        for (index, state) in states.enumerated() { select.bind(state.rawValue, at: Int32(index + 1)) }
        var ids: [String] = []
        while try select.step() { ids.append(select.text(0)) }
        return ids
    }

    /// One feed's record.
    static func record(of number: Int64, _ database: Database) throws -> FeedRecord? {
        let select = try PreparedStatement(database, "SELECT \(columns) FROM feed WHERE n = ?")
        select.bind(number, at: 1)
        defer { select.reset() }
        return try select.step() ? record(select) : nil
    }

    /// One feed's record by its id.
    static func record(ofFeed id: String, _ database: Database) throws -> FeedRecord? {
        let select = try PreparedStatement(database, "SELECT \(columns) FROM feed WHERE id = ?")
        select.bind(id, at: 1)
        defer { select.reset() }
        return try select.step() ? record(select) : nil
    }

    /// Replaces a record; the start of the last poll is never moved back (P20).
    static func update(_ record: FeedRecord, of number: Int64, _ database: Database) throws {
        try Writer(database).update(record, of: number)
        let pause = try PreparedStatement(database, "UPDATE feed SET paused = ? WHERE n = ?")
        pause.bind(record.isPaused, at: 1)
        pause.bind(number, at: 2)
        try pause.run()
    }

    /// The last accepted poll of a feed, and when its ids last changed (I5, I6).
    static func changes(of number: Int64, _ database: Database) throws -> (
        lastSuccess: Instant?, migrated: Instant?
    ) {
        let select = try PreparedStatement(database, "SELECT last_success, migrated FROM feed WHERE n = ?")
        select.bind(number, at: 1)
        guard try select.step() else { return (nil, nil) }
        defer { select.reset() }
        return (select.instant(0), select.instant(1))
    }

    /// Notes that the publisher has changed the ids of known items (I5).
    static func setMigrated(at instant: Instant, of number: Int64, _ database: Database) throws {
        let update = try PreparedStatement(database, "UPDATE feed SET migrated = ? WHERE n = ?")
        update.bind(instant, at: 1)
        update.bind(number, at: 2)
        try update.run()
    }

    /// Notes the day of the feed's last document; a 304 is none (I1).
    static func setDocument(day: Int, of number: Int64, _ database: Database) throws {
        let update = try PreparedStatement(
            database, "UPDATE feed SET document = ?1 WHERE n = ?2 AND document IS NOT ?1")
        update.bind(day, at: 1)
        update.bind(number, at: 2)
        try update.run()
    }

    fileprivate static func record(_ row: PreparedStatement) -> FeedRecord {
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
            hasBaseline: row.bool(16), gaps: row.text(17), redirects: row.text(18), isPaused: row.bool(19),
            listedURL: row.text(20), lastStatus: row.optionalInt64(21).map(Int.init))
    }
}

extension FeedTable {
    /// Writes the records of one transaction's polls; whether a feed is paused is the operator's, who may have paused
    /// it while it was polled.
    struct Writer {
        private let all: PreparedStatement
        private let times: PreparedStatement
        private let begin: PreparedStatement
        private let select: PreparedStatement

        init(_ database: Database) throws {
            let times = """
                last_success = ?2, last_start = max(ifnull(?3, 0), ifnull(last_start, 0)), next_due = ?4, \
                interval = ?5, polls = polls + ?6
                """
            all = try PreparedStatement(
                database,
                """
                UPDATE feed SET \(times), state = ?7, since = ?8, reason = ?9, last_news = ?10, failures = ?11,
                    announced = ?12, held_until = ?13, validators_url = ?14, etag = ?15, last_modified = ?16,
                    body_hash = ?17, title = ?18, has_baseline = ?19, gaps = ?20, redirects = ?21, listed_url = ?22,
                    last_status = ?23
                WHERE n = ?1
                """)
            self.times = try PreparedStatement(database, "UPDATE feed SET \(times) WHERE n = ?1")
            begin = try PreparedStatement(database, "UPDATE feed SET last_start = ?, next_due = ? WHERE n = ?")
            select = try PreparedStatement(database, "SELECT \(FeedTable.columns) FROM feed WHERE n = ?")
        }

        /// Replaces a record, adding `polls` to the number of polls in its log; `before` is what the table holds,
        /// where that is known: a poll that was answered with 304 changes times only.
        func update(_ record: FeedRecord, before: FeedRecord? = nil, of number: Int64, polls: Int = 0) throws {
            guard let before, record.differsInTimesOnly(from: before) else {
                bindTimes(record, number, polls, all)
                bindRest(record)
                try all.run()
                return
            }
            bindTimes(record, number, polls, times)
            try times.run()
        }

        /// Notes that a poll begins, and gives the feed's record (P20).
        func start(_ start: PollStart, of number: Int64) throws -> FeedRecord? {
            begin.bind(start.at, at: 1)
            begin.bind(start.nextDue, at: 2)
            begin.bind(number, at: 3)
            try begin.run()
            select.bind(number, at: 1)
            defer { select.reset() }
            return try select.step() ? FeedTable.record(select) : nil
        }

        private func bindTimes(_ record: FeedRecord, _ number: Int64, _ polls: Int, _ update: PreparedStatement) {
            update.bind(number, at: 1)
            update.bind(record.lastSuccess, at: 2)
            update.bind(record.lastStart, at: 3)
            update.bind(record.nextDue, at: 4)
            update.bind(record.interval?.milliseconds, at: 5)
            update.bind(polls, at: 6)
        }

        private func bindRest(_ record: FeedRecord) {
            all.bind(record.state.rawValue, at: 7)
            all.bind(record.since, at: 8)
            all.bind(record.reason, at: 9, nullIfEmpty: true)
            all.bind(record.lastNews, at: 10)
            all.bind(record.failures, at: 11)
            all.bind(record.isFailureAnnounced, at: 12)
            all.bind(record.heldUntil, at: 13)
            all.bind(record.validators?.url, at: 14)
            all.bind(record.validators?.etag, at: 15)
            all.bind(record.validators?.lastModified, at: 16)
            all.bind(record.bodyHash.isEmpty ? nil : record.bodyHash, at: 17)
            all.bind(record.title, at: 18, nullIfEmpty: true)
            all.bind(record.hasBaseline, at: 19)
            all.bind(record.gaps, at: 20, nullIfEmpty: true)
            all.bind(record.redirects, at: 21, nullIfEmpty: true)
            all.bind(record.listedURL, at: 22, nullIfEmpty: true)
            all.bind(record.lastStatus.map(Int64.init), at: 23)
        }
    }
}

extension FeedRecord {
    /// Whether nothing but success, start, due time and interval of the last poll differs.
    fileprivate func differsInTimesOnly(from other: FeedRecord) -> Bool {
        var copy = self
        copy.lastSuccess = other.lastSuccess
        copy.lastStart = other.lastStart
        copy.nextDue = other.nextDue
        copy.interval = other.interval
        copy.isPaused = other.isPaused
        return copy == other
    }
}
