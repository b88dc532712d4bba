// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

@Suite struct HitFollowerTests {
    @Test("following gives the last hits, then each new one once, over the change of day and a restart (O18)")
    func follow() async throws {
        let fixture = try StateFixture()
        var store = try fixture.openStore()
        for id in ["1", "2", "3"] { try await store.poll([.make(id: id, title: "Baku")], at: fixture.now) }
        var follower = HitFollower(directory: fixture.path, query: HitQuery(), last: 2)
        #expect(follower.initial.map(\.hit.url.last) == ["2", "3"])
        #expect(follower.next().isEmpty)
        try await store.poll([.make(id: "4", title: "Baku")], at: fixture.now)
        await store.close()
        store = try fixture.openStore()
        try await store.poll([.make(id: "5", title: "Baku")], at: fixture.now + .seconds(86_400))
        #expect(follower.next().map(\.hit.url.last) == ["4", "5"])
        try await store.poll([.make(id: "6", title: "Baku")], at: fixture.now + .seconds(86_400))
        #expect(follower.next().map(\.hit.url.last) == ["6"])
        #expect(follower.next().isEmpty)
    }

    @Test("following may begin before the first hit, and a half-written line is given when it is whole")
    func beginsEmpty() throws {
        let fixture = try StateFixture()
        var follower = HitFollower(directory: fixture.path, query: HitQuery())
        #expect(follower.initial.isEmpty && follower.next().isEmpty)
        let line = fixture.foreignLine(Hit.make(id: "h_1"))
        try fixture.append(Array(line.prefix(50)))
        #expect(follower.next().isEmpty)
        try fixture.append(Array(line.dropFirst(50)))
        #expect(follower.next().map(\.hit.id) == ["h_1"])
        try fixture.append(fixture.foreignLine(Hit.make(id: "h_2")), to: "2026-11-22.1.jsonl")
        #expect(follower.next().map(\.hit.id) == ["h_2"])
    }

    @Test("a poll that is stored after midnight for the day before is given too, and no line twice (O18)")
    func lateForYesterday() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll([.make(id: "1", title: "Baku")], at: fixture.now)
        var follower = HitFollower(directory: fixture.path, query: HitQuery())
        try await store.poll([.make(id: "2", title: "Baku")], at: fixture.now + .seconds(86_400))
        #expect(follower.next().map(\.hit.url.last) == ["2"])
        try await store.poll([.make(id: "3", title: "Baku")], at: fixture.now)
        #expect(follower.next().map(\.hit.url.last) == ["3"])
        try await store.poll([.make(id: "4", title: "Baku")], at: fixture.now)
        try await store.poll([.make(id: "5", title: "Baku")], at: fixture.now + .seconds(2 * 86_400))
        #expect(follower.next().map(\.hit.url.last) == ["4", "5"])
        #expect(follower.next().isEmpty)
        await store.close()
    }

    @Test("lines that were cut off and written anew are given once, a file that cannot be read is named (O36, O38)")
    func rewritten() throws {
        let fixture = try StateFixture()
        let lines = (1...3).map { fixture.foreignLine(Hit.make(id: "h_\($0)")) }
        try fixture.append(lines[0] + lines[1])
        var follower = HitFollower(directory: fixture.path, query: HitQuery(), last: 0)
        #expect(follower.initial.isEmpty)
        try fixture.append(lines[2])
        #expect(follower.next().map(\.hit.id) == ["h_3"])
        try fixture.directory.write(lines[0] + lines[1], to: "state/hits/2026-11-22.jsonl")
        #expect(follower.next().isEmpty)
        try fixture.append(lines[2])
        #expect(follower.next().isEmpty && follower.unreadable.isEmpty)
        symlink("2026-11-23.jsonl", fixture.directory.path("state/hits/2026-11-23.jsonl"))
        #expect(follower.next().isEmpty)
        #expect(follower.unreadable.map(\.file.description) == ["2026-11-23.jsonl"])
        unlink(fixture.directory.path("state/hits/2026-11-23.jsonl"))
        #expect(follower.next().isEmpty && follower.unreadable.isEmpty)
    }

    @Test(
        "lines that are cut off between two looks and overgrown by others: no line is lost or begun in its middle (O18, O36)"
    )
    func overgrown() throws {
        let fixture = try StateFixture()
        let lines = [0, 1, 2, 3, 4, 5, 6, 7, 8, 6].enumerated().map { number, length in
            fixture.foreignLine(Hit.make(id: "h_\(number)", title: String(repeating: "x", count: length * 7)))
        }
        func write(_ numbers: [Int]) throws {
            try fixture.directory.write(
                Array(numbers.map { lines[$0] }.joined()), to: "state/hits/2026-11-22.jsonl")
        }
        try write([0, 1, 2])
        // It begins behind lines that are cut off again.
        var follower = HitFollower(directory: fixture.path, query: HitQuery(), last: 0)
        try write([0, 3, 4, 5])
        #expect(follower.next().map(\.hit.id) == ["h_3", "h_4", "h_5"])
        // It has given lines that are cut off, and written anew behind others.
        try write([0, 3, 6, 4, 5, 7])
        #expect(follower.next().map(\.hit.id) == ["h_6", "h_7"])
        // The last line that it knows lies where it did, and the one before it has gone.
        try write([0, 3, 9, 4, 5, 7])
        #expect(follower.next().map(\.hit.id) == ["h_9"])
        // A part of a line is cut off, and a longer one comes.
        try fixture.append(Array(lines[1].prefix(60)))
        #expect(follower.next().isEmpty)
        try write([0, 3, 9, 4, 5, 7, 8, 1])
        #expect(follower.next().map(\.hit.id) == ["h_8", "h_1"])
    }

    @Test(
        "however batches are written, cut off and written again, what stays is given once (O18, O36)",
        arguments: 1...8)
    func anyFate(seed: UInt64) throws {
        let fixture = try StateFixture()
        var random = SeededGenerator(seed)
        var whole: [UInt8] = []
        var stayed: Set<String> = []
        var given: [String] = []
        var next = 0
        func batch() -> (ids: [String], bytes: [UInt8]) {
            let hits = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                next += 1
                return Hit.make(
                    id: "h_\(next)", title: String(repeating: "y", count: Int.random(in: 0...900, using: &random)))
            }
            return (hits.map(\.id), Array(hits.map(fixture.foreignLine).joined()))
        }
        func put(_ bytes: [UInt8]) throws { try fixture.directory.write(bytes, to: "state/hits/2026-11-22.jsonl") }
        for _ in 0..<Int.random(in: 0...3, using: &random) { whole += batch().bytes }
        try put(whole + batch().bytes)
        var follower = HitFollower(directory: fixture.path, query: HitQuery(), last: 0)
        for _ in 0..<60 {
            let (ids, bytes) = batch()
            if Bool.random(using: &random) {
                // A batch that fails, anywhere in it.
                try put(whole + bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
            } else {
                whole += bytes
                stayed.formUnion(ids)
                try put(whole)
            }
            if Int.random(in: 0..<3, using: &random) == 0 { given += follower.next().map(\.hit.id) }
        }
        try put(whole)
        given += follower.next().map(\.hit.id)
        #expect(Set(given).count == given.count)
        #expect(stayed.subtracting(given).isEmpty)
    }
}
