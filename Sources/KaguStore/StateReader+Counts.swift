// SPDX-License-Identifier: Apache-2.0

import GRDB

extension StateReader {
    /// How many items of a feed are known, and how many of its entries were sightings of items that another feed had
    /// brought before (I3).
    public func itemCounts(feedID: String) throws(StoreError) -> (items: Int, sightings: Int) {
        try read { database in
            guard
                let feed = try Int64.fetchOne(database, sql: "SELECT n FROM feed WHERE id = ?", arguments: [feedID])
            else { return (0, 0) }
            return (
                try Int.fetchOne(database, sql: "SELECT count(*) FROM item WHERE feed = ?", arguments: [feed]) ?? 0,
                try Int.fetchOne(database, sql: "SELECT count(*) FROM sighting WHERE feed = ?", arguments: [feed])
                    ?? 0
            )
        }
    }
}
