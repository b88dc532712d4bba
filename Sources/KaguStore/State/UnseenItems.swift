// SPDX-License-Identifier: Apache-2.0

/// What `Store.unseen` found in a poll.
public struct UnseenItems: Sendable {
    /// New and revised items, in document order.
    public var items: [NewItem]
    /// How many items were known, sightings included.
    public var knownCount: Int
    /// Items known from another feed or under another id by their canonical URL (I3).
    public var sightings: [Sighting]
    /// Known items whose mark of being listed is a week old.
    var stale: [ItemMark]
    /// Items whose new key becomes known when the poll is recorded (I5).
    var joins: [ItemJoin] = []
    /// Set where the publisher changed the ids of known items (I5).
    public internal(set) var migration: Migration?
    /// Set where the feed knew none of the poll's items after an earlier success (I6).
    public internal(set) var gap: Gap?
}

/// An item known by its canonical URL that has turned up in another feed or under another id (I3).
public struct Sighting: Hashable, Sendable {
    /// Its title here.
    public var title: String
    /// Its mark here.
    public var mark: ItemMark
}
