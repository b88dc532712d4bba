// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguStore
import Logging

/// A receiver as lists show it (C4).
struct ReceiverStatus: Hashable, Sendable {
    let name: String
    let kind: ReceiverKind
    /// The host alone: the URL is a credential (D15).
    let host: String
    let state: Breaker.State
    /// When it entered the state; nil: it has never left `ok`.
    let since: Instant?
    /// Alerts that are tried.
    let waiting: Int
    /// Alerts that were given up for now.
    let parked: Int
    /// When the oldest that waits was bound.
    let oldest: Instant?
    let lastSuccess: Instant?
    /// The last failure since then; empty: none.
    let lastError: String
    /// Why it is disabled; empty: it is not.
    let cause: String
}

/// What came of a test (C5).
enum TestResult: Hashable, Sendable {
    /// No receiver has this name.
    case unknownReceiver
    /// The attempt was cancelled: the daemon stops.
    case cancelled
    /// It was attempted.
    case attempted(isSuccess: Bool, attempt: AttemptRecord, answerClass: AnswerClass)
}

/// The state of receivers: what an answer means for them, and what operators do to them (D9, D10, C4–C6).
extension Courier {
    /// Why the alerts of a disabled receiver are parked.
    static let disabledReason = "receiver_disabled"

    /// Time has passed: receivers that failed for too long are disabled, and what is news is told (D10, D12).
    func watchReceivers() async throws(StoreError) {
        let now = time.wall()
        for (name, before) in breakers.sorted(by: { $0.key < $1.key }) where plan?.receivers[name] != nil {
            var after = before
            if inFlight[name] == nil, after.expire(at: now) {
                try await store.setReceivers(
                    [ReceiverRecord(name, after.health)], effect: .parked(reason: Self.disabledReason), at: now)
                breakers[name] = after
                note(before, after, of: name)
            }
            if inFlight[name] == nil, after.isNews(at: now) { try await tellState(of: name, after, at: now) }
        }
    }

    /// Enables or disables a receiver for good (C6): a disabled one gets nothing, its alerts are parked; enabling
    /// closes its breaker.
    func setEnabled(_ name: String, _ isEnabled: Bool, comment: String) async throws(StoreError) {
        await beginTurn(whenIdle: name)
        defer {
            endTurn()
            wake()
        }
        let now = time.wall()
        let before = breaker(name)
        var after = before
        if isEnabled { after.enable(at: now) } else { after.disable(byOperator: comment, at: now) }
        let effect: ReceiverEffect? =
            switch (isEnabled, before.state) {
            case (false, _): .parked(reason: Self.disabledReason)
            // A breaker that is closed by hand has closed (D10, D11).
            case (true, .open), (true, .suspect): .recovered(dissolvingOver: Breaker.singlesAfterOutage)
            case (true, _): nil
            }
        if try await store.setReceivers([ReceiverRecord(name, after.health)], effect: effect, at: now) > 0 {
            forgetUnsent(of: name)
        }
        breakers[name] = after
        note(before, after, of: name)
    }

    /// How every receiver of the configuration stands, by name (C4).
    func receiverStatuses() async throws(StoreError) -> [ReceiverStatus] {
        let standings = Dictionary(
            try await store.receiverStandings().map { ($0.receiver, $0) }, uniquingKeysWith: { first, _ in first })
        return (plan?.receivers ?? [:]).sorted { $0.key < $1.key }.map { name, receiver in
            let (breaker, standing) = (breaker(name), standings[name])
            return ReceiverStatus(
                name: name, kind: receiver.receiver.kind, host: receiver.receiver.displayHost,
                state: breaker.state, since: breaker.since, waiting: standing?.pending ?? 0,
                parked: standing?.parked ?? 0, oldest: standing?.oldest, lastSuccess: breaker.lastSuccess,
                lastError: breaker.error, cause: breaker.cause)
        }
    }

    /// Sends one message of a kind at once, past caps, quiet hours and breaker (C5). It is not stored and changes
    /// nothing: it is a question, not a debt.
    func test(_ name: String, kind: Alert.Kind) async -> TestResult {
        guard let receiver = plan?.receivers[name] else { return .unknownReceiver }
        let now = time.wall()
        let id = newID(at: now)
        let message = AlertMessage(
            id: id, receiver: name, route: "", reason: .test, boundAt: now,
            content: .sample(of: kind, for: id, at: now))
        let record = AlertRecord(
            id: id.description, receiver: name, route: "", type: kind.rawValue, reason: Alert.Reason.test.rawValue,
            body: receiver.receiver.body(message).bytes, created: now)
        let attempt = DeliveryAttempt(alert: record, id: id, editing: nil, receiver: receiver, time: time)
        guard let result = await send(attempt) else { return .cancelled }
        return .attempted(
            isSuccess: result.answer.answerClass == .success, attempt: result.record,
            answerClass: result.answer.answerClass)
    }

    /// The journal hears when a receiver's state changes (house rule 15).
    func note(_ before: Breaker, _ after: Breaker, of name: String) {
        guard before.state != after.state else { return }
        let fields: Logger.Metadata = ["receiver": .string(name), "state": .string(after.state.rawValue)]
        switch after.state {
        case .ok: logger.notice("receiver \(name): ok again, was \(before.state.rawValue)", metadata: fields)
        case .open, .suspect:
            logger.warning(
                "receiver \(name): \(after.state.rawValue): \(after.error); one attempt in 15 min", metadata: fields
            )
        case .disabled:
            logger.error(
                "receiver \(name): disabled: \(after.cause); its alerts are parked; kagu receivers enable \(name)",
                metadata: fields)
        }
    }
}
