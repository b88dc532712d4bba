// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguConfig
import KaguHTTP
import KaguMatch
import KaguModel
import KaguStore
import KaguTestSupport
import Logging
import Synchronization

@testable import KaguDaemon

/// Answers requests as a test says, and remembers them.
final class ScriptedPublisher: Sendable {
    private struct State {
        var answers: [String: [HTTPOutcome]] = [:]
        var requests: [HTTPRequest] = []
    }

    private let state = Mutex(State())

    /// What was asked for, in order.
    var requests: [HTTPRequest] { state.withLock { $0.requests } }
    /// The addresses that were asked for, in order.
    var urls: [String] { requests.map(\.url) }

    /// Answers requests for `url` so, one after the other; the last one stays.
    func answers(_ url: String, _ outcomes: HTTPOutcome...) {
        state.withLock { $0.answers[url] = outcomes }
    }

    /// The answer to a request; nobody is at an address that no test has scripted.
    func send(_ request: HTTPRequest) -> HTTPOutcome {
        state.withLock { state in
            state.requests.append(request)
            guard var answers = state.answers[request.url], let next = answers.first else {
                return .failure(HTTPFailure(.connect, "connection refused"))
            }
            if answers.count > 1 {
                answers.removeFirst()
                state.answers[request.url] = answers
            }
            return next
        }
    }
}

extension HTTPRequest {
    /// The value of one of its header fields.
    func value(_ name: String) -> String? {
        headers.first { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
    }
}

extension HTTPOutcome {
    static func status(
        _ status: Int, _ headers: KeyValuePairs<String, String> = [:], body: String = ""
    ) -> HTTPOutcome {
        .response(HTTPResponse(status: status, headers: HTTPHeaders(headers), body: Array(body.utf8)))
    }

    static func redirect(_ target: String, _ status: Int = 301) -> HTTPOutcome {
        .response(HTTPResponse(status: status, redirectURL: target))
    }

    /// An RSS document of items with these ids; title and text follow from the id unless a test gives them.
    static func rss(
        _ ids: [String], etag: String? = "\"1\"", title: String = "Example rises", text: String = "text",
        date: String? = nil, channel: String = "", isClosed: Bool = true
    ) -> HTTPOutcome {
        let items = ids.map { id in
            let date = date.map { "<pubDate>\($0)</pubDate>" } ?? ""
            return "<item><guid>\(id)</guid><link>https://courier.example/\(id)</link><title>\(title) \(id)</title>"
                + "<description>\(text)</description>\(date)</item>"
        }
        let document =
            "<rss version=\"2.0\"><channel><title>Courier</title>\(channel)\(items.joined())"
            + (isClosed ? "</channel></rss>" : "")
        return etag.map { .status(200, ["ETag": $0], body: document) } ?? .status(200, body: document)
    }

    static let unreachable = HTTPOutcome.failure(HTTPFailure(.dns, "no such host"))
}

/// A poller over a store of its own, a publisher of the test's, and a clock that the test moves.
final class PollBench: Sendable {
    let directory: TemporaryDirectory
    let store: Store
    let clock = ManualClock()
    let publisher = ScriptedPublisher()
    let scheduler: Scheduler
    let poller: Poller
    let reader: StateReader

    /// One watch, which the items of `HTTPOutcome.rss` match, told to one receiver, unless `watches` is empty.
    init(
        watchlist: Watchlist = .make(watches: [.make(when: "\"Example\"")]),
        settings: PollSettings = PollSettings(), privateFeeds: Set<String> = [],
        allowedPrivate: [AllowedAddress] = [], headers: [String: [HTTPHeader]] = [:],
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) throws {
        directory = try TemporaryDirectory("kagu-poller")
        let path = directory.path("state")
        store = try Store.open(directory: path, at: clock.now).store
        reader = try StateReader(directory: path)
        let time = TimeSource(
            wall: { [clock] in clock.now }, monotonic: { [clock] in clock.now - Instant(seconds: 0) }, random: { 0 }
        )
        scheduler = Scheduler(
            plan: .idle(.init(concurrency: 64, inFlightPerHost: 1, spacingPerHost: .zero, hostGroups: [])),
            time: time)
        let client = HTTPClient(settings: HTTPClientSettings(userAgent: "kagu/test"))
        poller = Poller(
            fetcher: FeedFetcher(
                send: { [publisher] in publisher.send($0) }, allowedPrivate: allowedPrivate, time: time),
            store: store, courier: Courier(store: store, client: client, logger: logger, time: time),
            matcher: try Matcher(watchlist),
            policy: AlertPolicy(tree: RouteTree(root: Route(receiver: "desk"))),
            pace: PollPace(settings: settings, privateFeeds: privateFeeds),
            assembly: HitAssembly(strippedParameters: []), feedHeaders: headers,
            keepsItems: true, health: HealthLog(logger: logger), tally: PollTally(), time: time)
    }

    /// One poll as the scheduler makes it: its start is stored first.
    @discardableResult
    func poll(_ feed: Feed, _ order: PollOrder = PollOrder()) async -> PollEnd {
        await poller.begin([feed])
        return await poller.poll(feed, order, by: scheduler)
    }

    /// Polls whenever the feed is due, `count` times.
    @discardableResult
    func pollWhenDue(_ feed: Feed, times count: Int) async throws -> FeedRecord {
        for _ in 0..<count {
            if let due = try record(feed).nextDue { clock.set(to: max(clock.now, due)) }
            await poll(feed)
        }
        return try record(feed)
    }

    func record(_ feed: Feed) throws -> FeedRecord { try reader.feedRecord(feed.id) ?? FeedRecord() }

    /// Kinds of all events, oldest first.
    func events() throws -> [FeedEvent.Kind] { try reader.events().reversed().map(\.kind) }

    /// Hits, baseline included, oldest first.
    func hits() throws -> [Hit] {
        var query = HitQuery()
        query.includesBaseline = true
        return HitReader(directory: directory.path("state")).hits(query)
    }

    /// Deliveries that wait.
    func owed() throws -> Int { try reader.deliveryCounts()[.waiting] ?? 0 }
}

extension Feed {
    static let courier = Feed(id: "courier", url: "https://courier.example/rss")
}

extension Duration {
    static func minutes(_ count: Int) -> Duration { .seconds(60 * count) }
    static func hours(_ count: Int) -> Duration { .seconds(3600 * count) }
    static func days(_ count: Int) -> Duration { .seconds(86_400 * count) }
}
