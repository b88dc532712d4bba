// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguModel

/// The tables `feed` and `turn`: reads and writes whole records. `turn` has what every poll changes.
enum FeedTable {
    /// What the tables hold of a feed.
    struct Row {
        var record: FeedRecord
        /// How many polls its log ever got.
        var polls: Int
    }

    private static let columns = """
        f.state, f.since, f.reason, t.last_success, f.last_news, f.failures, f.announced, t.last_start, t.next_due, \
        t.interval, f.held_until, f.validators_url, f.etag, f.last_modified, f.body_hash, f.title, f.has_baseline, \
        f.gaps, f.redirects, f.paused, f.listed_url, t.last_status
        """
    private static let tables = "feed f JOIN turn t ON t.feed = f.n"

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
        let number = database.lastInsertedRowID
        let turn = try PreparedStatement(database, "INSERT INTO turn (feed) VALUES (?)")
        turn.bind(number, at: 1)
        try turn.run()
        return number
    }

    /// All records by feed id.
    static func records(_ database: Database) throws -> [String: FeedRecord] {
        let select = try PreparedStatement(database, "SELECT \(columns), f.id FROM \(tables)")
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

    /// One feed's row.
    static func row(of number: Int64, _ database: Database) throws -> Row? {
        try row(of: number, PreparedStatement(database, selectRow))
    }

    private static let selectRow = "SELECT \(columns), t.polls FROM \(tables) WHERE f.n = ?"

    private static func row(of number: Int64, _ select: PreparedStatement) throws -> Row? {
        select.bind(number, at: 1)
        defer { select.reset() }
        return try select.step() ? Row(record: record(select), polls: select.int(22)) : nil
    }

    /// One feed's record by its id.
    static func record(ofFeed id: String, _ database: Database) throws -> FeedRecord? {
        let select = try PreparedStatement(database, "SELECT \(columns) FROM \(tables) WHERE f.id = ?")
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
        let select = try PreparedStatement(
            database, "SELECT t.last_success, f.migrated FROM \(tables) WHERE f.n = ?")
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
            hasBaseline: row.bool(16), gaps: row.text(17), redirects: row.text(18), isPaused: row.bool(19),
            listedURL: row.text(20), lastStatus: row.optionalInt64(21).map(Int.init))
    }
}

extension FeedTable {
    /// Writes the records of one transaction's polls; whether a feed is paused is the operator's, who may have paused
    /// it while it was polled.
    struct Writer {
        private let rest: PreparedStatement
        private let turn: PreparedStatement
        private let begin: PreparedStatement
        private let select: PreparedStatement

        init(_ database: Database) throws {
            rest = try PreparedStatement(
                database,
                """
                UPDATE feed SET state = ?2, since = ?3, reason = ?4, last_news = ?5, failures = ?6, announced = ?7,
                    held_until = ?8, validators_url = ?9, etag = ?10, last_modified = ?11, body_hash = ?12,
                    title = ?13, has_baseline = ?14, gaps = ?15, redirects = ?16, listed_url = ?17
                WHERE n = ?1
                """)
            turn = try PreparedStatement(
                database,
                """
                UPDATE turn SET last_success = ?2, last_start = max(ifnull(?3, 0), ifnull(last_start, 0)),
                    next_due = ?4, interval = ?5, last_status = ?6, polls = polls + ?7
                WHERE feed = ?1
                """)
            begin = try PreparedStatement(database, "UPDATE turn SET last_start = ?, next_due = ? WHERE feed = ?")
            select = try PreparedStatement(database, FeedTable.selectRow)
        }

        /// Replaces a record, adding `polls` to the number of polls in its log; only its turn where no more than that
        /// differs.
        func update(
            _ record: FeedRecord, of number: Int64, changesTurnOnly: Bool = false, polls: Int = 0
        ) throws {
            turn.bind(number, at: 1)
            turn.bind(record.lastSuccess, at: 2)
            turn.bind(record.lastStart, at: 3)
            turn.bind(record.nextDue, at: 4)
            turn.bind(record.interval?.milliseconds, at: 5)
            turn.bind(record.lastStatus.map(Int64.init), at: 6)
            turn.bind(polls, at: 7)
            try turn.run()
            if changesTurnOnly { return }
            bindRest(record, number)
            try rest.run()
        }

        /// Notes that a poll begins, and gives the feed's row (P20).
        func start(_ start: PollStart, of number: Int64) throws -> Row? {
            begin.bind(start.at, at: 1)
            begin.bind(start.nextDue, at: 2)
            begin.bind(number, at: 3)
            try begin.run()
            return try FeedTable.row(of: number, select)
        }

        private func bindRest(_ record: FeedRecord, _ number: Int64) {
            rest.bind(number, at: 1)
            rest.bind(record.state.rawValue, at: 2)
            rest.bind(record.since, at: 3)
            rest.bind(record.reason, at: 4, nullIfEmpty: true)
            rest.bind(record.lastNews, at: 5)
            rest.bind(record.failures, at: 6)
            rest.bind(record.isFailureAnnounced, at: 7)
            rest.bind(record.heldUntil, at: 8)
            rest.bind(record.validators?.url, at: 9)
            rest.bind(record.validators?.etag, at: 10)
            rest.bind(record.validators?.lastModified, at: 11)
            rest.bind(record.bodyHash.isEmpty ? nil : record.bodyHash, at: 12)
            rest.bind(record.title, at: 13, nullIfEmpty: true)
            rest.bind(record.hasBaseline, at: 14)
            rest.bind(record.gaps, at: 15, nullIfEmpty: true)
            rest.bind(record.redirects, at: 16, nullIfEmpty: true)
            rest.bind(record.listedURL, at: 17, nullIfEmpty: true)
        }
    }
}

extension FeedRecord {
    /// Whether all is equal but what the table `turn` holds, and `isPaused`.
    func differsInTurnOnly(from other: FeedRecord) -> Bool {
        state == other.state && since == other.since && reason == other.reason && lastNews == other.lastNews
            && failures == other.failures && isFailureAnnounced == other.isFailureAnnounced
            && heldUntil == other.heldUntil && validators == other.validators && bodyHash == other.bodyHash
            && title == other.title && hasBaseline == other.hasBaseline && gaps == other.gaps
            && redirects == other.redirects && listedURL == other.listedURL
    }
}
