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
    /// What it is in names.
    var role: WordOpenings.Role

    /// Whether a token may go on after it; Turkish and Azerbaijani chains ask for four letters (M24).
    var mayGoOn: Bool {
        isStar || !(spelling.strict.count < 4 ? endings.subtracting(.chains) : endings).isEmpty
    }
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

    /// The bit of one language and form; empty where names of that kind take no ending without a joint.
    init(_ language: AliasLanguage, _ form: Alias.Form) {
        let row = Self.languages.firstIndex(of: language) ?? 0
        let column = Self.forms.firstIndex(of: form) ?? 0
        rawValue = Endings.exist(language, form) ? 1 << UInt32(row * 3 + column) : 0
    }

    /// Every pair that has endings, with its bit.
    static let pairs: [(set: EndingSet, language: AliasLanguage, form: Alias.Form)] = languages.flatMap {
        language in
        forms.map { (EndingSet(language, $0), language, $0) }.filter { !$0.0.isEmpty }
    }

    /// Turkish and Azerbaijani.
    static let chains = EndingSet(forms.flatMap { [EndingSet(.tr, $0), EndingSet(.az, $0)] })
}

/// A word found at the beginning of a token.
struct WordHit {
    /// The token's index.
    var token: Int32
    /// The word's number.
    var word: Int32
    /// One past its last letter.
    var end: Int
    /// The endings that the rest of the token is; `whole` where there is no rest, empty where it is none.
    var endings: EndingSet
}

/// Loose keys → words: a trie in flat arrays (M64). A walk costs one step a letter, however many words there are.
struct WordTrie: Sendable {
    /// A node; its edges and words run up to those of the node after it.
    private struct Node {
        /// Which of a–z have an edge; those edges come first, in order.
        var letters: UInt32 = 0
        var firstEdge: Int32
        var firstWord: Int32
    }

    private struct Edge {
        let label: UInt32
        let target: Int32
    }

    /// A word that ends at a node, without its letters: most are refused before those are looked at.
    private struct Word {
        let number: Int32
        let isStar: Bool
        let endings: EndingSet
    }

    private var nodes: [Node] = []
    private var edges: [Edge] = []
    private var words: [Word] = []
    /// The letters of each of `words`.
    private var spellings: [Spelling] = []
    /// How the words begin: a walk ends early where no word goes on.
    private var openings: WordOpenings
    /// The nodes that words end at.
    private var ends: WordEnds
    /// Targets of the root for scalars below 0x600.
    private var root = [Int32](repeating: -1, count: 0x600)

    /// Builds the trie of all words.
    init(_ all: [WordEntry]) {
        openings = WordOpenings(wordCount: all.count)
        ends = WordEnds(wordCount: all.count)
        var targets: [UInt64: Int32] = [:]
        var atNode: [Int32: [WordEntry]] = [:]
        var count: Int32 = 1
        for word in all {
            var node: Int32 = 0
            let letters = word.spelling.looseKey
            openings.insert(letters, word.role, mayGoOn: word.mayGoOn)
            for letter in letters {
                let key = UInt64(UInt32(bitPattern: node)) << 32 | UInt64(Self.rank(letter))
                if let next = targets[key] {
                    node = next
                } else {
                    targets[key] = count
                    node = count
                    count += 1
                }
            }
            if atNode[node] == nil { ends.insert(letters, node: node) }
            atNode[node, default: []].append(word)
        }
        var at = 0
        let sorted = targets.sorted { $0.key < $1.key }
        for number in 0..<count {
            var node = Node(firstEdge: Int32(edges.count), firstWord: Int32(words.count))
            while at < sorted.count, Int32(truncatingIfNeeded: sorted[at].key >> 32) == number {
                let rank = UInt32(truncatingIfNeeded: sorted[at].key)
                if rank < 26 { node.letters |= 1 << rank }
                edges.append(Edge(label: rank &+ 0x61, target: sorted[at].value))
                at += 1
            }
            for word in atNode[number] ?? [] {
                words.append(Word(number: word.word, isStar: word.isStar, endings: word.endings))
                spellings.append(word.spelling)
            }
            nodes.append(node)
        }
        nodes.append(Node(firstEdge: Int32(edges.count), firstWord: Int32(words.count)))
        for edge in edges[..<Int(nodes[1].firstEdge)] where edge.label < 0x600 {
            root[Int(edge.label)] = edge.target
        }
    }

    /// Orders a–z before everything else.
    private static func rank(_ letter: UInt32) -> UInt32 { letter &- 0x61 }

    @inline(__always)
    private func next(_ node: Int, _ label: UInt32) -> Int {
        if node == 0, label < 0x600 { return Int(root[Int(label)]) }
        let letters = nodes[node].letters
        let first = Int(nodes[node].firstEdge)
        let rank = Self.rank(label)
        if rank < 26 {
            let bit = UInt32(1) << rank
            guard letters & bit != 0 else { return -1 }
            return Int(edges[first + (letters & (bit - 1)).nonzeroBitCount].target)
        }
        var low = first + letters.nonzeroBitCount
        var high = Int(nodes[node + 1].firstEdge)
        while high - low > 8 {
            let middle = (low + high) / 2
            if Self.rank(edges[middle].label) <= rank { low = middle } else { high = middle }
        }
        while low < high {
            if edges[low].label == label { return Int(edges[low].target) }
            low += 1
        }
        return -1
    }

    /// Appends the words that tokens of a text begin with and whose remainder may be an ending: every one that a
    /// name begins with, and those that may continue one.
    func find(in text: FieldText, into hits: inout [WordHit]) {
        let units = text.units.span
        let tokens = text.tokens.span
        var next = tokens.isEmpty ? [] : openings.role(of: tokens[0])
        var follows = false
        for index in tokens.indices {
            let role = next
            let letters = tokens[index].units
            next = index &+ 1 < tokens.count ? openings.role(of: tokens[index &+ 1]) : []
            var past = letters.lowerBound
            if role.contains(.single) || (follows && role.contains(.later)) {
                past = letters.upperBound
            } else if role.contains(.first), index &+ 1 < tokens.count {
                // A first word is nothing without a second.
                let second = tokens[index &+ 1].units
                let mayGoOn =
                    next.contains(.later)
                    || openings.limitOfStems(second, units, follows: true) > second.lowerBound
                past = mayGoOn ? letters.upperBound : openings.limitOfStems(letters, units, follows: follows)
            } else {
                past = openings.limitOfStems(letters, units, follows: follows)
            }
            follows = false
            guard past > letters.lowerBound else { continue }
            let count = hits.count
            walk(index, in: text, to: past, into: &hits)
            follows = hits.count > count
        }
    }

    /// As `find`, and the words that a token begins with whose remainder is no ending: those hits have none (M37).
    func findBeginnings(in text: FieldText, into hits: inout [WordHit]) {
        for (index, token) in text.tokens.enumerated() {
            var node = 0
            for at in token.units {
                node = next(node, text.units[at].loose)
                if node < 0 { break }
                for word in Int(nodes[node].firstWord)..<Int(nodes[node + 1].firstWord) {
                    test(word, index, token, text, at: at + 1, keepingRefused: true, into: &hits)
                }
            }
        }
    }

    /// Tests the words of the lengths that a token may have words of, up to `past`: by the hashes of their letters,
    /// since nodes lie far apart.
    private func walk(_ index: Int, in text: FieldText, to past: Int, into hits: inout [WordHit]) {
        let token = text.tokens[index]
        let limit = token.units.upperBound
        var hash: UInt32 = 0
        for at in token.units.lowerBound..<past {
            hash = WordOpenings.add(text.units[at].loose, to: hash)
            let isWhole = at &+ 1 == limit
            guard isWhole || openings.mayGoOn(after: hash) else { continue }
            var slot = ends.slot(of: hash)
            while let node = ends.node(at: slot) {
                if node.hash == hash {
                    for word in Int(nodes[node.number].firstWord)..<Int(nodes[node.number + 1].firstWord)
                    where isWhole || words[word].isStar || !words[word].endings.isEmpty {
                        test(word, index, token, text, at: at &+ 1, into: &hits)
                    }
                }
                slot = ends.next(after: slot)
            }
        }
    }

    private func test(
        _ index: Int, _ tokenIndex: Int, _ token: Token, _ text: FieldText, at: Int, keepingRefused: Bool = false,
        into hits: inout [WordHit]
    ) {
        let limit = token.units.upperBound
        guard let end = spellings[index].end(in: text.units, from: token.units.lowerBound, to: limit), end == at
        else { return }
        let word = words[index]
        let place = Int32(truncatingIfNeeded: tokenIndex)
        if at == limit || word.isStar {
            hits.append(WordHit(token: place, word: word.number, end: end, endings: .whole))
            return
        }
        var endings: EndingSet = []
        if token.flags.contains(.hangul), word.endings.contains(.hangul) { endings = .whole }
        let rest = text.units[end..<limit]
        for pair in EndingSet.pairs where word.endings.contains(pair.set) {
            if Endings.isEnding(rest, of: spellings[index], language: pair.language, form: pair.form) {
                endings.insert(pair.set)
            }
        }
        if !endings.isEmpty || keepingRefused {
            hits.append(WordHit(token: place, word: word.number, end: end, endings: endings))
        }
    }
}
