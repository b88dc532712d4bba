// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

@Suite struct SeenItemsTests {
    @Test("an item polled again is not new, and no second line is written (I1, I8)")
    func repoll() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let items = [Item.make(id: "1", title: "Baku"), .make(id: "2", title: "Paris")]
        let first = try await store.poll(items, at: fixture.now)
        #expect(first == RecordedPoll(newItems: 2, revisedItems: 0, hitLines: 1, deliveries: 0))
        let second = try await store.poll(items, at: fixture.now + .seconds(60))
        #expect(second == RecordedPoll(newItems: 0, revisedItems: 0, hitLines: 0, deliveries: 0))
        // It leaves and returns, in another order, with another date.
        try await store.poll([.make(id: "2", title: "Paris")], at: fixture.now + .seconds(120))
        let found = try await store.unseen(
            feedID: "example",
            items: [.make(id: "2", title: "Paris"), .make(id: "1", title: "Baku", published: fixture.now)],
            at: fixture.now + .seconds(180))
        #expect(found.items.isEmpty && found.knownCount == 2)
        #expect(try fixture.lines().count == 1)
    }

    @Test("seen items survive a restart")
    func restart() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll([.make(id: "1", title: "Baku")], at: fixture.now)
        await store.close()
        let again = try fixture.openStore()
        let result = try await again.poll([.make(id: "1", title: "Baku")], at: fixture.now)
        #expect(result.newItems == 0 && result.hitLines == 0)
    }

    @Test("among many new URLs of a site, and behind them, those that another feed has brought are sightings (I3)")
    func knownAmongNew() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let known = ["https://example.org/7", "https://example.net/1"]
        try await store.poll(known.map { Item.make(id: $0, url: $0) }, of: "a", at: fixture.now)
        let sites = ["org", "com", "net"]
        let items = sites.flatMap { site in
            (0..<10).map { Item.make(id: "\(site)-\($0)", url: "https://example.\(site)/\($0)") }
        }
        let found = try await store.unseen(feedID: "b", items: items, at: fixture.now)
        #expect(found.sightings.map(\.mark.key) == ["org-7", "net-1"] && found.items.count == 28)
        #expect(try await store.poll(items, of: "b", at: fixture.now).newItems == 28)
        #expect(try await store.count("sighting") == 2)
    }

    @Test(
        "a new feed's many items are stored as one by one, with and without URLs (I1, I3)",
        arguments: [15, 16, 35, 64])
    func baseline(count: Int) async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let items = (0..<count).map { number in
            Item.make(
                id: "\(number)", url: number % 3 == 0 ? "" : "https://example.org/\(number)",
                title: "Baku \(number)")
        }
        let result = try await store.poll(items, at: fixture.now)
        #expect(result == RecordedPoll(newItems: count, revisedItems: 0, hitLines: count, deliveries: 0))
        let urls = items.count { !$0.url.isEmpty }
        #expect(try await store.counts(["item", "url", "sighting"]) == [count, urls, 0])
        await store.releaseMemory()
        #expect(try await store.poll(items, at: fixture.now).newItems == 0)
        // Each leads to its item: in another feed, those with a URL are sightings.
        #expect(try await store.unseen(feedID: "b", items: items, at: fixture.now).sightings.count == urls)
        var changed = items
        for index in changed.indices { changed[index].summary = "another text" }
        #expect(try await store.unseen(feedID: "example", items: changed, at: fixture.now).items.count == count)
    }

    @Test("two new feeds with the same many URLs, looked up before either is stored, own each once (I3)")
    func baselineTwice() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let items = (0..<20).map { Item.make(id: "\($0)", url: "https://example.org/\($0)", title: "Baku") }
        let first = try await store.unseen(feedID: "a", items: items, at: fixture.now)
        let second = try await store.unseen(feedID: "b", items: items, at: fixture.now)
        #expect(first.items.count == 20 && second.items.count == 20)
        for (feedID, found) in [("a", first), ("b", second), ("a", first)] {
            try await store.record(
                PollRecord(feedID: feedID, at: fixture.now, feed: FeedRecord(state: .ok), unseen: found))
        }
        #expect(try await store.counts(["item", "url", "sighting"]) == [40, 20, 20])
    }

    @Test("ids compare exactly (I1)")
    func exactIDs() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let items = ["a", "A", "a ", "e\u{301}", "\u{e9}"].enumerated().map { number, id in
            Item.make(id: id, url: "https://example.org/\(number)")
        }
        #expect(try await store.poll(items, at: fixture.now).newItems == 5)
    }

    @Test("one id for two URLs in a document is two items, also when one of them is listed alone later (I1)")
    func compoundKey() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let both = ["x", "y"].map { Item.make(id: "same", url: "https://example.org/\($0)") }
        #expect(try await store.poll(both, at: fixture.now).newItems == 2)
        #expect(try await store.poll([both[1]], at: fixture.now).newItems == 0)
        #expect(try await store.poll(both, at: fixture.now).newItems == 0)
    }

    @Test("an id known for one URL stands for two in the next document: only the other URL is new (I1)")
    func becomesCompound() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let both = ["x", "y"].map { Item.make(id: "same", url: "https://example.org/\($0)") }
        #expect(try await store.poll([both[0]], at: fixture.now).newItems == 1)
        #expect(try await store.poll(both, at: fixture.now).newItems == 1)
        #expect(try await store.poll(both, at: fixture.now).newItems == 0)
    }

    @Test("an item whose canonical URL another feed brought is a sighting with feed, time and title (I3)")
    func sighting() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll(
            [.make(id: "1", url: "http://www.example.org/x/?utm_source=a", title: "Baku")], of: "a", at: fixture.now
        )
        let copy = Item.make(id: "9", url: "https://example.org/x", title: "Baku again")
        let found = try await store.unseen(feedID: "b", items: [copy], at: fixture.now)
        #expect(found.items.isEmpty && found.sightings.map(\.title) == ["Baku again"] && found.knownCount == 1)
        #expect(
            try await store.poll([copy], of: "b", at: fixture.now)
                == RecordedPoll(newItems: 0, revisedItems: 0, hitLines: 0, deliveries: 0))
        #expect(try await store.count("sighting") == 1)
        // The next poll knows its key.
        #expect(try await store.unseen(feedID: "b", items: [copy], at: fixture.now).sightings.isEmpty)
        #expect(try await store.count("sighting") == 1)
    }

    @Test("a changed GUID under the same URL is a sighting, neither new nor a revision (I3, R7)")
    func changedGUID() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll([.make(id: "1", url: "https://example.org/x", title: "Baku")], at: fixture.now)
        let result = try await store.poll(
            [.make(id: "2", url: "https://example.org/x", title: "Baku")], at: fixture.now)
        #expect(result.newItems == 0 && result.revisedItems == 0 && result.hitLines == 0)
    }

    @Test("items that name a home page as their address go by key alone, one in each document too (I3)")
    func homePage() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        for id in ["1", "2"] {
            for url in ["https://example.org/", "https://www.example.com"] {
                let item = Item.make(id: "\(id) \(url)", url: url)
                #expect(try await store.poll([item], of: "a", at: fixture.now).newItems == 1)
                #expect(try await store.poll([item], of: "b", at: fixture.now).newItems == 1)
                #expect(try await store.poll([item], of: "b", at: fixture.now).newItems == 0)
            }
        }
    }

    @Test("a URL with an empty path, or borne by two items of a document, identifies nothing (I3)")
    func sharedURL() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let home = (1...2).map { Item.make(id: "\($0)", url: "https://example.org/") }
        let shared = (3...4).map { Item.make(id: "\($0)", url: "https://example.org/live") }
        #expect(try await store.poll(home + shared, of: "a", at: fixture.now).newItems == 4)
        #expect(try await store.poll(home + shared, of: "b", at: fixture.now).newItems == 4)
    }

    @Test("two feeds polled at the same time bring one URL: one is new, the other a sighting without a hit (I3)")
    func concurrentFeeds() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let item = Item.make(id: "1", url: "https://example.org/x", title: "Baku")
        let first = try await store.unseen(feedID: "a", items: [item], at: fixture.now)
        let second = try await store.unseen(feedID: "b", items: [item], at: fixture.now)
        #expect(first.items.count == 1 && second.items.count == 1)
        var results: [RecordedPoll] = []
        for (feedID, found) in [("a", first), ("b", second)] {
            let hits = found.items.map {
                RoutedHit(store.hit(of: $0, at: fixture.now), of: $0, deliveries: [.make()])
            }
            results.append(
                try await store.record(
                    PollRecord(feedID: feedID, at: fixture.now, feed: FeedRecord(), unseen: found, hits: hits)))
        }
        #expect(results.map(\.newItems) == [1, 0] && results.map(\.hitLines) == [1, 0])
        #expect(try fixture.lines().count == 1)
        #expect(try await store.waitingDeliveries().count == 1)
    }

    @Test("a changed text is a revision with the watches and the story of its hits so far (I7)")
    func revision() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll([.make(id: "1", title: "Baku")], at: fixture.now, watches: ["big"])
        let changed = Item.make(id: "1", title: "Baku and Paris")
        let found = try await store.unseen(feedID: "example", items: [changed], at: fixture.now)
        let item = try #require(found.items.first)
        guard case .revised(let revision) = item.novelty else { throw Unexpected() }
        #expect(revision.number == 1 && revision.watches == ["big"] && revision.story == item.storyID)
        try await store.poll([changed], at: fixture.now, watches: ["paris"])
        let third = try await store.unseen(
            feedID: "example", items: [.make(id: "1", title: "Baku!")], at: fixture.now)
        guard case .revised(let later) = try #require(third.items.first).novelty else { throw Unexpected() }
        #expect(later.number == 2 && later.watches == ["big", "paris"])

        let hits = HitReader(directory: fixture.path).hits(HitQuery())
        #expect(hits.map(\.revision) == [0, 1] && Set(hits.map(\.id)).count == 2)
        #expect(Set(hits.map(\.story)).count == 1)
        #expect(try await store.count("revision") == 1)
    }

    @Test("white space, date, author and links make no revision; summary and content do (I7)")
    func noRevision() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let item = Item.make(id: "1", title: "Baku  and\n Paris", summary: "one two", content: "three")
        try await store.poll([item], at: fixture.now)
        var same = Item.make(
            id: "1", title: " Baku and\u{a0}Paris ", summary: "one\ttwo", content: "three\n", published: fixture.now
        )
        same.authors = [Item.Person(name: "A")]
        same.url = "https://example.org/elsewhere"
        #expect(try await store.unseen(feedID: "example", items: [same], at: fixture.now).items.isEmpty)
        for (summary, content) in [("one", "two three"), ("one two", "four"), ("onetwo", "three")] {
            let other = Item.make(id: "1", title: "Baku and Paris", summary: summary, content: content)
            #expect(try await store.unseen(feedID: "example", items: [other], at: fixture.now).items.count == 1)
        }
    }

    @Test("known items are marked as listed once a week, not at every poll (I1)")
    func listed() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let item = Item.make(id: "1")
        try await store.poll([item], at: fixture.now)
        let soon = try await store.unseen(feedID: "example", items: [item], at: fixture.now + .seconds(6 * 86_400))
        #expect(soon.stale.isEmpty)
        let late = fixture.now + .seconds(7 * 86_400)
        #expect(try await store.unseen(feedID: "example", items: [item], at: late).stale.count == 1)
        try await store.poll([item], at: late)
        #expect(try await store.unseen(feedID: "example", items: [item], at: late).stale.isEmpty)
    }

    @Test("ids of hits and stories follow from feed, item and revision alone (DESIGN §5)")
    func identity() {
        let id = HitIdentity.hit(feedID: "lemonde-une", key: "tag:lemonde.fr,2026:1", revision: 0)
        #expect(id == HitIdentity.hit(feedID: "lemonde-une", key: "tag:lemonde.fr,2026:1", revision: 0))
        #expect(id.count == 18 && id.hasPrefix("h_") && id.allSatisfy { $0.isASCII && !"ilou".contains($0) })
        #expect(id != HitIdentity.hit(feedID: "lemonde-une", key: "tag:lemonde.fr,2026:1", revision: 1))
        #expect(
            HitIdentity.hit(feedID: "a", key: "b", revision: 0)
                != HitIdentity.hit(feedID: "ab", key: "", revision: 0))
        let story = HitIdentity.story(feedID: "lemonde-une", key: "tag:lemonde.fr,2026:1")
        #expect(story.count == 15 && story == CompactID.story(of: id))
        for id in [id, "h_4zt0c8e1v5", "h_12345678", "x", "h_il" + String(repeating: "0", count: 14)] {
            #expect(CompactID.text(of: CompactID.bytes(of: id)) == id)
        }
        #expect(CompactID.bytes(of: id).count == 10)
    }
}

struct Unexpected: Error {}
