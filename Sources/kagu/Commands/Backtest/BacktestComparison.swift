// SPDX-License-Identifier: Apache-2.0

import KaguMatch
import KaguModel

/// Old and new definitions, and how one item fares under both (M54). A value that any thread may use.
struct BacktestComparison: Sendable {
    let old: Matcher
    let new: Matcher
    let feeds: FeedDirectory
    /// Items published before are passed over; nil takes all.
    let since: Instant?
    let now: Instant
    /// Items listed of each watch, gained and lost.
    let limit: Int
    /// The entities that a watch rests on, those too that vouch for them, by watch.
    private let oldReach: [String: Set<String>]
    private let newReach: [String: Set<String>]

    init(old: Matcher, new: Matcher, feeds: FeedDirectory, since: Instant?, now: Instant, limit: Int) {
        self.old = old
        self.new = new
        self.feeds = feeds
        self.since = since
        self.now = now
        self.limit = limit
        oldReach = Self.reach(old)
        newReach = Self.reach(new)
    }

    /// The entities of a watch's expressions, and the co-names and hints whose mentions decide over theirs.
    private static func reach(_ matcher: Matcher) -> [String: Set<String>] {
        let list = matcher.watchlist
        let groups = Dictionary(list.groups.map { ($0.id, $0.members.map(\.id)) }) { first, _ in first }
        let entities = Dictionary(list.entities.map { ($0.id, $0) }) { first, _ in first }
        var reach: [String: Set<String>] = [:]
        for watch in list.watches where watch.isEnabled {
            let named = Set(matcher.references(ofWatch: watch.id) ?? [])
            var all = named
            var open = named.compactMap { entities[$0] }.flatMap { $0.context + $0.hints }.map(\.id)
            while let id = open.popLast() { if all.insert(id).inserted { open += groups[id] ?? [] } }
            reach[watch.id] = all
        }
        return reach
    }

    /// Compares one item and counts it. Runs on any thread.
    func compare(_ input: MatchInput, isPlain: Bool = false, number: Int, _ tally: inout BacktestTally) {
        if let since, let published = input.published, published < since {
            tally.passedOver += 1
            return
        }
        tally.items += 1
        let text =
            isPlain
            ? PlainFields(title: input.title ?? "", summary: input.summary ?? "", content: input.content ?? "")
            : PlainFields(input)
        let document = feeds.document(input, text, now: now)
        // Most items hold nothing of either side, which a look at their bytes tells.
        guard old.mayFind(in: document) || new.mayFind(in: document) else { return }
        let reading = DocumentReading(document)
        let before = old.match(reading)
        let reliance = new.matchWithReliance(reading) { alias, found in
            let entity = new.watchlist.entities[alias.entity].id
            return found.watches.contains { newReach[$0.id]?.contains(entity) ?? false }
        }
        let after = reliance.result
        for (mention, alias) in zip(after.mentions, after.aliases) where mention.state == .accepted {
            tally.fired.insert(alias)
        }
        for (alias, watches) in reliance.watches {
            for id in watches { tally.watches[id, default: BacktestTally.Watch()].alone[alias, default: 0] += 1 }
        }
        let oldIDs = Set(before.watches.map(\.id))
        let newIDs = Set(after.watches.map(\.id))
        for id in oldIDs { tally.watches[id, default: BacktestTally.Watch()].old += 1 }
        for id in newIDs { tally.watches[id, default: BacktestTally.Watch()].new += 1 }
        for id in newIDs.subtracting(oldIDs) {
            let aliases = Self.aliases(of: after, butNotOf: before, within: newReach[id] ?? [], new.watchlist)
            let change = change(id, aliases, input, document, number, listed: tally.watches[id]?.gained.items.count)
            tally.watches[id, default: BacktestTally.Watch()].gained.add(change, limit: limit)
        }
        for id in oldIDs.subtracting(newIDs) {
            let aliases = Self.aliases(of: before, butNotOf: after, within: oldReach[id] ?? [], old.watchlist)
            let change = change(id, aliases, input, document, number, listed: tally.watches[id]?.lost.items.count)
            tally.watches[id, default: BacktestTally.Watch()].lost.add(change, limit: limit)
        }
    }

    /// The aliases whose mentions count in one result and not in the other.
    private static func aliases(
        of result: MatchResult, butNotOf other: MatchResult, within reach: Set<String>, _ list: Watchlist
    ) -> [BacktestAlias] {
        struct Place: Hashable {
            var entity: String
            var field: Mention.Field
            var start: Int
            var end: Int
        }
        func place(_ mention: Mention) -> Place {
            Place(entity: mention.entity, field: mention.field, start: mention.start, end: mention.end)
        }
        let known = Set(other.mentions.filter { $0.state == .accepted }.map(place))
        var found: [BacktestAlias] = []
        for (mention, alias) in zip(result.mentions, result.aliases)
        where mention.state == .accepted && reach.contains(mention.entity) && !known.contains(place(mention)) {
            let named = BacktestAlias(alias, list)
            if !found.contains(named) { found.append(named) }
        }
        return found
    }

    /// The item with what is responsible. Topics are looked into only for items that will be listed.
    private func change(
        _ id: String, _ aliases: [BacktestAlias], _ input: MatchInput, _ document: Document, _ number: Int,
        listed: Int?
    ) -> BacktestTally.Change {
        var causes = aliases.map(BacktestCause.alias)
        if causes.isEmpty {
            causes = listed ?? 0 < limit ? topics(id, document).map(BacktestCause.topic) : []
            if causes.isEmpty { causes = [.definition] }
        }
        return BacktestTally.Change(
            number: number, id: input.id ?? "", title: document.title, url: document.url, causes: causes)
    }

    /// Topics of the watch that score differently.
    private func topics(_ id: String, _ document: Document) -> [BacktestCause.TopicChange] {
        let reach = (oldReach[id] ?? []).union(newReach[id] ?? [])
        func scores(_ matcher: Matcher) -> [String: Int] {
            let topics = matcher.match(document, explaining: true).topicExplanations
            return Dictionary(topics.map { ($0.id, $0.score) }) { first, _ in first }
        }
        let (before, after) = (scores(old), scores(new))
        return reach.sorted().compactMap { topic in
            let (old, new) = (before[topic] ?? 0, after[topic] ?? 0)
            return old == new ? nil : BacktestCause.TopicChange(id: topic, old: old, new: new)
        }
    }
}
