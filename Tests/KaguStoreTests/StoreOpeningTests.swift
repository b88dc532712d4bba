// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GRDB
import Glibc
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

@Suite struct StoreOpeningTests {
    @Test("a new state directory has the layout of O33, its files mode 0640 (O33)")
    func layout() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll([.make(title: "Baku")], at: fixture.now)
        #expect(
            try fixture.directory.names(in: "state")
                == [
                    "backup", "hits", "lock", "quarantine", "reserve", "state.sqlite", "state.sqlite-shm",
                    "state.sqlite-wal",
                ])
        for file in [
            "lock", "reserve", "state.sqlite", "state.sqlite-shm", "state.sqlite-wal", "hits/2026-11-22.jsonl",
        ] {
            var status = stat()
            #expect(stat("\(fixture.path)/\(file)", &status) == 0)
            #expect(status.st_mode & 0o777 == 0o640, "\(file)")
        }
    }

    @Test("WAL, synchronous FULL, foreign keys and the application id are set and read back (O34)")
    func pragmas() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        #expect(try await store.pragma("journal_mode") == "wal")
        #expect(try await store.pragma("synchronous") == "2")
        #expect(try await store.pragma("foreign_keys") == "1")
        #expect(try await store.pragma("application_id") == String(0x6b61_6775))
        #expect(try await store.pragma("user_version") == "6")
    }

    @Test("the WAL stays after a clean stop, so that a group member can read (O34)")
    func persistentWAL() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll([.make(title: "Baku")], at: fixture.now)
        await store.close()
        let names = try fixture.directory.names(in: "state")
        #expect(names.contains("state.sqlite-wal") && names.contains("state.sqlite-shm"))
    }

    @Test("a second daemon is refused with the pid of the first, and may start after it (O39, T28)")
    func lock() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        #expect(throws: StoreError.locked(path: fixture.path, pid: getpid())) { try fixture.openStore() }
        await store.close()
        let second = try fixture.openStore()
        await second.close()
    }

    @Test("a directory whose parent is missing, or that is a file, is unusable (O40)")
    func unusable() throws {
        let fixture = try StateFixture()
        try fixture.directory.write("", to: "file")
        for path in ["missing/state", "file", "file/state"].map(fixture.directory.path) {
            do {
                _ = try Store.open(directory: path, at: fixture.now)
                Issue.record("\(path) was opened")
            } catch {
                guard case .unusable(path, _) = error else {
                    Issue.record("\(path): \(error)")
                    continue
                }
                #expect(error.description.hasPrefix("state directory \(path): "))
            }
        }
    }

    @Test("a directory without write permission is unusable (O40)", .enabled(if: geteuid() != 0))
    func readOnly() throws {
        let fixture = try StateFixture()
        mkdir(fixture.path, 0o550)
        #expect(throws: StoreError.self) { try fixture.openStore() }
    }

    @Test("a database of a newer schema is refused and not written (O41, T33)")
    func newerSchema() async throws {
        let fixture = try StateFixture()
        await (try fixture.openStore()).close()
        let queue = try DatabaseQueue(path: fixture.path + "/state.sqlite")
        try queue.inDatabase { database in
            try database.execute(sql: "PRAGMA user_version = \(Schema.version + 1)")
            try SchemaMark.write(Schema.version + 1, database)
        }
        try queue.close()
        let before = try fixture.directory.bytes("state/state.sqlite")
        let error = StoreError.newerSchema(
            path: fixture.path + "/state.sqlite", found: Schema.version + 1, known: Schema.version)
        #expect(throws: error) { try fixture.openStore() }
        #expect(throws: error) { try StateReader(directory: fixture.path) }
        #expect(try fixture.directory.bytes("state/state.sqlite") == before)
    }

    @Test("a database of version 1 is upgraded with all that it knows, after a backup (O41)")
    func upgrade() async throws {
        let fixture = try StateFixture()
        // The state of a first version: today's, without what the second migration added.
        let store = try fixture.openStore()
        let record = FeedRecordTests.full(fixture.now)
        try await store.poll([.make(title: "Baku")], at: fixture.now, feed: record)
        await store.close()
        let queue = try DatabaseQueue(path: fixture.path + "/state.sqlite")
        try queue.inDatabase { database in
            let turn = try #require(try Row.fetchOne(database, sql: "SELECT * FROM turn"))
            let old = try Table.first().map { ($0, try Row.fetchAll(database, sql: "SELECT * FROM \($0)")) }
            try database.execute(sql: "PRAGMA foreign_keys = OFF")
            for name in try Table.names(database) { try database.execute(sql: "DROP TABLE \(name)") }
            try database.execute(sql: Schema.migrations[0])
            for (name, rows) in old {
                let columns = Set(try database.columns(in: name).map(\.name))
                for row in rows {
                    let kept = row.filter { columns.contains($0.0) }
                    try database.execute(
                        sql: "INSERT INTO \(name) (\(kept.map(\.0).joined(separator: ","))) "
                            + "VALUES (\(kept.map { _ in "?" }.joined(separator: ",")))",
                        arguments: StatementArguments(kept.map(\.1)))
                }
            }
            try database.execute(
                sql: "UPDATE feed SET last_start = ?, next_due = ?, last_success = ?, interval = ?",
                arguments: [turn["last_start"], turn["next_due"], turn["last_success"], turn["interval"]])
            // Its URL numbers had no key.
            let url = try #require(CanonicalURL("https://example.org/item-1"))
            let number = ItemKeys.unsalted.url(url)
            try database.execute(sql: "UPDATE url SET hash = ?", arguments: [number])
            try database.execute(sql: "UPDATE item SET url = ?", arguments: [number])
            try database.execute(sql: "PRAGMA user_version = 1")
        }
        try queue.close()

        let again = try fixture.openStore()
        #expect(try await again.pragma("user_version") == "6")
        #expect(try fixture.directory.names(in: "state/backup") == ["state.v1.sqlite"])
        var expected = record
        expected.isPaused = false
        expected.listedURL = ""
        expected.lastStatus = nil
        #expect(try await again.feedRecords() == ["example": expected])
        #expect(try await again.poll([.make(title: "Baku")], at: fixture.now).newItems == 0)
        let copy = Item.make(id: "copy", url: "https://example.org/item-1")
        #expect(try await again.unseen(feedID: "b", items: [copy], at: fixture.now).sightings.count == 1)
        // A feed that has had no document since has all its items listed (I1).
        #expect(try await again.upkeep(at: fixture.now + .seconds(200 * 86_400)).items == 0)
        #expect(try fixture.lines().count == 1)
        let entry = PollLogEntry(at: fixture.now, duration: .zero, state: .ok)
        try await again.record(PollRecord(feedID: "example", at: fixture.now, feed: record, log: entry))
        #expect(try StateReader(directory: fixture.path).pollLog(feedID: "example") == [entry])
    }

    @Test("a database of version 2 keeps its feeds' records and logs (O41)")
    func upgradeFromSecond() async throws {
        let fixture = try StateFixture()
        await (try fixture.openStore()).close()
        for suffix in ["", "-wal", "-shm"] { unlink("\(fixture.path)/state.sqlite\(suffix)") }
        let queue = try DatabaseQueue(path: fixture.path + "/state.sqlite")
        let at = fixture.now.milliseconds
        try queue.inDatabase { database in
            for migration in Schema.migrations[..<2] { try database.execute(sql: migration) }
            try database.execute(
                sql: """
                    INSERT INTO setting (name, value) VALUES ('url_key', x'010203');
                    INSERT INTO feed
                        (n, id, state, last_success, last_start, next_due, interval, last_status, polls, title)
                    VALUES (7, 'a', 'ok', \(at), \(at + 1), \(at + 2), 900000, 304, 21, 'A'),
                        (9, 'b', 'new', NULL, NULL, NULL, NULL, NULL, 0, NULL);
                    INSERT INTO poll_log (feed, place, at, duration, status, state, items, new_items, bytes)
                    VALUES (7, 0, \(at), 20, 304, 'ok', 0, 0, 0), (7, 1, \(at - 9), 1, 304, 'ok', 0, 0, 0),
                        (7, 19, \(at - 1), 19, 200, 'ok', 3, 2, 100);
                    PRAGMA user_version = 2;
                    """)
        }
        try queue.close()

        let store = try fixture.openStore()
        let ok = FeedRecord(
            state: .ok, lastSuccess: fixture.now, lastStart: fixture.now + .milliseconds(1),
            nextDue: fixture.now + .milliseconds(2), interval: .seconds(900), title: "A", lastStatus: 304)
        #expect(try await store.feedRecords() == ["a": ok, "b": FeedRecord(state: .new)])
        let reader = try StateReader(directory: fixture.path)
        #expect(try reader.pollLog(feedID: "a").map(\.duration) == [20, 19, 1].map(Duration.milliseconds))
        let entry = PollLogEntry(at: fixture.now, duration: .milliseconds(21), status: 304, state: .ok)
        try await store.record(PollRecord(feedID: "a", at: fixture.now, feed: ok, log: entry))
        #expect(try reader.pollLog(feedID: "a").map(\.duration) == [21, 20, 19].map(Duration.milliseconds))
    }

    @Test("calls after close throw closed")
    func closed() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        await store.close()
        await #expect(throws: StoreError.closed) { try await store.feedRecords() }
        await #expect(throws: StoreError.closed) {
            try await store.recordPollStarts([PollStart(feedID: "a", at: fixture.now, nextDue: fixture.now)])
        }
    }

    @Test("each error says what, on what, why and what to do")
    func errorWording() {
        let errors: [(StoreError, String)] = [
            (
                .unusable(path: "/s", reason: "no such file or directory"),
                "state directory /s: no such file or directory; create it, or make it writable for this user"
            ),
            (
                .locked(path: "/s", pid: 7),
                "state directory /s: in use by process 7; stop that daemon, or choose another --state-dir"
            ),
            (
                .locked(path: "/s", pid: nil),
                "state directory /s: in use by another process; stop that daemon, or choose another --state-dir"
            ),
            (
                .newerSchema(path: "/s/state.sqlite", found: 3, known: 1),
                "/s/state.sqlite: schema version 3 is newer than 1, the newest that this build knows; install the "
                    + "newer kagu, or restore backup/"
            ),
            (
                .diskFull(path: "/s/hits"),
                "/s/hits: no space left on the device; free some, polling resumes by itself"
            ),
            (.file(path: "/s/hits/x", reason: "sync: input/output error"), "/s/hits/x: sync: input/output error"),
            (.database(path: "/s/state.sqlite", reason: "disk I/O error"), "/s/state.sqlite: disk I/O error"),
            (.closed, "the store is closed"),
        ]
        for (error, text) in errors { #expect(error.description == text) }
    }
}

extension Store {
    func pragma(_ name: String) throws -> String? {
        try access { try String.fetchOne($0, sql: "PRAGMA \(name)") }
    }

    func counts(_ tables: [String]) throws -> [Int] { try tables.map { try count($0) } }

    func count(_ table: String) throws -> Int {
        try access { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0 }
    }
}

private enum Table {
    /// The tables of the first version.
    static func first() throws -> [String] {
        let queue = try DatabaseQueue()
        return try queue.inDatabase { database in
            try database.execute(sql: Schema.migrations[0])
            return try names(database)
        }
    }

    /// All tables.
    static func names(_ database: Database) throws -> [String] {
        try String.fetchAll(
            database,
            sql: "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')"
        ).filter { !$0.hasPrefix("sqlite_") }
    }
}
