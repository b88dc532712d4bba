// SPDX-License-Identifier: Apache-2.0

/// How a receiver stands: what its breaker knows of it, and what the store keeps of that (D9, D10, C4).
public struct ReceiverHealth: Hashable, Sendable {
    /// How a receiver stands in a word (C4).
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

    /// How it stands.
    public var state: State = .ok
    /// When it entered that state; nil: it has never left the first.
    public var since: Instant?
    /// The first failure since the last success.
    public var firstFailure: Instant?
    /// Transient failures since the last success.
    public var transientFailures = 0
    /// Config-suspect failures since the last success.
    public var suspectFailures = 0
    /// Nothing is sent before: what a 429 asked for (D8), or the next attempt while it is not `ok`.
    public var heldUntil: Instant?
    /// When it last took an alert.
    public var lastSuccess: Instant?
    /// The last failure in a few words; empty: none since the last success.
    public var error = ""
    /// Why it is disabled, in a word or an operator's comment; empty: it is not.
    public var cause = ""
    /// The state that was last told to the fallback (D12).
    public var told: State = .ok

    /// A receiver that nothing is known of.
    public init() {}
}
