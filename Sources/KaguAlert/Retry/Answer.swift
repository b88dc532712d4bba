// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// What an attempt met, as the HTTP client reports it.
public enum AttemptOutcome: Hashable, Sendable {
    /// A status line arrived. `floor` is what `Retry-After`, or its absence, asks for by D8 (zero: nothing);
    /// `date` is the `Date` header; `body` the answer's beginning (D13), `rate` what the type's own rules look at.
    case answered(
        status: Int, floor: Duration = .zero, date: Instant? = nil, body: [UInt8] = [], rate: RateHints = .none)
    /// A mail server had the last word: its reply code, its words, and how many recipients it refused (W13).
    case mailed(code: Int, text: String = "", refused: Int = 0)
    /// Neither did.
    case failed(TransportFailure)
}

/// What an answer's headers say of rates beside the floor of D8.
public struct RateHints: Hashable, Sendable {
    /// Whether the answer had a `Retry-After` header; a pause named in the body then counts for nothing.
    public var hasRetryAfter: Bool
    /// `X-RateLimit-Reset-After`, in seconds with a fraction (W7).
    public var resetAfter: Duration?

    /// Hints of an answer.
    public init(hasRetryAfter: Bool = false, resetAfter: Duration? = nil) {
        self.hasRetryAfter = hasRetryAfter
        self.resetAfter = resetAfter
    }

    /// Nothing.
    public static let none = RateHints()
}

/// Why no answer came (D9).
public enum TransportFailure: Hashable, Sendable, CaseIterable {
    /// The name did not resolve.
    case dns
    /// No connection, or it broke before an answer was complete.
    case connect
    /// Handshake or certificate.
    case tls
    /// The attempt's time was up.
    case timeout
    /// What came was no HTTP, or its headers passed the limit of D13.
    case brokenAnswer
    /// The address guard refused (D14).
    case blockedAddress
    /// The URL is none that a request can be made to.
    case unusableURL
    /// The mail server does not offer the encryption that is required (W13).
    case encryptionRefused
}

/// What an attempt's outcome means for the alert and its receiver (D9).
public enum AnswerClass: String, Hashable, Sendable, CaseIterable {
    /// The deliveries are settled.
    case success
    /// It may work later (D7).
    case transient
    /// It will hardly work until somebody changes something.
    case configSuspect = "config_suspect"
    /// The receiver is to be disabled.
    case gone
    /// Our clock or the receiver's is wrong; tried again as in D7.
    case clockSuspect = "clock_suspect"
}

/// An attempt's outcome, judged (D8, D9).
public struct Answer: Hashable, Sendable {
    /// The result in metrics (O15).
    public enum Reason: String, Hashable, Sendable, CaseIterable {
        /// The label values of `kagu_delivery_attempts_total`.
        case ok, timeout, dns, tls, connect
        /// 429.
        case rateLimited = "rate_limited"
        /// 401 and 403.
        case auth
        /// 3xx and other 4xx.
        case clientError = "client_error"
        /// 5xx and what is no final status.
        case serverError = "server_error"
        /// 410.
        case gone
        /// Refused by the address guard.
        case blockedAddress = "blocked_address"
        /// A clock is wrong.
        case clock
    }

    /// What follows.
    public var answerClass: AnswerClass
    /// The metrics' label.
    public var reason: Reason
    /// The status; nil when no answer came.
    public var status: Int?
    /// The least time until the next attempt (D8), at most 24 h; zero: the schedule alone.
    public var floor: Duration
    /// Whether the floor holds for all alerts of the receiver (429).
    public var floorHoldsReceiver: Bool
    /// The target's id of the message, of types that edit (D16).
    public var remoteID: String?
    /// Whether the message to be edited is not there any more: it is sent anew (D16).
    public var editTargetIsGone = false
    /// Whether it is sent once more without markup (W11).
    public var asksForPlainText = false
    /// What the operator should know of a success, in one line: recipients that were refused (W13).
    public var warning: String?

    /// A judged outcome.
    public init(
        _ answerClass: AnswerClass, reason: Reason, status: Int? = nil, floor: Duration = .zero,
        floorHoldsReceiver: Bool = false
    ) {
        self.answerClass = answerClass
        self.reason = reason
        self.status = status
        self.floor = floor
        self.floorHoldsReceiver = floorHoldsReceiver
    }
}
