// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguStore
import Logging

/// Sending: one request at a time for each receiver, oldest alert first, within its gap and cap (D6–D10, W15, R12).
extension Courier {
    /// How long an edit waits for the message that it is to edit (D16).
    static let editWait: Duration = .seconds(30)

    /// Starts the next alert of each idle receiver that may be tried.
    func sendDueAlerts() async throws(StoreError) {
        let now = time.wall()
        let due = try await store.nextAttempts().filter { $0.at <= now }.sorted { $0.at < $1.at }
        var seen: Set<String> = []
        for name in due.map(\.receiver) where seen.insert(name).inserted {
            guard inFlight.count < Self.maximumInFlight, !isDraining else { return }
            guard inFlight[name] == nil, !isOrdered(name) else { continue }
            guard let receiver = plan?.receivers[name] else {
                try await store.park(receiver: name, reason: "receiver_removed", at: now)
                continue
            }
            guard breaker(name).state != .disabled else {
                try await store.park(receiver: name, reason: Self.disabledReason, at: now)
                continue
            }
            let routes = due.filter { $0.receiver == name && $0.isCounted }.map(\.route)
            let capped = routes.filter { !cap(sent, RouteAndReceiver(route: $0, receiver: name)).allows(at: now) }
            guard breaker(name).allowsAttempt(at: now), gapLeft(of: name) <= .zero,
                let alert = try await nextAlert(of: name, capped: capped, at: now), !isDraining, !isOrdered(name)
            else { continue }
            begin(alert, to: receiver)
        }
    }

    private func begin(_ alert: AlertRecord, to receiver: CourierReceiver) {
        // Another round cannot have begun one meanwhile: rounds come one after another.
        inFlight[alert.receiver] = Task {
            lastRequests[alert.receiver] = time.monotonic()
            await attempt(alert, to: receiver)
            inFlight[alert.receiver] = nil
            wake()
        }
    }

    /// The alert of a receiver that is tried now, with its body; nil where caps or unfinished messages hold all back.
    private func nextAlert(
        of name: String, capped routes: [String], at now: Instant
    ) async throws(StoreError) -> AlertRecord? {
        var heads = try await store.dueHeads(
            of: name, at: now, capped: routes, limit: Self.maximumDuePerReceiver)
        while let head = breaker(name).next(of: heads, attempts: \.attempts) {
            // What is to be edited must be there first.
            if let edited = head.edits, try await store.alert(edited)?.state == .pending {
                try await store.settle([head.id], verdict: .retry(at: now + Self.editWait), at: now)
                heads.removeAll { $0.id == head.id }
                continue
            }
            return try await store.alert(head.id)
        }
        return nil
    }

    /// The earliest that the alerts of a receiver and route may be sent, but for their own schedule.
    func earliestSend(_ next: NextAttempt, at now: Instant) -> Instant {
        let gap = now + max(.zero, gapLeft(of: next.receiver))
        let key = RouteAndReceiver(route: next.route, receiver: next.receiver)
        let free = next.isCounted ? cap(sent, key).nextFree(at: now) : now
        return [gap, free, breaker(next.receiver).heldUntil].compactMap { $0 }.max() ?? now
    }

    private func gapLeft(of name: String) -> Duration {
        guard let last = lastRequests[name], let receiver = plan?.receivers[name]?.receiver else { return .zero }
        return last + receiver.gap - time.monotonic()
    }

    // MARK: One attempt

    /// Tries an alert once and stores what came of it.
    func attempt(_ alert: AlertRecord, to receiver: CourierReceiver) async {
        do {
            guard let id = AlertID(alert.id) else {
                return try await store.settle([alert.id], verdict: .parked(reason: "malformed_id"), at: time.wall())
            }
            let editing = try await editedMessage(of: alert)
            let attempt = DeliveryAttempt(alert: alert, id: id, editing: editing, receiver: receiver, time: time)
            guard let result = await send(attempt) else { return }
            let outcome = judge(result, of: alert)
            try await keep(result, outcome, of: alert)
            log(result, of: alert)
            await tellClock(result.answer, of: alert.receiver)
        } catch {
            logger.error("store attempt: \(alert.id): \(error); it will be sent again with the same id")
        }
    }

    /// The target's id of the message that an edit edits (D16); nil: the alert posts anew.
    private func editedMessage(of alert: AlertRecord) async throws(StoreError) -> String? {
        guard let edited = alert.edits else { return nil }
        return try await store.alert(edited)?.remoteID
    }

    /// What an attempt changes beside its alert.
    struct Outcome {
        var record: ReceiverRecord
        var effect: ReceiverEffect?
        var isDelivered = false
    }

    /// Takes the answer into the receiver's state (D10) and the cap's count.
    private func judge(_ result: DeliveryAttempt.Result, of alert: AlertRecord) -> Outcome {
        let now = time.wall()
        let before = breaker(alert.receiver)
        var after = before
        after.record(result.answer, error: result.record.summary, at: now, factor: stretch())
        breakers[alert.receiver] = after
        if case .delivered = result.verdict, alert.isCounted {
            let key = RouteAndReceiver(route: alert.route, receiver: alert.receiver)
            sent[key, default: RateCap(maximumPerHour: RateCap.largest)].record(now)
        }
        note(before, after, of: alert.receiver)
        var outcome = Outcome(record: ReceiverRecord(alert.receiver, after.health))
        if case .delivered = result.verdict { outcome.isDelivered = true }
        if before.state != .disabled, after.state == .disabled {
            outcome.effect = .parked(reason: result.answer.answerClass == .gone ? "gone" : Self.disabledReason)
        } else if before.isProbing, after.state == .ok {
            outcome.effect = .recovered(dissolvingOver: Breaker.singlesAfterOutage)
        }
        return outcome
    }

    /// Stores what came of an attempt, again and again while the store fails: meanwhile the receiver stays busy, so
    /// that nothing is sent twice for want of a record.
    private func keep(
        _ result: DeliveryAttempt.Result, _ outcome: Outcome, of alert: AlertRecord
    ) async throws {
        var isTold = false
        while true {
            do {
                let dissolved = try await store.recordAttempt(
                    result.record, verdict: result.verdict, receiver: outcome.record, effect: outcome.effect,
                    replacing: result.isPostedAnew && outcome.isDelivered ? alert.edits : nil)
                if dissolved > 0 {
                    forgetUnsent(of: alert.receiver)
                    logger.notice(
                        "deliver: \(alert.receiver): \(dissolved) alerts that were never tried become digests",
                        metadata: ["receiver": .string(alert.receiver)])
                }
                return
            } catch {
                if isDraining || Task.isCancelled { throw error }
                if !isTold { logger.error("store attempt: \(result.record.alertID): \(error); trying again") }
                isTold = true
                try await Task.sleep(for: Self.storeRetry)
            }
        }
    }

    /// What was bound in the last hour but is taken back counts for no cap any more.
    func forgetUnsent(of receiver: String) {
        for key in bound.keys where key.receiver == receiver { bound[key] = sent[key] }
    }

    /// A random factor of 1.0–1.2 (D7).
    private func stretch() -> Double {
        let factors = RetrySchedule.factors
        return factors.lowerBound + (factors.upperBound - factors.lowerBound) * time.random()
    }

    /// A receiver logs when an alert is first refused and when it is settled or given up; debug between (O13).
    private func log(_ result: DeliveryAttempt.Result, of alert: AlertRecord) {
        let fields: Logger.Metadata = [
            "alert": .string(alert.id), "receiver": .string(alert.receiver),
            "attempt": .stringConvertible(alert.attempts + 1), "status": .string(result.record.summary),
        ]
        if let warning = result.answer.warning {
            logger.warning("deliver alert: \(alert.receiver): \(warning)", metadata: fields)
        }
        switch result.verdict {
        case .delivered:
            let level: Logger.Level = alert.attempts == 0 ? .debug : .notice
            logger.log(level: level, "delivered: \(alert.id): \(alert.receiver)", metadata: fields)
        case .retry(let at):
            let level: Logger.Level =
                alert.attempts == 0 && breaker(alert.receiver).state == .ok ? .warning : .debug
            logger.log(
                level: level,
                "deliver alert: \(alert.receiver): \(result.record.classification); next attempt at \(at)",
                metadata: fields)
        case .parked(let reason), .dropped(let reason):
            logger.error("deliver alert: \(alert.receiver): \(alert.id) is parked: \(reason)", metadata: fields)
        }
    }
}

extension AttemptRecord {
    /// The outcome in a word or two: `HTTP 503`, or the class where there was no answer.
    var summary: String { status.map { "HTTP \($0)" } ?? classification }
}
