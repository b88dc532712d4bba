// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// A watchlist ready to match: references are numbers, names are in tries, expressions are trees.
final class CompiledWatchlist: Sendable {
    let entities: [CompiledEntity]
    let lexicon: Lexicon
    let topics: [CompiledTopic]
    let watches: [CompiledWatch]
    /// The operands of all watches, numbered, and what each watch asks of them.
    let operands: OperandNumbers
    let gates: WatchGates
    /// Whether any expression looks at authors.
    let usesAuthors: Bool
    /// Whether a watch may fire where nothing is found.
    let firesOnNothing: Bool
    /// Feeds that anchor entities.
    private let anchorFeeds: [String]

    init(
        entities: [CompiledEntity], lexicon: Lexicon, topics: [CompiledTopic], watches: [CompiledWatch],
        operands: OperandNumbers, gates: WatchGates
    ) {
        self.entities = entities
        self.lexicon = lexicon
        self.topics = topics
        self.watches = watches
        self.gates = gates
        self.operands = operands
        anchorFeeds = Set(entities.flatMap(\.anchorFeeds)).sorted()
        let expressions =
            watches.flatMap { [$0.when] + ($0.unless.map { [$0] } ?? []) }
            + topics.flatMap { $0.bonuses.map(\.when) }
        usesAuthors = expressions.contains { $0.operands.contains { $0.field == .author } }
        firesOnNothing = watches.contains { $0.watch.isEnabled && $0.when.mayHoldOnNothing }
    }

    /// Whether nothing at all can come of a document; false: look.
    func isSilent(on document: Document) -> Bool {
        guard !firesOnNothing else { return false }
        let sieve = lexicon.sieve
        var tally = SieveTally()
        func mayFind(in text: String, _ field: Mention.Field) -> Bool {
            // Only prose brings a topic points.
            tally.factor = FieldSet.prose.contains(field) ? field.doubledFactor : 0
            tally.waivesCase = field == .url
            return sieve.mayFind(in: text, &tally)
        }
        if mayFind(in: document.title, .title) || mayFind(in: document.summary, .summary)
            || mayFind(in: document.content, .content) || mayFind(in: document.url, .url)
            || (usesAuthors && document.authors.contains { mayFind(in: $0, .author) })
        {
            return false
        }
        return !tally.hasAnchored || !mayBeAnchored(document)
    }

    /// Whether the feed of a document anchors any entity (M2).
    private func mayBeAnchored(_ document: Document) -> Bool {
        let hosts = [document.feedURL, document.url, document.feedID].map(Host.of)
        return anchorFeeds.contains { anchor in
            anchor == document.feedID || hosts.contains { Host.covers(anchor, $0) }
        }
    }
}

/// A topic whose bonuses are compiled.
struct CompiledTopic: Sendable {
    var id: String
    var threshold: Int
    var bonuses: [(when: Expression, add: Int)]
}

/// A watch whose expressions are compiled.
final class CompiledWatch: Sendable {
    let watch: Watch
    let when: Expression
    let unless: Expression?
    /// Where unscoped operands look.
    let fields: FieldSet
    /// Whether it asks for a language, class, country or feed.
    let hasFilters: Bool

    init(watch: Watch, when: Expression, unless: Expression?, fields: FieldSet) {
        self.watch = watch
        self.when = when
        self.unless = unless
        self.fields = fields
        hasFilters =
            !watch.languages.isEmpty || !watch.classes.isEmpty || !watch.countries.isEmpty || !watch.feeds.isEmpty
    }

    /// What its filters ask for, as predicates.
    var filters: [Expression] {
        var all: [Predicate] = []
        if !watch.languages.isEmpty { all.append(.language(watch.languages)) }
        if !watch.classes.isEmpty { all.append(.sourceClass(watch.classes)) }
        if !watch.countries.isEmpty { all.append(.country(watch.countries)) }
        if !watch.feeds.isEmpty { all.append(.source(watch.feeds)) }
        return all.map { .predicate($0) }
    }
}
