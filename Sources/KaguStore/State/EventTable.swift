// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguModel

/// The table `event`: what an operator should hear of (H4, I5, I6, P19, P24), kept for 90 days.
enum EventTable {
    /// Adds an event.
    static func add(_ event: FeedEvent, _ database: Database) throws {
        let insert = try PreparedStatement(
            database, "INSERT INTO event (kind, feed, at, state, text) VALUES (?, ?, ?, ?, ?)")
        insert.bind(event.kind.rawValue, at: 1)
        insert.bind(event.feedID, at: 2, nullIfEmpty: true)
        insert.bind(event.at, at: 3)
        insert.bind(event.state?.rawValue, at: 4)
        insert.bind(event.text, at: 5)
        try insert.run()
    }

    /// The newest events first, of one feed where one is given; an event of a kind that this build does not know
    /// is left out.
    static func events(feedID: String?, limit: Int, _ database: Database) throws -> [FeedEvent] {
        let columns = "SELECT kind, feed, at, state, text FROM event"
        let select: PreparedStatement
        if let feedID {
            select = try PreparedStatement(database, "\(columns) WHERE feed = ? ORDER BY n DESC LIMIT ?")
            select.bind(feedID, at: 1)
            select.bind(limit, at: 2)
        } else {
            select = try PreparedStatement(database, "\(columns) ORDER BY n DESC LIMIT ?")
            select.bind(limit, at: 1)
        }
        var events: [FeedEvent] = []
        while try select.step() {
            guard let kind = FeedEvent.Kind(rawValue: select.text(0)) else { continue }
            events.append(
                FeedEvent(
                    kind: kind, feedID: select.text(1), at: Instant(milliseconds: select.int64(2)),
                    state: select.optionalText(3).flatMap(FeedState.init(rawValue:)), text: select.text(4)))
        }
        return events
    }

    /// Deletes at most `limit` of the oldest events that are older than `instant`, and gives their number.
    static func delete(before instant: Instant, limit: Int, _ database: Database) throws -> Int {
        let delete = try PreparedStatement(
            database,
            """
            DELETE FROM event WHERE at < ?1 AND n IN (SELECT n FROM event ORDER BY n LIMIT ?2)
            """)
        delete.bind(instant, at: 1)
        delete.bind(limit, at: 2)
        return try delete.run()
    }
}
