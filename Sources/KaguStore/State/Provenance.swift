// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// A poll that brought items (I9).
public struct ItemPoll: Hashable, Sendable {
    /// When it was made.
    public var at: Instant
    /// The addresses that led to the document, the requested one first.
    public var urlChain: [String]
    /// The SHA-256 of the decoded body, or its beginning; empty where it was not computed.
    public var bodyHash: [UInt8]
    /// How many of its items are known still.
    public var items: Int
}

/// Where and when an item with a canonical URL was seen (I3).
public struct ItemSighting: Hashable, Sendable {
    /// The feed's id.
    public var feedID: String
    /// When it was seen there first.
    public var at: Instant
    /// Its title there; empty for the first sighting of an item that was no hit, of which no text is kept.
    public var title: String
    /// The poll that brought it; nil where that has been forgotten.
    public var poll: ItemPoll?
}
