// SPDX-License-Identifier: Apache-2.0

import KaguHTTP
import KaguModel
import Synchronization

/// All publishers of a simulated world behind the transport of `FeedFetcher`: records each request, and answers when
/// the simulation says so.
final class Publisher: Sendable {
    private struct Parked {
        var exchange: Int
        var due: Duration
        var outcome: HTTPOutcome
        var continuation: CheckedContinuation<HTTPOutcome, Never>
    }

    private struct State {
        var exchanges: [Exchange] = []
        var parked: [Int: Parked] = [:]
        var lastVersion: [String: Int] = [:]
        var isCut = false
        var ghosts: Set<Int> = []
    }

    private let state = Mutex(State())
    private let time: VirtualTime
    private let progress: Progress
    private let epoch: Instant
    private let feeds: [String: SimulatedFeed]
    private let owners: [String: String]
    private let outages: [ClosedRange<Duration>]

    init(
        time: VirtualTime, progress: Progress, feeds: [SimulatedFeed], owners: [String: String],
        outages: [ClosedRange<Duration>]
    ) {
        self.time = time
        self.progress = progress
        epoch = time.wall - time.now
        self.feeds = Dictionary(uniqueKeysWithValues: feeds.map { ($0.id, $0) })
        self.owners = owners
        self.outages = outages
    }

    /// What was asked; not what a dead daemon would not have asked.
    var exchanges: [Exchange] {
        state.withLock { state in
            state.exchanges.indices.filter { !state.ghosts.contains($0) }.map { state.exchanges[$0] }
        }
    }
    var parkedCount: Int { state.withLock { $0.parked.count } }
    /// When the next answer is there.
    var nextAnswer: Duration? { state.withLock { $0.parked.values.map(\.due).min() } }

    /// The transport.
    func send(_ request: HTTPRequest) async -> HTTPOutcome {
        let key = Mutex<Int?>(nil)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let number = park(request, continuation)
                key.withLock { $0 = number }
                progress.note()
                if Task.isCancelled { drop(number) }
            }
        } onCancel: {
            if let number = key.withLock({ $0 }) { drop(number) }
        }
    }

    /// Hands out the next answer, if it is there by now.
    func answerNext() {
        let ready: Parked? = state.withLock { state in
            guard let next = state.parked.values.min(by: { $0.due < $1.due }), next.due <= time.now else {
                return nil
            }
            state.parked[next.exchange] = nil
            state.exchanges[next.exchange].end = time.now
            if state.isCut { state.exchanges[next.exchange].answer = nil }
            return next
        }
        if let ready { ready.continuation.resume(returning: ready.outcome) }
    }

    /// From now on nothing that is answered counts: the daemon is as good as dead.
    func cut(_ isCut: Bool) { state.withLock { $0.isCut = isCut } }

    private func drop(_ number: Int) {
        let parked = state.withLock { state in
            guard let parked = state.parked.removeValue(forKey: number) else { return nil as Parked? }
            state.exchanges[number].answer = nil
            state.exchanges[number].end = time.now
            return parked
        }
        parked?.continuation.resume(returning: .failure(HTTPFailure(.cancelled, "the request was cancelled")))
    }

    private func park(_ request: HTTPRequest, _ continuation: CheckedContinuation<HTTPOutcome, Never>) -> Int {
        let now = time.now
        var exchange = Exchange(
            start: now, wall: time.wall, url: request.url, method: request.method.rawValue,
            headers: request.headers.map { ($0.name, $0.value) })
        let feed = owners[request.url].flatMap { feeds[$0] }
        let elapsed = now - .seconds(1000)
        let isOut = outages.contains { $0.contains(now) }
        return state.withLock { state in
            var answer =
                isOut
                ? Answer(state.exchanges.count % 3 == 0 ? .connect : .dns)
                : feed?.answer(request.url, exchange, at: elapsed, epoch: epoch + .seconds(1000)) ?? Answer(404)
            if let feed {
                let version = feed.version(at: elapsed)
                let isWell = feed.fault(at: elapsed) == nil && !isOut
                answer.isSteady = isWell && state.lastVersion[feed.id] == version
                state.lastVersion[feed.id] = isWell ? version : nil
            }
            exchange.answer = answer
            let number = state.exchanges.count
            // No two answers come at one moment, so that their order is certain.
            let delay = answer.trouble.map { $0.delay(request.limits) } ?? answer.delay
            let due = now + delay + .microseconds(Int64(number % 977))
            state.exchanges.append(exchange)
            if state.isCut { state.ghosts.insert(number) }
            state.parked[number] = Parked(
                exchange: number, due: due, outcome: answer.outcome(isJSON: feed?.isJSON ?? false),
                continuation: continuation)
            return number
        }
    }
}

extension Answer.Trouble {
    fileprivate func delay(_ limits: HTTPLimits) -> Duration {
        switch self {
        case .dns, .connect, .tls: .milliseconds(40)
        case .connectTimeout: min(limits.connect, limits.total)
        case .silence: limits.total
        case .shortBody, .tooLarge: .milliseconds(900)
        }
    }

    fileprivate var failure: HTTPFailure {
        switch self {
        case .dns: HTTPFailure(.dns, "the name does not resolve")
        case .connect: HTTPFailure(.connect, "connection refused")
        case .connectTimeout: HTTPFailure(.timeout, "no connection in time", isUnreachable: true)
        case .tls: HTTPFailure(.tls, "the certificate has expired", hasAnswered: true)
        case .silence: HTTPFailure(.timeout, "no answer in time")
        case .shortBody: HTTPFailure(.shortBody, "the connection ended early", hasAnswered: true)
        case .tooLarge: HTTPFailure(.tooLarge, "the body is too large", hasAnswered: true)
        }
    }
}

extension Answer {
    fileprivate func outcome(isJSON: Bool) -> HTTPOutcome {
        if let trouble { return .failure(trouble.failure) }
        var block: [UInt8] = []
        for (name, value) in headers { block += Array("\(name): ".utf8) + value + [0x0D, 0x0A] }
        let body = document.map { isJSON ? $0.json : $0.rss } ?? text
        return .response(
            HTTPResponse(
                status: status, headers: HTTPHeaders(block: block), body: Array(body.utf8), redirectURL: location))
    }
}

extension SimulatedDocument {
    var rss: String {
        var text = "<rss version=\"2.0\"><channel><title>Feed</title><link>https://example.org/</link>"
        if let ttlMinutes { text += "<ttl>\(ttlMinutes)</ttl>" }
        if !skippedHours.isEmpty {
            text += "<skipHours>" + skippedHours.map { "<hour>\($0)</hour>" }.joined() + "</skipHours>"
        }
        if !skippedDays.isEmpty {
            let names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
            text += "<skipDays>" + skippedDays.map { "<day>\(names[$0 - 1])</day>" }.joined() + "</skipDays>"
        }
        for item in items {
            text +=
                "<item><title>Example \(item)</title><guid isPermaLink=\"false\">\(item)</guid>"
                + "<link>https://items.example/\(item)</link></item>"
        }
        return text + (isClosed ? "</channel></rss>" : "")
    }

    var json: String {
        let entries = items.map {
            "{\"id\":\"\($0)\",\"url\":\"https://items.example/\($0)\",\"title\":\"Example \($0)\"}"
        }
        return "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"Feed\",\"expired\":\(isExpired),"
            + "\"items\":[\(entries.joined(separator: ","))]\(isClosed ? "}" : "")"
    }
}
