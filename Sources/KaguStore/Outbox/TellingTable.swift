// SPDX-License-Identifier: Apache-2.0

import GRDB
public import KaguModel

/// What one receiver has been told of one story (R5, R6).
public struct TellingRecord: Hashable, Sendable {
    /// The receiver's name.
    public var receiver: String
    /// The story's id.
    public var story: String
    /// The alert of the first telling; empty where it was taken back before it was sent (D11).
    public var firstAlertID: String
    /// The alert whose message is edited by later ones; nil: none can be (D16).
    public var messageID: String?
    /// How many tellings followed the first.
    public var updates: Int
    /// When it was last told.
    public var toldAt: Instant
    /// Distinct feeds when it was last told.
    public var outlets: Int
    /// The severity when it was last told.
    public var severity: Severity
    /// The totals over all hits so far, told or not, as the grouping policy's JSON.
    public var progress: String

    /// A telling.
    public init(
        receiver: String, story: String, firstAlertID: String, messageID: String? = nil, updates: Int = 0,
        toldAt: Instant, outlets: Int, severity: Severity, progress: String
    ) {
        self.receiver = receiver
        self.story = story
        self.firstAlertID = firstAlertID
        self.messageID = messageID
        self.updates = updates
        self.toldAt = toldAt
        self.outlets = outlets
        self.severity = severity
        self.progress = progress
    }
}

/// The table `telling` (R5).
enum TellingTable {
    private static let columns =
        "receiver, story, first_alert, message, updates, told_at, outlets, severity, progress"

    /// What a receiver knows of a story; nil: nothing.
    static func telling(_ receiver: String, _ story: String, _ database: Database) throws -> TellingRecord? {
        let select = try PreparedStatement(
            database, "SELECT \(columns) FROM telling WHERE receiver = ? AND story = ?")
        select.bind(receiver, at: 1)
        select.bind(story, at: 2)
        defer { select.reset() }
        guard try select.step() else { return nil }
        return TellingRecord(
            receiver: select.text(0), story: select.text(1), firstAlertID: select.text(2),
            messageID: select.optionalText(3), updates: select.int(4),
            toldAt: Instant(milliseconds: select.int64(5)), outlets: select.int(6),
            severity: Severity(rank: select.int(7)), progress: select.text(8))
    }

    /// Adds or replaces a telling.
    static func set(_ telling: TellingRecord, _ database: Database) throws {
        let upsert = try PreparedStatement(
            database, "INSERT OR REPLACE INTO telling (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        upsert.bind(telling.receiver, at: 1)
        upsert.bind(telling.story, at: 2)
        upsert.bind(telling.firstAlertID, at: 3)
        upsert.bind(telling.messageID, at: 4)
        upsert.bind(telling.updates, at: 5)
        upsert.bind(telling.toldAt, at: 6)
        upsert.bind(telling.outlets, at: 7)
        upsert.bind(telling.severity.rank, at: 8)
        upsert.bind(telling.progress, at: 9)
        try upsert.run()
    }

    /// Later messages edit that of `alert` from now on: what was edited so far is gone (D16).
    static func setMessage(_ alert: String, insteadOf old: String, receiver: String, _ database: Database) throws {
        let update = try PreparedStatement(
            database, "UPDATE telling SET message = ? WHERE receiver = ? AND message = ?")
        update.bind(alert, at: 1)
        update.bind(receiver, at: 2)
        update.bind(old, at: 3)
        try update.run()
    }

    /// An alert that told of stories first is taken back before it was sent: the next one is the first (D11).
    static func forgetAlert(_ alert: String, receiver: String, _ database: Database) throws {
        for column in ["first_alert = ''", "message = NULL"] {
            let name = column.prefix { $0 != " " }
            let update = try PreparedStatement(
                database, "UPDATE telling SET \(column) WHERE receiver = ? AND \(name) = ?")
            update.bind(receiver, at: 1)
            update.bind(alert, at: 2)
            try update.run()
        }
    }

    /// Forgets what was last told before `instant`.
    static func forget(toldBefore instant: Instant, _ database: Database) throws {
        let delete = try PreparedStatement(database, "DELETE FROM telling WHERE told_at < ?")
        delete.bind(instant, at: 1)
        try delete.run()
    }
}
