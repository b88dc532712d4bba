// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Testing

@testable import KaguStore

@Suite("Silences in the store (R11)")
struct SilenceStoreTests {
    let fixture: StateFixture

    init() throws { fixture = try StateFixture() }

    private func silence(_ id: String, from: Int = 0, to: Int) -> Silence {
        Silence(
            id: id,
            matchers: [
                LabelMatcher(label: .watch, operation: .equals, value: "gib"),
                LabelMatcher(label: .severity, operation: .matchesNot, value: "high|\"critical\""),
            ],
            starts: fixture.now + .seconds(from), ends: fixture.now + .seconds(to), author: "ana (uid 1000)",
            comment: "élections, à partir de midi", created: fixture.now)
    }

    @Test("a silence survives a restart with all that it says, and is in force from its start to before its end")
    func survivesRestart() async throws {
        let store = try fixture.openStore()
        let silence = silence("sil_1", from: 60, to: 3600)
        #expect(try await store.addSilence(silence))
        await store.close()
        let again = try fixture.openStore()
        let now = fixture.now
        #expect(try await again.activeSilences(at: now + .seconds(59)).isEmpty)
        #expect(try await again.activeSilences(at: now + .seconds(60)) == [silence])
        #expect(try await again.activeSilences(at: now + .milliseconds(3_599_999)) == [silence])
        #expect(try await again.activeSilences(at: now + .seconds(3600)).isEmpty)
        #expect(try await again.silences(at: now) == [silence])
        #expect(try await again.silences(at: now + .seconds(3600)).isEmpty)
        #expect(try await again.silences(includingExpired: true, at: now + .seconds(3600)) == [silence])
        let reader = try StateReader(directory: fixture.path)
        #expect(try reader.silences(at: now) == [silence])
        await again.close()
    }

    @Test("expiring ends at once, also what has not begun; with an unknown id among them nothing ends")
    func expires() async throws {
        let store = try fixture.openStore()
        let now = fixture.now
        try await store.addSilence(silence("sil_a", to: 3600))
        try await store.addSilence(silence("sil_b", from: 600, to: 3600))
        #expect(try await store.expireSilences(["sil_a", "sil_x"], at: now + .seconds(10)) == ["sil_a"])
        #expect(try await store.activeSilences(at: now + .seconds(10)).map(\.id) == ["sil_a"])
        #expect(
            try await store.expireSilences(["sil_a", "sil_b"], at: now + .seconds(10)) == ["sil_a", "sil_b"])
        #expect(try await store.activeSilences(at: now + .seconds(10)).isEmpty)
        #expect(try await store.activeSilences(at: now + .seconds(700)).isEmpty)
        // Expiring again moves no end.
        _ = try await store.expireSilences(["sil_a"], at: now + .seconds(20))
        let all = try await store.silences(includingExpired: true, at: now)
        #expect(all.map(\.ends) == [now + .seconds(10), now + .seconds(10)])
        await store.close()
    }

    @Test("more silences than the limit are refused; ended ones do not count and are forgotten after 400 days")
    func limits() async throws {
        let store = try fixture.openStore()
        try await store.addAtOnce((0..<Store.maximumSilences).map { silence("sil_\($0)", to: 3600) })
        #expect(try await !store.addSilence(silence("sil_more", to: 3600)))
        var later = silence("sil_later", from: 500 * 86_400, to: 501 * 86_400)
        later.created = fixture.now + .seconds(500 * 86_400)
        #expect(try await store.addSilence(later))
        #expect(try await store.silences(includingExpired: true, at: later.created).map(\.id) == ["sil_later"])
        await store.close()
    }
}

extension Store {
    /// Many silences in one transaction.
    fileprivate func addAtOnce(_ silences: [Silence]) throws {
        try transaction { database in
            for silence in silences { try SilenceTable.add(silence, database) }
        }
    }
}
