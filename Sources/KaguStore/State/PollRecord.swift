// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// Everything that one poll leaves behind, stored together (P12, D1).
public struct PollRecord: Sendable {
    /// The feed's id.
    public var feedID: String
    /// When the poll was made.
    public var at: Instant
    /// The feed's record after the poll.
    public var feed: FeedRecord
    /// What `Store.unseen` gave for this poll; nil when there was no document (304, failure).
    public var unseen: UnseenItems?
    /// The hits among the new and revised items, with what is owed for each.
    public var hits: [RoutedHit]
    /// The lines of the new and revised items for the archive; none where none is kept.
    public var archive: ArchiveLines
    /// The addresses that led to the document, the requested one first (I9).
    public var urlChain: [String]
    /// The SHA-256 of the decoded body, or its beginning (I9); empty where there is none or it was not computed.
    public var bodyHash: [UInt8]
    /// The poll's line in the feed's log.
    public var log: PollLogEntry?
    /// What an operator should hear of.
    public var events: [FeedEvent]
    /// What the authority asked for (P21).
    public var hold: AuthorityHold?

    /// What a poll leaves behind; `bodyHash` is that of the feed's record unless told otherwise.
    public init(
        feedID: String, at: Instant, feed: FeedRecord, unseen: UnseenItems? = nil, hits: [RoutedHit] = [],
        archive: ArchiveLines = ArchiveLines(),
        urlChain: [String] = [], bodyHash: [UInt8]? = nil, log: PollLogEntry? = nil, events: [FeedEvent] = [],
        hold: AuthorityHold? = nil
    ) {
        self.feedID = feedID
        self.at = at
        self.feed = feed
        self.unseen = unseen
        self.hits = hits
        self.archive = archive
        self.urlChain = urlChain
        self.bodyHash = bodyHash ?? feed.bodyHash
        self.log = log
        self.events = events
        self.hold = hold
    }
}

/// A hit with the deliveries that it causes (D2, D5).
public struct RoutedHit: Hashable, Sendable {
    /// The hit; the store may move its `seen` forward so that a file stays in order.
    public var hit: Hit
    /// At most one for each receiver; none for hits that are not told (R8).
    public var deliveries: [NewDelivery]
    /// The item it was made of; nil for a recovered hit.
    let source: Source?

    /// The item of a hit.
    struct Source: Hashable, Sendable {
        var mark: ItemMark
        var earlierWatches: Set<String>
    }

    /// The hit of a new or revised item with its deliveries.
    public init(_ hit: Hit, of item: NewItem, deliveries: [NewDelivery] = []) {
        self.hit = hit
        self.deliveries = deliveries
        var earlierWatches: Set<String> = []
        if case .revised(let revision) = item.novelty { earlierWatches = revision.watches }
        source = Source(mark: item.mark, earlierWatches: earlierWatches)
    }

    /// A recovered hit with its deliveries.
    public init(recovered hit: Hit, deliveries: [NewDelivery] = []) {
        self.hit = hit
        self.deliveries = deliveries
        source = nil
    }
}

/// What `Store.record` did with a poll.
public struct RecordedPoll: Hashable, Sendable {
    /// Items stored as new.
    public var newItems: Int
    /// Items stored as revised.
    public var revisedItems: Int
    /// Hit lines written.
    public var hitLines: Int
    /// Deliveries that now wait.
    public var deliveries: Int
}
