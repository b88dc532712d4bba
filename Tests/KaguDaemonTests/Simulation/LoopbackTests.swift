// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguConfig
import KaguHTTP
import KaguLoopback
import KaguMatch
import KaguModel
import KaguStore
import KaguTestSupport
import Logging
import Synchronization
import Testing

@testable import KaguDaemon

@Suite("The same judge over real sockets", .serialized)
struct LoopbackTests {
    /// What the origins have seen.
    private final class Ledger: Sendable {
        let exchanges = Mutex<[Exchange]>([])
        let heads = Mutex<[RecordedRequest]>([])
        let start = ContinuousClock.now
    }

    private static let spacing: Duration = .milliseconds(60)

    @Test(
        "twenty feeds over libcurl and loopback origins, short intervals, no violation of §1 (§6)",
        .timeLimit(.minutes(1)))
    func sockets() async throws {
        let origins = try (0..<5).map { _ in try LoopbackOrigin() }
        let feeds = Self.feeds(origins)
        let ledger = Ledger()
        for (number, feed) in feeds.enumerated() {
            for url in [feed.url] + feed.targets {
                let target = "/" + url.split(separator: "/", maxSplits: 2)[2]
                origins[number % origins.count].on(target) { Self.answer(feed, url, $0, ledger) }
            }
        }
        var record = SimulationRecord(
            feeds: feeds.map { JudgedFeed(id: $0.id, url: $0.url, headers: $0.headers) },
            owners: Dictionary(
                uniqueKeysWithValues: feeds.flatMap { feed in ([feed.url] + feed.targets).map { ($0, feed.id) } }),
            exchanges: [])
        record.stored = try await Self.run(feeds, for: .seconds(8))
        record.exchanges = ledger.exchanges.withLock { $0 }
        record.end = ContinuousClock.now - ledger.start

        let settings = Judge.Settings(
            floorWithValidators: .seconds(1), floorWithout: .seconds(1), ceiling: .seconds(2),
            spacing: Self.spacing,
            holdsOnlyURL: true, tolerance: .milliseconds(40))
        let verdict = Judge(settings: settings).judge(record)
        for violation in verdict.violations.prefix(20) { print("  \(violation)") }
        print(
            "loopback: \(verdict.polls) polls, \(verdict.requests) requests, \(verdict.violations.count) violations"
        )
        #expect(verdict.violations.isEmpty)
        #expect(verdict.polls > 40 && record.exchanges.count { $0.answer?.status == 304 } > 5)
        Self.judgeHeads(ledger.heads.withLock { $0 })
    }

    /// What only a real origin sees (P4).
    private static func judgeHeads(_ heads: [RecordedRequest]) {
        #expect(Set(heads.map { $0.header("User-Agent") ?? "" }).count == 1)
        for head in heads {
            #expect(head.method == "GET" && head.body.isEmpty)
            #expect(head.header("User-Agent")?.hasPrefix("kagu/") ?? false)
            #expect(head.header("Accept-Encoding")?.contains("gzip") ?? false)
            #expect(head.target.contains("a=%7E&b=c+d") || head.target.hasPrefix("/to/"), "\(head.target)")
            for name in ["Cookie", "Referer", "Pragma", "Cache-Control", "A-IM", "Range"] {
                #expect(head.header(name) == nil, "\(name)")
            }
        }
    }

    private static func feeds(_ origins: [LoopbackOrigin]) -> [SimulatedFeed] {
        let faults: [SimulatedFeed.Fault?] = [
            nil, .status(404), .status(403), .redirect([302]), .redirect([301, 302]), .html, .unclosed, nil,
            .status(410),
            .statusAfter(503, retryAfter: "2"), .loop, .garbage, .stripped, .statusAfter(429, retryAfter: "2"), nil,
        ]
        return (0..<20).map { number in
            let origin = origins[number % origins.count]
            var feed = SimulatedFeed(id: "f\(number)", url: origin.url("/f\(number).xml?a=%7E&b=c+d"))
            feed.targets = (1...2).map { origin.url("/to/f\(number)/\($0)") }
            feed.validation = SimulatedFeed.Validation.allCases[number % SimulatedFeed.Validation.allCases.count]
            feed.itemEvery = number % 2 == 0 ? nil : .milliseconds(1300)
            if let fault = faults[number % faults.count] {
                feed.episodes = [.init(from: .milliseconds(1200), to: .milliseconds(2600), fault: fault)]
            }
            return feed
        }
    }

    private static func answer(
        _ feed: SimulatedFeed, _ url: String, _ request: RecordedRequest, _ ledger: Ledger
    ) -> ScriptedResponse {
        let elapsed = request.uptime - ledger.start
        var exchange = Exchange(
            start: elapsed, wall: request.time, url: url, method: request.method,
            headers: request.headers.map {
                ($0.name, $0.value.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
            })
        let answer = feed.answer(url, exchange, at: elapsed, epoch: Instant(seconds: 1_795_338_000))
        exchange.answer = answer
        exchange.end = elapsed
        ledger.exchanges.withLock { exchanges in
            let last = exchanges.last { $0.url == url }
            exchange.answer?.isSteady = answer.status == 304 && last != nil
            exchanges.append(exchange)
        }
        ledger.heads.withLock { $0.append(request) }
        var headers: [(name: String, value: String)] = answer.headers.map { name, value in
            (name, String(String.UnicodeScalarView(value.map { Unicode.Scalar($0) })))
        }
        headers.append(("Set-Cookie", "session=1"))
        if let location = answer.location { headers.append(("Location", location)) }
        let body = answer.document.map { Array($0.rss.utf8) } ?? Array(answer.text.utf8)
        return ScriptedResponse(
            status: answer.status, headers: headers, parts: body.isEmpty ? [] : [.init(body)],
            framing: answer.status == 304 ? .none : .contentLength)
    }

    /// The daemon's owners for a while; returns what was stored.
    private static func run(_ feeds: [SimulatedFeed], for length: Duration) async throws -> [String: Int] {
        let directory = try TemporaryDirectory("kagu-simulation", inMemory: true)
        let store = try Store.open(directory: directory.path, at: TimeSource.system.wall()).store
        let client = HTTPClient(settings: HTTPClientSettings(userAgent: Kagu.userAgent(contact: "")))
        let logger = Logger(label: "loopback") { _ in SwiftLogNoOpLogHandler() }
        var settings = PollSettings()
        settings.minimumInterval = .seconds(1)
        settings.maximumInterval = .seconds(2)
        let poller = Poller(
            fetcher: FeedFetcher(
                send: { await client.send($0) }, allowedPrivate: [AllowedAddress("127.0.0.1")].compactMap { $0 },
                time: .system),
            store: store, courier: Courier(store: store, client: client, logger: logger, time: .system),
            matcher: try Matcher(.make(watches: [.make(when: "\"example\"")])),
            policy: AlertPolicy(
                tree: RouteTree(root: Route(name: "root", receiver: "")), maximumAge: .seconds(86_400)),
            pace: PollPace(settings: settings, privateFeeds: Set(feeds.map(\.id))),
            assembly: HitAssembly(strippedParameters: []), feedHeaders: [:], keepsItems: false,
            health: HealthLog(logger: logger),
            tally: PollTally(), time: .system)
        let plan = Scheduler.Plan(
            feeds: feeds.map { Feed(id: $0.id, url: $0.url) },
            limits: .init(concurrency: 64, inFlightPerHost: 1, spacingPerHost: spacing, hostGroups: []),
            begin: { await poller.begin($0) },
            poll: { feed, order, scheduler in await poller.poll(feed, order, by: scheduler) })
        let scheduler = Scheduler(plan: plan, time: .system)
        await scheduler.follow(plan, standings: [:], holds: [])
        try await Task.sleep(for: length)
        await scheduler.drain(grace: .seconds(5))
        await client.shutdown()
        await store.close()
        var stored: [String: Int] = [:]
        var query = HitQuery()
        query.includesBaseline = true
        HitReader(directory: directory.path).read(query) { found in
            stored["\(found.hit.feed.id)/\(found.hit.title.dropFirst("Example ".count))", default: 0] += 1
            return true
        }
        return stored
    }
}
