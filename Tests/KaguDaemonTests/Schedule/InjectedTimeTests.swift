// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel
import KaguStore
import Synchronization
import Testing

@testable import KaguDaemon

/// Notes when polls begin by the virtual clock.
final class VirtualStarts: Sendable {
    private let state = Mutex<[(feed: String, at: Duration)]>([])

    var feeds: [String] { state.withLock { $0.map(\.feed) } }
    var times: [Duration] { state.withLock { $0.map(\.at) } }
    func add(_ feed: String, at time: Duration) { state.withLock { $0.append((feed, time)) } }

    /// Waits in real time until so many polls have begun; gives up after ten seconds.
    func wait(for count: Int) async {
        for _ in 0..<2000 where feeds.count < count { try? await Task.sleep(for: .milliseconds(5)) }
    }
}

extension VirtualTime {
    /// Waits in real time until the next timer is set for `deadline`; false if it is not within ten seconds.
    func isAwaited(at deadline: Duration) async -> Bool {
        for _ in 0..<2000 where nextDeadline != deadline { try? await Task.sleep(for: .milliseconds(5)) }
        return nextDeadline == deadline
    }
}

@Suite("Injected clock and randomness")
struct InjectedTimeTests {
    private let virtual = VirtualTime(start: Instant(seconds: 1_790_000_000), seed: 1)
    private let starts = VirtualStarts()

    private func plan(
        _ feeds: [Feed], concurrency: Int = 8, spacing: Duration = .seconds(1)
    ) -> Scheduler.Plan {
        Scheduler.Plan(
            feeds: feeds,
            limits: .init(
                concurrency: concurrency, inFlightPerHost: 1, spacingPerHost: spacing, hostGroups: []),
            begin: { _ in },
            poll: { [starts, virtual] feed, _, _ in
                starts.add(feed.id, at: virtual.now)
                return .due(virtual.wall + .days(1), of: feed)
            })
    }

    @Test("no real time moves the scheduler; the injected clock and timer move it to the second (P29)")
    func clock() async {
        let feed = Feed.courier
        let plan = plan([feed])
        let scheduler = Scheduler(plan: plan, time: virtual.source)
        let start = virtual.now
        let standing = FeedStanding(nextDue: virtual.wall + .hours(6), url: feed.url)
        await scheduler.follow(plan, standings: [feed.id: standing], holds: [])
        try? await Task.sleep(for: .milliseconds(50))
        #expect(starts.feeds.isEmpty && virtual.nextDeadline == start + .hours(6))
        virtual.advance(to: start + .hours(6))
        await starts.wait(for: 1)
        #expect(starts.times == [start + .hours(6)])
        await scheduler.drain(grace: .zero)
    }

    @Test("an operator's commands keep the spacing of their authority too (P27)")
    func orders() async {
        let feeds = (0..<3).map { Feed(id: "a\($0)", url: "https://a.example/\($0)") }
        let plan = plan(feeds, spacing: .seconds(40))
        let scheduler = Scheduler(plan: plan, time: virtual.source)
        let start = virtual.now
        let standings = feeds.map { ($0.id, FeedStanding(nextDue: virtual.wall + .hours(6), url: $0.url)) }
        await scheduler.follow(plan, standings: Dictionary(standings) { first, _ in first }, holds: [])
        let answers = Task { await scheduler.pollNow(feeds.map(\.id), isFull: true) }
        for turn in 1...2 {
            await starts.wait(for: turn)
            #expect(await virtual.isAwaited(at: start + .seconds(40 * turn)))
            #expect(starts.times.count == turn)
            virtual.advance(to: start + .seconds(40 * turn))
        }
        #expect(await answers.value.count == 3)
        #expect(starts.times == (0..<3).map { start + .seconds(40 * $0) })
        await scheduler.drain(grace: .zero)
    }

    @Test("an accepted poll adds the injected randomness to the interval (P15, P29)", arguments: [0, 0.5, 0.999])
    func jitter(random: Double) {
        let pace = PollPace(settings: PollSettings(), privateFeeds: [])
        let now = Instant(seconds: 1_790_000_000)
        let poll = Accepted(
            trail: RedirectTrail(listedURL: Feed.courier.url), validators: StoredValidators(url: Feed.courier.url),
            isUnchanged: true, freshness: nil)
        let before = FeedRecord(interval: .hours(1), hasBaseline: true)
        let end = pace.accepted(poll, of: .courier, before: before, at: now, random: random)
        // An hour grows to 69 minutes, of which up to a tenth is added.
        #expect(end.record.nextDue == now + .milliseconds(4_140_000 + Int64((414_000 * random).rounded())))
    }

    @Test("the back-off adds the injected randomness and nothing else (P15, P18, P29)", arguments: [0, 0.5, 0.999])
    func backoff(random: Double) {
        let pace = PollPace(settings: PollSettings(), privateFeeds: [])
        let now = Instant(seconds: 1_790_000_000)
        let failure = PollFailure(.failing, "HTTP 500")
        let end = pace.refused(
            failure, of: .courier, from: Feed.courier.url, before: FeedRecord(), at: now, random: random)
        let expected = Duration.milliseconds(7_200_000 + min(Int64(720_000 * random), 600_000))
        #expect(end.record.nextDue == now + expected)
    }
}
