// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguTestSupport

@testable import KaguStore

/// A state directory of a test's own with the steps that tests repeat.
struct StateFixture {
    let directory: TemporaryDirectory
    /// 2026-11-22T09:00:00Z.
    let now = Instant(seconds: 1_795_338_000)

    /// A directory on the disk; `inMemory`, for tests that make hundreds.
    init(inMemory: Bool = false) throws { directory = try TemporaryDirectory("kagu-store", inMemory: inMemory) }

    /// The state directory, made by the first `open`.
    var path: String { directory.path("state") }

    func open(faults: StoreFaults = StoreFaults()) throws -> (store: Store, recovery: Recovery) {
        try Store.open(directory: path, at: now, faults: faults)
    }

    func openStore() throws -> Store { try open().store }

    /// The lines of a hit file.
    func lines(_ name: String = "2026-11-22.jsonl") throws -> [String] {
        try directory.text("state/hits/\(name)").split(separator: "\n").map(String.init)
    }

    /// Appends bytes to a hit file as a killed daemon would have left them.
    func append(_ bytes: [UInt8], to name: String = "2026-11-22.jsonl") throws {
        let before = (try? directory.bytes("state/hits/\(name)")) ?? []
        try directory.write(before + bytes, to: "state/hits/\(name)")
    }

    /// A hit line that no store wrote.
    func foreignLine(_ hit: Hit) -> [UInt8] { hit.line + [0x0A] }
}

extension Store {
    /// One poll as `Poller` makes it: every unseen item whose title holds `word` is a hit.
    @discardableResult
    func poll(
        _ items: [Item], of feedID: String = "example", at: Instant, matching word: String = "Baku",
        watches: [String] = ["big"], deliveries: [NewDelivery] = [], feed: FeedRecord = FeedRecord(state: .ok)
    ) async throws -> RecordedPoll {
        let found = try await unseen(feedID: feedID, items: items, at: at)
        let hits = found.items.filter { $0.item.title.contains(word) }.map { item in
            RoutedHit(hit(of: item, at: at, watches: watches), of: item, deliveries: deliveries)
        }
        return try await record(PollRecord(feedID: feedID, at: at, feed: feed, unseen: found, hits: hits))
    }

    nonisolated func hit(of item: NewItem, at: Instant, watches: [String] = ["big"]) -> Hit {
        Hit.make(
            id: item.hitID, seen: at, feed: .init(id: item.feedID, title: item.feedID, sourceClass: .unknown),
            url: item.item.url, title: item.item.title, watches: watches, story: item.storyID,
            revision: item.revision)
    }
}

extension NewDelivery {
    static func make(_ receiver: String = "desk", group: String = "route/story") -> NewDelivery {
        NewDelivery(receiver: receiver, route: "route", group: group, labels: #"{"story":"s_1"}"#)
    }
}
