// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguModel

/// Reads across `item`, `url`, `sighting` and `poll`: where items came from (I3, I9).
enum ProvenanceTable {
    /// The polls that brought a feed's items, the newest first.
    static func polls(feedID: String, limit: Int, _ database: Database) throws -> [ItemPoll] {
        let select = try PreparedStatement(
            database,
            """
            SELECT p.at, p.urls, p.body_hash, i.items FROM (
                SELECT poll, count(*) AS items FROM item WHERE feed = (SELECT n FROM feed WHERE id = ?1)
                GROUP BY poll ORDER BY poll DESC LIMIT ?2
            ) i JOIN poll p ON p.n = i.poll ORDER BY i.poll DESC
            """)
        select.bind(feedID, at: 1)
        select.bind(limit, at: 2)
        var polls: [ItemPoll] = []
        while try select.step() { polls.append(poll(select, from: 0)) }
        return polls
    }

    /// The item that has the URL, then its sightings in order of time, and the number of the item's latest hit;
    /// nil where no item has the URL.
    static func sightings(
        ofURL hash: Int64, _ database: Database
    ) throws -> (all: [ItemSighting], hit: Int64?)? {
        let owner = try PreparedStatement(
            database,
            """
            SELECT p.at, p.urls, p.body_hash,
                (SELECT count(*) FROM item o WHERE o.feed = i.feed AND o.poll = i.poll), f.id, i.hit
            FROM url u JOIN item i ON i.feed = u.feed AND i.key = u.key JOIN feed f ON f.n = i.feed
            LEFT JOIN poll p ON p.n = i.poll WHERE u.hash = ?
            """)
        owner.bind(hash, at: 1)
        guard try owner.step() else { return nil }
        let origin = poll(owner, from: 0)
        let hit = owner.optionalInt64(5)
        var all = [ItemSighting(feedID: owner.text(4), at: origin.at, title: "", poll: origin)]
        owner.reset()
        let select = try PreparedStatement(
            database,
            """
            SELECT p.at, p.urls, p.body_hash,
                (SELECT count(*) FROM item o WHERE o.feed = s.feed AND o.poll = i.poll), f.id, s.at, s.title
            FROM sighting s JOIN feed f ON f.n = s.feed LEFT JOIN item i ON i.feed = s.feed AND i.key = s.key
            LEFT JOIN poll p ON p.n = i.poll WHERE s.url = ? ORDER BY s.at, f.id
            """)
        select.bind(hash, at: 1)
        while try select.step() {
            all.append(
                ItemSighting(
                    feedID: select.text(4), at: Instant(milliseconds: select.int64(5)), title: select.text(6),
                    poll: select.isNull(0) ? nil : poll(select, from: 0)))
        }
        return (all, hit)
    }

    private static func poll(_ row: PreparedStatement, from column: Int32) -> ItemPoll {
        ItemPoll(
            at: Instant(milliseconds: row.int64(column)),
            urlChain: row.text(column + 1).split(separator: "\n").map(String.init),
            bodyHash: row.blob(column + 2), items: row.int(column + 3))
    }
}
