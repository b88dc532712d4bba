// SPDX-License-Identifier: Apache-2.0

import Dispatch
import KaguAlert
import KaguBytes
import KaguDispatch
import KaguHTTP
import KaguModel
import KaguStore
import Logging

/// Owns the outbox cursor, the deliveries in flight and their deadlines (queue `kagu.delivery`).
///
/// Two things become due: groups, whose waiting deliveries are bound to one alert with a frozen body (D4, R4), and
/// alerts, which are attempted (D7). All of it is stored: what the courier holds in memory is which receivers have a
/// request in flight, and when rate caps were used.
actor Courier {
    nonisolated let executor = SerialQueueExecutor(label: "kagu.delivery")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Requests in flight at most, over all receivers (D6).
    static let maximumInFlight = 64
    /// Due alerts held in memory at most, for each receiver (D6).
    static let maximumDuePerReceiver = 100
    /// How long a group waits whose hit lines cannot be read.
    static let unreadableRetry: Duration = .seconds(300)
    /// How long a group is remembered after it was last told; longer than the longest `group_interval`.
    static let groupMemory: Duration = .seconds(8 * 86_400)
    /// How long to wait before the store is asked again after it failed.
    static let storeRetry: Duration = .seconds(5)

    private let store: Store
    private let client: HTTPClient
    private let logger: Logger
    private let time: TimeSource

    private var receivers: [String: CourierReceiver] = [:]
    private var policy: AlertPolicy?
    private var caps: [RouteAndReceiver: RateCap] = [:]
    /// Receivers that asked for a pause (429): none of their alerts is tried before (D8).
    private var holds: [String: Instant] = [:]
    private var inFlight: [String: Task<Void, Never>] = [:]
    private var startedAt: Instant?
    private var groupsForgotten: CivilDate?
    private var isAdvancing = false
    private var hasNews = false
    private var isDraining = false
    private var timer: DeadlineTimer?

    private struct RouteAndReceiver: Hashable {
        let route: String
        let receiver: String
    }

    init(store: Store, client: HTTPClient, logger: Logger, time: TimeSource) {
        self.store = store
        self.client = client
        self.logger = logger
        self.time = time
    }

    /// Uses these receivers and routes from now on; deadlines, waiting deliveries and caps stay (R14).
    func adopt(receivers: [String: CourierReceiver], policy: AlertPolicy) async throws(StoreError) {
        self.receivers = receivers
        self.policy = policy
        if startedAt == nil {
            let now = time.wall()
            for receiver in try await store.receiverRecords() { holds[receiver.name] = receiver.heldUntil }
            for alert in try await store.alertsBound(since: now - RateCap.window) {
                let key = RouteAndReceiver(route: alert.route, receiver: alert.receiver)
                caps[key, default: cap(for: key)].record(alert.at)
            }
            return
        }
        for (key, old) in caps {
            caps[key] = RateCap(maximumPerHour: cap(for: key).maximumPerHour, bound: old.bound)
        }
        wake()
    }

    /// Begins to deliver. What is overdue from before is spread over a minute (D7).
    func start() {
        startedAt = time.wall()
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
            for alert in try await store.pendingAlerts(
                dueBefore: time.wall(), perReceiver: Self.maximumDuePerReceiver)
            {
                if holds[alert.receiver] ?? alert.created <= time.wall() { await attempt(alert) }
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

    // MARK: The loop

    private func advance() async {
        while hasNews, !isDraining {
            hasNews = false
            do {
                try await forgetOldGroups()
                try await bindDueGroups()
                try await sendDueAlerts()
                // A receiver with a request in flight wakes the courier when it ends.
                let isFull = inFlight.count >= Self.maximumInFlight
                arm(isFull ? nil : try await store.nextDeadline(busy: Set(inFlight.keys), held: holds))
            } catch {
                logger.error("deliver: \(error); trying again in \(Self.storeRetry)")
                arm(time.wall() + Self.storeRetry)
            }
        }
        isAdvancing = false
    }

    /// Once a day: the default grouping makes a group for each story, which nothing joins after some days.
    private func forgetOldGroups() async throws(StoreError) {
        let now = time.wall()
        guard now.day != groupsForgotten else { return }
        groupsForgotten = now.day
        try await store.forgetGroups(toldBefore: now - Self.groupMemory)
    }

    private func arm(_ deadline: Instant?) {
        guard !isDraining else { return }
        guard let deadline else {
            timer?.disarm()
            return
        }
        let timer =
            timer
            ?? DeadlineTimer(queue: executor.queue) { [weak self] in self?.assumeIsolated { $0.wake() } }
        self.timer = timer
        timer.schedule(after: max(.milliseconds(1), deadline - time.wall()))
    }

    // MARK: Binding

    /// Binds one alert for each due group, critical hits first; groups beyond a rate cap wait until its window has
    /// slid (R4, R12).
    private func bindDueGroups() async throws(StoreError) {
        let now = time.wall()
        var due: [(group: GroupRecord, deliveries: [Delivery], hits: [Hit], order: BindingOrder)] = []
        for group in try await store.groups(dueBefore: now) {
            let deliveries = try await store.waitingDeliveries(group: group.key)
            let hits = try await store.hits(deliveries.map(\.hitID))
            guard hits.count == deliveries.count, let severity = hits.map(\.severity).max() else {
                if !deliveries.isEmpty {
                    let missing = deliveries.count - hits.count
                    logger.error(
                        "bind alert: \(group.receiver): \(missing) hit lines cannot be read; trying again later")
                }
                try await store.setGroup(group.withDeadline(deliveries.isEmpty ? nil : now + Self.unreadableRetry))
                continue
            }
            due.append((group, deliveries, hits, BindingOrder(severity: severity, due: group.deadline ?? now)))
        }
        for entry in due.sorted(by: { $0.order < $1.order }) {
            try await bind(entry.group, entry.deliveries, entry.hits, at: now)
        }
    }

    private func bind(
        _ group: GroupRecord, _ deliveries: [Delivery], _ hits: [Hit], at now: Instant
    ) async throws(StoreError) {
        let key = RouteAndReceiver(route: group.route, receiver: group.receiver)
        var cap = caps[key] ?? cap(for: key)
        guard cap.allows(at: now) else {
            try await store.setGroup(group.withDeadline(cap.nextFree(at: now)))
            return
        }
        let id = AlertID(at: now, randomness: SecureRandom.bytes(AlertID.randomByteCount))
        let destination = policy?.tree.destination(route: group.route, receiver: group.receiver)
        let alert = Alert.bind(
            hits, to: destination ?? Destination(receiver: group.receiver, route: group.route), as: id, at: now,
            template: receivers[group.receiver]?.webhook.template)
        var told = group.withDeadline(nil)
        told.lastTold = now
        told.firstAlertID = group.firstAlertID ?? id.description
        try await store.bindAlert(
            AlertRecord(
                id: id.description, receiver: group.receiver, route: group.route, type: alert.kind.rawValue,
                reason: alert.reason.rawValue, body: alert.body, created: now),
            deliveries: deliveries.map(\.id), group: told, interval: destination?.groupInterval ?? .zero)
        cap.record(now)
        caps[key] = cap
    }

    private func cap(for key: RouteAndReceiver) -> RateCap {
        let destination = policy?.tree.destination(route: key.route, receiver: key.receiver)
        return RateCap(maximumPerHour: (destination ?? Destination(receiver: key.receiver)).maximumPerHour)
    }

    // MARK: Sending

    /// Starts the oldest due alert of each idle receiver (D6).
    private func sendDueAlerts() async throws(StoreError) {
        let now = time.wall()
        for alert in try await store.pendingAlerts(dueBefore: now, perReceiver: Self.maximumDuePerReceiver) {
            guard inFlight.count < Self.maximumInFlight, !isDraining else { return }
            guard inFlight[alert.receiver] == nil, holds[alert.receiver] ?? now <= now else { continue }
            if try await postpone(alert, at: now) { continue }
            // Another wake-up cannot have come between: advance() runs once at a time.
            inFlight[alert.receiver] = Task {
                await attempt(alert)
                inFlight[alert.receiver] = nil
                wake()
            }
        }
    }

    /// Whether the alert was overdue when the daemon started and has been given a later time within the minute (D7).
    private func postpone(_ alert: AlertRecord, at now: Instant) async throws(StoreError) -> Bool {
        guard let startedAt, let due = alert.nextAttempt, due < startedAt else { return false }
        let at = RetrySchedule.firstAttempt(due: due, startedAt: startedAt, fraction: time.random())
        guard at > now else { return false }
        try await store.settle([alert.id], verdict: .retry(at: at), at: now)
        return true
    }

    /// Tries an alert once and stores what came of it.
    private func attempt(_ alert: AlertRecord) async {
        do {
            guard let receiver = receivers[alert.receiver], let id = AlertID(alert.id) else {
                logger.warning(
                    "deliver alert: \(alert.id): receiver \(alert.receiver) is not configured any more; it is parked",
                    metadata: ["alert": .string(alert.id), "receiver": .string(alert.receiver)])
                try await store.settle([alert.id], verdict: .parked(reason: "receiver_removed"), at: time.wall())
                return
            }
            let attempt = DeliveryAttempt(alert: alert, id: id, receiver: receiver, time: time)
            guard let result = await attempt.run(client) else { return }
            var held: ReceiverRecord?
            if let until = result.receiverHeldUntil {
                holds[alert.receiver] = until
                held = ReceiverRecord(name: alert.receiver, heldUntil: until)
            }
            try await keep(result, held)
            log(result, of: alert)
        } catch {
            holds[alert.receiver] = time.wall() + Self.storeRetry
            logger.error("store attempt: \(alert.id): \(error); it will be sent again with the same id")
        }
    }

    /// Stores what came of an attempt, again and again while the store fails: meanwhile the receiver stays busy, so
    /// that nothing is sent twice for want of a record.
    private func keep(_ result: DeliveryAttempt.Result, _ receiver: ReceiverRecord?) async throws {
        var isTold = false
        while true {
            do {
                return try await store.recordAttempt(result.record, verdict: result.verdict, receiver: receiver)
            } catch {
                if isDraining || Task.isCancelled { throw error }
                if !isTold { logger.error("store attempt: \(result.record.alertID): \(error); trying again") }
                isTold = true
                try await Task.sleep(for: Self.storeRetry)
            }
        }
    }

    /// A receiver logs when an alert is first refused and when it is settled or given up; debug between (O13).
    private func log(_ result: DeliveryAttempt.Result, of alert: AlertRecord) {
        let fields: Logger.Metadata = [
            "alert": .string(alert.id), "receiver": .string(alert.receiver),
            "attempt": .stringConvertible(alert.attempts + 1),
            "status": .string(result.record.status.map(String.init) ?? result.record.classification),
        ]
        switch result.verdict {
        case .delivered:
            let level: Logger.Level = alert.attempts == 0 ? .debug : .notice
            logger.log(level: level, "delivered: \(alert.id): \(alert.receiver)", metadata: fields)
        case .retry(let at):
            let level: Logger.Level = alert.attempts == 0 ? .warning : .debug
            logger.log(
                level: level,
                "deliver alert: \(alert.receiver): \(result.record.classification); next attempt at \(at)",
                metadata: fields)
        case .parked(let reason), .dropped(let reason):
            logger.error("deliver alert: \(alert.receiver): \(alert.id) is parked: \(reason)", metadata: fields)
        }
    }
}

/// A receiver with the addresses that it may be reached at (D14).
struct CourierReceiver: Hashable, Sendable {
    let webhook: WebhookReceiver
    let addressGuard: AddressGuard
}

extension GroupRecord {
    /// The group with another deadline; nil: nothing waits.
    fileprivate func withDeadline(_ deadline: Instant?) -> GroupRecord {
        var group = self
        group.deadline = deadline
        return group
    }
}
