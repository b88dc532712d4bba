// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// A publisher gave known items new ids (I5): nothing of the poll is to be alerted.
///
/// The joined items count as known; one whose text has changed too is a revision.
public struct Migration: Hashable, Sendable {
    /// How many items go on under a new id.
    public var joined: Int
    /// How many items the poll has.
    public var of: Int

    /// `joined` items of `of`.
    public init(joined: Int, of: Int) {
        self.joined = joined
        self.of = of
    }
}

/// A known item that goes on under a new key (I5).
struct ItemJoin: Hashable, Sendable {
    /// What it is now.
    var mark: ItemMark
    /// The key under which it is known.
    var known: Int64
    /// Whether the old key is forgotten: the feed changes its ids all the time, and they never come back.
    var replaces: Bool
}

/// A poll of at least five items of which the feed knew none (I6): some may have come and gone unseen.
public struct Gap: Hashable, Sendable {
    /// The last accepted poll.
    public var from: Instant?
    /// The oldest date of the poll's items; nil where none has one. It may lie before `from`: the feed then lists
    /// old items that it did not list before.
    public var to: Instant?
    /// How many items the poll has.
    public var items: Int

    /// A gap between two polls.
    public init(from: Instant?, to: Instant?, items: Int) {
        self.from = from
        self.to = to
        self.items = items
    }
}
