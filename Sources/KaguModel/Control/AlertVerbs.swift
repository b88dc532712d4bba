// SPDX-License-Identifier: Apache-2.0

/// Which alerts an operator means (C3): those with these ids, or all of a receiver that are not settled.
public struct AlertSelection: Codable, Hashable, Sendable {
    /// Ids; nothing else counts where there are any.
    public var ids: [String]
    /// A receiver's name.
    public var receiver: String?
    /// Bound at or after.
    public var since: Instant?
    /// `pending`, `parked`; empty: both.
    public var states: [String]

    /// A selection.
    public init(ids: [String] = [], receiver: String? = nil, since: Instant? = nil, states: [String] = []) {
        self.ids = ids
        self.receiver = receiver
        self.since = since
        self.states = states
    }
}

/// An alert in a few words: what a verb did something to.
public struct AlertLine: Codable, Hashable, Sendable {
    /// `msg_` and a ULID.
    public var id: String
    /// Its receiver.
    public var receiver: String
    /// How it stood.
    public var state: String
    /// What it tells.
    public var title: String

    /// A line.
    public init(id: String, receiver: String, state: String, title: String) {
        self.id = id
        self.receiver = receiver
        self.state = state
        self.title = title
    }
}

/// Makes alerts due now, their attempts counted from zero; same id, same body (C3).
public struct RetryAlerts: ControlVerb {
    /// `alerts.retry`.
    public static let name = ControlVerbName.retryAlerts

    /// Which.
    public var selection: AlertSelection
    /// Only tells which they would be.
    public var dryRun: Bool

    /// Asks.
    public init(_ selection: AlertSelection, dryRun: Bool = false) {
        self.selection = selection
        self.dryRun = dryRun
    }

    /// Those that are due now, or would be.
    public typealias Answer = [AlertLine]
}

/// Gives alerts up for good (C3).
public struct DropAlerts: ControlVerb {
    /// `alerts.drop`.
    public static let name = ControlVerbName.dropAlerts

    /// Which.
    public var selection: AlertSelection
    /// Why; never empty.
    public var comment: String
    /// Only tells which they would be.
    public var dryRun: Bool

    /// Asks.
    public init(_ selection: AlertSelection, comment: String, dryRun: Bool = false) {
        self.selection = selection
        self.comment = comment
        self.dryRun = dryRun
    }

    /// Those that are dropped, or would be.
    public typealias Answer = [AlertLine]
}
