// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// An alias or an excepted name, cut into words. A class, since many candidates look at the same one.
final class CompiledAlias: Sendable {
    /// The entity's number.
    let entity: Int
    /// Its index among the entity's aliases; 0 for exceptions.
    let index: Int
    /// The alias as written, with the entity's defaults filled in; for exceptions a plain alias of that spelling.
    let alias: Alias
    /// Its words.
    let words: [Spelling]
    /// Its contribution to scores.
    let weight: Int
    /// Its bit among endings without a joint; empty when it takes none.
    let endings: EndingSet
    /// A name that means something else (M31).
    let isException: Bool
    let isSurname: Bool

    init(
        entity: Int, index: Int, alias: Alias, words: [Spelling], weight: Int, endings: EndingSet, isException: Bool
    ) {
        self.entity = entity
        self.index = index
        self.alias = alias
        self.words = words
        self.weight = weight
        self.endings = endings
        self.isException = isException
        isSurname = alias.surname != nil
    }
}

/// A topic's term, cut into words.
final class CompiledTerm: Sendable {
    let topic: Int
    let term: TopicTerm
    let isAgainst: Bool
    let words: [Spelling]

    init(topic: Int, term: TopicTerm, isAgainst: Bool, words: [Spelling]) {
        self.topic = topic
        self.term = term
        self.isAgainst = isAgainst
        self.words = words
    }
}

/// A phrase of an expression (M42).
struct CompiledPhrase: Hashable, Sendable {
    var text: String
    var words: [Spelling]
}

/// An entity with its references resolved to numbers.
struct CompiledEntity: Sendable {
    var id: String
    /// Co-names, groups flattened, in file order.
    var context: [Int] = []
    var hints: [Int] = []
    var includes: Set<Int> = []
    /// Neighbours, each a list of words (M29).
    var blocksLeft: [[Spelling]] = []
    var blocksRight: [[Spelling]] = []
    var blocksNear: [[Spelling]] = []
    /// Given names of the surname's bearer, and of other people (M30).
    var givenNames: [GivenName] = []
    var bearers: [GivenName] = []
    var anchorFeeds: [String] = []
    var weight = 60
}

/// A given name with its Russian forms.
struct GivenName: Sendable {
    /// Its words; one but for names such as Marie Claude.
    var words: [[Spelling]]

    /// A given name with the forms that its last word may take.
    init(_ name: String) {
        let cut = Tokenizer.cut(name, mode: .name)
        words = cut.tokens.map { token in
            let spelling = Spelling(cut.units[token.units])
            guard spelling.strict.contains(where: { (0x400...0x4FF).contains($0) }) else { return [spelling] }
            return RussianForms.of(String(scalars: spelling.strict)).map { Spelling(word: $0) }
        }
    }

    /// Whether the tokens that end with `last` are this name, its last word with an ending perhaps.
    func fits(endingAt last: Int, in text: FieldText) -> Bool {
        guard !words.isEmpty, last - words.count + 1 >= 0 else { return false }
        for index in words.indices {
            let token = text.tokens[last - words.count + 1 + index]
            let fits = words[index].contains { spelling in
                guard
                    let end = spelling.end(in: text.units, from: token.units.lowerBound, to: token.units.upperBound)
                else { return false }
                if end == token.units.upperBound { return true }
                return index == words.count - 1 && spelling.strict.count >= 4
                    && Endings.isChain(text.units[end..<token.units.upperBound], azerbaijani: false)
            }
            if !fits { return false }
        }
        return true
    }

    /// Whether a letter is this name's initial (M11).
    func hasInitial(_ unit: FoldedUnit) -> Bool {
        guard let spelling = words.first?.first, let strict = spelling.strict.first,
            let loose = spelling.loose.first
        else { return false }
        return unit.strict == strict || (loose.second == 0 && loose.first == unit.strict)
    }
}

extension Spelling {
    /// The letters of one word given as text.
    init(word: String) {
        self.init(Tokenizer.cut(word, mode: .name).units)
    }
}

extension String {
    /// A string of scalars; numbers that are none are left out.
    init(scalars: some Sequence<UInt32>) {
        self.init(String.UnicodeScalarView(scalars.compactMap(Unicode.Scalar.init)))
    }
}
