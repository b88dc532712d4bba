// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// A compiled watchlist: text in, mentions, entities, topics and watches out, each with its reason.
///
/// Immutable, so any number of threads may match with one value at once; a reload replaces it whole.
public struct Matcher: Sendable {
    /// The definitions that were compiled.
    public let watchlist: Watchlist
    /// What is odd but usable (M58), in file order.
    public let warnings: [ConfigProblem]
    let compiled: CompiledWatchlist

    /// Compiles all definitions; throws every problem of all of them at once (M56, M57).
    public init(_ watchlist: Watchlist) throws(WatchlistProblems) {
        var compiler = WatchlistCompiler(watchlist)
        compiled = try compiler.compile()
        self.watchlist = watchlist
        warnings = compiler.warnings.inFileOrder
    }

    /// Finds everything in one document: a pure function, linear in the text (M64). With `explaining`, rejected
    /// mentions, topics below their threshold and the truth of every watch come too (M51, M52). Without
    /// `needsLanguage` the language of a document in which no watch fires stays `und`: most items of most feeds are
    /// done with after one pass over their bytes.
    public func match(
        _ document: Document, explaining: Bool = false, needsLanguage: Bool = true
    ) -> MatchResult {
        if !explaining, compiled.isSilent(on: document) {
            let language = needsLanguage ? LanguageGuess.of(document) : ("und", .none)
            return MatchResult(language: language.0, languageSource: language.1)
        }
        let match = DocumentMatch(compiled, document, explaining: explaining, needsLanguage: needsLanguage)
        return match.run()
    }

    /// As `match`, of a document that has been read already.
    public func match(_ reading: DocumentReading) -> MatchResult {
        let match = DocumentMatch(compiled, reading)
        return match.run()
    }

    /// Whether anything may come of a document: an entity, a topic, a watch; false is certain. See `mayFind(in:)`.
    public func mayFind(in document: Document) -> Bool { !compiled.isSilent(on: document) }

    /// Whether anything may come of a plain text without a feed, given as UTF-8; false is certain. A pass over the
    /// bytes, many times quicker than `match`.
    public func mayFind(in text: Span<UInt8>) -> Bool {
        guard !compiled.firesOnNothing else { return true }
        var tally = SieveTally()
        return compiled.lexicon.sieve.mayFind(in: text, &tally)
    }

    /// Whether an expression holds in a document: the checks of `near` examples (M60). Compiles anew each time.
    public func holds(_ expression: ExpressionSource, in document: Document) throws(WatchlistProblems) -> Bool {
        var extended = watchlist
        let id = "the expression"
        extended.watches = [Watch(id: id, title: id, when: expression, location: expression.location)]
        return try Matcher(extended).match(document).watches.contains { $0.id == id }
    }

    /// Ids of the entities, groups and topics that a watch rests on, directly, through groups and through the
    /// bonuses of topics, sorted (M53); nil for unknown ids.
    public func references(ofWatch id: String) -> [String]? {
        compiled.watches.first { $0.watch.id == id }.map { WatchDefinition($0, watchlist, compiled).references }
    }

    /// What a watch rests on, step by step, for a drawing (M53): from the watch to what its expressions name, from
    /// groups to their members, from topics to what their bonuses name. Each edge once, parents before children; nil
    /// for unknown ids.
    public func edges(ofWatch id: String) -> [WatchEdge]? {
        compiled.watches.first { $0.watch.id == id }.map { WatchEdge.all(of: $0, watchlist, compiled) }
    }

    /// Lower-case hexadecimal SHA-256 of a watch and of everything that it rests on (M55), places in files apart;
    /// nil for unknown ids.
    public func definitionHash(ofWatch id: String) -> String? {
        compiled.watches.first { $0.watch.id == id }.map { WatchDefinition($0, watchlist, compiled).hash }
    }
}
