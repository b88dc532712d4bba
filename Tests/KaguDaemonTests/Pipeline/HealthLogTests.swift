// SPDX-License-Identifier: Apache-2.0

import KaguHTTP
import KaguModel
import KaguStore
import KaguTestSupport
import Logging
import Synchronization
import Testing

@testable import KaguDaemon

/// Keeps what is logged.
private final class Journal: Sendable {
    private let lines = Mutex<[(level: Logger.Level, text: String)]>([])

    func lines(from level: Logger.Level) -> [String] {
        lines.withLock { $0.filter { $0.level >= level }.map { "\($0.level) \($0.text)" } }
    }

    func logger(at level: Logger.Level) -> Logger {
        Logger(label: "test") { _ in Handler(journal: self, logLevel: level) }
    }

    private struct Handler: LogHandler {
        let journal: Journal
        var logLevel: Logger.Level
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let text = "\(event.message) \(event.metadata ?? [:])"
            journal.lines.withLock { $0.append((event.level, text)) }
        }
    }
}

@Suite("What the journal hears")
struct HealthLogTests {
    @Test("one warning when a failing feed is told, one notice when it recovers, debug between (O13)")
    func once() async throws {
        let journal = Journal()
        let bench = try PollBench(logger: journal.logger(at: .debug))
        bench.publisher.answers(Feed.courier.url, .status(500))
        for _ in 0..<2 { await bench.poll(.courier) }
        #expect(journal.lines(from: .notice).isEmpty)
        for _ in 0..<4 { await bench.poll(.courier) }
        #expect(journal.lines(from: .notice).count == 1)
        #expect(
            journal.lines(from: .notice)[0].hasPrefix("warning courier: failing: HTTP 500 (3 failures in a row)"))
        bench.publisher.answers(Feed.courier.url, .rss([]))
        for _ in 0..<3 { await bench.poll(.courier) }
        #expect(journal.lines(from: .notice).count == 2)
        #expect(journal.lines(from: .notice)[1].hasPrefix("notice courier: recovered"))
        #expect(journal.lines(from: .debug).count == 13)
    }

    @Test("no query string and no user info is logged (S5)")
    func secrets() async throws {
        let journal = Journal()
        let bench = try PollBench(logger: journal.logger(at: .trace))
        let feed = Feed(id: "courier", url: "https://me:word@courier.example/rss?token=geheim")
        let target = "https://me:word@new.example/rss?token=geheim"
        bench.publisher.answers(feed.url, .redirect(target))
        bench.publisher.answers(target, .rss(["a"]))
        for _ in 0..<4 {
            await bench.poll(feed)
            bench.clock.advance(by: .days(1))
        }
        for answer in [HTTPOutcome.status(429, ["Retry-After": "9999999"]), .status(410), .unreachable] {
            bench.publisher.answers(target, answer)
            await bench.poll(feed)
        }
        let lines = journal.lines(from: .trace)
        #expect(lines.contains { $0.contains("moved to https://new.example/rss") })
        #expect(lines.contains { $0.contains("more than 7 days") })
        #expect(!lines.contains { $0.contains("geheim") || $0.contains("word") || $0.contains("token") })
        let record = try bench.record(feed)
        #expect(!record.reason.contains("token"))
        #expect(try bench.reader.events().allSatisfy { !$0.text.contains("geheim") && !$0.text.contains("word") })
    }
}
