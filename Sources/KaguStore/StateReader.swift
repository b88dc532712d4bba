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

    /// One feed's record; nil for a feed that was never polled.
    public func feedRecord(_ id: String) throws(StoreError) -> FeedRecord? {
        try read { try FeedTable.record(ofFeed: id, $0) }
    }

    /// A feed's last polls, at most 20, the newest first.
    public func pollLog(feedID: String) throws(StoreError) -> [PollLogEntry] {
        try read { try PollLogTable.entries(feedID: feedID, $0) }
    }

    /// The newest events first, of one feed where one is given (H4).
    public func events(feedID: String? = nil, limit: Int = 100) throws(StoreError) -> [FeedEvent] {
        try read { try EventTable.events(feedID: feedID, limit: limit, $0) }
    }

    /// The authorities that asked not to be polled, in order of their names; some may have expired (P21).
    public func holds() throws(StoreError) -> [AuthorityHold] { try read(HoldTable.all) }

    /// The polls that brought the items that are known of a feed, the newest first (I9).
    public func itemPolls(feedID: String, limit: Int = 20) throws(StoreError) -> [ItemPoll] {
        try read { try ProvenanceTable.polls(feedID: feedID, limit: limit, $0) }
    }

    /// Where and when the item with this address was seen: the feed that brought it first, then its sightings in
    /// order of time (I3); empty for an address that is not known. `strippedParameters` is `urls.strip` (I2).
    public func sightings(
        ofURL url: String, strippedParameters: Set<String> = []
    ) throws(StoreError) -> [ItemSighting] {
        guard let canonical = CanonicalURL(url, stripping: strippedParameters), canonical.identifiesItem else {
            return []
        }
        let found = try read { database in
            let hash = try ItemKeys(database).url(canonical)
            return try ProvenanceTable.sightings(ofURL: hash, database).map { found in
                (found.all, try found.hit.flatMap { try HitTable.locations(of: [$0], database)[$0] })
            }
        }
        guard let (sightings, location) = found else { return [] }
        var all = sightings
        if let hit = location?.hit(in: directory.hits) { all[0].title = hit.title }
        return all
    }

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

    /// When the newest hit was stored; nil before the first. The files tell: hits of the past may have no row, or one of a
    /// late number. Where they cannot be read, the newest row does.
    public func lastHit() throws(StoreError) -> Instant? {
        for name in HitFileName.list(in: directory.hits).reversed() {
            guard let reader = LineReader("\(directory.hits)/\(name)") else { continue }
            var seen: Instant?
            reader.backward(0..<reader.endOfWholeLines(before: reader.size)) { line in
                seen = HitLine.seen(line.bytes)
                return seen == nil
            }
            if let seen { return seen }
        }
        return try read { database in
            try Int64.fetchOne(database, sql: "SELECT seen FROM hit ORDER BY n DESC LIMIT 1")
                .map(Instant.init(milliseconds:))
        }
    }

    /// How many hits the index knows.
    public func hitCount() throws(StoreError) -> Int {
        try read(HitTable.count)
    }

    /// How many items the store has seen and not forgotten.
    public func itemCount() throws(StoreError) -> Int {
        try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM item") ?? 0 }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        // One read transaction, so that an answer of several statements is of one moment.
        do { return try database.read(body) } catch { throw StoreError(error, path: directory.database) }
    }
}
