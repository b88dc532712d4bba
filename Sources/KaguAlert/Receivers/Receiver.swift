// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// A target of alerts: freezes messages into bytes, makes the requests of an attempt from them, and judges what came
/// back. One conforming struct a type (W3–W13); none of them keeps anything or touches the network.
public protocol Receiver: Hashable, Sendable {
    /// Its unique name.
    var name: String { get }
    /// Its type.
    var kind: ReceiverKind { get }
    /// The host that it is reached at, for logs and lists: the URL itself is a credential for most types (D15).
    var displayHost: String { get }
    /// What must never be shown, so that it can be cut out of answers (C2).
    var secrets: [Secret] { get }

    /// The bytes that every attempt sends (D4): neutralised (W16) and within the type's limits (W15).
    func body(_ message: AlertMessage) -> FrozenBody
    /// The requests of an attempt at `instant`, one as a rule, sent one after another until one fails.
    func requests(_ alert: BoundAlert, at instant: Instant) -> [OutgoingRequest]
    /// What the outcome of one request at `now` means (D8, D9, and the type's own success tests).
    func judge(_ outcome: AttemptOutcome, of alert: BoundAlert, at now: Instant) -> Answer
}

extension Receiver {
    /// The least time between two messages to it (W15).
    public var gap: Duration { kind.gap }
    /// Whether a later message can take an earlier one's place (W14).
    public var canEdit: Bool { kind.canEdit }
    /// How logs and lists name it: `desk (hooks.example.org)` (D15).
    public var displayName: String { "\(name) (\(displayHost))" }

    /// Whether `other` is defined as this one is: a changed definition makes its alerts due at once (D9).
    public func isSame(as other: any Receiver) -> Bool { (other as? Self) == self }
}

/// The types of receivers (R1).
public enum ReceiverKind: String, Hashable, Sendable, CaseIterable {
    /// As they are written in the configuration.
    case webhook, slack, mattermost, discord, teams, ntfy, matrix, telegram, alertmanager, email

    /// Whether a later message can take an earlier one's place (W14).
    public var canEdit: Bool {
        switch self {
        case .discord, .ntfy, .matrix, .telegram, .alertmanager: true
        case .webhook, .slack, .mattermost, .teams, .email: false
        }
    }

    /// The least time between two messages to one receiver (W15).
    public var gap: Duration {
        switch self {
        case .webhook, .alertmanager: .zero
        case .slack, .mattermost, .teams, .matrix, .email: .seconds(1)
        case .discord: .seconds(2)
        case .telegram: .seconds(3)
        case .ntfy: .seconds(5)
        }
    }
}

/// A message as it is stored and sent (D4).
public struct FrozenBody: Hashable, Sendable {
    /// The HTTP body, or the RFC 5322 message.
    public var bytes: [UInt8]
    /// Ids of the hits that the limits left no room for; they count in the totals and as told (W15).
    public var leftOut: [String]
    /// Whether a later message may take this one's place (W14).
    public var isEditable: Bool

    /// A body; of a message that nothing takes the place of, with nothing left out, unless said otherwise.
    public init(_ bytes: [UInt8], leftOut: [String] = [], isEditable: Bool = false) {
        self.bytes = bytes
        self.leftOut = leftOut
        self.isEditable = isEditable
    }
}

/// An alert as an attempt needs it.
public struct BoundAlert: Hashable, Sendable {
    /// Its id.
    public var id: AlertID
    /// Its frozen body.
    public var body: [UInt8]
    /// The target's id of the message whose place it takes; nil: a new message (D16).
    public var editing: String?
    /// Whether it goes without markup, because the target could not read it (W11).
    public var isPlain = false

    /// An alert that posts anew unless told otherwise.
    public init(id: AlertID, body: [UInt8], editing: String? = nil) {
        self.id = id
        self.body = body
        self.editing = editing
    }
}
