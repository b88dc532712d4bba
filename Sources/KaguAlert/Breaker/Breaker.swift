// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// What is known of a receiver's health, and what follows from each answer (D9, D10). Persisted as it stands.
///
/// While it is not `ok` there is one attempt in a quarter of an hour; one success closes it, 120 hours after the first
/// failure the receiver is disabled. A clock that is wrong says nothing about the receiver.
public struct Breaker: Hashable, Sendable {
    /// How a receiver stands (C4).
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// It takes alerts.
        case ok
        /// It refuses them: somebody has to change something.
        case suspect
        /// It cannot be reached.
        case open
        /// Nothing is sent until it is enabled.
        case disabled
    }

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

    /// How the receiver stands.
    public private(set) var state: State = .ok
    /// When it entered that state; nil: it has never left the first.
    public private(set) var since: Instant?
    /// The first failure since the last success.
    public private(set) var firstFailure: Instant?
    /// Transient failures since the last success.
    public private(set) var transientFailures = 0
    /// Config-suspect failures since the last success.
    public private(set) var suspectFailures = 0
    /// Nothing is sent before: what a 429 asked for (D8), or the next attempt while it is not `ok`.
    public private(set) var heldUntil: Instant?
    /// When it last took an alert.
    public private(set) var lastSuccess: Instant?
    /// The last failure in a few words; empty: none since the last success.
    public private(set) var error = ""
    /// Why it is disabled; empty: it is not.
    public private(set) var cause = ""
    /// The state that was last told to the fallback (D12).
    public private(set) var told: State = .ok

    /// A receiver that nothing is known of.
    public init() {}

    /// What was persisted.
    public init(
        state: State, since: Instant?, firstFailure: Instant?, transientFailures: Int, suspectFailures: Int,
        heldUntil: Instant?, lastSuccess: Instant?, error: String, cause: String, told: State
    ) {
        self.state = state
        self.since = since
        self.firstFailure = firstFailure
        self.transientFailures = transientFailures
        self.suspectFailures = suspectFailures
        self.heldUntil = heldUntil
        self.lastSuccess = lastSuccess
        self.error = error
        self.cause = cause
        self.told = told
    }

    // MARK: Events

    /// An attempt that ended at `now` was answered. `factor` (1.0–1.2) stretches the time to the next attempt while
    /// the receiver is not `ok`; `error` says in a few words what went wrong.
    public mutating func record(_ answer: Answer, error: String, at now: Instant, factor: Double) {
        guard state != .disabled else { return }
        if answer.floorHoldsReceiver { heldUntil = now + answer.floor }
        switch answer.answerClass {
        case .success:
            succeed(at: now)
            return
        case .clockSuspect: return
        case .gone:
            self.error = error
            disable(because: "410: the receiver is gone", at: now)
            return
        case .transient: transientFailures += 1
        case .configSuspect: suspectFailures += 1
        }
        self.error = error
        let first = firstFailure ?? now
        firstFailure = first
        if suspectFailures >= Self.suspectLimit {
            enter(.suspect, at: now)
        } else if transientFailures >= Self.transientLimit, state == .ok {
            enter(.open, at: now)
        }
        guard state != .ok else { return }
        let probe = now + Self.probeInterval * factor
        heldUntil = max(heldUntil ?? probe, probe)
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
        told = .disabled
    }

    /// An operator has enabled it; nobody else is told.
    public mutating func enable(at now: Instant) {
        guard state != .ok else { return }
        let last = lastSuccess
        self = Breaker()
        lastSuccess = last
        since = now
    }

    /// Its definition has changed: what it failed with says nothing any more, the next attempt is due (D9). A
    /// disabled one stays disabled.
    public mutating func redefine() {
        guard state != .disabled else { return }
        heldUntil = nil
        suspectFailures = 0
        transientFailures = 0
    }

    /// The wall clock was set by `step`: what has lasted has not lasted longer or shorter for it.
    public mutating func shift(by step: Duration) {
        since = since.map { $0 + step }
        firstFailure = firstFailure.map { $0 + step }
        heldUntil = heldUntil.map { $0 + step }
        lastSuccess = lastSuccess.map { $0 + step }
    }

    /// The clock that wrote this was ahead: nothing has happened in the future, and no floor reaches beyond its
    /// largest.
    public mutating func forgetFuture(at now: Instant) {
        if let held = heldUntil, held > now + Answer.maximumFloor { heldUntil = nil }
        since = since.map { min($0, now) }
        firstFailure = firstFailure.map { min($0, now) }
        lastSuccess = lastSuccess.map { min($0, now) }
    }

    /// The present state has been told.
    public mutating func markTold() { told = state }

    // MARK: Questions

    /// Whether alerts are tried one at a time only, as probes.
    public var isProbing: Bool { state == .open || state == .suspect }

    /// Whether anything may be sent at `now`.
    public func allowsAttempt(at now: Instant) -> Bool {
        state != .disabled && heldUntil.map { $0 <= now } ?? true
    }

    /// Whether the fallback should be told of the state at `now` (D12).
    public func isNews(at now: Instant) -> Bool { nextNews.map { $0 <= now } ?? false }

    /// When the fallback is to be told of the state; nil: it knows it.
    public var nextNews: Instant? {
        guard told != state else { return nil }
        let entered = since ?? Instant(milliseconds: 0)
        // Between suspect and open nothing new is to be told.
        if state == .open { return told == .suspect ? nil : entered + Self.tellOpenAfter }
        return entered
    }

    /// When it will be disabled if it goes on failing.
    public var disabledAt: Instant? { isProbing ? firstFailure.map { $0 + Self.patience } : nil }

    /// Which of a receiver's pending alerts is tried next: `due` are those due at present, oldest first. While it
    /// probes, the oldest on its own schedule, else the oldest never attempted (D10); else the oldest.
    public func next<Alert>(of due: [Alert], attempts: (Alert) -> Int) -> Alert? {
        guard isProbing else { return due.first }
        return due.first { attempts($0) > 0 } ?? due.first
    }

    // MARK: Parts

    private mutating func succeed(at now: Instant) {
        if state != .ok { enter(.ok, at: now) }
        firstFailure = nil
        transientFailures = 0
        suspectFailures = 0
        heldUntil = nil
        error = ""
        lastSuccess = now
    }

    private mutating func disable(because cause: String, at now: Instant) {
        enter(.disabled, at: now)
        self.cause = cause
        heldUntil = nil
    }

    private mutating func enter(_ new: State, at now: Instant) {
        guard state != new else { return }
        state = new
        since = now
    }
}
