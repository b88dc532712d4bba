// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// A word of aliases, terms or phrases at the end of its loose key.
struct WordEntry: Sendable {
    /// The word's number in the name trie.
    var word: Int32
    /// Its letters.
    var spelling: Spelling
    /// The languages and forms of the names that end with it and may take an ending; see `EndingSet`.
    var endings: EndingSet
    /// `*`: any remainder does (M4).
    var isStar: Bool
}

/// Pairs of language and form, one bit each, and one for Hangul.
struct EndingSet: OptionSet, Hashable, Sendable {
    let rawValue: UInt32

    /// Hangul: anything may follow (M20).
    static let hangul = EndingSet(rawValue: 1 << 31)
    /// The whole token: no ending was needed.
    static let whole = EndingSet(rawValue: .max)

    private static let languages = AliasLanguage.allCases
    private static let forms = Alias.Form.allCases

    init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The bit of one language and form.
    init(_ language: AliasLanguage, _ form: Alias.Form) {
        let row = Self.languages.firstIndex(of: language) ?? 0
        let column = Self.forms.firstIndex(of: form) ?? 0
        rawValue = 1 << UInt32(row * 3 + column)
    }

    /// Every pair with its bit.
    static let pairs: [(set: EndingSet, language: AliasLanguage, form: Alias.Form)] = languages.flatMap {
        language in
        forms.map { (EndingSet(language, $0), language, $0) }
    }
}

/// A word found at the beginning of a token.
struct WordHit {
    /// The word's number.
    var word: Int32
    /// One past its last letter.
    var end: Int
    /// The endings that the rest of the token is; `whole` where there is no rest.
    var endings: EndingSet
}

/// Loose keys → words: a trie in flat arrays (M64). A walk costs one step a letter, however many words there are.
struct WordTrie: Sendable {
    private var firstEdge: [Int32] = [0]
    private var labels: [UInt32] = []
    private var targets: [Int32] = []
    private var firstEntry: [Int32] = [0]
    private var entries: [WordEntry] = []
    /// Targets of the root for scalars below 0x600.
    private var root = [Int32](repeating: -1, count: 0x600)

    /// Builds the trie of all words.
    init(_ words: [WordEntry]) {
        var edges: [UInt64: Int32] = [:]
        var atNode: [Int32: [WordEntry]] = [:]
        var count: Int32 = 1
        for word in words {
            var node: Int32 = 0
            for letter in word.spelling.looseKey {
                let key = UInt64(UInt32(bitPattern: node)) << 32 | UInt64(letter)
                if let next = edges[key] {
                    node = next
                } else {
                    edges[key] = count
                    node = count
                    count += 1
                }
            }
            atNode[node, default: []].append(word)
        }
        var at = 0
        let sorted = edges.sorted { $0.key < $1.key }
        for node in 0..<count {
            while at < sorted.count, Int32(truncatingIfNeeded: sorted[at].key >> 32) == node {
                labels.append(UInt32(truncatingIfNeeded: sorted[at].key))
                targets.append(sorted[at].value)
                at += 1
            }
            firstEdge.append(Int32(labels.count))
            entries.append(contentsOf: atNode[node] ?? [])
            firstEntry.append(Int32(entries.count))
        }
        for index in 0..<Int(firstEdge[1]) where labels[index] < 0x600 { root[Int(labels[index])] = targets[index] }
    }

    @inline(__always)
    private func next(_ node: Int, _ label: UInt32) -> Int {
        if node == 0, label < 0x600 { return Int(root[Int(label)]) }
        var low = Int(firstEdge[node])
        var high = Int(firstEdge[node + 1])
        while high - low > 8 {
            let middle = (low + high) / 2
            if labels[middle] <= label { low = middle } else { high = middle }
        }
        while low < high {
            if labels[low] == label { return Int(targets[low]) }
            low += 1
        }
        return -1
    }

    /// Appends every word that a token begins with and whose remainder may be an ending.
    func find(_ token: Token, in text: FieldText, into hits: inout [WordHit]) {
        var node = 0
        var at = token.units.lowerBound
        let limit = token.units.upperBound
        while at < limit {
            node = next(node, text.units[at].loose)
            if node < 0 { return }
            at += 1
            let first = Int(firstEntry[node])
            let last = Int(firstEntry[node + 1])
            for index in first..<last { test(entries[index], token, text, at: at, into: &hits) }
        }
    }

    private func test(
        _ entry: WordEntry, _ token: Token, _ text: FieldText, at: Int, into hits: inout [WordHit]
    ) {
        let limit = token.units.upperBound
        guard at == limit || entry.isStar || !entry.endings.isEmpty,
            let end = entry.spelling.end(in: text.units, from: token.units.lowerBound, to: limit), end == at
        else { return }
        if at == limit || entry.isStar {
            hits.append(WordHit(word: entry.word, end: end, endings: .whole))
            return
        }
        var endings: EndingSet = []
        if token.flags.contains(.hangul), entry.endings.contains(.hangul) { endings = .whole }
        for pair in EndingSet.pairs where entry.endings.contains(pair.set) {
            if Endings.isEnding(
                text.units[end..<limit], of: entry.spelling, language: pair.language, form: pair.form)
            {
                endings.insert(pair.set)
            }
        }
        if !endings.isEmpty { hits.append(WordHit(word: entry.word, end: end, endings: endings)) }
    }
}
