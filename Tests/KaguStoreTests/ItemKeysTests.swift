// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

/// The numbers under which the database knows ids and URLs (I1–I3).
@Suite struct ItemKeysTests {
    private let salted = ItemKeys(salt: [1, 2, 3])

    @Test("URLs of one site lie side by side, and differ in the other 48 bits")
    func sites() throws {
        let one = try (0..<200).map { try #require(CanonicalURL("https://example.org/\($0)")) }.map(salted.url)
        #expect(Set(one.map { $0 >> 48 }).count == 1 && Set(one).count == 200)
        let sites = try (0..<200).map { try #require(CanonicalURL("https://site\($0).example.org/x")) }
        #expect(Set(sites.map { salted.url($0) >> 48 }).count > 190)
        #expect(Set(sites.map { salted.url($0) & 0xFFFF_FFFF_FFFF }).count == 200)
    }

    @Test("no one can compute a database's numbers of URLs without its key (I3)")
    func keyed() async throws {
        let url = try #require(CanonicalURL("https://example.org/x"))
        let numbers = [salted, ItemKeys(salt: [4]), .unsalted].map { $0.url(url) }
        #expect(Set(numbers).count == 3 && Set(numbers.map { $0 & 0xFFFF_FFFF_FFFF }).count == 3)
        let stores = try [StateFixture(), StateFixture()].map { try $0.openStore() }
        #expect(stores[0].keys != stores[1].keys && stores[0].keys != .unsalted)
    }

    @Test("a database of version 1 keeps the numbers that its rows have: 8 bytes of SHA-256 (O41)")
    func firstVersion() throws {
        let url = try #require(CanonicalURL("https://example.org/x"))
        // sha256sum of the text, big-endian.
        #expect(ItemKeys.key("abc") == Int64(bitPattern: 0xBA78_16BF_8F01_CFEA))
        #expect(ItemKeys.unsalted.url(url) == ItemKeys.key("https://example.org/x"))
    }

    @Test("the origin's link is the canonical URL where the feed names it (I2)")
    func origin() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll([.make(id: "1", url: "https://example.org/x")], of: "a", at: fixture.now)
        var proxied = Item.make(id: "2", url: "https://feedproxy.example.net/~r/1")
        proxied.links = [Item.Link(href: "https://example.org/x/", rel: "canonical")]
        let found = try await store.unseen(feedID: "b", items: [proxied], at: fixture.now)
        #expect(found.sightings.count == 1 && found.items.isEmpty)
    }

    @Test("a URL with an empty path but a query stands for an item (I3)")
    func queryOnly() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll([.make(id: "1", url: "https://example.org/?p=1")], of: "a", at: fixture.now)
        let other = [
            Item.make(id: "1", url: "https://example.org/?p=1"), .make(id: "2", url: "https://example.org/?p=2"),
        ]
        let found = try await store.unseen(feedID: "b", items: other, at: fixture.now)
        #expect(found.sightings.count == 1 && found.items.count == 1)
    }

    @Test("of items with one key in a document the first counts (I1)")
    func doubles() {
        let items = [Item.make(id: "1", title: "a"), .make(id: "2"), .make(id: "1", title: "b")]
        let poll = PollItems(feedID: "a", items: items, keys: salted)
        #expect(poll.items.map(\.title) == ["a", "A title"] && poll.marks.map(\.key) == ["1", "2"])
    }
}
