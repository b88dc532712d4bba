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
    nonisolated let executor: SerialQueueExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    /// Where polls run between the steps that they take here: on the same queue.
    nonisolated let pollExecutor: QueueTaskExecutor

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
    var starting: [Int32] = []
    var storing = 0
    var isLaunching = false
    /// Whether no poll may start because bodies in flight hold too much (S6).
    var isChoked = false

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
    var idleWaiters: [CheckedContinuation<Void, Never>] = []
    var timer: (any DeadlineTiming)?
    var armedFor: Duration?
    /// What the wall clock shows at time zero of the monotonic one; it moves when someone sets the wall clock.
    private var epoch: Instant?
    var clockSteps: Task<Void, Never>?
    var unfinishedSteps = 0

    /// A scheduler that begins with `follow`; `plan` says what its gates allow until then. Its queue runs on `target`,
    /// if there is one.
    init(plan: Plan, time: TimeSource, target: DispatchQueue? = nil) {
        executor = SerialQueueExecutor(label: "kagu.schedule", target: target)
        pollExecutor = QueueTaskExecutor(executor.queue)
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
}
