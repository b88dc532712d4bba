// SPDX-License-Identifier: Apache-2.0

/// Something about a feed, or about the uplink, that an operator should hear of (H4, I5, I6, P19, P24).
public struct FeedEvent: Hashable, Sendable {
    /// What happened; the raw values are stored and printed.
    public enum Kind: String, Hashable, Sendable, CaseIterable, Codable {
        /// A failing state has lasted for `health.after_failures` polls (H4).
        case failing
        /// A feed whose failure was announced is well again (H4).
        case recovered
        /// The publisher says that the feed is over (H4).
        case gone
        /// Nothing new for unusually long (H4).
        case silent
        /// A poll held no known item: some may have come and gone between two polls (I6).
        case gap
        /// The publisher changed the ids of items that were known (I5).
        case migration
        /// The address of the feed changed for good (P24).
        case moved
        /// Nothing answers any more, whatever its authority (P19).
        case offline
        /// Something answers again (P19).
        case online
    }

    /// What happened.
    public var kind: Kind
    /// The feed's id; empty for `offline` and `online`.
    public var feedID: String
    /// When it was noticed.
    public var at: Instant
    /// The state that the feed entered, where there is one.
    public var state: FeedState?
    /// One readable line, without URL queries and secrets (S5).
    public var text: String

    /// An event of a feed, or of the uplink where `feedID` is empty.
    public init(kind: Kind, feedID: String = "", at: Instant, state: FeedState? = nil, text: String) {
        self.kind = kind
        self.feedID = feedID
        self.at = at
        self.state = state
        self.text = text
    }
}
