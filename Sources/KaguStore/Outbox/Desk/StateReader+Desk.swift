// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
public import KaguModel

/// What the commands about alerts show (C1, C2, M52).
extension StateReader {
    /// The newest alerts that are asked for, and what is owed without an alert, oldest first.
    public func alertRows(_ query: AlertQuery) throws(StoreError) -> [AlertRow] {
        var (rows, locations) = try read { database in
            let rows = try DeskTable.rows(query, database)
            return (rows, try HitTable.locations(of: rows.compactMap(\.hit), database))
        }
        let decoder = JSONDecoder()
        for index in rows.indices {
            guard let hit = rows[index].hit else { continue }
            rows[index].title = locations[hit]?.hit(in: directory.hits, decoder: decoder)?.title ?? ""
        }
        return rows
    }

    /// What is owed, or was, for a hit, with all decisions about it (R13).
    public func deliveries(ofHit id: String) throws(StoreError) -> [Delivery] {
        try read { try DeskTable.deliveries(ofHit: id, $0) }
    }

    /// The id of the one alert that begins so; nil where there is none, or more than one.
    public func alertID(beginning prefix: String) throws(StoreError) -> String? {
        let ids = try read { try DeskTable.ids(beginning: prefix, $0) }
        return ids.contains(prefix) ? prefix : ids.count == 1 ? ids[0] : nil
    }

    /// Hits by their ids, read from their files, in the order given; ids without a line are left out.
    public func hits(_ ids: [String]) throws(StoreError) -> [Hit] {
        let locations = try read { database in
            let numbers = try ids.compactMap { try HitTable.number(of: $0, database) }
            let found = try HitTable.locations(of: numbers, database)
            return numbers.compactMap { found[$0] }
        }
        let decoder = JSONDecoder()
        return locations.compactMap { $0.hit(in: directory.hits, decoder: decoder) }
    }
}

extension StateReader {
    /// What waits for each receiver (C4).
    public func receiverStandings() throws(StoreError) -> [ReceiverStanding] { try read(AlertTable.standing) }
}
