// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

/// Polls in which a publisher has changed the ids of known items (I5).
@Suite struct MigrationTests {
    /// `count` items with ids, addresses and titles of their own.
    private func items(
        _ count: Int = 10, from first: Int = 0, id: String = "old", host: String = "example.org",
        title: String = "Baku", summary: String = "text"
    ) -> [Item] {
        (first..<first + count).map { number in
            Item.make(
                id: "\(id)-\(number)", url: "https://\(host)/\(number)", title: "\(title) \(number)",
                summary: "\(summary) \(number)")
        }
    }

    @Test("new ids under known URLs are joined: no item is new, none has a second line (I5)")
    func byURL() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll(items(), at: fixture.now)
        let moved = items(id: "new", title: "Other", summary: "text")
        let found = try await store.unseen(feedID: "example", items: moved, at: fixture.now)
        #expect(found.migration == Migration(joined: 10, of: 10) && found.gap == nil)
        #expect(found.knownCount == 0 && found.items.count == 10 && found.sightings.isEmpty)
        #expect(found.items.allSatisfy { $0.revision == 1 })

        let same = items(id: "new")
        let unchanged = try await store.unseen(feedID: "example", items: same, at: fixture.now)
        #expect(unchanged.migration == Migration(joined: 10, of: 10))
        #expect(unchanged.knownCount == 10 && unchanged.items.isEmpty && unchanged.sightings.isEmpty)
        try await store.poll(same, at: fixture.now)
        #expect(try fixture.lines().count == 10)
        #expect(try await store.count("sighting") == 0)

        let again = try await store.unseen(feedID: "example", items: same, at: fixture.now)
        #expect(again.migration == nil && again.knownCount == 10 && again.items.isEmpty)
    }

    @Test("new ids and new addresses under known titles are joined too (I5)")
    func byTitle() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll(items(), at: fixture.now)
        let moved = items(id: "new", host: "example.net")
        let found = try await store.unseen(feedID: "example", items: moved, at: fixture.now)
        #expect(found.migration == Migration(joined: 10, of: 10))
        #expect(found.knownCount == 10 && found.items.isEmpty)
        #expect(try await store.poll(moved, at: fixture.now).newItems == 0)
        // The new address leads to the item: another feed's copy is a sighting.
        let copy = Item.make(id: "x", url: "https://example.net/3", title: "Baku 3")
        #expect(try await store.unseen(feedID: "other", items: [copy], at: fixture.now).sightings.count == 1)
    }

    @Test("items new in id, URL and title are stored as new in a migration (I5)")
    func newOnes() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll(items(8), at: fixture.now)
        let moved = items(10, id: "new")
        let found = try await store.unseen(feedID: "example", items: moved, at: fixture.now)
        #expect(found.migration == Migration(joined: 8, of: 10))
        #expect(found.items.map(\.item.id) == ["new-8", "new-9"])
        #expect(found.items.allSatisfy { $0.novelty == .new } && found.knownCount == 8)
        let result = try await store.poll(moved, at: fixture.now)
        #expect(result.newItems == 2 && result.hitLines == 2)
    }

    @Test("below 80 % of the ids, or below five, it is no migration (I5)", arguments: [(7, 3), (4, 0), (4, 1)])
    func tooFew(known: Int, new: Int) async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll(items(known), at: fixture.now)
        let found = try await store.unseen(
            feedID: "example", items: items(known + new, id: "new"), at: fixture.now)
        #expect(found.migration == nil && found.sightings.count == known && found.items.count == new)
    }

    @Test("exactly 80 % and exactly five are enough (I5)", arguments: [(5, 0), (8, 2), (5, 1)])
    func enough(known: Int, new: Int) async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll(items(known), at: fixture.now)
        let found = try await store.unseen(
            feedID: "example", items: items(known + new, id: "new"), at: fixture.now)
        #expect(found.migration == Migration(joined: known, of: known + new))
    }

    @Test("the ids that stay count against the 80 % (I5)")
    func someStay() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll(items(10), at: fixture.now)
        let few = items(3) + items(7, from: 3, id: "new")
        #expect(try await store.unseen(feedID: "example", items: few, at: fixture.now).migration == nil)
        let most = items(2) + items(8, from: 2, id: "new")
        let found = try await store.unseen(feedID: "example", items: most, at: fixture.now)
        #expect(found.migration == Migration(joined: 8, of: 10) && found.knownCount == 10)
    }

    @Test("URLs known from another feed alone are sightings, not a migration (I3, I5)")
    func otherFeed() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll(items(), of: "a", at: fixture.now)
        try await store.poll(items(1, from: 50), of: "b", at: fixture.now)
        let found = try await store.unseen(feedID: "b", items: items(id: "new"), at: fixture.now)
        #expect(found.migration == nil && found.sightings.count == 10)
        // Sighted in `b` by now, so known in it.
        try await store.poll(items(id: "new"), of: "b", at: fixture.now)
        let moved = try await store.unseen(feedID: "b", items: items(id: "newer"), at: fixture.now)
        #expect(moved.migration == Migration(joined: 10, of: 10) && moved.knownCount == 10)
        try await store.poll(items(id: "newer"), of: "b", at: fixture.now)
        #expect(try await store.count("sighting") == 10)
    }

    @Test("revision number, hit and text go on under the new id (I5, I7)")
    func carriesOver() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll(items(), at: fixture.now, watches: ["big"])
        let revised = items(1, summary: "changed") + items(9, from: 1)
        #expect(try await store.poll(revised, at: fixture.now).revisedItems == 1)
        let moved = items(1, id: "new", summary: "changed") + items(9, from: 1, id: "new")
        #expect(
            try await store.poll(moved, at: fixture.now)
                == RecordedPoll(newItems: 0, revisedItems: 0, hitLines: 0, deliveries: 0))
        let later = items(2, id: "new", summary: "changed once more") + items(8, from: 2, id: "new")
        let found = try await store.unseen(feedID: "example", items: later, at: fixture.now)
        #expect(found.items.map(\.revision) == [2, 1])
        for item in found.items {
            guard case .revised(let revision) = item.novelty else { throw Unexpected() }
            #expect(revision.watches == ["big"] && revision.story != nil)
        }
        #expect(try await store.poll(later, at: fixture.now).revisedItems == 2)
        let hits = HitReader(directory: fixture.path).hits(HitQuery())
        #expect(Set(hits.map(\.id)).count == 13 && Set(hits.map(\.story)).count == 10)
    }

    @Test("a text that changes together with the id is a revision of the known item (I5, I7)")
    func revisedAtOnce() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll(items(), at: fixture.now)
        let moved = items(1, id: "new", summary: "changed") + items(9, from: 1, id: "new")
        let found = try await store.unseen(feedID: "example", items: moved, at: fixture.now)
        #expect(found.migration == Migration(joined: 10, of: 10) && found.knownCount == 9)
        #expect(found.items.map(\.revision) == [1])
        let result = try await store.poll(moved, at: fixture.now)
        #expect(result.newItems == 0 && result.revisedItems == 1)
        #expect(try await store.unseen(feedID: "example", items: moved, at: fixture.now).items.isEmpty)
    }

    @Test("the old ids stay known, should they come back (I5, I8)")
    func backAgain() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll(items(), at: fixture.now)
        try await store.poll(items(id: "new"), at: fixture.now)
        let back = try await store.unseen(feedID: "example", items: items(), at: fixture.now)
        #expect(back.knownCount == 10 && back.items.isEmpty && back.sightings.isEmpty && back.migration == nil)
    }

    @Test("a feed whose ids change at every poll is joined in silence, so that its news are told (I5)")
    func churn() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        var migrations = 0
        for hour in 0..<6 {
            let at = fixture.now + .seconds(Int64(hour) * 3600)
            let document = items(9, from: hour, id: "poll\(hour)")
            let found = try await store.unseen(feedID: "example", items: document, at: at)
            if found.migration != nil { migrations += 1 }
            #expect(found.items.count == (hour == 0 ? 9 : 1))
            #expect(found.knownCount == (hour == 0 ? 0 : 8) && found.gap == nil)
            try await store.poll(document, at: at)
        }
        #expect(migrations == 1)
        #expect(try fixture.lines().count == 14)
        // First ids, second ids, and of the later polls one key for each item.
        #expect(try await store.count("item") == 9 + 9 + 4)
        #expect(try await store.count("url") == 14)
        let late = fixture.now + .seconds(8 * 86_400)
        let found = try await store.unseen(feedID: "example", items: items(9, from: 5, id: "late"), at: late)
        #expect(found.migration == Migration(joined: 9, of: 9))
    }

    @Test("titles that return every day with another text are news, not a migration (I5)")
    func serialTitles() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        for day in 0..<3 {
            let rates = (0..<6).map { number in
                Item.make(
                    id: "\(day)-\(number)", url: "https://example.org/\(day)/\(number)",
                    title: "Currency \(number)",
                    summary: "rate \(day * 10 + number)")
            }
            let at = fixture.now + .seconds(Int64(day) * 86_400)
            let found = try await store.unseen(feedID: "example", items: rates, at: at)
            #expect(found.migration == nil && found.gap == nil && found.items.count == 6)
            #expect(try await store.poll(rates, at: at).newItems == 6)
        }
    }

    @Test("an empty title, or one of several items, is known for none of them (I5)")
    func weakTitles() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        func untitled(_ run: String, _ title: String) -> [Item] {
            (0..<6).map {
                Item.make(id: "\(run)\($0)", url: "https://example.org/\(run)\(title.count)/\($0)", title: title)
            }
        }
        for title in ["", "Photo of the day"] {
            try await store.poll(untitled("a", title), of: "feed\(title)", at: fixture.now)
            let found = try await store.unseen(feedID: "feed\(title)", items: untitled("b", title), at: fixture.now)
            #expect(found.migration == nil && found.items.count == 6)
        }
    }
}
