// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// What is known of a receiver's health, and what follows from each answer (D9, D10). Persisted as it stands.
///
/// While it is not `ok` there is one attempt in a quarter of an hour; one success closes it, 120 hours after the first
/// failure the receiver is disabled. A clock that is wrong says nothing about the receiver.
@dynamicMemberLookup
public struct Breaker: Hashable, Sendable {
    /// How a receiver stands (C4).
    public typealias State = ReceiverHealth.State

    /// Transient failures in a row that open it.
    public static let transientLimit = 5
    /// Config-suspect failures in a row that make it suspect.
    public static let suspectLimit = 3
    /// Between two attempts while it is not `ok`; stretched by a random factor, so that receivers that failed
    /// together do not recover together (T17).
    public static let probeInterval: Duration = .seconds(15 * 60)
    /// How long it may stay open.
    public static let patience: Duration = .seconds(120 * 3600)
    /// How long it is open before somebody is told (D12).
    public static let tellOpenAfter: Duration = .seconds(15 * 60)
    /// Alerts never attempted that are sent one by one when it closes; more become digests (D11).
    public static let singlesAfterOutage = 5

    /// What is known of the receiver.
    public private(set) var health: ReceiverHealth

    /// A receiver of which this is known; by default nothing.
    public init(_ health: ReceiverHealth = ReceiverHealth()) { self.health = health }

    /// A part of what is known.
    public subscript<Part>(dynamicMember part: KeyPath<ReceiverHealth, Part>) -> Part { health[keyPath: part] }

    // MARK: Events

    /// An attempt that ended at `now` was answered. `factor` (1.0–1.2) stretches the time to the next attempt while
    /// the receiver is not `ok`; `error` says in a few words what went wrong.
    public mutating func record(_ answer: Answer, error: String, at now: Instant, factor: Double) {
        guard health.state != .disabled else { return }
        if answer.floorHoldsReceiver { health.heldUntil = now + answer.floor }
        switch answer.answerClass {
        case .success:
            succeed(at: now)
            return
        case .clockSuspect: return
        case .gone:
            health.error = error
            disable(because: "410: the receiver is gone", at: now)
            return
        case .transient: health.transientFailures += 1
        case .configSuspect: health.suspectFailures += 1
        }
        health.error = error
        let first = health.firstFailure ?? now
        health.firstFailure = first
        if health.suspectFailures >= Self.suspectLimit {
            enter(.suspect, at: now)
        } else if health.transientFailures >= Self.transientLimit, health.state == .ok {
            enter(.open, at: now)
        }
        guard health.state != .ok else { return }
        let probe = now + Self.probeInterval * factor
        health.heldUntil = max(health.heldUntil ?? probe, probe)
        expire(at: now)
    }

    /// Time has passed: a receiver that has failed for too long is disabled. Whether it was.
    @discardableResult
    public mutating func expire(at now: Instant) -> Bool {
        guard let end = disabledAt, end <= now else { return false }
        disable(because: "no success in \(Self.patience.components.seconds / 3600) h", at: now)
        return true
    }

    /// An operator has disabled it; nobody else is told.
    public mutating func disable(byOperator comment: String, at now: Instant) {
        disable(because: comment.isEmpty ? "operator" : "operator: \(comment)", at: now)
        health.told = .disabled
    }

    /// An operator has enabled it; nobody else is told.
    public mutating func enable(at now: Instant) {
        guard health.state != .ok else { return }
        let last = health.lastSuccess
        self = Breaker()
        health.lastSuccess = last
        health.since = now
    }

    /// Its definition has changed: what it failed with says nothing any more, the next attempt is due (D9). A
    /// disabled one stays disabled.
    public mutating func redefine() {
        guard health.state != .disabled else { return }
        health.heldUntil = nil
        health.suspectFailures = 0
        health.transientFailures = 0
    }

    /// The wall clock was set by `step`: what has lasted has not lasted longer or shorter for it.
    public mutating func shift(by step: Duration) {
        health.since = health.since.map { $0 + step }
        health.firstFailure = health.firstFailure.map { $0 + step }
        health.heldUntil = health.heldUntil.map { $0 + step }
        health.lastSuccess = health.lastSuccess.map { $0 + step }
    }

    /// The clock that wrote this was ahead: nothing has happened in the future, and no floor reaches beyond its
    /// largest.
    public mutating func forgetFuture(at now: Instant) {
        if let held = health.heldUntil, held > now + Answer.maximumFloor { health.heldUntil = nil }
        health.since = health.since.map { min($0, now) }
        health.firstFailure = health.firstFailure.map { min($0, now) }
        health.lastSuccess = health.lastSuccess.map { min($0, now) }
    }

    /// The present state has been told.
    public mutating func markTold() { health.told = health.state }

    // MARK: Questions

    /// Whether alerts are tried one at a time only, as probes.
    public var isProbing: Bool { health.state == .open || health.state == .suspect }

    /// Whether anything may be sent at `now`.
    public func allowsAttempt(at now: Instant) -> Bool {
        health.state != .disabled && health.heldUntil.map { $0 <= now } ?? true
    }

    /// Whether the fallback should be told of the state at `now` (D12).
    public func isNews(at now: Instant) -> Bool { nextNews.map { $0 <= now } ?? false }

    /// When the fallback is to be told of the state; nil: it knows it.
    public var nextNews: Instant? {
        guard health.told != health.state else { return nil }
        let entered = health.since ?? Instant(milliseconds: 0)
        // Between suspect and open nothing new is to be told.
        if health.state == .open { return health.told == .suspect ? nil : entered + Self.tellOpenAfter }
        return entered
    }

    /// When it will be disabled if it goes on failing.
    public var disabledAt: Instant? { isProbing ? health.firstFailure.map { $0 + Self.patience } : nil }

    /// Which of a receiver's pending alerts is tried next: `due` are those due at present, oldest first. While it
    /// probes, the oldest on its own schedule, else the oldest never attempted (D10); else the oldest.
    public func next<Alert>(of due: [Alert], attempts: (Alert) -> Int) -> Alert? {
        guard isProbing else { return due.first }
        return due.first { attempts($0) > 0 } ?? due.first
    }

    // MARK: Parts

    private mutating func succeed(at now: Instant) {
        if health.state != .ok { enter(.ok, at: now) }
        health.firstFailure = nil
        health.transientFailures = 0
        health.suspectFailures = 0
        health.heldUntil = nil
        health.error = ""
        health.lastSuccess = now
    }

    private mutating func disable(because cause: String, at now: Instant) {
        enter(.disabled, at: now)
        health.cause = cause
        health.heldUntil = nil
    }

    private mutating func enter(_ new: State, at now: Instant) {
        guard health.state != new else { return }
        health.state = new
        health.since = now
    }
}
