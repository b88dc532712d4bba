// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel
import KaguTestSupport
import Synchronization
import Testing

@testable import KaguStore

/// Work at start that may take minutes is told while it is done (O10).
@Suite("Progress of opening (O10)")
struct OpeningProgressTests {
    private let fixture: StateFixture

    init() throws { fixture = try StateFixture(inMemory: true) }

    /// Opens the store and gives what it told.
    private func openings() async throws -> [OpeningProgress] {
        let told = Mutex<[OpeningProgress]>([])
        let (store, _) = try Store.open(directory: fixture.path, at: fixture.now) { progress in
            told.withLock { $0.append(progress) }
        }
        await store.close()
        return told.withLock { $0 }
    }

    private func fill() async throws {
        let store = try fixture.openStore()
        for day in 0..<3 {
            let at = fixture.now - .seconds(Int64(10 - day) * 86_400)
            let items = (0..<800).map { Item.make(id: "\(day)-\($0)", title: "Baku \(day)-\($0)") }
            try await store.poll(items, at: at)
        }
        await store.close()
    }

    @Test("an ordinary start has nothing to tell")
    func ordinary() async throws {
        try await fill()
        #expect(try await openings().isEmpty)
    }

    @Test("a lost database: the share of the hit files that is indexed rises from 0, more than once a file (O38)")
    func lost() async throws {
        for day in 0..<2 {
            let seen = fixture.now - .seconds(Int64(10 - day) * 86_400)
            var lines: [UInt8] = []
            for number in 0..<4_500 {
                let id = HitIdentity.hit(feedID: "a", key: "\(day)-\(number)", revision: 0)
                lines += fixture.foreignLine(Hit.make(id: id, seen: seen))
            }
            try fixture.directory.write(lines, to: "state/hits/\(seen.day).jsonl")
        }
        let told = try await openings()
        let shares = told.filter { $0.work == .index }.compactMap(\.share)
        #expect(shares.first == 0 && shares == shares.sorted() && shares.count > 4)
        #expect(shares.allSatisfy { $0 <= 1 } && shares.last.map { $0 > 0.9 } == true)
    }

    @Test("a suspect database is looked through, and a damaged one copied: both tell its bytes (O38)")
    func damaged() async throws {
        try await fill()
        let size = try fixture.directory.bytes("state/state.sqlite").count
        try fixture.directory.write("", to: "state/state.sqlite.suspect")
        #expect(try await openings() == [OpeningProgress(.check, bytes: size)])
        var bytes = try fixture.directory.bytes("state/state.sqlite")
        // A page of rows, which the journal must not put back.
        for suffix in ["-wal", "-shm"] { unlink(fixture.path + "/state.sqlite" + suffix) }
        let page = size / 4096 * 3 / 4 * 4096
        for place in page..<(page + 4096) { bytes[place] = 0xFF }
        try fixture.directory.write(bytes, to: "state/state.sqlite")
        try fixture.directory.write("", to: "state/state.sqlite.suspect")
        let works = try await openings().map(\.work)
        #expect(works.first == .check && works.contains(.salvage) && works.last == .index)
        #expect(works.count(where: { $0 == .salvage }) > 5)
    }
}
