// SPDX-License-Identifier: Apache-2.0

import Dispatch
import KaguAlert
import KaguBytes
import KaguDispatch
import KaguHTTP
import KaguModel
import KaguStore
import Logging

/// Owns how a stored delivery becomes alerts: deadlines, attempts in flight and the state of receivers (queue
/// `kagu.delivery`).
///
/// Everything that must survive a restart is in the store; what the courier holds in memory is which receivers have a
/// request in flight, what rate caps count, and a copy of the receivers' states. It only carries out: what is told,
/// when and how often is decided by values of KaguAlert.
///
/// - `Courier+Binding`: rounds of binding: due groups, quiet hours, digests (R4, R9–R11, R13).
/// - `Courier+Stories`: what of a group is news, and the alerts that tell it (R5–R7, D4).
/// - `Courier+RateCap`: what a route may still send, and the overflow (R12).
/// - `Courier+Sending`: due alerts are attempted, one for each receiver at a time (D6–D9).
/// - `Courier+Receivers`: what an answer means for a receiver; enabling, disabling, testing (D10, C4–C6).
/// - `Courier+Notices`: what the fallback and health routes are told (D12, R15).
/// - `Courier+Clock`: what a wall clock that is set does to what waits.
/// - `Courier+Reload`: what a new configuration does to what is owed (R14).
/// - `Courier+Turns`: rounds, reloads and operators' orders come one after another.
actor Courier {
    nonisolated let executor = SerialQueueExecutor(label: "kagu.delivery")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Sends an alert once; nil when it was cancelled.
    typealias Send = @Sendable (DeliveryAttempt) async -> DeliveryAttempt.Result?

    /// What a configuration says about alerts.
    struct Plan: Sendable {
        var receivers: [String: CourierReceiver]
        var policy: AlertPolicy
        /// The receiver of notices and overdue copies (D12).
        var fallback: String?
    }

    /// Requests in flight at most, over all receivers (D6).
    static let maximumInFlight = 64
    /// Due alerts held in memory at most, for each receiver (D6).
    static let maximumDuePerReceiver = 100
    /// Deliveries that one round of binding takes; those of a digest come together (`Store.digestLimit`).
    static let deliveriesPerRound = 500
    /// How long a group waits whose hit lines cannot be read.
    static let unreadableRetry: Duration = .seconds(300)
    /// How long a group is remembered after it was last told; longer than the longest `group_interval`.
    static let groupMemory: Duration = .seconds(8 * 86_400)
    /// How long it is remembered what a receiver knows of a story.
    static let tellingMemory: Duration = .seconds(8 * 86_400)
    /// How long to wait before the store is asked again after it failed.
    static let storeRetry: Duration = .seconds(5)
    /// While quiet hours or a digest's time hold anything, the wall clock is looked at that often: somebody may set it
    /// (R9).
    static let holdLook: Duration = .seconds(30)
    /// Else, while anything waits at all.
    static let longestSleep: Duration = .seconds(600)
    /// Between two rounds, unless something new has come.
    static let shortestSleep: Duration = .milliseconds(20)

    let store: Store
    let send: Send
    let logger: Logger
    let time: TimeSource

    var plan: Plan?
    var breakers: [String: Breaker] = [:]
    /// New messages of each route and receiver by the time of their binding, and of their delivery (R12).
    var bound: [RouteAndReceiver: RateCap] = [:]
    var sent: [RouteAndReceiver: RateCap] = [:]
    var inFlight: [String: Task<Void, Never>] = [:]
    /// When the last request to a receiver began, on the monotonic clock (W15).
    var lastRequests: [String: Duration] = [:]
    /// Receivers that called a good signature bad while their clock differed from ours (D9).
    var clockDoubters: Set<String> = []
    /// Whether quiet hours or a digest's time hold anything.
    var isHolding = false
    var isDraining = false
    var turns = Turns()
    /// What the clocks showed at the last look.
    var lastLook: (wall: Instant, uptime: Duration)?
    private var startedAt: Instant?
    private var cleanedOn: CivilDate?
    private var isAdvancing = false
    private var hasNews = false
    private var timer: (any DeadlineTiming)?

    struct RouteAndReceiver: Hashable {
        let route: String
        let receiver: String
    }

    init(store: Store, client: HTTPClient, logger: Logger, time: TimeSource) {
        self.init(store: store, logger: logger, time: time) { await $0.run(client) }
    }

    init(store: Store, logger: Logger, time: TimeSource, send: @escaping Send) {
        self.store = store
        self.send = send
        self.logger = logger
        self.time = time
    }

    /// Uses these receivers and routes from now on. Deadlines, waiting deliveries, caps and receivers' states stay; of
    /// what is owed on routes and to receivers that are gone, `Courier+Reload` takes care (R14).
    func adopt(_ plan: Plan) async throws(StoreError) {
        await beginTurn()
        defer { endTurn() }
        let now = time.wall()
        let old = self.plan
        if old == nil { try await recall(at: now) }
        self.plan = plan
        do {
            try await takeOver(from: old, at: now)
        } catch {
            // Taken whole or not at all (O5); what was handed over already is as good under the old plan.
            self.plan = old
            throw error
        }
        if startedAt != nil { wake() }
    }

    /// Begins to deliver. What is overdue from before is spread over a minute (D7).
    func start() async {
        let now = time.wall()
        do {
            let spread: @Sendable () -> Instant = { [time] in
                RetrySchedule.firstAttempt(due: now - .milliseconds(1), startedAt: now, fraction: time.random())
            }
            try await store.spreadOverdue(dueBefore: now, spread)
        } catch {
            logger.error("deliver: \(error); what is overdue is sent at once")
        }
        startedAt = now
        wake()
    }

    /// Something new is owed, or something has become due.
    func wake() {
        hasNews = true
        guard startedAt != nil, !isAdvancing, !isDraining else { return }
        isAdvancing = true
        Task { await advance() }
    }

    /// Under `--once`: binds the groups that are due, and makes one attempt at each due alert.
    func attemptOnce() async {
        do {
            try await bindDueGroups()
            let now = time.wall()
            for name in Set(try await store.nextAttempts().filter { $0.at <= now }.map(\.receiver)).sorted() {
                guard let receiver = plan?.receivers[name], breaker(name).allowsAttempt(at: now) else { continue }
                for head in try await store.dueHeads(of: name, at: now, limit: Self.maximumDuePerReceiver) {
                    guard let alert = try await store.alert(head.id) else { continue }
                    await attempt(alert, to: receiver)
                }
            }
        } catch {
            logger.error("deliver: \(error)")
        }
    }

    /// Starts nothing more; gives requests in flight `grace`, then cancels them. They stay owed (O10).
    func drain(grace: Duration) async {
        isDraining = true
        timer?.cancel()
        timer = nil
        let deadline = time.monotonic() + grace
        while !inFlight.isEmpty, time.monotonic() < deadline { try? await Task.sleep(for: .milliseconds(20)) }
        for task in inFlight.values { task.cancel() }
        for task in inFlight.values { await task.value }
    }

    /// Whether no round is under way and no request but `parked`, which a test knows to be waiting.
    func isAtRest(but parked: Int) -> Bool { !isAdvancing && !hasNews && inFlight.count == parked }

    // MARK: The loop

    private func advance() async {
        while hasNews, !isDraining {
            hasNews = false
            await round()
        }
        isAdvancing = false
    }

    private func round() async {
        await beginTurn()
        defer { endTurn() }
        guard !isDraining else { return }
        do {
            try await followClock()
            try await clean()
            try await watchReceivers()
            try await bindDueGroups()
            try await copyToFallback()
            try await sendDueAlerts()
            arm(try await nextDeadline())
        } catch {
            logger.error("deliver: \(error); trying again in \(Self.storeRetry)")
            arm(time.wall() + Self.storeRetry)
        }
    }

    /// Once a day: the default grouping makes a group for each story, which nothing joins after some days.
    private func clean() async throws(StoreError) {
        let now = time.wall()
        guard now.day != cleanedOn else { return }
        cleanedOn = now.day
        try await store.forgetGroups(toldBefore: now - Self.groupMemory)
        try await store.forgetTellings(toldBefore: now - Self.tellingMemory)
    }

    private func arm(_ deadline: Instant?) {
        guard !isDraining else { return }
        guard let deadline else {
            timer?.disarm()
            return
        }
        let timer = timer ?? time.timer(executor.queue) { [weak self] in self?.assumeIsolated { $0.wake() } }
        self.timer = timer
        let longest = isHolding ? Self.holdLook : Self.longestSleep
        timer.schedule(after: min(max(Self.shortestSleep, deadline - time.wall()), longest))
    }

    /// When something is next to be done; nil: nothing waits.
    private func nextDeadline() async throws(StoreError) -> Instant? {
        let now = time.wall()
        var deadlines = [try await store.nextGroupDeadline(), try await nextCopy()].compactMap { $0 }
        // Who has a request in flight wakes the courier when it ends.
        for (name, breaker) in breakers where plan?.receivers[name] != nil && inFlight[name] == nil {
            deadlines += [breaker.nextNews, breaker.disabledAt].compactMap { $0 }
        }
        if inFlight.count < Self.maximumInFlight {
            // Who carries out an order wakes the courier too.
            for next in try await store.nextAttempts()
            where inFlight[next.receiver] == nil && !isOrdered(next.receiver) {
                deadlines.append(max(next.at, earliestSend(next, at: now)))
            }
        }
        return deadlines.min()
    }

    // MARK: Memory

    /// What the store knows of receivers and of the last hour.
    private func recall(at now: Instant) async throws(StoreError) {
        for record in try await store.receiverRecords() { breakers[record.name] = Breaker(record.health) }
        for message in try await store.messageTimes(since: now - RateCap.window) {
            let key = RouteAndReceiver(route: message.route, receiver: message.receiver)
            bound[key, default: RateCap(maximumPerHour: RateCap.largest)].record(message.bound)
            if let delivered = message.delivered {
                sent[key, default: RateCap(maximumPerHour: RateCap.largest)].record(delivered)
            }
        }
    }

    func breaker(_ name: String) -> Breaker { breakers[name] ?? Breaker() }

    /// The cap's count under the maximum that is in force.
    func cap(_ counts: [RouteAndReceiver: RateCap], _ key: RouteAndReceiver) -> RateCap {
        RateCap(
            maximumPerHour: destination(route: key.route, receiver: key.receiver).maximumPerHour,
            bound: counts[key]?.bound ?? [])
    }

    /// The settings of a route, R1's defaults where it is gone.
    func destination(route: String, receiver: String) -> Destination {
        plan?.policy.tree.destination(route: route, receiver: receiver)
            ?? Destination(receiver: receiver, route: route)
    }

    /// The id of an alert that is bound now.
    func newID(at now: Instant) -> AlertID {
        AlertID(at: now, randomness: SecureRandom.bytes(AlertID.randomByteCount))
    }
}

/// A receiver with the addresses that it may be reached at (D14).
struct CourierReceiver: Sendable {
    let receiver: any Receiver
    let addressGuard: AddressGuard

    /// Whether `other` is defined as this one is (D9).
    func isSame(as other: CourierReceiver) -> Bool {
        receiver.isSame(as: other.receiver) && addressGuard == other.addressGuard
    }
}
