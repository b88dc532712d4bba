// SPDX-License-Identifier: Apache-2.0

/// One sign of an expression with its offset in scalars.
struct ExpressionToken: Equatable {
    enum Kind: Equatable {
        case entity(String), topic(String), phrase(String), word(String), number(Int)
        case open, close, comma, colon, slash
        case relation(String)
        case end
    }

    var kind: Kind
    var offset: Int
}

/// What is wrong with an expression, and where in it.
struct ExpressionError: Error, Equatable {
    var message: String
    /// In scalars from the beginning.
    var offset: Int
}

/// Cuts an expression into signs.
struct ExpressionLexer {
    private let scalars: [Unicode.Scalar]
    private var at = 0

    private init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// All signs, `end` last.
    static func cut(_ text: String) throws(ExpressionError) -> [ExpressionToken] {
        var lexer = ExpressionLexer(text)
        var tokens: [ExpressionToken] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private mutating func next() throws(ExpressionError) -> ExpressionToken {
        while at < scalars.count, scalars[at].properties.isWhitespace { at += 1 }
        let start = at
        guard at < scalars.count else { return ExpressionToken(kind: .end, offset: start) }
        let scalar = scalars[at]
        at += 1
        let kind: ExpressionToken.Kind
        switch scalar {
        case "(": kind = .open
        case ")": kind = .close
        case ",": kind = .comma
        case ":": kind = .colon
        case "/": kind = .slash
        case "=": kind = .relation("=")
        case "<", ">":
            let hasEqual = at < scalars.count && scalars[at] == "="
            if hasEqual { at += 1 }
            kind = .relation(String(scalar) + (hasEqual ? "=" : ""))
        case "\"": kind = .phrase(try phrase(from: start))
        case "@", "#":
            let name = run()
            guard !name.isEmpty else {
                throw ExpressionError(message: "\"\(scalar)\" needs an id after it", offset: start)
            }
            kind = scalar == "@" ? .entity(name) : .topic(name)
        default:
            guard Self.isIDScalar(scalar) else {
                throw ExpressionError(
                    message: "\"\(scalar)\" has no meaning here" + Self.advice(on: scalar), offset: start)
            }
            at = start
            let word = run()
            kind = Int(word).map { .number($0) } ?? .word(word)
        }
        return ExpressionToken(kind: kind, offset: start)
    }

    /// What other query languages and word processors write, and what is written here instead.
    private static func advice(on scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "“", "”", "„", "«", "»", "'", "‘", "’": "; phrases stand in straight double quotes"
        case "&", "+": "; write AND"
        case "|": "; write OR"
        case "!": "; write NOT"
        case "[", "]", "{", "}": "; write round brackets"
        case "*": "; stars stand in topic terms only"
        default: ""
        }
    }

    private mutating func phrase(from start: Int) throws(ExpressionError) -> String {
        let first = at
        while at < scalars.count, scalars[at] != "\"" { at += 1 }
        guard at < scalars.count else {
            throw ExpressionError(message: "the phrase has no closing quote", offset: start)
        }
        at += 1
        return String(String.UnicodeScalarView(scalars[first..<(at - 1)]))
    }

    private mutating func run() -> String {
        let first = at
        while at < scalars.count, Self.isIDScalar(scalars[at]) { at += 1 }
        return String(String.UnicodeScalarView(scalars[first..<at]))
    }

    private static func isIDScalar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-": true
        default: scalar.value > 127 && scalar.properties.isAlphabetic
        }
    }
}
