// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguLoopback
public import KaguModel
import Synchronization

/// An HTTP/1.1 origin on 127.0.0.1 with a port of its own, scripted per path, which records what it is asked: the
/// feeds of a poll and the receiver of a delivery.
///
/// It runs on a queue of its own and may be used from anywhere. It stops with `stop()` or when it is released.
public final class LoopbackOrigin: Sendable {
    /// Answers a request; runs on the origin's queue.
    public typealias Responder = @Sendable (RecordedRequest) -> ScriptedResponse

    /// The port it listens on.
    public let port: Int
    private let script: OriginScript
    private let server: LoopbackServer

    /// Listens on an ephemeral port, or on `port` if it is not 0. Unscripted paths answer 404. `now` stamps the
    /// requests: the wall clock unless a test injects its own. Throws the number of the failing system call.
    public init(port: UInt16 = 0, now: @escaping @Sendable () -> Instant = { wallClock() }) throws {
        let script = OriginScript()
        var limits = LoopbackLimits()
        limits.bodyBytes = 64 << 20
        limits.connections = 4096
        // Clients under test may wait as long as they like.
        limits.idleTime = .seconds(3600)
        limits.stallTime = .seconds(3600)
        server = try LoopbackServer.start(port: port, limits: limits, label: "kagu.test.origin") { request in
            script.answer(to: RecordedRequest(request, time: now())).answer
        }
        self.script = script
        self.port = Int(server.port)
    }

    deinit { stop() }

    /// The URL of a path (`/feed.xml`), by address.
    public func url(_ target: String) -> String { "http://127.0.0.1:\(port)\(target)" }

    /// Answers requests for `path` with `responses` in turn; the last one repeats. `path` may hold a query; without
    /// one it stands for all queries.
    public func on(_ path: String, _ responses: ScriptedResponse...) {
        let turns = Mutex(responses[...])
        script.set(path) { _ in
            turns.withLock { turns in
                guard let first = turns.first else { return .status(404) }
                if turns.count > 1 { turns.removeFirst() }
                return first
            }
        }
    }

    /// Answers requests for `path` with what `responder` makes of them.
    public func on(_ path: String, respond responder: @escaping Responder) { script.set(path, responder) }

    /// Answers requests for all other paths with what `responder` makes of them.
    public func otherwise(respond responder: @escaping Responder) { script.setFallback(responder) }

    /// All requests so far, in the order in which they were complete.
    public var requests: [RecordedRequest] { script.requests }

    /// The requests for a path, whatever their query.
    public func requests(for path: String) -> [RecordedRequest] { requests.filter { $0.path == path } }

    /// Forgets the requests so far.
    public func forgetRequests() { script.forget() }

    /// How many connections were accepted so far.
    public var connectionCount: Int { server.connectionCount }

    /// Waits until there are `count` requests (for `path`, where given); false after `timeout`.
    public func waitForRequests(
        _ count: Int, for path: String? = nil, timeout: Duration = .seconds(30)
    ) async -> Bool {
        let end = ContinuousClock.now + timeout
        while ContinuousClock.now < end {
            let seen = path.map { requests(for: $0).count } ?? requests.count
            if seen >= count { return true }
            try? await Task.sleep(for: .milliseconds(3))
        }
        return false
    }

    /// Closes the port and all connections.
    public func stop() { server.stop() }
}

/// The wall clock.
public func wallClock() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
}

/// What an origin answers and what it was asked; shared by the test and the origin's queue.
final class OriginScript: Sendable {
    private struct State {
        var routes: [String: LoopbackOrigin.Responder] = [:]
        var fallback: LoopbackOrigin.Responder?
        var requests: [RecordedRequest] = []
    }

    private let state = Mutex(State())

    func set(_ path: String, _ responder: @escaping LoopbackOrigin.Responder) {
        state.withLock { $0.routes[path] = responder }
    }

    func setFallback(_ responder: @escaping LoopbackOrigin.Responder) {
        state.withLock { $0.fallback = responder }
    }

    var requests: [RecordedRequest] { state.withLock { $0.requests } }

    func forget() { state.withLock { $0.requests = [] } }

    func answer(to request: RecordedRequest) -> ScriptedResponse {
        let responder = state.withLock { state in
            state.requests.append(request)
            return state.routes[request.target] ?? state.routes[request.path] ?? state.fallback
        }
        return responder?(request) ?? .status(404)
    }
}
