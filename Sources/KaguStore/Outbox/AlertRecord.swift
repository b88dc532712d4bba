// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// How an alert stands. The raw value is what the database keeps, the same as of its deliveries.
public enum AlertState: Int, Hashable, Sendable, CaseIterable {
    /// To be tried at `nextAttempt`.
    case pending = 1
    /// Given up for now, kept, retryable by hand.
    case parked = 2
    /// The receiver has it.
    case delivered = 3
    /// Dropped by the operator, or expired.
    case dropped = 5
}

/// One message to one receiver with its frozen body (D3, D4).
public struct AlertRecord: Hashable, Sendable, Identifiable {
    /// `msg_` and a ULID (D3).
    public var id: String
    /// The receiver's name.
    public var receiver: String
    /// The route's name or path; empty for tests.
    public var route: String
    /// `kagu.hit`, `kagu.story`, … (W2).
    public var type: String
    /// Why it is sent (W2).
    public var reason: String
    /// The bytes that every attempt sends.
    public var body: [UInt8]
    /// When it was bound.
    public var created: Instant
    /// How it stands.
    public var state: AlertState
    /// Why it was parked or dropped; empty else.
    public var stateReason: String
    /// When the next attempt is due; nil when none is.
    public var nextAttempt: Instant?
    /// Attempts made so far.
    public var attempts: Int
    /// The target's id of the message, for edits (D16).
    public var remoteID: String?
    /// How many deliveries it settles.
    public var deliveries: Int
    /// The highest severity that it tells of; `low` where it tells of no hit.
    public var severity: Severity
    /// What lists show: the first hit's title; empty for alerts of before schema version 5.
    public var title: String
    /// The story that it tells of; nil where it is a digest, a notice or a test.
    public var story: String?
    /// The alert whose message this one takes the place of (D16); nil: a new message.
    public var edits: String?
    /// When the fallback got a copy (D12); nil: it has none.
    public var copied: Instant?

    /// A new alert, due at once unless told otherwise.
    public init(
        id: String, receiver: String, route: String, type: String, reason: String, body: [UInt8],
        created: Instant, nextAttempt: Instant? = nil, severity: Severity = .low, title: String = "",
        story: String? = nil, edits: String? = nil
    ) {
        self.id = id
        self.receiver = receiver
        self.route = route
        self.type = type
        self.reason = reason
        self.body = body
        self.created = created
        state = .pending
        stateReason = ""
        self.nextAttempt = nextAttempt ?? created
        attempts = 0
        remoteID = nil
        deliveries = 0
        self.severity = severity
        self.title = title
        self.story = story
        self.edits = edits
        copied = nil
    }
}

extension AlertRecord {
    /// Reasons of messages that tell of no hits that are owed.
    static let uncountedReasons = ["health", "test", "fallback"]

    /// Whether a rate cap counts it (R12): edits are no messages, notices and copies come beside what is owed.
    public var isCounted: Bool { edits == nil && !Self.uncountedReasons.contains(reason) }
}

/// What choosing the next alert of a receiver needs to know of a pending one (D6, D10).
public struct AlertHead: Hashable, Sendable, Identifiable {
    /// `msg_` and a ULID (D3).
    public var id: String
    /// The route's name or path.
    public var route: String
    /// When it is due.
    public var nextAttempt: Instant
    /// Attempts made so far.
    public var attempts: Int
    /// The alert whose message it takes the place of.
    public var edits: String?
    /// Whether a rate cap counts it (R12).
    public var isCounted: Bool
}

/// One try at sending an alert (D9).
public struct AttemptRecord: Hashable, Sendable {
    /// The alert's id.
    public var alertID: String
    /// When it began.
    public var at: Instant
    /// How long it took.
    public var duration: Duration
    /// The HTTP status; nil without an answer.
    public var status: Int?
    /// The class of the outcome (D9), in one word.
    public var classification: String
    /// The beginning of the answer or the error's text, at most 1,024 bytes.
    public var excerpt: String

    /// A try.
    public init(
        alertID: String, at: Instant, duration: Duration, status: Int? = nil, classification: String,
        excerpt: String = ""
    ) {
        self.alertID = alertID
        self.at = at
        self.duration = duration
        self.status = status
        self.classification = classification
        self.excerpt = excerpt
    }
}

/// What follows from an attempt, or an operator's word.
public enum AlertVerdict: Hashable, Sendable {
    /// The receiver has it; with the target's id of the message where it gives one (D16).
    case delivered(remoteID: String?)
    /// To be tried again.
    case retry(at: Instant)
    /// Given up for now.
    case parked(reason: String)
    /// Given up for good.
    case dropped(reason: String)
}
