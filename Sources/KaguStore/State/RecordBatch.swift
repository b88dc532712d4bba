// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguModel

/// The polls of one transaction on their way: first the marks, then the lines, then the index.
///
/// Confined to the store's queue.
struct RecordBatch {
    /// A hit that is to be indexed.
    private struct Pending {
        var routed: RoutedHit
        var feed: Int64
        var result: Int
        /// Where its line lies; nil until it has been appended.
        var location: HitLocation?
    }

    /// One for each poll, in order.
    var results: [RecordedPoll] = []
    /// What the tables hold of the feeds whose polls begin.
    private(set) var started: [String: FeedTable.Row] = [:]
    /// Durable lines that the index does not know.
    var orphans: [String: HitLocation]
    /// The lines that this batch has appended.
    var appended: [(id: String, location: HitLocation)] = []
    /// The end of the hit file after the lines were appended.
    var watermark: (HitFileName, Int)?
    private var pending: [Pending] = []
    private var pendingIDs: Set<String> = []

    private var search: KnownHitSearch

    /// A batch of a store whose hit files lie at `hits`.
    init(orphans: [String: HitLocation], hits: String) {
        self.orphans = orphans
        search = KnownHitSearch(hits: hits)
    }

    /// Stores what the queue holds, in order of arrival, so that a poll's start lies before its end; `number` gives
    /// the number of a feed.
    mutating func add(_ work: [QueuedWork], number: (String) throws -> Int64, _ database: Database) throws {
        let writer = try FeedTable.Writer(database)
        let log = try PollLogTable.Writer(database)
        var hours = PollHourTable.Counter()
        results.reserveCapacity(work.count)
        for item in work {
            switch item {
            case .poll(let poll):
                let feed = try number(poll.outcome.feedID)
                if let entry = poll.outcome.log {
                    try log.add(entry, feed: feed, polls: poll.before?.polls)
                    hours.add(entry)
                }
                try writer.update(
                    poll.outcome.feed, of: feed, changesTurnOnly: poll.changesTurnOnly,
                    polls: poll.outcome.log == nil ? 0 : 1)
                try add(poll.outcome, feed: feed, database)
            case .starts(let starts, _):
                for start in starts {
                    started[start.feedID] = try writer.start(start, of: number(start.feedID))
                }
            }
        }
        try hours.write(database)
    }

    /// Stores events, hold and seen marks of a poll, and takes its hits.
    private mutating func add(_ outcome: PollRecord, feed: Int64, _ database: Database) throws {
        for event in outcome.events { try EventTable.add(event, database) }
        if let hold = outcome.hold { try HoldTable.add(hold, database) }
        var result = RecordedPoll(newItems: 0, revisedItems: 0, hitLines: 0, deliveries: 0)
        let dropped = try outcome.unseen.map { try mark($0, outcome, feed, &result, database) } ?? []
        for routed in outcome.hits {
            if let source = routed.source, dropped.contains(source.mark.keyHash) { continue }
            switch try known(routed, feed: feed, database) {
            case .row(let number):
                if let source = routed.source {
                    try ItemTable.setHit(number, of: source.mark, feed: feed, database)
                }
                continue
            case .withoutRow: continue
            case .unknown: break
            }
            guard pendingIDs.insert(routed.hit.id).inserted else { continue }
            let orphan = orphans.removeValue(forKey: routed.hit.id)
            pending.append(Pending(routed: routed, feed: feed, result: results.count, location: orphan))
        }
        results.append(result)
    }

    /// What the index knows of a hit.
    private enum Knowledge {
        case row(Int64)
        case withoutRow
        case unknown
    }

    /// Looks a hit up. One of the past that is known by its day only gets a row, on which its item can rest: for whoever
    /// revises it, what was told of it is in its line. Where that is not found, the hit is known all the same.
    private mutating func known(_ routed: RoutedHit, feed: Int64, _ database: Database) throws -> Knowledge {
        if let number = try HitTable.number(of: routed.hit.id, database) { return .row(number) }
        guard let key = KnownHitTable.key(of: routed.hit.id), let day = try KnownHitTable.day(of: key, database)
        else { return .unknown }
        switch search.find(routed.hit.id, on: day) {
        case .another: return .unknown
        case .lost: return .withoutRow
        case .found(let hit, let location):
            let earlier = routed.source?.earlierWatches ?? []
            guard let number = try HitTable.insert(hit, at: location, feed: feed, earlier: earlier, database)
            else { return .withoutRow }
            try KnownHitTable.delete(key, database)
            return .row(number)
        }
    }

    /// Appends and syncs the lines of all hits that have none.
    mutating func appendLines(to log: HitLog) throws {
        let new = pending.indices.filter { pending[$0].location == nil }
        guard !new.isEmpty else { return }
        var hits = new.map { pending[$0].routed.hit }
        var locations: [HitLocation] = []
        // Also when it throws: the lines of a day that was written are known as orphans then.
        defer { for (hit, location) in zip(hits, locations) { appended.append((hit.id, location)) } }
        try log.append(&hits, into: &locations)
        for (position, index) in new.enumerated() {
            pending[index].routed.hit = hits[position]
            pending[index].location = locations[position]
            results[pending[index].result].hitLines += 1
        }
        watermark = log.watermark.map { ($0.name, $0.end) }
    }

    /// Writes index rows and deliveries.
    mutating func index(_ database: Database) throws {
        for entry in pending {
            guard let location = entry.location else { continue }
            let hit = entry.routed.hit
            let source = entry.routed.source
            let number = try HitTable.insert(
                hit, at: location, feed: entry.feed, earlier: source?.earlierWatches ?? [], database)
            guard let number else { continue }
            if let source { try ItemTable.setHit(number, of: source.mark, feed: entry.feed, database) }
            for delivery in entry.routed.deliveries
            where try OutboxTable.add(delivery, hit: number, at: hit.seen, database) {
                results[entry.result].deliveries += 1
            }
        }
    }

    /// Stores the marks of a poll, and gives the keys of items that turned out to be known, whose hits are void.
    private func mark(
        _ unseen: UnseenItems, _ outcome: PollRecord, _ feed: Int64, _ result: inout RecordedPoll,
        _ database: Database
    ) throws -> Set<Int64> {
        let day = outcome.at.day.daysSinceEpoch
        try FeedTable.setDocument(day: day, of: feed, database)
        for join in unseen.joins { try ItemTable.join(join, feed: feed, day: day, database) }
        if !unseen.joins.isEmpty { try FeedTable.setMigrated(at: outcome.at, of: feed, database) }
        if !unseen.stale.isEmpty { try ItemTable.refresh(unseen.stale, feed: feed, day: day, database) }
        guard !unseen.items.isEmpty || !unseen.sightings.isEmpty else { return [] }
        var writer = LazyWriter(outcome, feed, database)
        var dropped: Set<Int64> = []
        let order = Self.byKey(unseen.items)
        if try Self.isBaseline(unseen, feed, database) {
            try writer.ready().addAll(order.map { unseen.items[$0].mark }, database)
            result.newItems += order.count
            return []
        }
        // By position: a copy of an item costs more than its insertion.
        for index in order {
            let mark = unseen.items[index].mark
            switch unseen.items[index].novelty {
            case .new:
                let writer = try writer.ready()
                let isNew = try writer.add(mark)
                let isOwner = try isNew && writer.claimURL(mark)
                if isOwner {
                    result.newItems += 1
                } else {
                    // A poll of another feed came first with this URL, or one of the same feed with this key.
                    dropped.insert(mark.keyHash)
                    if isNew { try writer.addSighting(mark, title: unseen.items[index].item.title) }
                }
            case .revised(let revision):
                if try ItemTable.revise(mark, revision, feed: feed, at: outcome.at, database) {
                    result.revisedItems += 1
                } else {
                    dropped.insert(mark.keyHash)
                }
            }
        }
        for sighting in unseen.sightings where try writer.ready().add(sighting.mark) {
            try writer.ready().addSighting(sighting.mark, title: sighting.title)
        }
        return dropped
    }
}

extension QueuedWork {
    /// Whether a power cut may undo it: the start of a poll, and a poll that changes nothing but when it was made. The
    /// feed is then as its start left it, or as before, which is no loss. A kill undoes nothing.
    var isFleeting: Bool {
        guard case .poll(let poll) = self else { return true }
        let outcome = poll.outcome
        return poll.changesTurnOnly && outcome.unseen == nil && outcome.hits.isEmpty && outcome.events.isEmpty
            && outcome.hold == nil
    }
}

extension RecordBatch {
    /// Whether nothing of a poll can be known: the feed has no items, and no feed has any of their sites.
    private static func isBaseline(_ unseen: UnseenItems, _ feed: Int64, _ database: Database) throws -> Bool {
        guard unseen.items.count >= ItemTable.Writer.rowsAtOnce, unseen.sightings.isEmpty,
            unseen.items.allSatisfy({ $0.novelty == .new }), try !ItemTable.hasItems(feed: feed, database)
        else { return false }
        return try ItemTable.URLLookup(database).areNew(unseen.items.compactMap(\.mark.urlHash).sorted())
    }

    /// The items' positions in the order of their keys, which is that of the table: a new feed's rows are then added
    /// at its end one by one, and fill its pages.
    private static func byKey(_ items: [NewItem]) -> [Int] {
        items.indices.map { (items[$0].mark.keyHash, $0) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
}

/// Adds the poll's row with its first item: a poll that brings none has no row (I9).
private struct LazyWriter {
    private let outcome: PollRecord
    private let feed: Int64
    private let database: Database
    private var writer: ItemTable.Writer?

    init(_ outcome: PollRecord, _ feed: Int64, _ database: Database) {
        self.outcome = outcome
        self.feed = feed
        self.database = database
    }

    mutating func ready() throws -> ItemTable.Writer {
        if let writer { return writer }
        let poll = try ItemTable.addPoll(
            feed: feed, at: outcome.at, urls: outcome.urlChain, bodyHash: outcome.bodyHash, database)
        let made = try ItemTable.Writer(database, feed: feed, poll: poll, at: outcome.at)
        writer = made
        return made
    }
}
