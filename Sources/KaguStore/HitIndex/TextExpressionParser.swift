// SPDX-License-Identifier: Apache-2.0

/// Reads FTS5's query language (https://sqlite.org/fts5.html, section 3): NOT binds closest, then AND, then OR, and
/// phrases beside one another closest of all.
struct TextExpressionParser {
    private enum Token: Hashable {
        case string(String, isBare: Bool)
        case mark(Character)
        case end
    }

    /// How deep parentheses may go.
    static let maximumDepth = 64
    /// The distance of a NEAR without one.
    static let nearDistance = 10

    private let text: String
    private let folding: TextFolding
    private var rest: Substring
    private var token = Token.end
    private var depth = 0

    init(_ text: String, folding: @escaping TextFolding) {
        self.text = text
        self.folding = folding
        rest = text[...]
    }

    typealias Mistake = TextQuery.Mistake
    typealias Node = TextQuery.Node
    typealias Phrase = TextQuery.Phrase
    typealias Columns = TextQuery.Columns

    mutating func parse() throws(Mistake) -> Node {
        try advance()
        guard token != .end else { throw Mistake(description: "the expression is empty; give a word") }
        let node = try either(.all)
        guard token == .end else { throw unexpected() }
        return node
    }

    // MARK: Grammar

    private mutating func either(_ columns: Columns) throws(Mistake) -> Node {
        var node = try both(columns)
        while token == .string("OR", isBare: true) {
            try advance()
            node = .or(node, try both(columns))
        }
        return node
    }

    private mutating func both(_ columns: Columns) throws(Mistake) -> Node {
        var node = try without(columns)
        while token == .string("AND", isBare: true) {
            try advance()
            node = .and(node, try without(columns))
        }
        return node
    }

    private mutating func without(_ columns: Columns) throws(Mistake) -> Node {
        var node = try row(columns)
        while token == .string("NOT", isBare: true) {
            try advance()
            node = .not(node, try row(columns))
        }
        return node
    }

    /// Phrases beside one another.
    private mutating func row(_ columns: Columns) throws(Mistake) -> Node {
        var node = try part(columns)
        while beginsPart { node = .and(node, try part(columns)) }
        return node
    }

    private var beginsPart: Bool {
        switch token {
        case .string(let word, isBare: true): !["AND", "OR", "NOT"].contains(word)
        case .string(_, isBare: false): true
        case .mark(let mark): "(^{-".contains(mark)
        case .end: false
        }
    }

    private mutating func part(_ columns: Columns) throws(Mistake) -> Node {
        if token == .mark("(") { return try group(columns) }
        if let filter = try columnFilter() {
            let inner = columns.intersection(filter)
            return token == .mark("(") ? try group(inner) : try phraseOrNear(inner)
        }
        return try phraseOrNear(columns)
    }

    private mutating func group(_ columns: Columns) throws(Mistake) -> Node {
        depth += 1
        guard depth <= Self.maximumDepth else {
            throw Mistake(description: "parentheses lie more than \(Self.maximumDepth) deep; write it flatter")
        }
        try advance()
        let node = try either(columns)
        guard token == .mark(")") else { throw Mistake(description: "a parenthesis is not closed; add \")\"") }
        try advance()
        depth -= 1
        return node
    }

    /// `title:`, `{title summary}:`, `- title:`; nil, with nothing read, where none stands here.
    private mutating func columnFilter() throws(Mistake) -> Columns? {
        let (before, beforeToken) = (rest, token)
        let isExcluding = token == .mark("-")
        if isExcluding { try advance() }
        var columns: Columns = []
        if token == .mark("{") {
            try advance()
            while case .string(let name, isBare: _) = token {
                columns.formUnion(try column(name))
                try advance()
            }
            guard token == .mark("}") else { throw Mistake(description: "a brace is not closed; add \"}\"") }
            try advance()
            guard token == .mark(":") else { throw unexpected() }
        } else if case .string(let name, isBare: _) = token {
            try advance()
            guard token == .mark(":") else {
                if isExcluding { throw Mistake(description: "\"-\" stands before a column only; \(Self.quoting)") }
                (rest, token) = (before, beforeToken)
                return nil
            }
            columns = try column(name)
        } else {
            guard !isExcluding else {
                throw Mistake(description: "\"-\" stands before a column only; \(Self.quoting)")
            }
            return nil
        }
        try advance()
        return isExcluding ? Columns.all.subtracting(columns) : columns
    }

    private func column(_ name: String) throws(Mistake) -> Columns {
        switch name.lowercased() {
        case "title": return .title
        case "summary": return .summary
        default: throw Mistake(description: "there is no column \"\(name)\"; there are title and summary")
        }
    }

    private mutating func phraseOrNear(_ columns: Columns) throws(Mistake) -> Node {
        if token == .string("NEAR", isBare: true), rest.first(where: { !$0.isWhitespace }) == "(" {
            try advance()
            return try near(columns)
        }
        return .phrase(try phrase(columns))
    }

    private mutating func near(_ columns: Columns) throws(Mistake) -> Node {
        try advance()
        var phrases: [Phrase] = []
        while beginsPart { phrases.append(try phrase(columns)) }
        var distance = Self.nearDistance
        if token == .mark(",") {
            try advance()
            guard case .string(let number, isBare: true) = token, let value = Int(number),
                (0...100_000).contains(value)
            else { throw Mistake(description: "NEAR needs a whole number behind its comma, such as NEAR(a b, 5)") }
            distance = value
            try advance()
        }
        guard token == .mark(")"), !phrases.isEmpty else {
            throw Mistake(description: "NEAR is not whole; write NEAR(a b, 5)")
        }
        try advance()
        return phrases.count == 1 ? .phrase(phrases[0]) : .near(phrases, distance: distance)
    }

    private mutating func phrase(_ columns: Columns) throws(Mistake) -> Phrase {
        let isInitial = token == .mark("^")
        if isInitial { try advance() }
        var phrase = Phrase(words: [], isInitial: isInitial, columns: columns)
        repeat {
            if token == .mark("+") { try advance() }
            guard case .string(let text, let isBare) = token, !isBare || !["AND", "OR", "NOT"].contains(text) else {
                throw unexpected()
            }
            let words = FoldedWords(folding(text))
            guard words.count > 0 else {
                throw Mistake(description: "\"\(text)\" holds no word; give letters or digits")
            }
            phrase.words += (0..<words.count).map { Array(words[$0]) }
            try advance()
        } while token == .mark("+")
        if token == .mark("*") {
            phrase.isPrefix = true
            try advance()
        }
        return phrase
    }

    // MARK: Tokens

    private static let quoting = "put words with signs in double quotes: \"couvre-feu\""

    private func unexpected() -> Mistake {
        switch token {
        case .end: return Mistake(description: "the expression ends too early; a word is missing")
        case .string(let word, _): return Mistake(description: "\(word) stands where no word may; \(Self.quoting)")
        case .mark(let mark): return Mistake(description: "\"\(mark)\" stands where it may not; \(Self.quoting)")
        }
    }

    private mutating func advance() throws(Mistake) {
        rest = rest.drop { $0.isWhitespace }
        guard let first = rest.first else {
            token = .end
            return
        }
        if first == "\"" {
            token = .string(try quoted(), isBare: false)
        } else if Self.isBare(first) {
            let word = rest.prefix(while: Self.isBare)
            rest = rest[word.endIndex...]
            token = .string(String(word), isBare: true)
        } else if "(){}:+*^,-".contains(first) {
            rest = rest.dropFirst()
            token = .mark(first)
        } else {
            throw Mistake(description: "\"\(first)\" means nothing here; \(Self.quoting)")
        }
    }

    /// A string in double quotes, in which two stand for one.
    private mutating func quoted() throws(Mistake) -> String {
        var text = ""
        rest = rest.dropFirst()
        while let character = rest.first {
            rest = rest.dropFirst()
            guard character == "\"" else {
                text.append(character)
                continue
            }
            guard rest.first == "\"" else { return text }
            rest = rest.dropFirst()
            text.append("\"")
        }
        throw Mistake(description: "a double quote is not closed; add one at the end")
    }

    /// FTS5's barewords: letters and digits of ASCII, the underscore, and all beyond ASCII.
    private static func isBare(_ character: Character) -> Bool {
        character.utf8.allSatisfy { $0 >= 0x80 }
            || character.unicodeScalars.allSatisfy {
                $0.value >= 0x80 || $0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_"
            }
    }
}
