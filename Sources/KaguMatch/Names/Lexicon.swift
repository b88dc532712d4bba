// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Everything that is looked for in texts: aliases, exceptions, terms and phrases in their two tries.
final class Lexicon: Sendable {
    let aliases: [CompiledAlias]
    let terms: [CompiledTerm]
    let phrases: [CompiledPhrase]
    let words: WordTrie
    let names: NameTrie
    /// Tells in one pass that nothing can come of a text.
    let sieve: WordSieve
    /// Aliases written without spaces → their numbers, for hashtags (M19).
    let joined: [[UInt32]: [Int]]

    /// Builds the tries. `fedEntities` are those that a feed may anchor.
    init(
        aliases: [CompiledAlias], aliasTexts: [FieldText], terms: [CompiledTerm], phrases: [CompiledPhrase],
        quiet: QuietNames = QuietNames(), fedEntities: Set<Int> = []
    ) {
        self.aliases = aliases
        self.terms = terms
        self.phrases = phrases
        var builder = LexiconBuilder()
        var joined: [[UInt32]: [Int]] = [:]
        for (number, alias) in aliases.enumerated() {
            builder.add(alias, aliasTexts[number], number)
            guard !alias.isException, !alias.alias.isAmbiguous, alias.alias.letterCase != .exact else { continue }
            let key = alias.words.flatMap(\.looseKey)
            if key.count >= 4 { joined[key, default: []].append(number) }
        }
        self.joined = joined
        for (number, term) in terms.enumerated() { builder.add(term.term, number) }
        for (number, phrase) in phrases.enumerated() { builder.add(phrase.text, .phrase(number)) }
        let names = NameTrie(builder.names, wordCount: builder.wordCount)
        self.names = names
        let entries = builder.entries(names.roles)
        words = WordTrie(entries)
        let weights = NameWeights(aliases: aliases, terms: terms, quiet: quiet, fedEntities: fedEntities)
        let weighed = builder.names.map { (words: $0.words, weight: weights.weight(of: $0.target)) }
        var sieve = SieveBuilder(SieveTrie(weighed, wordCount: builder.wordCount))
        for entry in entries {
            sieve.insert(entry.spelling.looseKey, entry.word, mayGoOn: entry.mayGoOn)
        }
        self.sieve = WordSieve(sieve, quiet: quiet)
    }
}

/// Tells what comes of names by themselves.
private struct NameWeights {
    let aliases: [CompiledAlias]
    let terms: [CompiledTerm]
    let quiet: QuietNames
    /// Entities that a feed may anchor.
    let fedEntities: Set<Int>

    func weight(of target: NameTarget) -> NameWeight {
        switch target {
        case .exception: return .nothing
        case .alias(let number):
            let alias = aliases[number]
            guard alias.alias.isAnchored else { return telling(alias.words, alias.alias.letterCase) }
            // Without a feed an anchored alias needs a strong mention of a name that is not (M32, M35).
            guard fedEntities.contains(alias.entity) else { return .nothing }
            return .counting(topic: quiet.anchorNumber, points: 0)
        case .term(let number):
            let term = terms[number]
            if term.isAgainst { return .nothing }
            guard quiet.isQuiet(topic: term.topic) else { return telling(term.words, term.term.letterCase) }
            return .counting(topic: term.topic, points: min(max(0, term.term.weight), QuietNames.most))
        case .phrase(let number): return quiet.isQuiet(phrase: number) ? .nothing : .telling(needsCapital: false)
        }
    }

    private func telling(_ words: [Spelling], _ rule: CaseRule) -> NameWeight {
        .telling(needsCapital: rule != .fold && words.first?.isUpper.first == true)
    }
}

/// Collects the words and names of a lexicon.
private struct LexiconBuilder {
    private struct WordKey: Hashable {
        let letters: [UInt32]
        /// 0 plain, 1 Russian forms, 2 star.
        let kind: Int
    }

    private(set) var names: [(words: [Int32], joints: [UInt32], target: NameTarget)] = []
    private var numbers: [WordKey: Int] = [:]
    private var spellings: [(spelling: Spelling, kind: Int)] = []
    private var endings: [EndingSet] = []
    private var table: FoldingTable { FoldingTable.shared }

    var wordCount: Int { spellings.count }

    /// The words with the forms under which a text may show them, and their roles.
    func entries(_ roles: [WordOpenings.Role]) -> [WordEntry] {
        var out: [WordEntry] = []
        for (number, word) in spellings.enumerated() {
            var forms = [word.spelling]
            if word.kind == 1 {
                forms = RussianForms.of(String(scalars: word.spelling.strict)).map { Spelling(word: $0) }
            }
            for form in forms {
                out.append(
                    WordEntry(
                        word: Int32(number), spelling: form, endings: endings[number], isStar: word.kind == 2,
                        role: roles[number]))
            }
        }
        return out
    }

    mutating func add(_ alias: CompiledAlias, _ text: FieldText, _ number: Int) {
        let isDeclined = alias.alias.language == .ru && alias.alias.inflects && alias.alias.letterCase != .exact
        var words: [Int32] = []
        for (index, token) in text.tokens.enumerated() {
            let spelling = alias.words[index]
            let word = self.word(spelling, kind: isDeclined && isCyrillic(spelling) ? 1 : 0)
            words.append(Int32(word))
            if index == text.tokens.count - 1 {
                endings[word].formUnion(alias.endings)
                if token.flags.contains(.hangul) { endings[word].formUnion(.hangul) }
            }
        }
        let target: NameTarget = alias.isException ? .exception(number) : .alias(number)
        names.append((words, text.tokens.map(NameJoint.inName), target))
    }

    mutating func add(_ term: TopicTerm, _ number: Int) { add(term.text, .term(number)) }

    /// Adds a term or phrase; a word that `*` follows matches with any ending.
    mutating func add(_ text: String, _ target: NameTarget) {
        let cut = Tokenizer.cut(text, mode: .name)
        var words: [Int32] = []
        for token in cut.tokens {
            let hasStar = token.end < cut.bytes.count && cut.bytes[token.end] == 0x2A
            words.append(Int32(word(Spelling(cut.units[token.units]), kind: hasStar ? 2 : 0)))
        }
        var joints = cut.tokens.map(NameJoint.inName)
        for (index, token) in cut.tokens.enumerated() where index > 0 && token.joint == .other {
            // The star before a space is no punctuation of the term.
            let between = cut.bytes[cut.tokens[index - 1].end..<token.start]
            if between.first == 0x2A, between.dropFirst().allSatisfy({ $0 == 0x20 }) {
                joints[index] = NameJoint.gap
            }
        }
        names.append((words, joints, target))
    }

    private mutating func word(_ spelling: Spelling, kind: Int) -> Int {
        let key = WordKey(letters: spelling.composed.map { $0 == 0x130 ? 0x69 : table.lower($0) }, kind: kind)
        if let number = numbers[key] { return number }
        numbers[key] = spellings.count
        spellings.append((spelling, kind))
        endings.append([])
        return spellings.count - 1
    }

    private func isCyrillic(_ spelling: Spelling) -> Bool {
        spelling.strict.contains { (0x400...0x4FF).contains($0) }
    }
}
