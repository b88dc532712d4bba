// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguConfig
import KaguHTTP
import KaguModel
import KaguStore
import KaguTestSupport
import Testing

@testable import KaguDaemon

@Suite("Poller: stories and notices")
struct PollerStoryTests {
    private static let title = "Example accuses its neighbours of meddling in elections"

    /// A document of one item without its id in the title.
    private func document(_ id: String, _ title: String, host: String) -> HTTPOutcome {
        .status(
            200,
            body: "<rss version=\"2.0\"><channel><title>\(host)</title><item><guid>\(id)</guid>"
                + "<link>https://\(host)/\(id)</link><title>\(title)</title></item></channel></rss>")
    }

    @Test("hits of several feeds with one headline get one story, which their groups name (R5, R4)")
    func sharedStory() async throws {
        let bench = try PollBench(watchlist: .make(watches: [.make(when: "\"Example\"")]))
        let feeds = (0..<3).map { Feed(id: "f\($0)", url: "https://f\($0).example/rss") }
        for (number, feed) in feeds.enumerated() {
            bench.publisher.answers(
                feed.url, document("old", "Nothing", host: "f\(number).example"),
                document("new", "\(Self.title) | F\(number)", host: "f\(number).example"))
            await bench.poll(feed)
        }
        for feed in feeds { await bench.poll(feed) }
        let hits = try bench.hits()
        #expect(hits.count == 3)
        let story = try #require(hits.first?.story)
        #expect(Set(hits.map(\.story)) == [story])
        let groups = try await bench.store.waitingDeliveries().map(\.group)
        #expect(groups.count == 3 && groups.allSatisfy { $0.contains("story=\"\(story)\"") })
        #expect(Set(groups).count == 1)
    }

    @Test("a changed headline keeps the story of its item, and the index says so (I7, R7)")
    func revision() async throws {
        let bench = try PollBench()
        let (first, second) = (
            Feed(id: "a", url: "https://a.example/rss"), Feed(id: "b", url: "https://b.example/rss")
        )
        bench.publisher.answers(
            first.url, document("0", "Nothing", host: "a.example"), document("1", Self.title, host: "a.example"))
        bench.publisher.answers(
            second.url, document("0", "Nothing", host: "b.example"), document("2", Self.title, host: "b.example"),
            document("2", "Example withdraws what it said about its neighbours", host: "b.example"))
        for _ in 0..<3 { for feed in [first, second] { await bench.poll(feed) } }
        let hits = try bench.hits()
        #expect(hits.map(\.revision) == [0, 0, 1])
        #expect(Set(hits.map(\.story)).count == 1)
        #expect(try bench.reader.deliveries(ofHit: hits[2].id).map(\.isUpdateOnly) == [true])
    }

    @Test(
        "after a restart the ledger knows the stories of the last 72 hours, and who comes early waits for it (R5)")
    func restart() async throws {
        let bench = try PollBench()
        let feed = Feed(id: "a", url: "https://a.example/rss")
        bench.publisher.answers(
            feed.url, document("0", "Nothing", host: "a.example"), document("1", Self.title, host: "a.example"))
        for _ in 0..<2 { await bench.poll(feed) }
        let hit = try #require(try bench.hits().first)
        let ledger = StoryLedger()
        ledger.fill(fromStateDirectory: bench.directory.path("state"), at: bench.clock.now)
        await ledger.whenFilled()
        #expect(ledger.count == 1)
        var other = hit
        (other.id, other.story, other.url, other.feed.id) = ("h_2", "s_2", "https://b.example/2", "b")
        #expect(ledger.assign(other, keepsStory: false) == hit.story)
        let late = StoryLedger()
        late.fill(fromStateDirectory: bench.directory.path("state"), at: bench.clock.now + .hours(73))
        await late.whenFilled()
        #expect(late.count == 0)
    }

    @Test("feed events become notices with state, error and advice; a move tells nobody (R15, H4)")
    func notices() {
        let now = Instant(seconds: 1_795_338_000)
        func notice(_ kind: FeedEvent.Kind, _ state: FeedState? = nil, from previous: FeedState = .ok)
            -> HealthNotice?
        {
            HealthNotice(
                FeedEvent(kind: kind, feedID: "lemonde", at: now, state: state, text: "lemonde: text"),
                title: "Le Monde", previous: previous, reason: kind == .failing ? "HTTP 503" : "")
        }
        let failing = notice(.failing, .failing)
        #expect(failing?.state == "failing" && failing?.previous == "ok" && failing?.error == "HTTP 503")
        #expect(failing?.subject == .init(kind: .feed, id: "lemonde", title: "Le Monde"))
        #expect(failing?.advice == "kagu feeds show lemonde" && failing?.isRecovery == false)
        let recovered = notice(.recovered, .ok, from: .failing)
        #expect(recovered?.isRecovery == true && recovered?.previous == "failing" && recovered?.error == nil)
        #expect(notice(.gap)?.state == "gap" && notice(.migration)?.state == "migration")
        #expect(notice(.gone, .gone)?.state == "gone" && notice(.silent, .silent)?.state == "silent")
        #expect(notice(.moved) == nil)
        let offline = HealthNotice(FeedEvent(kind: .offline, at: now, text: "the uplink is down"))
        #expect(offline?.state == "offline" && offline?.error == "the uplink is down")
        #expect(HealthNotice(FeedEvent(kind: .online, at: now, text: ""))?.isRecovery == true)
    }
}
