// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguModel

extension ItemTable {
    /// Makes a new key known as an item that is known under another one (I5): its revision counter, text, hit and
    /// poll go on under the new key, and URL and title lead to it from now on.
    static func join(_ join: ItemJoin, feed: Int64, day: Int, _ database: Database) throws {
        let (old, new, url) = (join.known, join.mark.keyHash, join.mark.urlHash)
        let copied = try run(
            """
            INSERT INTO item (feed, key, url, title, text, poll, listed, revision, hit)
            SELECT feed, ?3, ?4, ?5, text, poll, ?6, revision, hit FROM item WHERE feed = ?1 AND key = ?2
            ON CONFLICT DO NOTHING
            """,
            [feed, old, new, url, join.mark.titleHash, Int64(day)], database)
        guard copied > 0 else { return }
        if let url {
            let values = [feed, old, new, url]
            try run("UPDATE url SET key = ?3 WHERE hash = ?4 AND feed = ?1 AND key = ?2", values, database)
            try run(
                "UPDATE OR IGNORE sighting SET key = ?3 WHERE url = ?4 AND feed = ?1 AND key = ?2", values, database
            )
            try run(
                "INSERT INTO url (hash, feed, key) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING", [url, feed, new],
                database)
        }
        guard join.replaces else {
            // 0 is no title: it belongs to the new key.
            try run("UPDATE item SET title = 0 WHERE feed = ? AND key = ?", [feed, old], database)
            return
        }
        try run(
            """
            DELETE FROM url WHERE feed = ?1 AND key = ?2
                AND hash = (SELECT url FROM item WHERE feed = ?1 AND key = ?2)
            """,
            [feed, old], database)
        try run("DELETE FROM item WHERE feed = ? AND key = ?", [feed, old], database)
    }

    @discardableResult
    private static func run(_ sql: String, _ values: [Int64?], _ database: Database) throws -> Int {
        let statement = try PreparedStatement(database, sql)
        for (index, value) in values.enumerated() { statement.bind(value, at: Int32(index + 1)) }
        return try statement.run()
    }
}
