// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// Health of a feed, a receiver or a part of kagu, as `kagu.feed` tells it (R15, D12, H4).
public struct HealthNotice: Hashable, Sendable {
    /// What it is about.
    public struct Subject: Hashable, Sendable {
        /// What kind of thing.
        public enum Kind: String, Hashable, Sendable, CaseIterable {
            /// The parts whose trouble is told.
            case feed, receiver, storage, clock, config
        }

        /// What kind of thing.
        public var kind: Kind
        /// Its id or name; stable, so that a recovery finds its failure (W12).
        public var id: String
        /// What people call it.
        public var title: String

        /// A subject; its title is its id unless given.
        public init(kind: Kind, id: String, title: String = "") {
            self.kind = kind
            self.id = id
            self.title = title.isEmpty ? id : title
        }
    }

    /// The state in which all is well.
    public static let wellState = "ok"

    /// What it is about.
    public var subject: Subject
    /// The state entered: of a feed as in H4, of a receiver as in C4, else a word.
    public var state: String
    /// The state left.
    public var previous: String
    /// When the state was entered.
    public var since: Instant
    /// What went wrong, in one line without secrets; nil: nothing.
    public var error: String?
    /// What the operator may do, a command as a rule; empty: nothing.
    public var advice: String

    /// A notice.
    public init(
        subject: Subject, state: String, previous: String, since: Instant, error: String? = nil, advice: String = ""
    ) {
        self.subject = subject
        self.state = state
        self.previous = previous
        self.since = since
        self.error = error
        self.advice = advice
    }

    /// Whether it tells that the trouble is over.
    public var isRecovery: Bool { state == Self.wellState }
}
