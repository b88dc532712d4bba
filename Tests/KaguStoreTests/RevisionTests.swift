// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

@Suite struct RevisionTests {
    @Test("each revision keeps the hash of the text before and of the text after (I7)")
    func hashes() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let titles = ["Baku", "Baku and Paris", "Paris"]
        for title in titles { try await store.poll([.make(id: "1", title: title)], at: fixture.now) }
        let item = Item.make(id: "1")
        let expected = titles.map { TextHash.of([$0, item.summary, item.content]) }
        #expect(try await store.revisions() == [[expected[0], expected[1]], [expected[1], expected[2]]])
    }
}

extension Store {
    /// The old and the new hash of each revision, in order.
    fileprivate func revisions() throws -> [[Int64]] {
        try access { database in
            try Row.fetchAll(database, sql: "SELECT old, new FROM revision ORDER BY number").map { [$0[0], $0[1]] }
        }
    }
}
