// SPDX-License-Identifier: Apache-2.0

/// Makes the words of a text alike that are the same to the reader, as the matcher does (M8–M10): folded words, each
/// followed by a space. It comes from outside, since the store knows no matcher.
public typealias TextFolding = @Sendable (_ text: String) -> [UInt8]

/// An expression of `--text` (O25): FTS5's query language over the columns `title` and `summary`, with the words of
/// expression and text folded alike.
///
/// Words and "phrases", `word*`, `^first`, `a + b`, `NEAR(a b, 5)`, `AND`, `OR`, `NOT`, parentheses, `title: …`,
/// `{title summary}: …`, `- title: …`; words beside one another must all be there.
public struct TextQuery: Sendable {
    /// Why an expression cannot be read: one sentence without a full stop.
    public struct Mistake: Error, Hashable, CustomStringConvertible {
        /// The sentence.
        public let description: String
    }

    /// A part of an expression.
    indirect enum Node: Hashable, Sendable {
        case phrase(Phrase)
        case near([Phrase], distance: Int)
        case and(Node, Node)
        case or(Node, Node)
        case not(Node, Node)
    }

    /// Words in a row.
    struct Phrase: Hashable, Sendable {
        var words: [[UInt8]]
        /// Whether more letters may follow the last word.
        var isPrefix = false
        /// Whether the column must begin with it.
        var isInitial = false
        var columns = Columns.all
    }

    /// Where a phrase may stand.
    struct Columns: OptionSet, Hashable, Sendable {
        let rawValue: Int
        static let title = Columns(rawValue: 1)
        static let summary = Columns(rawValue: 2)
        static let all: Columns = [.title, .summary]
    }

    /// What is asked for.
    let root: Node
    /// How texts become words.
    let folding: TextFolding
    /// The expression as given.
    public let expression: String

    /// Reads an expression; throws a sentence about what is wrong with it.
    public init(_ expression: String, folding: @escaping TextFolding) throws(Mistake) {
        self.expression = expression
        self.folding = folding
        var parser = TextExpressionParser(expression, folding: folding)
        root = try parser.parse()
    }

    /// Whether a hit with these texts is asked for.
    func accepts(title: String, summary: String) -> Bool {
        accepts(title: FoldedWords(folding(title)), summary: FoldedWords(summary.isEmpty ? [] : folding(summary)))
    }

    /// The same for folded texts.
    func accepts(title: FoldedWords, summary: FoldedWords) -> Bool {
        Self.holds(root, [(.title, title), (.summary, summary)])
    }

    private typealias Fields = [(column: Columns, words: FoldedWords)]

    private static func holds(_ node: Node, _ fields: Fields) -> Bool {
        switch node {
        case .phrase(let phrase):
            return fields.contains {
                phrase.columns.contains($0.column) && !$0.words.places(of: phrase, limit: 1).isEmpty
            }
        case .near(let phrases, let distance):
            return fields.contains { field in
                let places = phrases.map { phrase in
                    phrase.columns.contains(field.column) ? field.words.places(of: phrase) : []
                }
                return areNear(places, distance: distance)
            }
        case .and(let left, let right): return holds(left, fields) && holds(right, fields)
        case .or(let left, let right): return holds(left, fields) || holds(right, fields)
        case .not(let left, let right): return holds(left, fields) && !holds(right, fields)
        }
    }

    /// Whether there is a place of each phrase with at most `distance` words between the end of the one that ends first
    /// and the start of the one that starts last.
    private static func areNear(_ places: [[Range<Int>]], distance: Int) -> Bool {
        guard places.allSatisfy({ !$0.isEmpty }) else { return false }
        var at = [Int](repeating: 0, count: places.count)
        while true {
            let ranges = places.indices.map { places[$0][at[$0]] }
            let latest = ranges.map(\.lowerBound).max() ?? 0
            guard let behind = ranges.indices.min(by: { ranges[$0].lowerBound < ranges[$1].lowerBound }) else {
                return false
            }
            if ranges.allSatisfy({ $0.upperBound + distance >= latest }) { return true }
            // The one that lies furthest back moves on.
            at[behind] += 1
            if at[behind] == places[behind].count { return false }
        }
    }
}

/// A folded text cut into words.
struct FoldedWords {
    private let bytes: [UInt8]
    private let ranges: [Range<Int>]

    /// The words of a folded text.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var ranges: [Range<Int>] = []
        var start = 0
        for index in bytes.indices where bytes[index] == 0x20 {
            if index > start { ranges.append(start..<index) }
            start = index + 1
        }
        if bytes.count > start { ranges.append(start..<bytes.count) }
        self.ranges = ranges
    }

    /// How many there are.
    var count: Int { ranges.count }

    /// A word.
    subscript(index: Int) -> ArraySlice<UInt8> { bytes[ranges[index]] }

    /// Where a phrase stands, by the numbers of its words; at most `limit` places.
    func places(of phrase: TextQuery.Phrase, limit: Int = .max) -> [Range<Int>] {
        var places: [Range<Int>] = []
        let size = phrase.words.count
        guard size > 0, count >= size else { return places }
        for start in 0...(phrase.isInitial ? 0 : count - size) where holds(phrase, at: start) {
            places.append(start..<(start + size))
            if places.count == limit { break }
        }
        return places
    }

    private func holds(_ phrase: TextQuery.Phrase, at start: Int) -> Bool {
        for (offset, word) in phrase.words.enumerated() {
            let range = ranges[start + offset]
            let mayGoOn = phrase.isPrefix && offset == phrase.words.count - 1
            guard mayGoOn ? range.count >= word.count : range.count == word.count,
                bytes[range.prefix(word.count)].elementsEqual(word)
            else { return false }
        }
        return true
    }
}
