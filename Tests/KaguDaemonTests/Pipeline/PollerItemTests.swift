// SPDX-License-Identifier: Apache-2.0

import KaguBytes
import KaguConfig
import KaguHTTP
import KaguModel
import KaguStore
import KaguTestSupport
import Testing

@testable import KaguDaemon

@Suite("Poller: items")
struct PollerItemTests {
    private let feed = Feed.courier
    private let ids = (0..<10).map { "a\($0)" }

    @Test("the first accepted poll is the baseline: hits, and no alert; what comes later is told (I4)")
    func baseline() async throws {
        let bench = try PollBench()
        bench.publisher.answers(feed.url, .status(500), .rss(["a"]), .rss(["b", "a"]))
        for _ in 0..<3 { await bench.poll(feed) }
        let hits = try bench.hits()
        #expect(
            hits.map(\.baseline) == [true, false] && hits.map(\.title) == ["Example rises a", "Example rises b"])
        #expect(try bench.owed() == 1)
    }

    @Test("with alert_recent the baseline tells what was published within a day, and nothing else (I4)")
    func alertsRecent() async throws {
        let recent = Feed(id: "courier", url: feed.url, alertsRecent: true)
        for (date, count) in [
            ("Sun, 22 Nov 2026 08:00:00 GMT", 1), ("Fri, 20 Nov 2026 08:00:00 GMT", 0), (nil, 0),
        ] as [(String?, Int)] {
            let bench = try PollBench()
            bench.publisher.answers(feed.url, .rss(["a"], date: date))
            await bench.poll(recent)
            #expect(try bench.owed() == count && bench.hits().map(\.baseline) == [true])
        }
        let plain = try PollBench()
        plain.publisher.answers(feed.url, .rss(["a"], date: "Sun, 22 Nov 2026 08:00:00 GMT"))
        await plain.poll(feed)
        #expect(try plain.owed() == 0)
    }

    @Test("items that get new ids are told nobody, and one event says so (I5)")
    func migration() async throws {
        let bench = try PollBench()
        bench.publisher.answers(feed.url, .rss(ids))
        await bench.poll(feed)
        // The same addresses and titles under other ids, one of them truly new.
        let renamed = ids.map { id in
            "<item><guid>new-\(id)</guid><link>https://courier.example/\(id)</link>"
                + "<title>Example rises \(id)</title><description>text</description></item>"
        }
        let fresh = "<item><guid>n</guid><link>https://courier.example/n</link><title>Example falls</title></item>"
        let body = "<rss><channel><title>C</title>\(fresh)\(renamed.joined())</channel></rss>"
        bench.publisher.answers(feed.url, .status(200, body: body))
        let end = await bench.poll(feed)
        #expect(try bench.events() == [.migration])
        #expect(try end.summary.newItems == 1 && bench.hits().count == 11)
        #expect(try bench.owed() == 0)
    }

    @Test("none of many items known is a gap: told with its span, and polled at the floor from then on (I6, P16)")
    func gap() async throws {
        let bench = try PollBench()
        bench.publisher.answers(feed.url, .rss(ids, date: "Sat, 21 Nov 2026 08:00:00 GMT"))
        await bench.poll(feed)
        #expect(try bench.events().isEmpty)
        bench.clock.advance(by: .days(2))
        let later = (0..<6).map { "b\($0)" }
        bench.publisher.answers(
            feed.url, .rss(later, title: "Example of the day", text: "more", date: "Mon, 23 Nov 2026 20:00:00 GMT"))
        await bench.poll(feed)
        let event = try bench.reader.events(feedID: feed.id).first
        #expect(event?.kind == .gap)
        #expect(event?.text.contains("2026-11-22T09:00:00Z") ?? false)
        #expect(event?.text.contains("2026-11-23T20:00:00Z") ?? false)
        #expect(try bench.record(feed).interval == .minutes(15) && bench.owed() == 6)
    }

    @Test("a changed text is a revision: a second line, news to a watch that it is new to, else an update (I7, R7)")
    func revision() async throws {
        let bench = try PollBench()
        bench.publisher.answers(
            feed.url, .rss(["x"], title: "Weather"), .rss(["a", "x"], title: "Weather"),
            .rss(["a", "x"], title: "Example"), .rss(["a", "x"], title: "Example", text: "more"))
        for _ in 0..<2 { await bench.poll(feed) }
        #expect(try bench.hits().isEmpty)
        await bench.poll(feed)
        #expect(try bench.hits().map(\.revision) == [1, 1] && bench.owed() == 2)
        await bench.poll(feed)
        #expect(try bench.hits().map(\.revision) == [1, 1, 2, 2] && bench.owed() == 4)
        #expect(try await bench.store.waitingDeliveries().map(\.isUpdateOnly) == [false, false, true, true])
    }

    @Test("a changed date alone is no revision, and a returning item is not new (I7, I8)")
    func returns() async throws {
        let bench = try PollBench()
        bench.publisher.answers(
            feed.url, .rss(["a", "b"]), .rss(["b"], date: "Sun, 22 Nov 2026 08:00:00 GMT"), .rss(["a", "b"]))
        for _ in 0..<3 { await bench.poll(feed) }
        #expect(try bench.hits().count == 2 && bench.reader.itemCount() == 2)
    }

    @Test("each poll that brings items leaves its addresses and the hash of the decoded body (I9)")
    func provenance() async throws {
        let bench = try PollBench()
        let target = "https://new.example/rss"
        bench.publisher.answers(feed.url, .redirect(target, 302))
        bench.publisher.answers(target, .rss(["a"]), .rss(["a"], etag: "\"2\""))
        for _ in 0..<2 { await bench.poll(feed) }
        let polls = try bench.reader.itemPolls(feedID: feed.id)
        guard case .response(let response) = HTTPOutcome.rss(["a"]) else { return }
        #expect(polls.map(\.urlChain) == [[feed.url, target]])
        let hash = polls.first?.bodyHash ?? []
        #expect(!hash.isEmpty && SHA256.hash(response.body).starts(with: hash))
    }

    @Test("a poll that brings sightings only leaves the hash of its body too (I3, I9)")
    func provenanceOfSightings() async throws {
        let bench = try PollBench()
        let other = Feed(id: "other", url: "https://other.example/rss")
        bench.publisher.answers(feed.url, .rss(["a"]))
        bench.publisher.answers(other.url, .rss(["a"]))
        for feed in [feed, other] { await bench.poll(feed) }
        #expect(try bench.reader.itemPolls(feedID: other.id).map(\.bodyHash.isEmpty) == [false])
    }

    @Test("without watches nothing is matched, and items are known all the same (B1)")
    func noWatches() async throws {
        let bench = try PollBench(watchlist: Watchlist())
        bench.publisher.answers(feed.url, .rss(ids), .rss(ids))
        #expect(await bench.poll(feed).summary.newItems == 10)
        #expect(await bench.poll(feed).summary.newItems == 0)
        #expect(try bench.hits().isEmpty && bench.reader.itemCount() == 10)
    }

    @Test("the share of known items moves the interval; a baseline and a failure do not (P16)")
    func pace() async throws {
        let bench = try PollBench()
        bench.publisher.answers(
            feed.url, .rss(ids), .status(500), .rss(ids), .rss(["b"] + ids), .rss((0..<20).map { "c\($0)" } + ids))
        var minutes: [Int64?] = []
        for _ in 0..<5 {
            await bench.poll(feed)
            minutes.append(try bench.record(feed).interval.map { $0.milliseconds / 6000 })
        }
        #expect(minutes == [600, 600, 690, 483, 241])
    }

    @Test("an item dated ahead keeps its date (F22)")
    func future() async throws {
        let bench = try PollBench()
        bench.publisher.answers(feed.url, .rss(["a"], date: "Sun, 22 Nov 2026 12:00:00 GMT"))
        await bench.poll(feed)
        #expect(try bench.hits().first?.published == bench.clock.now + .hours(3))
    }
}
