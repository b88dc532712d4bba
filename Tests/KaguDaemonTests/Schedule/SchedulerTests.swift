// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguTestSupport
import Synchronization
import Testing

@testable import KaguDaemon

/// Records what a scheduler starts, and ends each poll when told to.
private final class Desk: Sendable {
    private struct State {
        var begun: [String] = []
        var running: [String: Int] = [:]
        var mostAtOnce: [String: Int] = [:]
        var mostInAll = 0
    }

    private let state = Mutex(State())

    var begun: [String] { state.withLock { $0.begun } }
    var mostInAll: Int { state.withLock { $0.mostInAll } }
    func mostAtOnce(_ host: String) -> Int { state.withLock { $0.mostAtOnce[host] ?? 0 } }

    /// A plan whose polls take `time` and are due again after `interval`.
    func plan(
        _ feeds: [Feed], concurrency: Int = 64, perHost: Int = 1, spacing: Duration = .zero,
        taking time: Duration = .milliseconds(20), interval: Duration = .seconds(3600), once: Bool = false
    ) -> Scheduler.Plan {
        Scheduler.Plan(
            feeds: feeds,
            limits: .init(
                concurrency: concurrency, inFlightPerHost: perHost, spacingPerHost: spacing, hostGroups: []),
            begin: { _ in },
            poll: { [self] feed, _, _ in
                let host = Authority(url: feed.url).description
                state.withLock { state in
                    state.begun.append(feed.id)
                    state.running[host, default: 0] += 1
                    state.mostAtOnce[host] = max(state.mostAtOnce[host] ?? 0, state.running[host] ?? 0)
                    state.mostInAll = max(state.mostInAll, state.running.values.reduce(0, +))
                }
                try? await Task.sleep(for: time)
                state.withLock { $0.running[host, default: 0] -= 1 }
                return .due(TimeSource.system.wall() + interval, of: feed)
            },
            isOnce: once)
    }
}

@Suite("Scheduler")
struct SchedulerTests {
    private func feeds(_ count: Int, on host: String) -> [Feed] {
        (0..<count).map { Feed(id: "\(host)-\($0)", url: "https://\(host)/\($0)") }
    }

    private func scheduler(_ plan: Scheduler.Plan) -> Scheduler { Scheduler(plan: plan, time: .system) }

    @Test("one request at a time to an authority, others beside it (P26, P27)")
    func gates() async {
        let desk = Desk()
        let plan = desk.plan(feeds(6, on: "a.example") + feeds(6, on: "b.example"), once: true)
        let scheduler = scheduler(plan)
        await scheduler.follow(plan, standings: [:], holds: [])
        await scheduler.waitUntilIdle()
        #expect(desk.begun.count == 12 && Set(desk.begun).count == 12)
        #expect(desk.mostAtOnce("a.example") == 1 && desk.mostAtOnce("b.example") == 1)
        #expect(desk.mostInAll == 2)
    }

    @Test("the concurrency bounds all polls, and waiting for an authority takes no slot (P26)")
    func concurrency() async {
        let desk = Desk()
        let many = (0..<20).flatMap { feeds(2, on: "host\($0).example") }
        let plan = desk.plan(many, concurrency: 4, once: true)
        let scheduler = scheduler(plan)
        await scheduler.follow(plan, standings: [:], holds: [])
        await scheduler.waitUntilIdle()
        #expect(desk.begun.count == 40)
        #expect(desk.mostInAll <= 4)
        // Feeds of other authorities are not kept waiting behind the first two of one authority.
        #expect(Set(desk.begun.prefix(4).map { $0.prefix { $0 != "-" } }).count == 4)
    }

    @Test("starts at one authority are spaced (P27)")
    func spacing() async {
        let desk = Desk()
        let plan = desk.plan(
            feeds(4, on: "a.example"), spacing: .milliseconds(100), taking: .milliseconds(1), once: true)
        let scheduler = scheduler(plan)
        let start = ContinuousClock.now
        await scheduler.follow(plan, standings: [:], holds: [])
        await scheduler.waitUntilIdle()
        #expect(ContinuousClock.now - start >= .milliseconds(295))
    }

    @Test("--once leaves feeds alone that are not due")
    func notDue() async {
        let desk = Desk()
        let plan = desk.plan(feeds(3, on: "a.example"), once: true)
        let scheduler = scheduler(plan)
        await scheduler.follow(
            plan,
            standings: [
                "a.example-1": FeedStanding(
                    nextDue: TimeSource.system.wall() + .seconds(60), url: "https://a.example/1")
            ], holds: [])
        await scheduler.waitUntilIdle()
        #expect(Set(desk.begun) == ["a.example-0", "a.example-2"])
    }

    @Test("a feed comes again when its poll has said so; a reload polls no unchanged feed (P20)")
    func again() async {
        let desk = Desk()
        let quick = desk.plan(feeds(1, on: "a.example"), taking: .milliseconds(1), interval: .milliseconds(150))
        let scheduler = scheduler(quick)
        await scheduler.follow(quick, standings: [:], holds: [])
        while desk.begun.count < 3 { try? await Task.sleep(for: .milliseconds(5)) }

        let slow = desk.plan(feeds(1, on: "a.example") + feeds(1, on: "b.example"))
        await scheduler.follow(slow, standings: [:], holds: [])
        while !desk.begun.contains("b.example-0") { try? await Task.sleep(for: .milliseconds(5)) }
        let before = desk.begun.count
        await scheduler.follow(slow, standings: [:], holds: [])
        await scheduler.follow(slow, standings: [:], holds: [])
        #expect(desk.begun.count { $0 == "b.example-0" } == 1)
        #expect(desk.begun.count <= before + 1)
        await scheduler.drain(grace: .seconds(5))
    }

    @Test("many overdue feeds are spread over ten minutes instead of starting at once (P20)")
    func spread() async {
        let desk = Desk()
        let known = (0..<30).flatMap { feeds(1, on: "host\($0).example") }
        let past = TimeSource.system.wall() - .seconds(3600)
        let plan = desk.plan(known, concurrency: 5)
        let scheduler = Scheduler(
            plan: plan,
            time: TimeSource(
                wall: TimeSource.system.wall, monotonic: TimeSource.system.monotonic, random: { 0.5 }))
        await scheduler.follow(
            plan,
            standings: Dictionary(
                uniqueKeysWithValues: known.map { ($0.id, FeedStanding(nextDue: past, url: $0.url)) }), holds: [])
        try? await Task.sleep(for: .milliseconds(100))
        #expect(desk.begun.isEmpty)
        await scheduler.drain(grace: .zero)
    }

    @Test("draining starts nothing more and waits for what is in flight (O10)")
    func drain() async {
        let desk = Desk()
        let plan = desk.plan(feeds(20, on: "a.example"), taking: .milliseconds(60))
        let scheduler = scheduler(plan)
        await scheduler.follow(plan, standings: [:], holds: [])
        while desk.begun.isEmpty { try? await Task.sleep(for: .milliseconds(5)) }
        await scheduler.drain(grace: .seconds(5))
        let begun = desk.begun.count
        #expect(begun < 20)
        #expect(await scheduler.pollsInFlight == 0)
        try? await Task.sleep(for: .milliseconds(150))
        #expect(desk.begun.count == begun)
    }

    @Test("a visit waits for its turn at the authority (P27)")
    func visits() async {
        let desk = Desk()
        let plan = desk.plan(feeds(1, on: "a.example"), taking: .milliseconds(120))
        let scheduler = scheduler(plan)
        await scheduler.follow(plan, standings: [:], holds: [])
        while desk.begun.isEmpty { try? await Task.sleep(for: .milliseconds(2)) }
        let start = ContinuousClock.now
        let visit = await scheduler.visit("https://a.example/elsewhere") { await scheduler.pollsInFlight }
        #expect(visit == .done(0), "the poll at the authority has ended before the visit began")
        #expect(ContinuousClock.now - start >= .milliseconds(50))
        await scheduler.drain(grace: .zero)
    }

    @Test(
        "polls that are redirected to each other's hosts do not wait for each other (P27)", .timeLimit(.minutes(1)))
    func crossing() async {
        let other = ["a.example-0": "https://b.example/", "b.example-0": "https://a.example/"]
        let plan = Scheduler.Plan(
            feeds: feeds(2, on: "a.example") + feeds(1, on: "b.example"),
            limits: Scheduler.Limits(
                concurrency: 2, inFlightPerHost: 1, spacingPerHost: .milliseconds(1), hostGroups: []),
            begin: { _ in },
            poll: { feed, _, scheduler in
                try? await Task.sleep(for: .milliseconds(30))
                if let target = other[feed.id] { _ = await scheduler.moveTurn(of: feed.id, to: target) }
                return .due(TimeSource.system.wall() + .seconds(3600), of: feed)
            },
            isOnce: true)
        let scheduler = scheduler(plan)
        await scheduler.follow(plan, standings: [:], holds: [])
        await scheduler.waitUntilIdle()
        #expect(await scheduler.pollsInFlight == 0)
    }
}

extension PollEnd {
    /// A poll after which the feed is due again at `next`.
    static func due(_ next: Instant?, of feed: Feed) -> PollEnd {
        PollEnd(nextDue: next, contact: .answered, nextURL: feed.url, summary: PollSummary(state: .ok))
    }
}
