// SPDX-License-Identifier: Apache-2.0

import Dispatch
import KaguDispatch
import KaguModel
import KaguStore

/// Owns the due queue, the deadline timer and the per-host gates (queue `kagu.schedule`); starts polls, decides
/// nothing about their content.
///
/// A feed moves from the due queue to the line of its authority, from there into flight, and back into the due
/// queue with the due time that its poll has stored. Waiting for an authority takes no slot (P26). All waits are on
/// the monotonic clock: a step of the wall clock moves no feed (P20).
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
        /// Polls one feed to its end; runs outside the actor.
        var poll: @Sendable (Feed, PollOrder, Scheduler) async -> PollEnd
        /// Whether another poll may start: false while the bodies in flight exceed `http.max_bodies` (S6).
        var mayStart: @Sendable () -> Bool = { true }
        /// The uplink is back: tells it (P19).
        var online: @Sendable () async -> Void = {}
        /// The wall clock was set by so much, with these feeds in flight: what is stored of the others keeps its
        /// distance from now (P20, P21).
        var clockStepped: @Sendable (Duration, [String]) async -> Void = { _, _ in }
        /// Whether every due feed is polled once, and never again (`--once`).
        var isOnce = false
    }

    /// A poll under way.
    struct Flight {
        let feed: Feed
        var order: PollOrder
        /// The gate in which it has its turn.
        var turn: Int32?
        /// Whether it counts against the concurrency: not while it waits for a hop (P26).
        var hasSlot = true
        /// The `pollNow` calls that wait for it.
        var requests: [Int] = []
        var task: Task<Void, Never>?
    }

    let time: TimeSource
    var plan: Plan
    var limits: Limits { plan.limits }
    var places = FeedPlaces()
    var book = GateBook()
    var due = DeadlineHeap<Duration, FeedTicket>()
    /// When the gates open before which feeds wait, and those before which the urgent do.
    var openings = DeadlineHeap<Duration, Int32>()
    var urgentOpenings = DeadlineHeap<Duration, Int32>()
    var flights: [Int32: Flight] = [:]
    /// Slots taken: requests in flight, or about to leave.
    var inFlight = 0
    var waitingHops = 0
    /// Polls whose start is to be stored next, and how many are being stored.
    private var starting: [Int32] = []
    private var storing = 0
    private var isLaunching = false
    /// Whether no poll may start because bodies in flight hold too much (S6).
    private var isChoked = false

    var watch = UplinkWatch()
    /// Feeds that are due while the uplink is down, in turn (P19).
    var parked: [FeedTicket] = []
    var nextProbe: Duration = .zero
    /// Polls that have stored, or are about to store, a failure that `UplinkWatch` may undo.
    var counted: Set<Int32> = []
    var countedWaiters: [CheckedContinuation<Void, Never>] = []
    var isOfflineTold = false

    /// What operators wait for: polls not begun yet, by feed, and their calls by number.
    var orders: [Int32: Order] = [:]
    var requests: [Int: PollRequest] = [:]
    var lastRequest = 0
    var haltWaiters: [HaltWaiter] = []

    var isDraining = false
    private var idleWaiters: [CheckedContinuation<Void, Never>] = []
    private var timer: (any DeadlineTiming)?
    private var armedFor: Duration?
    /// What the wall clock shows at time zero of the monotonic one; it moves when someone sets the wall clock.
    private var epoch: Instant?
    private var clockSteps: Task<Void, Never>?
    private var unfinishedSteps = 0

    /// A scheduler that begins with `follow`; `plan` says what its gates allow until then.
    init(plan: Plan, time: TimeSource) {
        self.plan = plan
        self.time = time
    }

    /// The time over which the starts of many overdue feeds spread (P20).
    static let overdueSpread: Duration = .seconds(600)
    /// A due queue that is served that late has slept with the machine (P20).
    static let lateness: Duration = .seconds(30)
    /// No feed waits longer, whatever was stored: intervals and `Retry-After` end at seven days (P14, P21).
    static let longestWait: Duration = .seconds(8 * 86_400)
    /// No hold lasts longer: seven days, and what clocks differ by.
    static let longestHold: Duration = .seconds(7 * 86_400 + 60)
    /// Corrections of the wall clock up to this are not worth a word.
    static let noticedStep: Duration = .seconds(1)
    /// How soon it is asked again whether a poll may start (S6).
    static let chokedInterval: Duration = .milliseconds(250)

    /// Returns when nothing is due, waiting or in flight: under `--once`, when every due feed has been polled.
    func waitUntilIdle() async {
        if isIdle { return }
        await withCheckedContinuation { idleWaiters.append($0) }
    }

    /// What it is busy with.
    var load: SchedulerLoad {
        SchedulerLoad(
            inFlight: inFlight, waitingHops: waitingHops, starting: starting.count + storing + unfinishedSteps,
            waiting: places.waitingCount, due: places.dueCount, isOffline: watch.isDown)
    }

    /// The authority of a URL, host groups applied.
    func authority(of url: String) -> Authority { Authority(url: url, hostGroups: limits.hostGroups) }

    /// The polls in flight now.
    var pollsInFlight: Int { flights.count }

    private var isIdle: Bool { flights.isEmpty && places.waitingCount == 0 && inFlight == 0 && waitingHops == 0 }

    // MARK: Turning the wheel

    /// Moves every feed whose time has come as far as the gates let it, and sets the timer for the next one.
    func pump() {
        let now = time.monotonic()
        noteClock(at: now)
        if !isDraining {
            takeDue(at: now)
            probe(at: now)
        }
        serve(at: now)
        launch()
        arm(at: now)
        if isIdle || isDraining && flights.isEmpty {
            for waiter in idleWaiters { waiter.resume() }
            idleWaiters = []
        }
    }

    /// Takes what is due out of the queue. Feeds that fell due while the machine slept are spread if they are many.
    private func takeDue(at now: Duration) {
        guard let earliest = due.earliest, earliest <= now else { return }
        let isLate = now - earliest > Self.lateness
        var overdue: [Int32] = []
        while let ticket = due.popDue(at: now) {
            guard places.isValid(ticket) else { continue }
            if isLate { overdue.append(ticket.number) } else { lineUp(ticket.number, at: now) }
        }
        spread(overdue, at: now)
    }

    /// Lets overdue feeds start, over ten minutes if they are more than may fly at once (P20).
    func spread(_ overdue: [Int32], at now: Duration) {
        let spreads = overdue.count > limits.concurrency && !plan.isOnce
        for number in overdue {
            if spreads {
                let wait = Duration.milliseconds(
                    Int64(Double(Self.overdueSpread.milliseconds) * time.random()))
                rest(number, for: wait, at: now)
            } else {
                lineUp(number, at: now)
            }
        }
    }

    /// Puts a feed into the due queue.
    func rest(_ number: Int32, for wait: Duration, at now: Duration) {
        due.insert(places.move(number, to: .resting), at: now + min(max(wait, .zero), Self.longestWait))
    }

    /// Puts a due feed into the line of its authority; while the uplink is down, aside.
    func lineUp(_ number: Int32, at now: Duration) {
        if watch.isDown, !plan.isOnce {
            park(number)
            return
        }
        let authority = places[number].authority
        if plan.isOnce, book[authority]?.host.isHeld(at: now) ?? false {
            _ = places.move(number, to: .idle)
            return
        }
        let ticket = places.move(number, to: .inLine)
        book.change(authority, limits) { $0.line.append(ticket) }
        announce(authority)
    }

    /// Queues an authority for the moment when its gate opens; one whose slots are all taken comes back when a
    /// request ends.
    func announce(_ authority: Int32) {
        guard let gate = book[authority], gate.host.hasFreeSlot else { return }
        if gate.line.hasUrgent, !gate.isAnnouncedUrgent {
            book.change(authority, limits) { $0.isAnnouncedUrgent = true }
            urgentOpenings.insert(authority, at: gate.host.opening)
        }
        if gate.line.hasFeeds, !gate.isAnnounced {
            book.change(authority, limits) { $0.isAnnounced = true }
            openings.insert(authority, at: gate.host.opening)
        }
    }

    /// Tells the store of a step of the wall clock. The queues here are on the monotonic clock and stay as they are.
    func noteClock(at now: Duration) {
        let current = time.wall() - now
        defer { epoch = current }
        guard let epoch, abs((current - epoch).milliseconds) > Self.noticedStep.milliseconds else { return }
        let before = clockSteps
        unfinishedSteps += 1
        let flying = flights.values.map(\.feed.id)
        clockSteps = Task { [plan, step = current - epoch] in
            await before?.value
            await plan.clockStepped(step, flying)
            unfinishedSteps -= 1
        }
    }

    // MARK: Gates

    /// Lets in whoever is first at each open gate, while there are slots; the urgent before all others.
    private func serve(at now: Duration) {
        isChoked = false
        while inFlight < limits.concurrency, let authority = urgentOpenings.popDue(at: now) {
            book.change(authority, limits) { $0.isAnnouncedUrgent = false }
            serveUrgent(authority, at: now)
            announce(authority)
        }
        guard !isDraining, inFlight < limits.concurrency, let earliest = openings.earliest, earliest <= now else {
            return
        }
        isChoked = isChoked || !plan.mayStart()
        while !isChoked, inFlight < limits.concurrency, let authority = openings.popDue(at: now) {
            book.change(authority, limits) { $0.isAnnounced = false }
            serveFeed(authority, at: now)
            announce(authority)
        }
    }

    private func serveUrgent(_ authority: Int32, at now: Duration) {
        while book[authority]?.host.isOpen(at: now) ?? false {
            switch book.change(authority, limits, { $0.line.nextUrgent() }) {
            case nil:
                return
            case .hop(let continuation):
                enter(authority, at: now)
                waitingHops -= 1
                continuation.resume(returning: .granted)
                return
            case .feed(let ticket):
                guard places.isValid(ticket) else { continue }
                takeOff(ticket.number, from: authority, at: now)
                return
            }
        }
    }

    private func serveFeed(_ authority: Int32, at now: Duration) {
        while book[authority]?.host.isOpen(at: now) ?? false,
            let ticket = book.change(authority, limits, { $0.line.nextFeed() })
        {
            guard places.isValid(ticket) else { continue }
            takeOff(ticket.number, from: authority, at: now)
            return
        }
    }

    /// Takes a slot and a turn.
    func enter(_ authority: Int32, at now: Duration) {
        inFlight += 1
        book.change(authority, limits) { $0.host.enter(at: now) }
    }

    /// Gives a turn back. What piles up at the gates is forgotten when it is much.
    func leave(_ authority: Int32) {
        book.change(authority, limits) { $0.host.leave() }
        announce(authority)
        book.tidyGates(at: time.monotonic())
    }

    /// Leaves an authority alone until `until` (P21). Who waits there and cannot wait so long is told.
    func hold(_ authority: Authority, until: Instant, at now: Duration) {
        let wait = min(until - time.wall(), Self.longestWait)
        guard wait > .zero else { return }
        let number = book.number(of: authority)
        book.change(number, limits) { $0.host.hold(until: now + wait) }
        for waiter in book.change(number, limits, { $0.line.allUrgent() }) {
            switch waiter {
            case .hop(let continuation):
                waitingHops -= 1
                inFlight += 1
                continuation.resume(returning: .held(until: until))
            case .feed(let ticket) where places.isValid(ticket):
                giveUpOrder(of: ticket.number, .held(until: until), at: now)
            case .feed: break
            }
        }
        guard plan.isOnce else { return }
        for ticket in book.change(number, limits, { $0.line.allFeeds() }) where places.isValid(ticket) {
            _ = places.move(ticket.number, to: .idle)
        }
    }

    /// When an authority may be asked again, by the wall clock; nil when it is not held.
    func holdEnd(_ authority: Int32, at now: Duration) -> Instant? {
        guard let host = book[authority]?.host, host.isHeld(at: now) else { return nil }
        return time.wall() + (host.heldUntil - now)
    }

    // MARK: Flights

    /// A feed's turn has come: its poll begins as soon as its start is stored.
    private func takeOff(_ number: Int32, from authority: Int32, at now: Duration) {
        let order = orders.removeValue(forKey: number)
        _ = places.move(number, to: .inFlight)
        enter(authority, at: now)
        flights[number] = Flight(
            feed: plan.feeds[Int(places[number].index)],
            order: PollOrder(isFull: order?.isFull ?? false, isProbe: watch.isDown), turn: authority,
            requests: order?.requests ?? [])
        starting.append(number)
    }

    /// Stores the starts of polls, then begins them. Those that come up meanwhile share the next turn.
    private func launch() {
        guard !starting.isEmpty, !isLaunching else { return }
        isLaunching = true
        Task {
            while !starting.isEmpty {
                let batch = starting
                starting = []
                storing = batch.count
                let plan = plan
                await clockSteps?.value
                await plan.begin(batch.compactMap { flights[$0]?.feed })
                storing = 0
                let now = time.monotonic()
                for number in batch {
                    if let turn = flights[number]?.turn {
                        book.change(turn, limits) { $0.host.restartSpacing(at: now) }
                    }
                    flights[number]?.task = Task { await fly(number, plan) }
                }
            }
            isLaunching = false
        }
    }

    private func fly(_ number: Int32, _ plan: Plan) async {
        guard let flight = flights[number] else { return }
        let end = await plan.poll(flight.feed, flight.order, self)
        if end.contact == .answered, watch.answered() { await comeOnline(plan) }
        land(number, end)
    }

    private func land(_ number: Int32, _ end: PollEnd) {
        let now = time.monotonic()
        // Before it is taken out: what it has stored is by the clock as it is now.
        noteClock(at: now)
        guard let flight = flights.removeValue(forKey: number) else { return }
        if flight.hasSlot { inFlight -= 1 }
        if let turn = flight.turn { leave(turn) }
        settleCounted(number)
        if let hold = end.hold { self.hold(Authority(named: hold.authority), until: hold.until, at: now) }
        answer(flight.requests, feedID: flight.feed.id, .done(end.summary))
        replace(number, flight.feed, end, at: now)
        landed(flight.feed.id)
        pump()
    }

    /// Finds the feed's next place.
    private func replace(_ number: Int32, _ flown: Feed, _ end: PollEnd, at now: Duration) {
        let place = places[number]
        guard place.index >= 0 else {
            places.remove(flown.id)
            return
        }
        let feed = plan.feeds[Int(place.index)]
        // A feed that a reload has given another address while it was in flight is due at once.
        let isMoved = feed.url != flown.url
        places[number].authority = book.number(of: authority(of: isMoved ? feed.url : end.nextURL))
        places[number].isHalted = place.isPaused || end.nextDue == nil && !isMoved
        places[number].heldUntil = end.heldUntil.map { (now + ($0 - time.wall())).milliseconds } ?? 0
        _ = places.move(number, to: .idle)
        if orders[number] != nil {
            lineUpOrder(of: number, at: now)
        } else if places[number].isHalted || plan.isOnce {
            return
        } else if isMoved {
            rest(number, for: .zero, at: now)
        } else if end.contact == .unreachable, watch.isDown {
            park(number)
        } else {
            rest(number, for: end.wait ?? (end.nextDue ?? time.wall()) - time.wall(), at: now)
        }
    }

    // MARK: The timer

    private func arm(at now: Duration) {
        var next: [Duration?] = []
        if inFlight < limits.concurrency { next.append(urgentOpenings.earliest) }
        if !isDraining {
            next += [due.earliest, parked.isEmpty ? nil : nextProbe]
            if isChoked {
                next.append(now + Self.chokedInterval)
            } else if inFlight < limits.concurrency {
                next.append(openings.earliest)
            }
        }
        let earliest = next.compactMap { $0 }.min()
        guard earliest != armedFor else { return }
        armedFor = earliest
        guard let earliest else {
            timer?.disarm()
            return
        }
        let timer =
            timer
            ?? time.timer(executor.queue) { [weak self] in
                self?.assumeIsolated { scheduler in
                    scheduler.armedFor = nil
                    scheduler.pump()
                }
            }
        self.timer = timer
        timer.schedule(after: earliest - now)
    }

    // MARK: Stopping

    /// Starts no more polls; gives those in flight `grace` to end, then cancels them (O10). Redirect hops go on until
    /// then.
    func drain(grace: Duration) async {
        isDraining = true
        giveUpAllOrders()
        pump()
        if grace > .zero, !flights.isEmpty { await waitForLandings(atMost: grace) }
        for flight in flights.values { flight.task?.cancel() }
        releaseHops()
        while !flights.isEmpty || isLaunching {
            for flight in flights.values { flight.task?.cancel() }
            if let task = flights.values.lazy.compactMap(\.task).first {
                await task.value
            } else {
                await Task.yield()
            }
        }
        await clockSteps?.value
        timer?.cancel()
        timer = nil
    }

    private func waitForLandings(atMost grace: Duration) async {
        let limit = time.timer(executor.queue) { [weak self] in
            self?.assumeIsolated { scheduler in
                for waiter in scheduler.idleWaiters { waiter.resume() }
                scheduler.idleWaiters = []
            }
        }
        limit.schedule(after: grace)
        await withCheckedContinuation { idleWaiters.append($0) }
        limit.cancel()
    }

    /// Cancelled polls that wait for a hop end on their own: their requests fail as cancelled.
    private func releaseHops() {
        let now = time.monotonic()
        for authority in book.linesInUse {
            for case .hop(let continuation) in book.change(authority, limits, { $0.line.allUrgent() }) {
                waitingHops -= 1
                enter(authority, at: now)
                continuation.resume(returning: .granted)
            }
        }
    }
}
