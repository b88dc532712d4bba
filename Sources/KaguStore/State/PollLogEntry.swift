// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// How one poll went, for `kagu feeds show`; the last 20 of each feed are kept.
public struct PollLogEntry: Hashable, Sendable {
    /// How many are kept for each feed.
    public static let keptPerFeed = 20

    /// When the poll ended.
    public var at: Instant
    /// From its first request to its last byte, redirects and waits for gates included.
    public var duration: Duration
    /// The status of the last answer; nil where nothing answered.
    public var status: Int?
    /// The feed's state after it.
    public var state: FeedState
    /// Why, in words; empty when healthy.
    public var reason: String
    /// Items in the document.
    public var items: Int
    /// Items never seen before.
    public var newItems: Int
    /// Bytes of the body after decoding.
    public var bytes: Int

    /// One line of the log.
    public init(
        at: Instant, duration: Duration, status: Int? = nil, state: FeedState, reason: String = "", items: Int = 0,
        newItems: Int = 0, bytes: Int = 0
    ) {
        self.at = at
        self.duration = duration
        self.status = status
        self.state = state
        self.reason = reason
        self.items = items
        self.newItems = newItems
        self.bytes = bytes
    }
}
