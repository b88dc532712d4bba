// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore
import Testing

@testable import KaguDaemon

@Suite("Scheduler under a clock of the test's own (P29)", .timeLimit(.minutes(1)))
struct ScheduleRuleTests {
    @Test("a waiting hop takes no slot, and goes before the feeds when its gate opens (P26, P27)")
    func hopSlot() async {
        let desk = ScheduleDesk()
        let feeds = ScheduleDesk.feeds(2, on: "a") + ScheduleDesk.feeds(2, on: "b") + ScheduleDesk.feeds(1, on: "c")
        await desk.scheduler.follow(desk.plan(feeds, concurrency: 2), standings: [:], holds: [])
        await desk.settle()
        let first = desk.begunIDs
        #expect(first.count == 2)
        let (hopping, host) = (first[0], first[1].prefix { $0 != "-" })
        async let turn = desk.scheduler.moveTurn(of: hopping, to: "https://\(host)/target")
        // The hop's slot goes to a feed of another authority than the one that it waits for.
        while desk.open.count < 3 { await Task.yield() }
        #expect(await desk.scheduler.load.inFlight == 2)
        #expect(await desk.scheduler.load.waitingHops == 1)
        #expect(!desk.begunIDs[2].hasPrefix(host))
        await desk.pass(.seconds(5), openHops: 1)
        await desk.endOnly(first[1])
        #expect(await turn == .granted)
        #expect(desk.begun.count { $0.id.hasPrefix(host) } == 1, "the hop went before the feed")
    }

    @Test("who waits at a gate goes when the request before it has been answered, not when it is stored (P26)")
    func answeredGate() async {
        let desk = ScheduleDesk()
        let feeds = ScheduleDesk.feeds(3, on: "a")
        await desk.scheduler.follow(desk.plan(feeds), standings: [:], holds: [])
        await desk.settle()
        let first = desk.begunIDs[0]
        await desk.pass(.seconds(5))
        #expect(desk.begun.count == 1, "one request at a time")
        await desk.scheduler.requestsEnded(of: first)
        await desk.settle()
        #expect(desk.begun.count == 2 && desk.open.contains(first))
        // Its end gives no turn back a second time.
        await desk.end(first)
        await desk.pass(.seconds(5))
        #expect(desk.begun.count == 2)
        await desk.end(desk.begunIDs[1])
        #expect(desk.begun.count == 3)
    }

    @Test("a hold stops the whole authority, its hops and its operators; others go on (P21, P22)")
    func hold() async {
        let desk = ScheduleDesk()
        let feeds =
            ScheduleDesk.feeds(2, on: "x.blog.example") + ScheduleDesk.feeds(1, on: "y.blog.example")
            + ScheduleDesk.feeds(1, on: "z")
        await desk.scheduler.follow(desk.plan(feeds, groups: ["*.blog.example"]), standings: [:], holds: [])
        await desk.settle()
        #expect(desk.open.count == 2, "one of the group, and z")
        let first = desk.begunIDs.first { $0 != "z-0" } ?? ""
        let until = desk.time.wall + .seconds(7200)
        await desk.end(first, hold: AuthorityHold(authority: "*.blog.example", until: until, reason: "429"))
        await desk.end("z-0")
        await desk.pass(.seconds(3700))
        #expect(desk.begun.count { $0.id != "z-0" } == 1)
        #expect(desk.open == ["z-0"])
        #expect(
            await desk.scheduler.pollNow(["y.blog.example-0"], isFull: false) == [
                "y.blog.example-0": .held(until: until)
            ])
        #expect(await desk.scheduler.visit("https://w.blog.example/") { 1 } == .held(until: until))
        #expect(await desk.scheduler.moveTurn(of: "z-0", to: "https://v.blog.example/") == .held(until: until))
        await desk.pass(.seconds(3500))
        #expect(desk.begun.count { $0.id != "z-0" } == 2, "the hold is over")
    }

    @Test("a hold that was stored holds after a restart, and one from a clock gone wrong does not (P21, P20)")
    func storedHolds() async {
        let desk = ScheduleDesk()
        let feeds = ScheduleDesk.hosts(2)
        let holds = [
            AuthorityHold(authority: "h0", until: desk.time.wall + .seconds(500), reason: ""),
            AuthorityHold(authority: "h1", until: desk.time.wall + .seconds(86_400 * 400), reason: ""),
        ]
        await desk.scheduler.follow(desk.plan(feeds), standings: [:], holds: holds)
        await desk.pass(.seconds(499))
        #expect(desk.begunIDs == ["h1-0"])
        await desk.pass(.seconds(2))
        #expect(desk.begunIDs == ["h1-0", "h0-0"])
    }

    @Test("no poll starts while bodies in flight hold too much; it is asked again soon (S6)")
    func bodies() async {
        let desk = ScheduleDesk()
        desk.allow(false)
        await desk.scheduler.follow(desk.plan(ScheduleDesk.hosts(3)), standings: [:], holds: [])
        await desk.pass(.seconds(2))
        #expect(desk.begun.isEmpty)
        desk.allow(true)
        await desk.pass(.milliseconds(300))
        #expect(desk.open.count == 3)
    }

    @Test("an operator's poll comes at once, answers with its end, and leaves the due time to it (P13)")
    func pollNow() async {
        let desk = ScheduleDesk()
        let feeds = ScheduleDesk.hosts(2)
        await desk.scheduler.follow(
            desk.plan(feeds), standings: desk.standings(feeds, due: .seconds(1800)), holds: [])
        async let answers = desk.scheduler.pollNow(["h0-0", "nobody"], isFull: true)
        while desk.open.isEmpty { await Task.yield() }
        #expect(desk.begun.first?.order.isFull == true)
        await desk.end("h0-0", after: .seconds(7200))
        #expect(await answers == ["h0-0": .done(PollSummary(state: .ok)), "nobody": .unknownFeed])
        await desk.pass(.seconds(7100))
        #expect(desk.begunIDs == ["h0-0", "h1-0"])
        await desk.pass(.seconds(200))
        #expect(desk.begunIDs == ["h0-0", "h1-0", "h0-0"])
    }

    @Test("an order for a feed in flight takes that poll's end; a full one follows a poll that was none (P13, P27)")
    func pollInFlight() async {
        let desk = ScheduleDesk()
        await desk.scheduler.follow(desk.plan(ScheduleDesk.hosts(1)), standings: [:], holds: [])
        await desk.settle()
        async let plain = desk.scheduler.pollNow(["h0-0"], isFull: false)
        async let full = desk.scheduler.pollNow(["h0-0"], isFull: true)
        while await desk.scheduler.lastRequest < 2 { await Task.yield() }
        await desk.end("h0-0")
        #expect(await plain == ["h0-0": .done(PollSummary(state: .ok))])
        await desk.pass(.seconds(1))
        #expect(desk.begun.map(\.order.isFull) == [false, true])
        await desk.end("h0-0")
        #expect(await full == ["h0-0": .done(PollSummary(state: .ok))])
    }

    @Test("a feed's own Retry-After binds operators too (P21)")
    func ownHold() async {
        let desk = ScheduleDesk()
        await desk.scheduler.follow(desk.plan(ScheduleDesk.hosts(1)), standings: [:], holds: [])
        await desk.settle()
        let until = desk.time.wall + .seconds(9000)
        await desk.end("h0-0", after: .seconds(9100), heldFor: .seconds(9000))
        #expect(await desk.scheduler.pollNow(["h0-0"], isFull: true) == ["h0-0": .held(until: until)])
        #expect(desk.begun.count == 1)
    }

    @Test("a halted feed is polled no more unasked, and again after resume; halt waits for the poll in flight")
    func halt() async {
        let desk = ScheduleDesk()
        await desk.scheduler.follow(desk.plan(ScheduleDesk.hosts(1)), standings: [:], holds: [])
        await desk.settle()
        async let halted: Void = desk.scheduler.halt(["h0-0"])
        while await desk.scheduler.haltWaiters.isEmpty { await Task.yield() }
        await desk.end("h0-0", after: .seconds(60))
        await halted
        await desk.pass(.seconds(7200))
        #expect(desk.begun.count == 1)
        await desk.scheduler.resume(["h0-0": FeedStanding(nextDue: nil, url: "https://h0/h0-0")])
        await desk.pass(.seconds(1))
        #expect(desk.begun.count == 2)
    }

    @Test("a gone feed, whose poll names no due time, is left alone (§1.4)")
    func gone() async {
        let desk = ScheduleDesk()
        await desk.scheduler.follow(desk.plan(ScheduleDesk.hosts(1)), standings: [:], holds: [])
        await desk.settle()
        await desk.end("h0-0", after: nil)
        await desk.pass(.seconds(30 * 86_400))
        #expect(desk.begun.count == 1)
        #expect(await desk.scheduler.load.waiting == 0)
    }
}

extension ScheduleDesk {
    /// Moves time while hops wait that will not end by themselves.
    func pass(_ length: Duration, openHops: Int) async {
        time.advance(to: time.now + length)
        for _ in 0..<20 { _ = await scheduler.load }
    }

    /// Ends a poll without waiting for quiet.
    func endOnly(_ id: String) async {
        endNow(id)
        for _ in 0..<20 { _ = await scheduler.load }
    }
}
