// SPDX-License-Identifier: Apache-2.0

import GRDB

/// The database's tables by version (O41): `user_version` counts the migrations that have run.
///
/// The hot tables are narrow. An item is a row of its feed's stretch of one clustered table, known by 64-bit
/// hashes; a canonical URL is a rowid. Texts stay in the hit files.
enum Schema {
    /// "kagu" (O34).
    static let applicationID = 0x6b61_6775

    /// The newest version that this build knows.
    static var version: Int { migrations.count }

    /// One entry for each version, run in order, each in the one transaction of an upgrade.
    static let migrations: [String] = [
        feeds + items + hits + outbox,
        polling,
        turns,
        index + digests,
        alerts + silences,
        knownHits,
    ]

    /// Brings the database from `found` to `version`; the caller holds the transaction.
    static func migrate(_ database: Database, from found: Int) throws {
        for migration in migrations[found...] { try database.execute(sql: migration) }
        // The rows of version 1 have another form of URL numbers (`ItemKeys`).
        if found == 0 {
            try database.execute(sql: "INSERT INTO setting (name, value) VALUES ('url_key', randomblob(16))")
        }
        try SchemaMark.write(version, database)
        try database.execute(sql: "PRAGMA application_id = \(applicationID)")
        try database.execute(sql: "PRAGMA user_version = \(version)")
    }

    // Instants are milliseconds since the epoch, durations milliseconds, days count from the epoch.
    private static let feeds = """
        CREATE TABLE feed (
            n INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            state TEXT NOT NULL DEFAULT 'new',
            since INTEGER,
            reason TEXT,
            last_success INTEGER,
            last_news INTEGER,
            failures INTEGER NOT NULL DEFAULT 0,
            announced INTEGER NOT NULL DEFAULT 0,
            last_start INTEGER,
            next_due INTEGER,
            interval INTEGER,
            held_until INTEGER,
            validators_url TEXT,
            etag BLOB,
            last_modified BLOB,
            body_hash BLOB,
            title TEXT,
            has_baseline INTEGER NOT NULL DEFAULT 0,
            gaps TEXT,
            redirects TEXT
        );
        CREATE TABLE poll (
            n INTEGER PRIMARY KEY,
            feed INTEGER NOT NULL,
            at INTEGER NOT NULL,
            urls TEXT,
            body_hash BLOB
        );
        """

    // Version 2. `document`: the day of the last document; `migrated`: when ids last changed; `polls` counts the
    // entries that `poll_log` ever got.
    private static let polling = """
        ALTER TABLE feed ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE feed ADD COLUMN listed_url TEXT;
        ALTER TABLE feed ADD COLUMN last_status INTEGER;
        ALTER TABLE feed ADD COLUMN document INTEGER;
        ALTER TABLE feed ADD COLUMN migrated INTEGER;
        ALTER TABLE feed ADD COLUMN polls INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE poll_log (
            feed INTEGER NOT NULL,
            place INTEGER NOT NULL,
            at INTEGER NOT NULL,
            duration INTEGER NOT NULL,
            status INTEGER,
            state TEXT NOT NULL,
            reason TEXT,
            items INTEGER NOT NULL,
            new_items INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            PRIMARY KEY (feed, place)
        ) WITHOUT ROWID;
        CREATE TABLE event (
            n INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            feed TEXT,
            at INTEGER NOT NULL,
            state TEXT,
            text TEXT NOT NULL
        );
        CREATE INDEX event_feed ON event (feed) WHERE feed IS NOT NULL;
        CREATE TABLE hold (
            authority TEXT PRIMARY KEY,
            until INTEGER NOT NULL,
            reason TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE setting (
            name TEXT PRIMARY KEY,
            value BLOB NOT NULL
        ) WITHOUT ROWID;
        """

    // Version 3. What every poll changes of a feed's row goes into a row of its own, a few dozen bytes long, so that the
    // polls of a sweep share pages; the log's rows of one round lie side by side for the same reason.
    private static let turns = """
        CREATE TABLE turn (
            feed INTEGER PRIMARY KEY,
            last_start INTEGER,
            next_due INTEGER,
            last_success INTEGER,
            interval INTEGER,
            last_status INTEGER,
            polls INTEGER NOT NULL DEFAULT 0
        );
        INSERT INTO turn SELECT n, last_start, next_due, last_success, interval, last_status, polls FROM feed;
        ALTER TABLE feed DROP COLUMN last_start;
        ALTER TABLE feed DROP COLUMN next_due;
        ALTER TABLE feed DROP COLUMN last_success;
        ALTER TABLE feed DROP COLUMN interval;
        ALTER TABLE feed DROP COLUMN last_status;
        ALTER TABLE feed DROP COLUMN polls;
        ALTER TABLE poll_log RENAME TO poll_log_by_feed;
        CREATE TABLE poll_log (
            place INTEGER NOT NULL,
            feed INTEGER NOT NULL,
            at INTEGER NOT NULL,
            duration INTEGER NOT NULL,
            status INTEGER,
            state TEXT NOT NULL,
            reason TEXT,
            items INTEGER NOT NULL,
            new_items INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            PRIMARY KEY (place, feed)
        ) WITHOUT ROWID;
        INSERT INTO poll_log
        SELECT place, feed, at, duration, status, state, reason, items, new_items, bytes FROM poll_log_by_feed;
        DROP TABLE poll_log_by_feed;
        """

    private static let items = """
        CREATE TABLE item (
            feed INTEGER NOT NULL,
            key INTEGER NOT NULL,
            url INTEGER,
            title INTEGER NOT NULL,
            text INTEGER NOT NULL,
            poll INTEGER NOT NULL,
            listed INTEGER NOT NULL,
            revision INTEGER NOT NULL DEFAULT 0,
            hit INTEGER,
            PRIMARY KEY (feed, key)
        ) WITHOUT ROWID;
        CREATE TABLE url (
            hash INTEGER PRIMARY KEY,
            feed INTEGER NOT NULL,
            key INTEGER NOT NULL
        );
        CREATE TABLE sighting (
            url INTEGER NOT NULL,
            feed INTEGER NOT NULL,
            key INTEGER NOT NULL,
            at INTEGER NOT NULL,
            title TEXT NOT NULL,
            PRIMARY KEY (url, feed, key)
        ) WITHOUT ROWID;
        CREATE TABLE revision (
            feed INTEGER NOT NULL,
            key INTEGER NOT NULL,
            number INTEGER NOT NULL,
            at INTEGER NOT NULL,
            old INTEGER NOT NULL,
            new INTEGER NOT NULL,
            PRIMARY KEY (feed, key, number)
        ) WITHOUT ROWID;
        """

    // `story` is NULL where it follows from the id; `earlier`: watches of the item's hits before this one.
    private static let hits = """
        CREATE TABLE hit (
            n INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            seen INTEGER NOT NULL,
            part INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            length INTEGER NOT NULL,
            crc INTEGER NOT NULL,
            feed INTEGER NOT NULL,
            severity INTEGER NOT NULL,
            baseline INTEGER NOT NULL,
            story TEXT,
            watches TEXT NOT NULL,
            earlier TEXT
        );
        CREATE TABLE hit_file (
            day INTEGER NOT NULL,
            part INTEGER NOT NULL,
            indexed INTEGER NOT NULL,
            PRIMARY KEY (day, part)
        ) WITHOUT ROWID;
        """

    private static let outbox = """
        CREATE TABLE alert (
            n INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            receiver TEXT NOT NULL,
            route TEXT NOT NULL,
            type TEXT NOT NULL,
            reason TEXT NOT NULL,
            body BLOB NOT NULL,
            created INTEGER NOT NULL,
            state INTEGER NOT NULL,
            state_reason TEXT,
            next_at INTEGER,
            attempts INTEGER NOT NULL DEFAULT 0,
            remote_id TEXT,
            ended INTEGER
        );
        CREATE INDEX alert_due ON alert (receiver, next_at) WHERE state = 1;
        CREATE TABLE delivery (
            n INTEGER PRIMARY KEY,
            hit INTEGER NOT NULL REFERENCES hit (n),
            receiver TEXT NOT NULL,
            route TEXT NOT NULL,
            grouping TEXT NOT NULL,
            state INTEGER NOT NULL DEFAULT 0,
            reason TEXT,
            created INTEGER NOT NULL,
            alert INTEGER REFERENCES alert (n),
            UNIQUE (hit, receiver)
        );
        CREATE INDEX delivery_waiting ON delivery (grouping) WHERE state = 0;
        CREATE INDEX delivery_alert ON delivery (alert) WHERE alert IS NOT NULL;
        CREATE TABLE attempt (
            n INTEGER PRIMARY KEY,
            alert INTEGER NOT NULL REFERENCES alert (n),
            at INTEGER NOT NULL,
            duration INTEGER NOT NULL,
            status INTEGER,
            class TEXT NOT NULL,
            excerpt TEXT
        );
        CREATE INDEX attempt_alert ON attempt (alert);
        CREATE TABLE grouping (
            key TEXT PRIMARY KEY,
            receiver TEXT NOT NULL,
            route TEXT NOT NULL,
            labels TEXT NOT NULL,
            deadline INTEGER,
            last_told INTEGER,
            first_alert TEXT,
            updates INTEGER NOT NULL DEFAULT 0,
            detail TEXT
        );
        CREATE INDEX grouping_deadline ON grouping (deadline) WHERE deadline IS NOT NULL;
        CREATE TABLE receiver (
            name TEXT PRIMARY KEY,
            state TEXT NOT NULL,
            since INTEGER,
            first_failure INTEGER,
            transient_failures INTEGER NOT NULL,
            suspect_failures INTEGER NOT NULL,
            held_until INTEGER,
            error TEXT,
            detail TEXT
        );
        """
}
