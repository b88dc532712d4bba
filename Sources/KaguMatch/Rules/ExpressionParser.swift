// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Looks up what an expression names.
protocol ExpressionNames {
    /// The operand that an id after `@` names; nil for none.
    func actor(_ id: String) -> Operand?
    /// The operand that a name after `#` names; nil for none.
    func topic(_ name: String) -> Operand?
    /// Registers a phrase.
    mutating func phrase(_ text: String) -> Operand?
    /// Ids that may stand after `@`, and names that may stand after `#`, for "did you mean".
    var actorIDs: [String] { get }
    var topicNames: [String] { get }
}

/// Reads the query language by recursive descent (M41–M44); unknown names are gathered, other errors stop.
struct ExpressionParser<Names: ExpressionNames> {
    private var tokens: [ExpressionToken]
    private var at = 0
    private var scope: Mention.Field?
    private var depth = 0
    /// Brackets inside brackets at most; the parser is recursive.
    static var mostLevels: Int { 50 }
    private(set) var names: Names
    /// Names that nothing bears; the expression is refused, but reading goes on.
    private(set) var unknown: [ExpressionError] = []

    /// Reads a whole expression, registering phrases with `names`.
    static func parse(
        _ text: String, names: inout Names
    ) -> (expression: Expression?, errors: [ExpressionError]) {
        do {
            var parser = ExpressionParser(tokens: try ExpressionLexer.cut(text), names: names)
            defer { names = parser.names }
            do {
                let expression = try parser.whole()
                return (parser.unknown.isEmpty ? expression : nil, parser.unknown)
            } catch {
                return (nil, parser.unknown + [error])
            }
        } catch {
            return (nil, [error])
        }
    }

    private init(tokens: [ExpressionToken], names: Names) {
        self.tokens = tokens
        self.names = names
    }

    private var token: ExpressionToken { tokens[at] }

    private mutating func advance() { if at + 1 < tokens.count { at += 1 } }

    private func fail(_ message: String, _ offset: Int? = nil) -> ExpressionError {
        ExpressionError(message: message, offset: offset ?? token.offset)
    }

    private func isKeyword(_ word: String) -> Bool { token.kind == .word(word) }

    // MARK: Grammar

    private mutating func whole() throws(ExpressionError) -> Expression {
        if token.kind == .end { throw fail("the expression is empty") }
        let expression = try disjunction()
        switch token.kind {
        case .end: return expression
        case .close: throw fail("this bracket closes nothing")
        case .word(let word): throw wrongWord(word)
        case .entity, .topic, .phrase, .open, .number:
            throw fail("two operands with nothing between them; write AND or OR")
        case .comma: throw fail("a comma joins nothing here; write AND or OR")
        case .colon, .slash, .relation: throw fail("the expression should end here")
        }
    }

    private mutating func disjunction() throws(ExpressionError) -> Expression {
        var parts = [try conjunction()]
        while isKeyword("OR") {
            advance()
            parts.append(try conjunction())
        }
        return parts.count == 1 ? parts[0] : .or(parts)
    }

    private mutating func conjunction() throws(ExpressionError) -> Expression {
        var parts = [try factor()]
        while isKeyword("AND") {
            advance()
            parts.append(try factor())
        }
        return parts.count == 1 ? parts[0] : .and(parts)
    }

    private mutating func factor() throws(ExpressionError) -> Expression {
        if isKeyword("NOT") {
            advance()
            if isKeyword("NOT") { throw fail("NOT NOT says nothing; leave both out") }
            return .not(try proximity())
        }
        return try proximity()
    }

    private mutating func proximity() throws(ExpressionError) -> Expression {
        let start = token.offset
        let isScoped = isScopeAhead
        let left = try primary()
        guard isKeyword("NEAR") || isKeyword("ONEAR") else {
            if case .word(let word) = token.kind, word.hasPrefix("NEAR") || word.hasPrefix("ONEAR") {
                return try nearness(left, start, isScoped: isScoped)
            }
            return left
        }
        return try nearness(left, start, isScoped: isScoped)
    }

    private mutating func nearness(
        _ left: Expression, _ start: Int, isScoped: Bool
    ) throws(ExpressionError) -> Expression {
        guard case .word(let keyword) = token.kind else { return left }
        let isOrdered = keyword.hasPrefix("O")
        let base = isOrdered ? "ONEAR" : "NEAR"
        let offset = token.offset
        var suffix = String(keyword.dropFirst(base.count))
        advance()
        var number: Int?
        if token.kind == .slash, suffix.isEmpty {
            advance()
            (number, suffix) = try distance()
        } else if case .word(let word) = token.kind, suffix.isEmpty, Proximity.Reach(rawValue: word) != nil {
            suffix = word
            advance()
        }
        guard let reach = suffix.isEmpty ? .sentence : Proximity.Reach(rawValue: suffix) else {
            throw fail("\"\(suffix)\" is no reach of \(base); write s, p or f", offset)
        }
        let tokens = number ?? (reach == .sentence ? 20 : 40)
        if tokens > 200 { throw fail("\(base)/\(tokens) is too far; 200 tokens at most", offset) }
        guard !isScoped, let first = side(left) else {
            throw fail("\(base) takes operands only, or operands joined by OR in brackets", start)
        }
        let rightStart = token.offset
        let isRightScoped = isScopeAhead
        let right = try primary()
        guard !isRightScoped, let second = side(right) else {
            throw fail("\(base) takes operands only, or operands joined by OR in brackets", rightStart)
        }
        if case .word(let word) = token.kind, word.hasPrefix("NEAR") || word.hasPrefix("ONEAR") {
            throw fail("\(base) cannot stand in a chain; join two of them with AND")
        }
        return .near(Proximity(left: first, right: second, isOrdered: isOrdered, tokens: tokens, reach: reach))
    }

    /// The number after `NEAR/`, with the reach that may cling to it.
    private mutating func distance() throws(ExpressionError) -> (Int, String) {
        switch token.kind {
        case .number(let number):
            advance()
            if case .word(let word) = token.kind, Proximity.Reach(rawValue: word) != nil {
                advance()
                return (number, word)
            }
            return (number, "")
        case .word(let word):
            let digits = word.prefix { $0 >= "0" && $0 <= "9" }
            guard let number = Int(digits) else { throw fail("a number of tokens should stand after the slash") }
            advance()
            return (number, String(word.dropFirst(digits.count)))
        case .entity, .topic, .phrase, .open, .close, .comma, .colon, .slash, .relation, .end:
            throw fail("a number of tokens should stand after the slash")
        }
    }

    private func side(_ expression: Expression) -> [ScopedOperand]? {
        switch expression {
        case .operand(let operand): return [operand]
        case .or(let parts):
            let operands = parts.compactMap { part -> ScopedOperand? in
                if case .operand(let operand) = part { operand } else { nil }
            }
            return operands.count == parts.count ? operands : nil
        case .and, .not, .near, .predicate, .count: return nil
        }
    }

    private var isScopeAhead: Bool {
        if case .word = token.kind, at + 1 < tokens.count { return tokens[at + 1].kind == .colon }
        return false
    }

    private mutating func primary() throws(ExpressionError) -> Expression {
        switch token.kind {
        case .entity, .topic, .phrase: return .operand(try operand())
        case .open:
            guard depth < Self.mostLevels else {
                throw fail("brackets are nested too deeply; \(Self.mostLevels) levels at most")
            }
            depth += 1
            defer { depth -= 1 }
            advance()
            let inner = try disjunction()
            guard token.kind == .close else { throw unclosed() }
            advance()
            return inner
        case .word(let word): return try named(word)
        case .end: throw fail("an operand is missing at the end")
        case .close, .comma, .colon, .slash, .relation, .number: throw fail("an operand is missing here")
        }
    }

    private func unclosed() -> ExpressionError {
        switch token.kind {
        case .word(let word): return wrongWord(word)
        case .entity, .topic, .phrase, .open, .number:
            return fail("two operands with nothing between them; write AND or OR")
        case .end, .close, .comma, .colon, .slash, .relation: return fail("a closing bracket is missing here")
        }
    }

    private mutating func operand() throws(ExpressionError) -> ScopedOperand {
        let offset = token.offset
        defer { advance() }
        let found: Operand?
        switch token.kind {
        case .entity(let id):
            found = names.actor(id)
            if found == nil, names.topic(id) != nil {
                let name = id.hasPrefix("topic.") ? String(id.dropFirst(6)) : id
                unknown.append(ExpressionError(message: "\"\(id)\" is a topic; write #\(name)", offset: offset))
            } else if found == nil {
                let clause = Suggestion.clause(for: id, among: names.actorIDs)
                unknown.append(
                    ExpressionError(message: "there is no entity or group \"\(id)\"\(clause)", offset: offset))
            }
        case .topic(let name):
            found = names.topic(name)
            if found == nil, names.actor(name) != nil {
                unknown.append(
                    ExpressionError(message: "\"\(name)\" is an entity or group; write @\(name)", offset: offset))
            } else if found == nil {
                let clause = Suggestion.clause(for: name, among: names.topicNames)
                unknown.append(ExpressionError(message: "there is no topic \"\(name)\"\(clause)", offset: offset))
            }
        case .phrase(let text):
            found = names.phrase(text)
            if found == nil { throw fail("the phrase has no word in it") }
        case .word, .number, .open, .close, .comma, .colon, .slash, .relation, .end:
            throw fail("an entity, topic or phrase should stand here")
        }
        // A place holder for what is refused anyway.
        return ScopedOperand(operand: found ?? .phrase(-1, text: ""), field: scope)
    }

    // MARK: Words

    private static var fields: [String] { Mention.Field.allCases.map(\.rawValue) }
    private static var predicates: [String] { ["source", "class", "country", "lang"] }
    private static var keywords: [String] { ["AND", "OR", "NOT", "NEAR", "ONEAR", "count"] }

    private func wrongWord(_ word: String) -> ExpressionError {
        let upper = word.uppercased()
        if ["AND", "OR", "NOT", "NEAR", "ONEAR"].contains(upper), upper != word {
            return fail("keywords are upper case; write \(upper) for \"\(word)\"")
        }
        // Two edits make a NOT of almost any short word.
        let words = (Self.keywords + Self.fields + Self.predicates).filter {
            $0.utf8.count > 3 || word.utf8.count <= $0.utf8.count
        }
        let clause = Suggestion.clause(for: word, among: words)
        return fail("bare word \"\(word)\"; put phrases in double quotes\(clause)")
    }

    private mutating func named(_ word: String) throws(ExpressionError) -> Expression {
        let next = at + 1 < tokens.count ? tokens[at + 1].kind : .end
        if next == .colon { return try scopedOrPredicate(word) }
        if next == .open {
            switch word {
            case "count": return try count()
            case "first", "stance":
                throw fail("this build has no \(word)(); it belongs to the analysis of claims")
            default: break
            }
        }
        throw wrongWord(word)
    }

    private mutating func scopedOrPredicate(_ word: String) throws(ExpressionError) -> Expression {
        if let field = Mention.Field(rawValue: word) {
            if scope != nil { throw fail("a field cannot stand inside another field's brackets") }
            advance()
            advance()
            scope = field
            defer { scope = nil }
            switch token.kind {
            case .entity, .topic, .phrase, .open: return try primary()
            case .word, .number, .close, .comma, .colon, .slash, .relation, .end:
                throw fail("an operand or brackets should stand after \"\(word):\"")
            }
        }
        guard Self.predicates.contains(word) else {
            let clause = Suggestion.clause(for: word, among: Self.fields + Self.predicates)
            throw fail("there is no field \"\(word)\"\(clause)")
        }
        let offset = token.offset
        advance()
        advance()
        return .predicate(try predicate(word, try values(), offset))
    }

    private mutating func values() throws(ExpressionError) -> [(value: String, offset: Int)] {
        guard token.kind == .open else { return [try value()] }
        advance()
        var all = [try value()]
        while token.kind == .comma {
            advance()
            all.append(try value())
        }
        guard token.kind == .close else { throw fail("a comma or closing bracket is missing here") }
        advance()
        return all
    }

    private mutating func value() throws(ExpressionError) -> (value: String, offset: Int) {
        let offset = token.offset
        switch token.kind {
        case .word(let word):
            advance()
            return (word, offset)
        case .number(let number):
            advance()
            return (String(number), offset)
        case .entity, .topic, .phrase, .open, .close, .comma, .colon, .slash, .relation, .end:
            throw fail("an id or code should stand here")
        }
    }

    private func predicate(
        _ name: String, _ values: [(value: String, offset: Int)], _ offset: Int
    ) throws(ExpressionError) -> Predicate {
        switch name {
        case "class":
            var classes: [SourceClass] = []
            for (value, offset) in values {
                guard let known = SourceClass(rawValue: value) else {
                    let clause = Suggestion.clause(for: value, among: SourceClass.allCases.map(\.rawValue))
                    throw ExpressionError(message: "there is no class \"\(value)\"\(clause)", offset: offset)
                }
                classes.append(known)
            }
            return .sourceClass(classes)
        case "country":
            for (value, offset) in values where value.utf8.count != 2 {
                throw ExpressionError(message: "\"\(value)\" is no country code such as FR", offset: offset)
            }
            return .country(values.map { $0.value.uppercased() })
        case "lang":
            for (value, offset) in values where !LanguageCodes.isKnown(value) {
                throw ExpressionError(message: "\"\(value)\" is no language code such as fr", offset: offset)
            }
            return .language(values.map { $0.value.lowercased() })
        default: return .source(values.map(\.value))
        }
    }

    private mutating func count() throws(ExpressionError) -> Expression {
        advance()
        advance()
        let operand: ScopedOperand
        switch token.kind {
        case .entity, .topic, .phrase: operand = try self.operand()
        case .word, .number, .open, .close, .comma, .colon, .slash, .relation, .end:
            throw fail("count() takes one entity, group, topic or phrase")
        }
        guard token.kind == .close else { throw fail("a closing bracket is missing here") }
        advance()
        guard case .relation(let sign) = token.kind, let relation = Count.Relation(rawValue: sign) else {
            throw fail("count() is compared: write >=, >, =, < or <= and a number")
        }
        advance()
        guard case .number(let number) = token.kind else { throw fail("a number should stand here") }
        guard number <= Count.largest else { throw fail("no item names anything over \(Count.largest) times") }
        advance()
        return .count(Count(operand: operand, relation: relation, number: number))
    }
}
