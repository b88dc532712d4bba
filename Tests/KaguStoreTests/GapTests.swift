// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

/// Polls of which the feed knows nothing (I6).
@Suite struct GapTests {
    private func items(_ count: Int, from first: Int, published: Instant? = nil) -> [Item] {
        (first..<first + count).map { number in
            Item.make(
                id: "\(number)", title: "Title \(number)", published: published.map { $0 + .seconds(Int64(number)) }
            )
        }
    }

    private func accepted(_ at: Instant) -> FeedRecord {
        FeedRecord(state: .ok, lastSuccess: at, hasBaseline: true)
    }

    @Test(
        "five items, none known, after a success are a gap from that success to the oldest date; all are new (I6)")
    func gap() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll(items(5, from: 0), at: fixture.now, feed: accepted(fixture.now))
        let day = fixture.now + .seconds(86_400)
        let rolled = items(5, from: 100, published: fixture.now + .seconds(3600))
        let found = try await store.unseen(feedID: "example", items: rolled, at: day)
        #expect(found.gap == Gap(from: fixture.now, to: fixture.now + .seconds(3700), items: 5))
        #expect(found.items.count == 5 && found.knownCount == 0 && found.migration == nil)
        #expect(try await store.poll(rolled, at: day).newItems == 5)
    }

    @Test("without dates the gap's end is unknown (I6)")
    func noDates() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll(items(5, from: 0), at: fixture.now, feed: accepted(fixture.now))
        let found = try await store.unseen(feedID: "example", items: items(6, from: 100), at: fixture.now)
        #expect(found.gap == Gap(from: fixture.now, to: nil, items: 6))
    }

    @Test("a first poll, four items, or one known item make no gap (I6)")
    func noGap() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        #expect(try await store.unseen(feedID: "example", items: items(9, from: 0), at: fixture.now).gap == nil)
        try await store.setFeedRecord(FeedRecord(state: .failing, failures: 2), of: "example")
        #expect(try await store.unseen(feedID: "example", items: items(9, from: 0), at: fixture.now).gap == nil)
        try await store.poll(items(5, from: 0), at: fixture.now, feed: accepted(fixture.now))
        for document in [items(4, from: 100), items(9, from: 4)] {
            #expect(try await store.unseen(feedID: "example", items: document, at: fixture.now).gap == nil)
        }
    }

    @Test("an item known by its URL or title only is known enough to make no gap (I6)")
    func knownOtherwise() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll(items(5, from: 0), at: fixture.now, feed: accepted(fixture.now))
        let byURL = Item.make(id: "x", url: "https://example.org/3", title: "Other")
        let byTitle = Item.make(id: "x", url: "https://example.org/x", title: "Title 3")
        for item in [byURL, byTitle] {
            let document = items(8, from: 100) + [item]
            #expect(try await store.unseen(feedID: "example", items: document, at: fixture.now).gap == nil)
        }
    }

    @Test("what another feed knows does not fill a gap of this one (I6)")
    func otherFeed() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll(items(5, from: 0), of: "a", at: fixture.now, feed: accepted(fixture.now))
        try await store.poll(items(5, from: 100), of: "b", at: fixture.now, feed: accepted(fixture.now))
        let found = try await store.unseen(feedID: "a", items: items(6, from: 100), at: fixture.now)
        #expect(found.gap?.items == 6 && found.sightings.count == 5 && found.items.count == 1)
    }
}
