// SPDX-License-Identifier: Apache-2.0

import GRDB
public import KaguModel

/// Reads the state of a daemon that runs, has stopped or was killed, for the commands (O34, T34). Writes nothing;
/// a member of the daemon's group may use it.
///
/// Its calls block on SQLite, up to 5 s behind a writer.
public struct StateReader: Sendable {
    /// The layout of the state directory.
    public let directory: StateDirectory
    private let database: DatabaseQueue

    /// Opens the database of a state directory; throws `unusable` where there is none, `newerSchema` where a newer
    /// kagu wrote it.
    public init(directory path: String) throws(StoreError) {
        directory = StateDirectory(path)
        database = try StateDatabase.openForReading(directory.database)
    }

    /// The records of all feeds ever polled, by feed id (H4).
    public func feedRecords() throws(StoreError) -> [String: FeedRecord] { try read(FeedTable.records) }

    /// How many deliveries stand in each state.
    public func deliveryCounts() throws(StoreError) -> [DeliveryState: Int] { try read(OutboxTable.counts) }

    /// How many alerts stand in each state.
    public func alertCounts() throws(StoreError) -> [AlertState: Int] { try read(AlertTable.counts) }

    /// The newest alerts, of one state where one is given, without their bodies.
    public func alerts(state: AlertState? = nil, limit: Int = 100) throws(StoreError) -> [AlertRecord] {
        try read { try AlertTable.list(state: state, limit: limit, $0) }
    }

    /// One alert with its body.
    public func alert(_ id: String) throws(StoreError) -> AlertRecord? { try read { try AlertTable.alert(id, $0) } }

    /// The tries of an alert, oldest first.
    public func attempts(ofAlert id: String) throws(StoreError) -> [AttemptRecord] {
        try read { try AlertTable.attempts(of: id, $0) }
    }

    /// The deliveries that an alert settles.
    public func deliveries(ofAlert id: String) throws(StoreError) -> [Delivery] {
        try read { try OutboxTable.deliveries(ofAlert: id, $0) }
    }

    /// The newest deliveries in one state.
    public func deliveries(in state: DeliveryState, limit: Int = 100) throws(StoreError) -> [Delivery] {
        try read { try OutboxTable.deliveries(in: state, limit: limit, $0) }
    }

    /// Groups whose timer runs, by deadline.
    public func groups() throws(StoreError) -> [GroupRecord] {
        try read { try OutboxTable.groups(dueBefore: nil, $0) }
    }

    /// The rows of all receivers that have one.
    public func receiverRecords() throws(StoreError) -> [ReceiverRecord] { try read(OutboxTable.receivers) }

    /// When the newest hit was stored; nil before the first.
    public func lastHit() throws(StoreError) -> Instant? {
        try read { database in
            try Int64.fetchOne(database, sql: "SELECT seen FROM hit ORDER BY n DESC LIMIT 1")
                .map(Instant.init(milliseconds:))
        }
    }

    /// How many hits the index holds.
    public func hitCount() throws(StoreError) -> Int {
        try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM hit") ?? 0 }
    }

    /// How many items the store has seen and not forgotten.
    public func itemCount() throws(StoreError) -> Int {
        try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM item") ?? 0 }
    }

    private func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        // One read transaction, so that an answer of several statements is of one moment.
        do { return try database.read(body) } catch { throw StoreError(error, path: directory.database) }
    }
}
