// SPDX-License-Identifier: Apache-2.0

import KaguHTTP
import KaguModel
import KaguStore
import KaguTestSupport
import Testing

@testable import KaguDaemon

/// What publishers do to their items, as far as nobody is to hear of it (T20, T21).
@Suite struct PublisherTests {
    private let feed = Feed.courier

    /// 100 items by these forms of their GUIDs, links and dates.
    private func document(guid: (Int) -> String, link: (Int) -> String, date: String) -> HTTPOutcome {
        let items = (0..<100).map { number in
            "<item><guid>\(guid(number))</guid><link>\(link(number))</link>"
                + "<title>Example rises \(number)</title><description>text \(number)</description>"
                + "<pubDate>\(date)</pubDate></item>"
        }
        return .status(200, body: "<rss version=\"2.0\"><channel><title>C</title>\(items.joined())</channel></rss>")
    }

    @Test("a feed that is added with 100 items causes no alert (T21)")
    func added() async throws {
        let bench = try PollBench()
        bench.publisher.answers(
            feed.url,
            document(
                guid: { "g\($0)" }, link: { "https://courier.example/\($0)" },
                date: "Sun, 22 Nov 2026 08:00:00 GMT"))
        await bench.poll(feed)
        #expect(try bench.hits().count == 100 && bench.owed() == 0)
    }

    @Test("a publisher who rewrites GUIDs, links and dates of 100 items causes no alert (T20)")
    func rewritten() async throws {
        let bench = try PollBench()
        bench.publisher.answers(feed.url, .rss(["first"]))
        await bench.poll(feed)
        let plain = { (number: Int) in "https://courier.example/\(number)" }
        let moved = { (number: Int) in "https://courier.example/news/\(number)?id=\(number)" }
        let date = "Sun, 22 Nov 2026 08:00:00 GMT"
        bench.publisher.answers(feed.url, document(guid: { "g\($0)" }, link: plain, date: date))
        await bench.poll(feed)
        #expect(try bench.owed() == 100)
        let rewritings = [
            document(guid: { "g\($0)" }, link: plain, date: "Sun, 22 Nov 2026 08:30:00 GMT"),
            document(guid: { "g\($0)" }, link: moved, date: date),
            document(guid: { "new-\($0)" }, link: moved, date: date),
            document(guid: { "other-\($0)" }, link: plain, date: "Sun, 22 Nov 2026 08:45:00 GMT"),
        ]
        for rewriting in rewritings {
            bench.publisher.answers(feed.url, rewriting)
            await bench.poll(feed)
            #expect(try bench.owed() == 100)
        }
    }
}
