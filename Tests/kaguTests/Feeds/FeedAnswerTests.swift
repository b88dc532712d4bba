// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore
import KaguTestSupport
import Testing

@testable import kagu

@Suite("What kagu feeds says it did (O19, O28)")
struct FeedAnswerTests {
    private let short = FeedAnswerPrinter(.short)
    private let json = FeedAnswerPrinter(.json)

    @Test("polls: state, status, items, or why not, one line each")
    func polled() {
        let feeds = [
            PolledFeed(id: "a", outcome: .polled, state: .ok, status: 200, items: 3, newItems: 1),
            PolledFeed(id: "b", outcome: .polled, state: .ok, status: 304),
            PolledFeed(id: "c", outcome: .polled, state: .failing, reason: "HTTP 500", status: 500),
            PolledFeed(id: "d", outcome: .held, heldUntil: Instant(seconds: 1_795_338_000)),
        ]
        #expect(
            short.polled(feeds, .utc) == """
                a ok HTTP 200 3 items, 1 new
                b ok HTTP 304 unchanged
                c failing (HTTP 500)
                d held: the publisher asked for a pause until 2026-11-22 09:00:00

                """)
        #expect(json.polled([feeds[3]], .utc).contains(#""held_until":"2026-11-22T09:00:00.000Z""#))
    }

    @Test("titles from feeds cannot move the cursor (O19)")
    func escaped() {
        let text = short.listed("added", [ListedFeed(id: "a", url: "https://a.example/", title: "x\u{1B}[2Jy")])
        #expect(text == "added a  https://a.example/  x\\u{1b}[2Jy\n")
        #expect(!short.offered([OfferedFeed(url: "https://a\u{202E}", title: "t\n")]).contains("\u{202E}"))
    }

    @Test("an import as JSON has its three lists, also when they are empty")
    func imported() {
        #expect(json.imported(.init()) == #"{"added":[],"duplicates":[],"unusable":[]}"# + "\n")
        let answer = ImportFeeds.Answer(
            added: [ListedFeed(id: "a", url: "u")], duplicates: [ListedFeed(id: "b", url: "v")],
            unusable: ["f:1: no"])
        #expect(short.imported(answer) == "added a  u\nduplicate b  v\nunusable f:1: no\n")
    }

    @Test("a paused feed has no next poll, nor has one that is gone")
    func nextDue() {
        let due = Instant(seconds: 10)
        #expect(FeedRow(feed: .make(), record: FeedRecord(nextDue: due)).nextDue == due)
        #expect(FeedRow(feed: .make(), record: FeedRecord(nextDue: due, isPaused: true)).nextDue == nil)
        #expect(FeedRow(feed: .make(), record: FeedRecord(state: .gone, nextDue: due)).nextDue == nil)
    }

    @Test("show tells settings, state, hold, moves, polls and events")
    func detail() {
        let now = Instant(seconds: 1_795_338_000)
        var record = FeedRecord(
            state: .throttled, since: now, reason: "HTTP 429", failures: 2, interval: .seconds(5400),
            lastStatus: 429)
        record.redirects = #"{"listed":"https://example.org/rss","confirmed":"https://u:p@new.example/rss"}"#
        let detail = FeedDetail(
            row: FeedRow(feed: .make(tags: ["press"]), record: record),
            polls: [
                PollLogEntry(
                    at: now, duration: .milliseconds(12), status: 429, state: .throttled, reason: "HTTP 429")
            ],
            events: [
                FeedEvent(kind: .failing, feedID: "example", at: now, state: .throttled, text: "example: it fails")
            ],
            items: 7, sightings: 2,
            hold: AuthorityHold(authority: "example.org", until: now + .seconds(60), reason: "HTTP 429"))
        let printer = FeedDetailPrinter(paint: Paint(false), clock: .utc, now: now)
        let text = printer.text(detail)
        for part in [
            "tags          press", "state         throttled since 2026-11-22 09:00:00 (HTTP 429)",
            "interval      1h30m, adaptive", "held until    2026-11-22 09:01:00 (HTTP 429)",
            "moved to      https://new.example/rss", "items         7 known, 2 seen in another feed before",
            "2026-11-22 09:00:00 throttled 12 ms (HTTP 429)", "2026-11-22 09:00:00 failing example: it fails",
        ] { #expect(text.contains(part + "\n"), "\(part)\n\(text)") }
        let json = printer.json(detail)
        for part in [
            #""moved_to":"https://new.example/rss""#, #""held_until":"2026-11-22T09:01:00.000Z""#,
            #""polls":[{"at":"2026-11-22T09:00:00.000Z","duration_ms":12,"status":429"#, #""sightings":2"#,
        ] { #expect(json.contains(part), "\(part)\n\(json)") }
    }

    @Test("a ledger that was kept under another listed address is not shown (P24)")
    func staleLedger() {
        var record = FeedRecord()
        record.redirects = #"{"listed":"https://other.example/","confirmed":"https://new.example/rss"}"#
        #expect(FeedDetail(row: FeedRow(feed: .make(), record: record)).redirects == nil)
    }
}

@Suite("kagu feeds test (O28)")
struct FeedTrialTests {
    private func trial(_ text: String, contentType: String? = nil) -> FeedTrial {
        FeedTrial(.init(name: "a", url: nil, contentType: contentType, body: Array(text.utf8)), matcher: nil)
    }

    @Test(
        "a document gets the state that a poll would give it (H4)",
        arguments: [
            ("<rss><channel><title>T</title></channel></rss>", FeedState.ok), ("", .parse), ("hello", .parse),
            ("<!doctype html><html></html>", .html),
            (#"{"version":"https://jsonfeed.org/version/1.1","title":"T","expired":true,"items":[]}"#, .gone),
        ])
    func states(_ text: String, _ state: FeedState) {
        #expect(trial(text).state == state)
        #expect(trial(text).isFeed == (state == .ok))
    }

    @Test("only as many items are printed as asked for")
    func items() {
        let items = (1...4).map { "<item><guid>\($0)</guid><title>Item \($0)</title></item>" }.joined()
        let trial = trial("<rss><channel><title>T</title>\(items)</channel></rss>")
        let printer = FeedTrialPrinter(paint: Paint(false), itemCount: 2)
        #expect(printer.text(trial).contains("Item 2") && !printer.text(trial).contains("Item 3"))
        #expect(printer.json(trial).contains(#""item_count":4"#))
    }
}
