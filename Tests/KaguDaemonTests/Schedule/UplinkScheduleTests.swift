// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore
import Testing

@testable import KaguDaemon

@Suite("Scheduler: the uplink")
struct UplinkScheduleTests {
    private let virtual = VirtualTime(start: Instant(seconds: 1_790_000_000), seed: 1)
    private let starts = VirtualStarts()

    /// Polls that fail in DNS, as the poller ends them.
    private func plan(_ feeds: [Feed]) -> Scheduler.Plan {
        Scheduler.Plan(
            feeds: feeds,
            limits: .init(concurrency: 64, inFlightPerHost: 1, spacingPerHost: .zero, hostGroups: []),
            begin: { _ in },
            poll: { [virtual, starts] feed, order, scheduler in
                starts.add(feed.id, at: virtual.now)
                let due = virtual.wall + .hours(1)
                if !order.isProbe {
                    let authority = await scheduler.authority(of: feed.url)
                    _ = await scheduler.unreachable(feed.id, authority: authority, before: FeedRecord())
                }
                return PollEnd(
                    nextDue: due, contact: .unreachable, nextURL: feed.url, summary: PollSummary(state: .failing))
            })
    }

    /// Waits in real time until nothing moves but by the virtual clock.
    private func settle(_ scheduler: Scheduler, begun: Int) async {
        await starts.wait(for: begun)
        for _ in 0..<2000 where await scheduler.pollsInFlight > 0 { try? await Task.sleep(for: .milliseconds(5)) }
        try? await Task.sleep(for: .milliseconds(20))
    }

    @Test("a feed that falls due while the uplink is down waits for its turn to be tried (P19)")
    func dueMeanwhile() async {
        let feeds = (0..<11).map { Feed(id: "f\($0)", url: "https://host\($0).example/") }
        let plan = plan(feeds)
        let scheduler = Scheduler(plan: plan, time: virtual.source)
        let start = virtual.now
        let late = FeedStanding(nextDue: virtual.wall + .seconds(30), url: feeds[10].url)
        await scheduler.follow(plan, standings: [feeds[10].id: late], holds: [])
        await settle(scheduler, begun: 10)
        #expect(await virtual.isAwaited(at: start + .seconds(30)))
        virtual.advance(to: start + .seconds(30))
        #expect(await virtual.isAwaited(at: start + .minutes(1)))
        #expect(starts.times.count == 10 && !starts.feeds.contains("f10"))
        virtual.advance(to: start + .minutes(1))
        await settle(scheduler, begun: 11)
        #expect(starts.times.count == 11)
        await scheduler.drain(grace: .zero)
    }
}
