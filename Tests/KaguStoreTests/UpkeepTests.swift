// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

/// What the store forgets, and what it must not (I1).
@Suite struct UpkeepTests {
    private func day(_ count: Int, _ fixture: StateFixture) -> Instant {
        fixture.now + .seconds(Int64(count) * 86_400)
    }

    @Test("an item is known for 90 days after it was listed last, then forgotten with its URL and poll (I1)")
    func forgotten() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let (old, other) = (Item.make(id: "old"), Item.make(id: "other"))
        try await store.poll([old], at: fixture.now)
        try await store.poll([other], at: day(1, fixture))
        #expect(try await store.upkeep(at: day(90, fixture)).items == 0)
        #expect(try await store.unseen(feedID: "example", items: [old], at: day(90, fixture)).knownCount == 1)
        try await store.poll([other], at: day(97, fixture))
        let summary = try await store.upkeep(at: day(97, fixture))
        #expect(summary.items == 1 && summary.polls == 1)
        #expect(try await store.counts(["item", "url", "poll"]) == [1, 1, 1])
        let found = try await store.unseen(feedID: "example", items: [old, other], at: day(97, fixture))
        #expect(found.items.map(\.item.id) == ["old"] && found.knownCount == 1)
    }

    @Test("an item of the last document is listed however long that is answered with 304, or the feed fails (I1)")
    func stillListed() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let item = Item.make(id: "1")
        try await store.poll([item], at: fixture.now)
        for month in 1...12 {
            try await store.record(
                PollRecord(
                    feedID: "example", at: day(30 * month, fixture),
                    feed: FeedRecord(state: month < 6 ? .ok : .failing, lastSuccess: day(30 * month, fixture))))
            #expect(try await store.upkeep(at: day(30 * month, fixture)).items == 0)
        }
        #expect(try await store.unseen(feedID: "example", items: [item], at: day(365, fixture)).knownCount == 1)
    }

    @Test("an item that every document lists is kept, its mark being renewed once a week (I1)")
    func renewed() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        for count in stride(from: 0, to: 200, by: 3) {
            try await store.poll([.make(id: "stays"), .make(id: "day\(count)")], at: day(count, fixture))
        }
        try await store.upkeep(at: day(199, fixture))
        let found = try await store.unseen(
            feedID: "example", items: [.make(id: "stays"), .make(id: "day150"), .make(id: "day0")],
            at: day(199, fixture))
        #expect(found.items.map(\.item.id) == ["day0"])
    }

    @Test("an item that was a hit is never forgotten, nor its poll, revisions and sightings (I1, I9)")
    func hits() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let hit = Item.make(id: "1", url: "https://example.org/x", title: "Baku")
        try await store.poll([hit], at: fixture.now, deliveries: [.make()])
        try await store.poll([.make(id: "1", url: hit.url, title: "Baku 2")], at: fixture.now)
        try await store.poll([.make(id: "9", url: hit.url, title: "Copy")], of: "b", at: fixture.now)
        for feedID in ["example", "b"] {
            try await store.poll([.make(id: "late\(feedID)")], of: feedID, at: day(300, fixture))
        }
        let summary = try await store.upkeep(at: day(300, fixture))
        #expect(summary.items == 1 && summary.polls == 1)
        #expect(try await store.counts(["revision", "sighting"]) == [1, 1])
        #expect(try await store.waitingDeliveries().count == 1)
        let reader = try StateReader(directory: fixture.path)
        #expect(try reader.sightings(ofURL: hit.url).map(\.title) == ["Baku 2", "Copy"])
    }

    @Test("a URL stays known while another feed still lists it (I1, I3)")
    func sightedStill() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let url = "https://example.org/x"
        try await store.poll([.make(id: "1", url: url)], of: "a", at: fixture.now)
        try await store.poll([.make(id: "2", url: url)], of: "b", at: fixture.now)
        try await store.poll([.make(id: "late")], of: "a", at: day(200, fixture))
        #expect(try await store.upkeep(at: day(200, fixture)).items == 0)
        let found = try await store.unseen(feedID: "c", items: [.make(id: "3", url: url)], at: day(200, fixture))
        #expect(found.sightings.count == 1)
        try await store.poll([.make(id: "late2")], of: "b", at: day(200, fixture))
        // The sighting goes first, then the item that it kept.
        #expect(try await store.upkeep(at: day(200, fixture)).items == 1)
        #expect(try await store.upkeep(at: day(201, fixture)).items == 1)
        #expect(try await store.counts(["sighting", "url"]) == [0, 2])
    }

    @Test("upkeep takes many rows in several transactions, and leaves those of a joined id alone (I1, I5)")
    func steps() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let many = (0..<4_500).map { Item.make(id: "\($0)", title: "Title \($0)") }
        try await store.poll(many, at: fixture.now)
        try await store.poll(many.map { Item.make(id: "n\($0.id)", url: $0.url, title: $0.title) }, at: fixture.now)
        try await store.poll([.make(id: "late")], at: day(100, fixture))
        let summary = try await store.upkeep(at: day(200, fixture))
        #expect(summary.items == 9_000 && summary.steps == 5 && summary.polls == 1)
        #expect(try await store.counts(["item", "url"]) == [1, 1])
    }

    @Test("events are kept for 90 days, holds until they end (H4, P21)")
    func eventsAndHolds() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let events = [0, 1, 5].map { FeedEvent(kind: .gone, feedID: "a", at: day($0, fixture), text: "day \($0)") }
        try await store.addEvents(events)
        try await store.record(
            PollRecord(
                feedID: "a", at: fixture.now, feed: FeedRecord(),
                hold: AuthorityHold(authority: "example.org", until: day(2, fixture))))
        #expect(try await store.upkeep(at: day(92, fixture)).events == 2)
        let reader = try StateReader(directory: fixture.path)
        #expect(try reader.events().map(\.text) == ["day 5"] && reader.holds().isEmpty)
    }
}
