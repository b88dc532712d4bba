// SPDX-License-Identifier: Apache-2.0

import Dispatch
import KaguDispatch
import KaguModel

/// Owns the due queue, the deadline timer and the per-host gates (queue `kagu.schedule`); starts polls, decides
/// nothing about their content.
///
/// A feed moves from the due queue to the line of its authority, from there into flight, and back into the due
/// queue with the due time that its poll has stored. Waiting for an authority takes no slot (P26).
actor Scheduler {
    nonisolated let executor = SerialQueueExecutor(label: "kagu.schedule")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// What the gates allow (`poll:`).
    struct Limits: Hashable, Sendable {
        var concurrency: Int
        var inFlightPerHost: Int
        var spacingPerHost: Duration
        var hostGroups: [String]
    }

    /// What is polled, and how: replaced whole at a reload. Polls in flight end under the plan they began with.
    struct Plan: Sendable {
        /// The feeds to poll.
        var feeds: [Feed]
        /// What the gates allow.
        var limits: Limits
        /// Stores that the polls of these feeds start now, before their requests leave (P20).
        var begin: @Sendable ([Feed]) async -> Void
        /// Polls one feed to its end and returns when it is due again; runs outside the actor.
        var poll: @Sendable (Feed, Scheduler) async -> Instant
        /// Whether every due feed is polled once, and never again (`--once`).
        var isOnce = false
    }

    private struct Entry {
        var feed: Feed
        var authority: Authority
        /// Grows when the feed's place in the due queue is no longer valid.
        var generation: UInt32 = 0
        var isInFlight = false
    }

    private struct DueFeed: Sendable {
        let id: String
        let generation: UInt32
    }

    /// Those who wait for their turn at one authority, redirect hops before feeds.
    private struct Line {
        var hops: [CheckedContinuation<Void, Never>] = []
        var feeds: [DueFeed] = []
        var served = 0
        var hasFeeds: Bool { served < feeds.count }
        var isEmpty: Bool { hops.isEmpty && !hasFeeds }

        mutating func nextFeed() -> DueFeed {
            defer {
                served += 1
                if served == feeds.count { (feeds, served) = ([], 0) }
            }
            return feeds[served]
        }
    }

    private let time: TimeSource
    private var plan: Plan
    private var limits: Limits { plan.limits }
    private var entries: [String: Entry] = [:]
    private var due = DeadlineHeap<Duration, DueFeed>()
    private var lines: [Authority: Line] = [:]
    private var gates: [Authority: HostGate] = [:]
    private var openings = DeadlineHeap<Duration, Authority>()
    private var opening: Set<Authority> = []
    private var waitingHops = 0
    private var inFlight = 0
    /// Where each poll in flight has its turn.
    private var turns: [String: Authority] = [:]
    /// Authorities whose gates are open while no slot is free for their feeds.
    private var stalled: Set<Authority> = []
    private var isDraining = false
    private var idleWaiters: [CheckedContinuation<Void, Never>] = []
    private var timer: DeadlineTimer?
    private var tasks: [String: Task<Void, Never>] = [:]

    /// A scheduler that begins with `follow`; `plan` says what its gates allow until then.
    init(plan: Plan, time: TimeSource) {
        self.plan = plan
        self.time = time
    }

    /// The time over which the starts of many overdue feeds spread (P20).
    static let overdueSpread: Duration = .seconds(600)

    /// Follows `plan` from now on. Known feeds keep their place unless their definition has changed; `dueTimes` are
    /// the stored ones, absent for feeds that were never polled, which are due at once.
    func follow(_ plan: Plan, dueTimes: [String: Instant]) {
        self.plan = plan
        gates = gates.mapValues { gate in gate.adopting(plan.limits) }
        let (feeds, once) = (plan.feeds, plan.isOnce)
        unstall()
        let listed = Set(feeds.map(\.id))
        for id in entries.keys where !listed.contains(id) { entries[id] = nil }

        let now = time.wall()
        let fresh = feeds.filter { entries[$0.id]?.feed != $0 }
        let overdue = fresh.count { feed in dueTimes[feed.id].map { $0 <= now } ?? false }
        let spreads = !once && overdue > limits.concurrency
        for feed in fresh {
            let hasMoved = entries[feed.id].map { $0.feed.url != feed.url } ?? false
            var entry = entries[feed.id] ?? Entry(feed: feed, authority: authority(of: feed.url))
            entry.isInFlight = tasks[feed.id] != nil
            entry.feed = feed
            entry.authority = authority(of: feed.url)
            entry.generation &+= 1
            entries[feed.id] = entry
            guard !entry.isInFlight else { continue }
            let stored = hasMoved ? nil : dueTimes[feed.id]
            if once, let stored, stored > now { continue }
            var wait = max(.zero, (stored ?? now) - now)
            if spreads, stored != nil, wait == .zero {
                wait = .milliseconds(Int64(Double(Self.overdueSpread.milliseconds) * time.random()))
            }
            due.insert(DueFeed(id: feed.id, generation: entry.generation), at: time.monotonic() + wait)
        }
        pump()
    }

    /// Returns when nothing is due, waiting or in flight: under `--once`, when every due feed has been polled.
    func waitUntilIdle() async {
        if isIdle { return }
        await withCheckedContinuation { idleWaiters.append($0) }
    }

    /// Starts no more polls; gives those in flight `grace` to end, then cancels them (O10).
    func drain(grace: Duration) async {
        isDraining = true
        timer?.cancel()
        timer = nil
        resumeHops()
        let deadline = time.monotonic() + grace
        while inFlight > 0, time.monotonic() < deadline {
            try? await Task.sleep(for: .milliseconds(20))
        }
        for task in tasks.values { task.cancel() }
        for task in tasks.values { await task.value }
    }

    /// A redirect hop: gives the poll's turn at its authority back and waits for one at the authority of `url` (P27).
    /// Never holds two: polls that are redirected to each other's hosts would wait for each other for ever.
    func moveTurn(of feedID: String, to url: String) async {
        if let held = turns.removeValue(forKey: feedID) { leave(held) }
        let next = authority(of: url)
        await takeTurn(at: next)
        turns[feedID] = next
    }

    private func takeTurn(at authority: Authority) async {
        guard !isDraining else { return enter(authority) }
        await withCheckedContinuation { continuation in
            lines[authority, default: Line()].hops.append(continuation)
            waitingHops += 1
            announce(authority)
            pump()
        }
    }

    /// The authority of a URL, host groups applied.
    func authority(of url: String) -> Authority { Authority(url: url, hostGroups: limits.hostGroups) }

    /// The polls in flight now.
    var pollsInFlight: Int { inFlight }

    // MARK: Turning the wheel

    private var isIdle: Bool { inFlight == 0 && due.count == 0 && lines.values.allSatisfy(\.isEmpty) }

    /// Moves every feed whose time has come as far as the gates let it, and sets the timer for the next one.
    private func pump() {
        guard !isDraining else { return }
        let now = time.monotonic()
        while let feed = due.popDue(at: now) {
            guard let entry = entries[feed.id], entry.generation == feed.generation, !entry.isInFlight else {
                continue
            }
            lines[entry.authority, default: Line()].feeds.append(feed)
            announce(entry.authority)
        }
        let started = serveOpenGates(at: now)
        if !started.isEmpty { start(started) }
        arm(at: now)
        if isIdle {
            for waiter in idleWaiters { waiter.resume() }
            idleWaiters = []
        }
    }

    /// Lets in whoever is first in line at each open gate; returns the feeds whose polls start.
    private func serveOpenGates(at now: Duration) -> [Feed] {
        var started: [Feed] = []
        while let authority = openings.popDue(at: now) {
            opening.remove(authority)
            guard var line = lines[authority], !line.isEmpty else { continue }
            if !line.hops.isEmpty {
                waitingHops -= 1
                enter(authority)
                line.hops.removeFirst().resume()
            } else if inFlight < limits.concurrency {
                let next = line.nextFeed()
                if let entry = entries[next.id], entry.generation == next.generation, !entry.isInFlight {
                    enter(authority)
                    inFlight += 1
                    entries[next.id]?.isInFlight = true
                    started.append(entry.feed)
                }
            } else {
                stalled.insert(authority)
                if waitingHops == 0 { break }
                continue
            }
            lines[authority] = line.isEmpty ? nil : line
            announce(authority)
        }
        return started
    }

    /// Queues an authority for the moment when its gate opens; one whose slots are all taken comes back when a
    /// request ends.
    private func announce(_ authority: Authority) {
        guard let line = lines[authority], !line.isEmpty, !opening.contains(authority) else { return }
        let gate = gates[authority] ?? newGate()
        guard gate.hasFreeSlot else { return }
        opening.insert(authority)
        openings.insert(authority, at: gate.nextStart)
    }

    private func start(_ feeds: [Feed]) {
        let batch = Task { [plan] in await plan.begin(feeds) }
        for feed in feeds {
            turns[feed.id] = entries[feed.id]?.authority ?? authority(of: feed.url)
            tasks[feed.id] = Task { [plan] in
                await batch.value
                let nextDue = await plan.poll(feed, self)
                finish(feed, nextDue: nextDue)
            }
        }
    }

    private func finish(_ feed: Feed, nextDue: Instant) {
        tasks[feed.id] = nil
        inFlight -= 1
        if let held = turns.removeValue(forKey: feed.id) { leave(held) }
        unstall()
        if var entry = entries[feed.id] {
            entry.isInFlight = false
            entry.generation &+= 1
            entries[feed.id] = entry
            if !plan.isOnce {
                // A feed that a reload has given another address while it was in flight is due at once.
                let wait = entry.feed.url == feed.url ? max(.zero, nextDue - time.wall()) : .zero
                due.insert(DueFeed(id: feed.id, generation: entry.generation), at: time.monotonic() + wait)
            }
        }
        pump()
    }

    /// A slot has become free, or the gates' limits have changed.
    private func unstall() {
        let authorities = stalled
        stalled = []
        for authority in authorities { announce(authority) }
    }

    private func arm(at now: Duration) {
        let opensNext = inFlight < limits.concurrency || waitingHops > 0 ? openings.earliest : nil
        guard let next = [due.earliest, opensNext].compactMap({ $0 }).min() else {
            timer?.disarm()
            return
        }
        let timer =
            timer
            ?? DeadlineTimer(queue: executor.queue) { [weak self] in
                self?.assumeIsolated { $0.pump() }
            }
        self.timer = timer
        timer.schedule(after: next - now)
    }

    // MARK: Gates

    private func newGate() -> HostGate {
        HostGate(maximumInFlight: limits.inFlightPerHost, spacing: limits.spacingPerHost)
    }

    private func enter(_ authority: Authority) {
        gates[authority, default: newGate()].enter(at: time.monotonic())
    }

    /// Gives a slot back. Gates that remember nothing are forgotten when there are many.
    private func leave(_ authority: Authority) {
        gates[authority]?.leave()
        announce(authority)
        if gates.count > 2 * entries.count + 64 {
            let now = time.monotonic()
            gates = gates.filter { !$0.value.isIdle(at: now) }
        }
    }

    private func resumeHops() {
        for (authority, line) in lines {
            for hop in line.hops {
                enter(authority)
                hop.resume()
            }
        }
        lines = [:]
        waitingHops = 0
    }
}
