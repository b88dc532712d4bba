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
                == ["backup", "hits", "lock", "quarantine", "state.sqlite", "state.sqlite-shm", "state.sqlite-wal"])
        for file in ["lock", "state.sqlite", "state.sqlite-shm", "state.sqlite-wal", "hits/2026-11-22.jsonl"] {
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
        #expect(try await store.pragma("user_version") == "1")
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
        try queue.inDatabase { try $0.execute(sql: "PRAGMA user_version = 2") }
        try queue.close()
        let before = try fixture.directory.bytes("state/state.sqlite")
        let error = StoreError.newerSchema(path: fixture.path + "/state.sqlite", found: 2, known: 1)
        #expect(throws: error) { try fixture.openStore() }
        #expect(throws: error) { try StateReader(directory: fixture.path) }
        #expect(try fixture.directory.bytes("state/state.sqlite") == before)
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

    func count(_ table: String) throws -> Int {
        try access { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0 }
    }
}
