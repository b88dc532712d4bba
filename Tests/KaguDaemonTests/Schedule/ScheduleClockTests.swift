// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore
import Testing

@testable import KaguDaemon

@Suite("Scheduler, clocks and uplink", .timeLimit(.minutes(1)))
struct ScheduleClockTests {
    @Test("feeds that fell due while the machine slept are spread over ten minutes (P20)")
    func wake() async {
        let desk = ScheduleDesk()
        let feeds = ScheduleDesk.hosts(50)
        let standings = Dictionary(
            uniqueKeysWithValues: feeds.enumerated().map { number, feed in
                (feed.id, FeedStanding(nextDue: desk.time.wall + .seconds(60 * Int64(number + 1)), url: feed.url))
            })
        await desk.scheduler.follow(desk.plan(feeds, concurrency: 10), standings: standings, holds: [])
        await desk.sleep(.seconds(8 * 3600))
        #expect(desk.begun.count <= 10)
        let woken = desk.time.now
        for _ in 0..<650 {
            await desk.pass(.seconds(1))
            for id in desk.open { await desk.end(id, after: .seconds(7200)) }
        }
        #expect(Set(desk.begunIDs).count == 50 && desk.begun.count == 50)
        let late = desk.begun.map { $0.at - woken }
        #expect(late.contains { $0 > .seconds(400) } && late.allSatisfy { $0 <= .seconds(610) })
    }

    @Test(
        "a step of the wall clock, forward or back, moves no due time and is told to the store (P20)",
        arguments: [94_608_000, -94_608_000, 7200, -7200])
    func wallStep(seconds: Int) async {
        let desk = ScheduleDesk()
        let feeds = ScheduleDesk.hosts(1)
        await desk.scheduler.follow(
            desk.plan(feeds), standings: desk.standings(feeds, due: .seconds(1800)), holds: [])
        await desk.pass(.seconds(600))
        desk.time.stepWall(by: .seconds(seconds))
        await desk.pass(.seconds(1190))
        #expect(desk.begun.isEmpty)
        await desk.pass(.seconds(15))
        #expect(desk.begun.count == 1)
        #expect(desk.steps == [.seconds(seconds)])
    }

    @Test(
        "a record from the future, stored under a clock that was set back, keeps its distance from its start (P20)")
    func futureRecord() {
        let now = Instant(seconds: 1_795_338_000)
        let record = FeedRecord(
            lastStart: now + .seconds(86_400 * 300), nextDue: now + .seconds(86_400 * 300 + 3600),
            heldUntil: now + .seconds(86_400 * 300 + 1800))
        let standing = FeedStanding(record, url: "", isHalted: false, at: now)
        #expect(standing.nextDue == now + .seconds(3600) && standing.heldUntil == now + .seconds(1800))
    }

    @Test("more overdue feeds than slots are spread at the start; new feeds are not (P20)")
    func start() async {
        let desk = ScheduleDesk()
        let (known, new) = (ScheduleDesk.hosts(30), ScheduleDesk.feeds(1, on: "new"))
        await desk.scheduler.follow(
            desk.plan(known + new, concurrency: 5), standings: desk.standings(known, due: .seconds(-3600)),
            holds: [])
        await desk.settle()
        #expect(desk.begunIDs == ["new-0"] || desk.begun.count <= 3)
        #expect(await desk.scheduler.load.waiting + desk.begun.count == 31)
    }

    @Test("a reload polls no unchanged feed; a new address is due at once; a feed taken out is forgotten (P20)")
    func reload() async {
        let desk = ScheduleDesk()
        let feeds = ScheduleDesk.hosts(3)
        let standings = desk.standings(feeds, due: .seconds(1800))
        await desk.scheduler.follow(desk.plan(feeds), standings: standings, holds: [])
        await desk.scheduler.follow(desk.plan(feeds.reversed()), standings: standings, holds: [])
        await desk.settle()
        #expect(desk.begun.isEmpty)
        let changed = [feeds[0], Feed(id: "h1-0", url: "https://elsewhere/")]
        await desk.scheduler.follow(desk.plan(changed), standings: standings, holds: [])
        await desk.settle()
        #expect(desk.begunIDs == ["h1-0"])
        #expect(await desk.scheduler.load.waiting == 1)
    }

    @Test("while the uplink is down one feed a minute is tried; an answer lets the others go, spread (P19, P20)")
    func offline() async {
        let desk = ScheduleDesk()
        let feeds = ScheduleDesk.hosts(40)
        await desk.scheduler.follow(desk.plan(feeds, concurrency: 12), standings: [:], holds: [])
        await desk.settle()
        #expect(desk.open.count == 12)
        var verdicts: [UplinkVerdict] = []
        for id in desk.open.sorted().prefix(9) {
            verdicts.append(
                await desk.scheduler.unreachable(id, authority: Authority(named: id), before: FeedRecord()))
            await desk.end(id, contact: .unreachable)
        }
        let last = desk.open.sorted().first ?? ""
        let verdict = await desk.scheduler.unreachable(
            last, authority: Authority(named: last), before: FeedRecord())
        guard case .wentDown(let undo) = verdict else {
            Issue.record("the tenth failure takes the uplink down")
            return
        }
        #expect(undo.count == 10)
        for id in desk.open { await desk.end(id, contact: .unreachable) }
        #expect(await desk.scheduler.load.isOffline)
        #expect(await desk.scheduler.load.due == 40, "those whose failures are undone are due again")

        let before = desk.begun.count
        for _ in 0..<30 {
            await desk.pass(.seconds(60))
            for id in desk.open { await desk.end(id, contact: .unreachable) }
        }
        let probes = desk.begun.dropFirst(before)
        #expect((29...30).contains(probes.count) && probes.allSatisfy(\.order.isProbe))
        #expect(Set(probes.map(\.id)).count == probes.count, "in turn")

        await desk.pass(.seconds(61))
        for id in desk.open { await desk.end(id, contact: .answered) }
        #expect(desk.wasOnline == 1)
        #expect(await !desk.scheduler.load.isOffline)
        #expect(desk.open.count <= 3, "39 feeds and 12 slots: spread")
        await desk.pass(.seconds(601))
        #expect(desk.open.count == 12)
    }
}
