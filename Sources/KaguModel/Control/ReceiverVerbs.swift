// SPDX-License-Identifier: Apache-2.0

/// How the receivers in force stand (C4).
public struct ListReceivers: ControlVerb {
    /// `receivers.list`.
    public static let name = ControlVerbName.listReceivers

    /// Asks.
    public init() {}

    /// By name.
    public typealias Answer = [ReceiverLine]
}

/// A receiver as a list shows it; never its address, which is a credential for most targets (D15).
public struct ReceiverLine: Codable, Hashable, Sendable {
    /// Its name.
    public var name: String
    /// `webhook`, `slack`, …
    public var type: String
    /// The host alone; empty where who asks may not know it.
    public var host: String
    /// `ok`, `suspect`, `open`, `disabled` (C4).
    public var state: String
    /// Since when; nil: it has never left `ok`.
    public var since: Instant?
    /// Alerts that are tried.
    public var waiting: Int
    /// Alerts that were given up for now.
    public var parked: Int
    /// When the oldest of those that are tried was bound.
    public var oldest: Instant?
    /// When it last took an alert.
    public var lastSuccess: Instant?
    /// The last failure since then; empty: none.
    public var lastError: String
    /// Why it is disabled; empty: it is not.
    public var cause: String

    /// A receiver without trouble, unless told otherwise.
    public init(
        name: String, type: String, host: String, state: String = "ok", since: Instant? = nil, waiting: Int = 0,
        parked: Int = 0, oldest: Instant? = nil, lastSuccess: Instant? = nil, lastError: String = "",
        cause: String = ""
    ) {
        self.name = name
        self.type = type
        self.host = host
        self.state = state
        self.since = since
        self.waiting = waiting
        self.parked = parked
        self.oldest = oldest
        self.lastSuccess = lastSuccess
        self.lastError = lastError
        self.cause = cause
    }
}

/// Sends one message to a receiver at once, past caps and quiet hours, in one attempt (C5).
public struct TestReceiver: ControlVerb {
    /// `receivers.test`.
    public static let name = ControlVerbName.testReceiver

    /// What is sent.
    public enum Message: String, Codable, Hashable, Sendable, CaseIterable {
        /// `kagu.test`.
        case test
        /// A sample marked as such.
        case hit, story, digest, feed
    }

    /// The receiver's name.
    public var receiver: String
    /// What is sent.
    public var message: Message

    /// Asks.
    public init(_ receiver: String, message: Message = .test) {
        self.receiver = receiver
        self.message = message
    }

    /// What came of it.
    public struct Answer: Codable, Hashable, Sendable {
        /// Whether the receiver took it.
        public var isSuccess: Bool
        /// The alert's id.
        public var id: String
        /// The status; nil without an answer.
        public var status: Int?
        /// The class of the outcome (D9), in one word.
        public var outcome: String
        /// How long it took, in milliseconds.
        public var latency: Int64
        /// The beginning of the answer or the error's text, without secrets.
        public var excerpt: String

        /// What came of it.
        public init(
            isSuccess: Bool, id: String, status: Int?, outcome: String, latency: Int64, excerpt: String = ""
        ) {
            self.isSuccess = isSuccess
            self.id = id
            self.status = status
            self.outcome = outcome
            self.latency = latency
            self.excerpt = excerpt
        }
    }
}

/// Enables or disables a receiver for good (C6).
public struct SetReceiver: ControlVerb {
    /// `receivers.set`.
    public static let name = ControlVerbName.setReceiver

    /// Names.
    public var receivers: [String]
    /// What they are from now on.
    public var isEnabled: Bool
    /// Why.
    public var comment: String

    /// Asks.
    public init(_ receivers: [String], isEnabled: Bool, comment: String = "") {
        self.receivers = receivers
        self.isEnabled = isEnabled
        self.comment = comment
    }

    /// As they stand now.
    public typealias Answer = [ReceiverLine]
}
