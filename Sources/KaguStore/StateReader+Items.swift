// SPDX-License-Identifier: Apache-2.0

import GRDB
public import KaguModel

/// An item that the store knows: in which feed, and its latest hit.
public struct KnownItem: Hashable, Sendable {
    /// The feed's id.
    public var feedID: String
    /// When it was seen there first; nil where that has been forgotten.
    public var seen: Instant?
    /// The id of its latest hit; nil where it matched nothing.
    public var hitID: String?
}

extension StateReader {
    /// The items that are known under a URL (I2), or under an id in any feed (I1), by feed; none for an unknown one.
    /// `strippedParameters` is `urls.strip`.
    public func items(named name: String, strippedParameters: Set<String> = []) throws(StoreError) -> [KnownItem] {
        let url = CanonicalURL(name, stripping: strippedParameters)
        return try read { database in
            var items = try Self.items(ofKey: ItemKeys.key(name), database)
            if items.isEmpty, let url, url.identifiesItem {
                items = try Self.items(ofURL: ItemKeys(database).url(url), database)
            }
            return items
        }
    }

    private static func items(ofKey key: Int64, _ database: Database) throws -> [KnownItem] {
        let select = try PreparedStatement(
            database,
            """
            SELECT f.id, p.at, h.id FROM feed f JOIN item i ON i.feed = f.n AND i.key = ?
            LEFT JOIN poll p ON p.n = i.poll LEFT JOIN hit h ON h.n = i.hit ORDER BY f.id
            """)
        select.bind(key, at: 1)
        return try items(select)
    }

    private static func items(ofURL hash: Int64, _ database: Database) throws -> [KnownItem] {
        let select = try PreparedStatement(
            database,
            """
            SELECT f.id, p.at, h.id FROM url u JOIN item i ON i.feed = u.feed AND i.key = u.key
            JOIN feed f ON f.n = i.feed LEFT JOIN poll p ON p.n = i.poll LEFT JOIN hit h ON h.n = i.hit
            WHERE u.hash = ?
            """)
        select.bind(hash, at: 1)
        return try items(select)
    }

    private static func items(_ select: PreparedStatement) throws -> [KnownItem] {
        var items: [KnownItem] = []
        while try select.step() {
            items.append(
                KnownItem(
                    feedID: select.text(0), seen: select.optionalInt64(1).map(Instant.init(milliseconds:)),
                    hitID: select.isNull(2) ? nil : CompactID.text(of: select.blob(2))))
        }
        return items
    }
}
