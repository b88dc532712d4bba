// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// What survives of a feed between polls and restarts (H4, P12, P20); keyed by the feed's id.
public struct FeedRecord: Hashable, Sendable {
    /// How the feed is doing.
    public var state: FeedState
    /// When it entered that state.
    public var since: Instant?
    /// Why, in words; empty when healthy.
    public var reason: String
    /// The last accepted poll.
    public var lastSuccess: Instant?
    /// The last poll that brought a new item.
    public var lastNews: Instant?
    /// Consecutive failures (P18).
    public var failures: Int
    /// Whether the failing state has been announced, so that its recovery is too (H4).
    public var isFailureAnnounced: Bool
    /// When the last poll began (P20).
    public var lastStart: Instant?
    /// When the next poll is due.
    public var nextDue: Instant?
    /// The adaptive interval (P16).
    public var interval: Duration?
    /// Not before then, by `Retry-After` (P21).
    public var heldUntil: Instant?
    /// Echoed in the next request (P6–P10).
    public var validators: StoredValidators?
    /// A hash of the last accepted body; empty when none is known.
    public var bodyHash: [UInt8]
    /// The title that the document gives; empty when none.
    public var title: String
    /// Whether the first accepted poll is done (I4).
    public var hasBaseline: Bool
    /// The feed's habits: gaps between items and the publisher's hints, as text of the policy that owns them; empty when
    /// none.
    public var gaps: String
    /// The ledger of permanent redirects (P24), as JSON of the policy that owns it; empty when none.
    public var redirects: String
    /// Whether an operator paused it; no automatic poll then.
    public var isPaused: Bool
    /// The listed address under which it was last polled; empty when unknown. A feed whose listed address has
    /// changed is polled like a new one (P20).
    public var listedURL: String
    /// The status of the last poll's last answer; nil where nothing answered.
    public var lastStatus: Int?

    /// The record of a feed that has not been polled yet, unless told otherwise.
    public init(
        state: FeedState = .new, since: Instant? = nil, reason: String = "", lastSuccess: Instant? = nil,
        lastNews: Instant? = nil, failures: Int = 0, isFailureAnnounced: Bool = false, lastStart: Instant? = nil,
        nextDue: Instant? = nil, interval: Duration? = nil, heldUntil: Instant? = nil,
        validators: StoredValidators? = nil, bodyHash: [UInt8] = [], title: String = "", hasBaseline: Bool = false,
        gaps: String = "", redirects: String = "", isPaused: Bool = false, listedURL: String = "",
        lastStatus: Int? = nil
    ) {
        self.state = state
        self.since = since
        self.reason = reason
        self.lastSuccess = lastSuccess
        self.lastNews = lastNews
        self.failures = failures
        self.isFailureAnnounced = isFailureAnnounced
        self.lastStart = lastStart
        self.nextDue = nextDue
        self.interval = interval
        self.heldUntil = heldUntil
        self.validators = validators
        self.bodyHash = bodyHash
        self.title = title
        self.hasBaseline = hasBaseline
        self.gaps = gaps
        self.redirects = redirects
        self.isPaused = isPaused
        self.listedURL = listedURL
        self.lastStatus = lastStatus
    }
}

/// The pair of validators and the URL that they belong to (P7, P8, P10): bytes as the server sent them.
public struct StoredValidators: Hashable, Sendable {
    /// The URL whose answer carried them.
    public var url: String
    /// The value of `ETag`; nil when none was sent.
    public var etag: [UInt8]?
    /// The value of `Last-Modified`; nil when none was sent.
    public var lastModified: [UInt8]?

    /// A pair for `url`.
    public init(url: String, etag: [UInt8]? = nil, lastModified: [UInt8]? = nil) {
        self.url = url
        self.etag = etag
        self.lastModified = lastModified
    }
}

/// The start of a poll, recorded before its request leaves (P20).
public struct PollStart: Hashable, Sendable {
    /// The feed's id.
    public var feedID: String
    /// When the poll began.
    public var at: Instant
    /// When the next one would be due if this one never came back.
    public var nextDue: Instant

    /// A poll's start.
    public init(feedID: String, at: Instant, nextDue: Instant) {
        self.feedID = feedID
        self.at = at
        self.nextDue = nextDue
    }
}
