// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguModel

/// The tables `item`, `url`, `sighting` and `revision`: what the store has seen (I1, I3, I7–I9).
enum ItemTable {
    /// A stored item.
    struct Row {
        var urlHash: Int64?
        var textHash: Int64
        var listedDay: Int
        var revision: Int
        var hit: Int64?
    }

    /// Looks items up by feed and key.
    struct Lookup {
        private let select: PreparedStatement

        init(_ database: Database, feed: Int64) throws {
            select = try PreparedStatement(
                database, "SELECT url, text, listed, revision, hit FROM item WHERE feed = ? AND key = ?")
            select.bind(feed, at: 1)
        }

        func row(_ key: Int64) throws -> Row? {
            select.bind(key, at: 2)
            guard try select.step() else { return nil }
            defer { select.reset() }
            return Row(
                urlHash: select.optionalInt64(0), textHash: select.int64(1), listedDay: select.int(2),
                revision: select.int(3), hit: select.optionalInt64(4))
        }
    }

    /// Looks canonical URLs up, over all feeds.
    struct URLLookup {
        private let select: PreparedStatement
        private let database: Database
        /// The site of which the last URL looked up was not there,
        private var missed: Int64?
        /// and the one of which none is.
        private var empty: Int64?

        init(_ database: Database) throws {
            self.database = database
            select = try PreparedStatement(database, "SELECT feed, key FROM url WHERE hash = ?")
        }

        /// Whether any item has the URL: for the URLs of a new site, of which there are many in a row, one look at the
        /// site's stretch of the table answers for all.
        mutating func isKnown(_ hash: Int64) throws -> Bool {
            let site = hash & ~0xFFFF_FFFF_FFFF
            if site == empty { return false }
            guard try owner(hash) == nil else { return true }
            if site == missed { empty = try hasURL(ofSite: site) ? nil : site }
            missed = site
            return false
        }

        /// Whether none of these URLs can be known, by a look at the stretches of a few sites at most; they are in order.
        func areNew(_ hashes: [Int64]) throws -> Bool {
            var sites: [Int64] = []
            for hash in hashes where sites.last != hash & ~0xFFFF_FFFF_FFFF {
                sites.append(hash & ~0xFFFF_FFFF_FFFF)
                guard sites.count <= 4 else { return false }
            }
            return try sites.allSatisfy { try !hasURL(ofSite: $0) }
        }

        private func hasURL(ofSite site: Int64) throws -> Bool {
            let stretch = try PreparedStatement(
                database, "SELECT 1 FROM url WHERE hash BETWEEN ?1 AND ?1 + 281474976710655 LIMIT 1")
            stretch.bind(site, at: 1)
            defer { stretch.reset() }
            return try stretch.step()
        }

        /// The key of the item of `feed` that has the URL, as its owner or as a sighting.
        func key(_ hash: Int64, inFeed feed: Int64) throws -> Int64? {
            guard let owner = try owner(hash) else { return nil }
            if owner.feed == feed { return owner.key }
            let sighted = try PreparedStatement(
                database, "SELECT key FROM sighting WHERE url = ? AND feed = ? ORDER BY at DESC LIMIT 1")
            sighted.bind(hash, at: 1)
            sighted.bind(feed, at: 2)
            defer { sighted.reset() }
            return try sighted.step() ? sighted.int64(0) : nil
        }

        func owner(_ hash: Int64) throws -> (feed: Int64, key: Int64)? {
            select.bind(hash, at: 1)
            guard try select.step() else { return nil }
            defer { select.reset() }
            return (select.int64(0), select.int64(1))
        }
    }

    /// Whether any item of the feed is known.
    static func hasItems(feed: Int64, _ database: Database) throws -> Bool {
        let select = try PreparedStatement(database, "SELECT 1 FROM item WHERE feed = ? LIMIT 1")
        select.bind(feed, at: 1)
        defer { select.reset() }
        return try select.step()
    }

    /// Whether an item has a hit.
    static func hasHit(feed: Int64, key: Int64, _ database: Database) throws -> Bool {
        try Lookup(database, feed: feed).row(key)?.hit != nil
    }

    /// Adds the marks of one poll's items.
    struct Writer {
        private let insertItem: PreparedStatement
        private let insertURL: PreparedStatement
        private let insertSighting: PreparedStatement
        private let feed: Int64
        private let poll: Int64
        private let at: Instant

        /// For the items of `feed` in the poll numbered `poll`.
        init(_ database: Database, feed: Int64, poll: Int64, at: Instant) throws {
            insertItem = try PreparedStatement(
                database,
                """
                INSERT INTO item (feed, key, url, title, text, poll, listed) VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """)
            insertURL = try PreparedStatement(
                database, "INSERT INTO url (hash, feed, key) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
            insertSighting = try PreparedStatement(
                database,
                "INSERT INTO sighting (url, feed, key, at, title) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
            self.feed = feed
            self.poll = poll
            self.at = at
            insertItem.bind(feed, at: 1)
            insertItem.bind(poll, at: 6)
            insertItem.bind(at.day.daysSinceEpoch, at: 7)
            insertURL.bind(feed, at: 2)
        }

        /// Adds an item; false where its key is known already.
        func add(_ mark: ItemMark) throws -> Bool {
            insertItem.bind(mark.keyHash, at: 2)
            insertItem.bind(mark.urlHash, at: 3)
            insertItem.bind(mark.titleHash, at: 4)
            insertItem.bind(mark.textHash, at: 5)
            return try insertItem.run() > 0
        }

        /// Makes an item the owner of its canonical URL; false where another one has it.
        func claimURL(_ mark: ItemMark) throws -> Bool {
            guard let hash = mark.urlHash else { return true }
            insertURL.bind(hash, at: 1)
            insertURL.bind(mark.keyHash, at: 3)
            return try insertURL.run() > 0
        }

        /// Adds a sighting of the item that owns this URL (I3).
        func addSighting(_ mark: ItemMark, title: String) throws {
            guard let hash = mark.urlHash else { return }
            insertSighting.bind(hash, at: 1)
            insertSighting.bind(feed, at: 2)
            insertSighting.bind(mark.keyHash, at: 3)
            insertSighting.bind(at, at: 4)
            insertSighting.bind(title, at: 5)
            try insertSighting.run()
        }

        /// Adds items of which neither key nor URL is known yet, in the order of their keys, many with one statement.
        func addAll(_ marks: [ItemMark], _ database: Database) throws {
            let urls = marks.filter { $0.urlHash != nil }.sorted { ($0.urlHash ?? 0) < ($1.urlHash ?? 0) }
            let whole = marks.count - marks.count % Self.rowsAtOnce
            let wholeURLs = urls.count - urls.count % Self.rowsAtOnce
            let items = try PreparedStatement(database, Self.insertItems)
            items.bind(feed, at: 1)
            items.bind(poll, at: 2)
            items.bind(at.day.daysSinceEpoch, at: 3)
            for start in stride(from: 0, to: whole, by: Self.rowsAtOnce) {
                for offset in 0..<Self.rowsAtOnce {
                    let place = Int32(4 + 4 * offset)
                    items.bind(marks[start + offset].keyHash, at: place)
                    items.bind(marks[start + offset].urlHash, at: place + 1)
                    items.bind(marks[start + offset].titleHash, at: place + 2)
                    items.bind(marks[start + offset].textHash, at: place + 3)
                }
                try items.run()
            }
            for mark in marks[whole...] { _ = try add(mark) }
            let addresses = try PreparedStatement(database, Self.insertURLs)
            addresses.bind(feed, at: 1)
            for start in stride(from: 0, to: wholeURLs, by: Self.rowsAtOnce) {
                for offset in 0..<Self.rowsAtOnce {
                    addresses.bind(urls[start + offset].urlHash, at: Int32(2 + 2 * offset))
                    addresses.bind(urls[start + offset].keyHash, at: Int32(3 + 2 * offset))
                }
                try addresses.run()
            }
            for mark in urls[wholeURLs...] { _ = try claimURL(mark) }
        }

        /// So many rows share a statement, which costs a third less than one for each.
        static let rowsAtOnce = 16

        private static let insertItems =
            "INSERT INTO item (feed, key, url, title, text, poll, listed) VALUES "
            + (0..<rowsAtOnce).map { 4 + 4 * $0 }.map { "(?1, ?\($0), ?\($0 + 1), ?\($0 + 2), ?\($0 + 3), ?2, ?3)" }
            .joined(separator: ", ")
        private static let insertURLs =
            "INSERT INTO url (feed, hash, key) VALUES "
            + (0..<rowsAtOnce).map { 2 + 2 * $0 }.map { "(?1, ?\($0), ?\($0 + 1))" }.joined(separator: ", ")
    }

    /// Notes a changed text (I7); false where that revision is known already.
    static func revise(
        _ mark: ItemMark, _ revision: NewItem.Revision, feed: Int64, at: Instant, _ database: Database
    ) throws -> Bool {
        let insert = try PreparedStatement(
            database,
            """
            INSERT INTO revision (feed, key, number, at, old, new) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """)
        insert.bind(feed, at: 1)
        insert.bind(mark.keyHash, at: 2)
        insert.bind(revision.number, at: 3)
        insert.bind(at, at: 4)
        insert.bind(revision.previousHash, at: 5)
        insert.bind(mark.textHash, at: 6)
        guard try insert.run() > 0 else { return false }
        let update = try PreparedStatement(
            database,
            "UPDATE item SET title = ?, text = ?, revision = ?, listed = ? WHERE feed = ? AND key = ?")
        update.bind(mark.titleHash, at: 1)
        update.bind(mark.textHash, at: 2)
        update.bind(revision.number, at: 3)
        update.bind(at.day.daysSinceEpoch, at: 4)
        update.bind(feed, at: 5)
        update.bind(mark.keyHash, at: 6)
        try update.run()
        return true
    }

    /// Notes that known items are still listed; done once a week for each, so that a usual poll writes none (I1).
    static func refresh(_ marks: [ItemMark], feed: Int64, day: Int, _ database: Database) throws {
        let update = try PreparedStatement(database, "UPDATE item SET listed = ? WHERE feed = ? AND key = ?")
        update.bind(day, at: 1)
        update.bind(feed, at: 2)
        for mark in marks {
            update.bind(mark.keyHash, at: 3)
            try update.run()
        }
    }

    /// Ties an item to its latest hit.
    static func setHit(_ hit: Int64, of mark: ItemMark, feed: Int64, _ database: Database) throws {
        let update = try PreparedStatement(database, "UPDATE item SET hit = ? WHERE feed = ? AND key = ?")
        update.bind(hit, at: 1)
        update.bind(feed, at: 2)
        update.bind(mark.keyHash, at: 3)
        try update.run()
    }

    /// Adds a poll that brought items (I9), and gives its number.
    static func addPoll(
        feed: Int64, at: Instant, urls: [String], bodyHash: [UInt8], _ database: Database
    ) throws -> Int64 {
        let insert = try PreparedStatement(
            database, "INSERT INTO poll (feed, at, urls, body_hash) VALUES (?, ?, ?, ?)")
        insert.bind(feed, at: 1)
        insert.bind(at, at: 2)
        insert.bind(urls.joined(separator: "\n"), at: 3, nullIfEmpty: true)
        insert.bind(bodyHash.isEmpty ? nil : bodyHash, at: 4)
        try insert.run()
        return database.lastInsertedRowID
    }
}
