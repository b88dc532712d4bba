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

    init(entities: [CompiledEntity], lexicon: Lexicon, topics: [CompiledTopic], watches: [CompiledWatch]) {
        self.entities = entities
        self.lexicon = lexicon
        self.topics = topics
        self.watches = watches
        var operands = OperandNumbers()
        gates = WatchGates(watches, &operands)
        self.operands = operands
        let expressions =
            watches.flatMap { [$0.when] + ($0.unless.map { [$0] } ?? []) }
            + topics.flatMap { $0.bonuses.map(\.when) }
        usesAuthors = expressions.contains { $0.operands.contains { $0.field == .author } }
        firesOnNothing = watches.contains { $0.watch.isEnabled && $0.when.mayHoldOnNothing }
    }

    /// Whether nothing at all can come of a document; false: look.
    func isSilent(on document: Document) -> Bool {
        let sieve = lexicon.sieve
        return !firesOnNothing && !sieve.mayFind(in: document.title) && !sieve.mayFind(in: document.summary)
            && !sieve.mayFind(in: document.content) && !sieve.mayFind(in: document.url)
            && (!usesAuthors || !document.authors.contains { sieve.mayFind(in: $0) })
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
}
