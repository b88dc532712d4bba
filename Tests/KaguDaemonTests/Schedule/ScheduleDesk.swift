// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore
import Synchronization

@testable import KaguDaemon

/// A scheduler under a clock of the test's own, whose polls end when the test says so.
final class ScheduleDesk: Sendable {
    /// A poll that has begun.
    struct Begun: Sendable {
        var id: String
        var at: Duration
        var order: PollOrder
    }

    private struct State {
        var begun: [Begun] = []
        var stored: [String] = []
        var open: [String: CheckedContinuation<PollEnd, Never>] = [:]
        var mayStart = true
        var wasOnline = 0
        var steps: [Duration] = []
    }

    let time: VirtualTime
    let scheduler: Scheduler
    private let state = Mutex(State())

    init(seed: UInt64 = 1) {
        time = VirtualTime(start: Instant(seconds: 1_795_338_000), seed: seed)
        scheduler = Scheduler(plan: .idle(Self.limits()), time: time.source)
    }

    static func limits(_ concurrency: Int = 64, groups: [String] = []) -> Scheduler.Limits {
        Scheduler.Limits(
            concurrency: concurrency, inFlightPerHost: 1, spacingPerHost: .seconds(1), hostGroups: groups)
    }

    func plan(_ feeds: [Feed], concurrency: Int = 64, groups: [String] = [], once: Bool = false) -> Scheduler.Plan {
        Scheduler.Plan(
            feeds: feeds, limits: Self.limits(concurrency, groups: groups),
            begin: { feeds in self.state.withLock { $0.stored += feeds.map(\.id) } },
            poll: { feed, order, _ in
                await withCheckedContinuation { continuation in
                    let now = self.time.now
                    self.state.withLock { state in
                        state.begun.append(Begun(id: feed.id, at: now, order: order))
                        state.open[feed.id] = continuation
                    }
                }
            },
            mayStart: { self.state.withLock { $0.mayStart } },
            online: { self.state.withLock { $0.wasOnline += 1 } },
            clockStepped: { step, _ in self.state.withLock { $0.steps.append(step) } },
            isOnce: once)
    }

    var begun: [Begun] { state.withLock { $0.begun } }
    var begunIDs: [String] { begun.map(\.id) }
    var open: Set<String> { state.withLock { Set($0.open.keys) } }
    var wasOnline: Int { state.withLock { $0.wasOnline } }
    var steps: [Duration] { state.withLock { $0.steps } }
    func allow(_ mayStart: Bool) { state.withLock { $0.mayStart = mayStart } }

    /// Ends a poll; the feed is due again after `wait` (nil: no more).
    func end(
        _ id: String, after wait: Duration? = .seconds(3600), contact: Contact = .answered,
        hold: AuthorityHold? = nil,
        url: String? = nil, heldFor: Duration? = nil
    ) async {
        let end = PollEnd(
            nextDue: wait.map { time.wall + $0 }, contact: contact, hold: hold,
            nextURL: url ?? "https://\(id.prefix { $0 != "-" })/\(id)", summary: PollSummary(state: .ok),
            heldUntil: heldFor.map { time.wall + $0 })
        endNow(id, end)
        await settle()
    }

    /// Ends a poll without waiting for what follows.
    func endNow(_ id: String, _ end: PollEnd? = nil) {
        let continuation = state.withLock { $0.open.removeValue(forKey: id) }
        continuation?.resume(
            returning: end
                ?? PollEnd(
                    nextDue: time.wall + .seconds(3600), contact: .answered,
                    nextURL: "https://\(id.prefix { $0 != "-" })/",
                    summary: PollSummary(state: .ok)))
    }

    /// Moves time step by step, so that every timer fires when it should.
    func pass(_ length: Duration) async {
        let end = time.now + length
        await settle()
        while let next = time.nextDeadline, next <= end {
            time.advance(to: next)
            await settle()
        }
        time.advance(to: end)
        await settle()
    }

    /// Time passes while the machine sleeps.
    func sleep(_ length: Duration) async {
        time.advance(to: time.now + length)
        await settle()
    }

    /// Returns when nothing moves any more.
    func settle() async {
        while true {
            let before = open
            let load = await scheduler.load
            if load.starting == 0, load.inFlight == before.count, before == open { return }
            await Task.yield()
        }
    }

    /// Feeds of one host, `host-0`, `host-1`, ….
    static func feeds(_ count: Int, on host: String) -> [Feed] {
        (0..<count).map { Feed(id: "\(host)-\($0)", url: "https://\(host)/\(host)-\($0)") }
    }

    /// One feed on each of many hosts, `h0-0`, `h1-0`, ….
    static func hosts(_ count: Int) -> [Feed] { (0..<count).flatMap { feeds(1, on: "h\($0)") } }

    /// All of them due at `due`, seen from now.
    func standings(_ feeds: [Feed], due: Duration) -> [String: FeedStanding] {
        Dictionary(uniqueKeysWithValues: feeds.map { ($0.id, FeedStanding(nextDue: time.wall + due, url: $0.url)) })
    }
}
