// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// What an expression may look for (section 7 of the matching specification).
enum Operand: Hashable, Sendable {
    /// An entity, by number.
    case entity(Int, id: String)
    /// A group, flattened to entities.
    case group([Int], id: String)
    /// A topic, by number.
    case topic(Int, id: String)
    /// A phrase, by number.
    case phrase(Int, text: String)

    /// The number tells operands of a kind apart, groups aside: what equal operands share is quickly hashed.
    func hash(into hasher: inout Hasher) {
        switch self {
        case .entity(let number, _): hasher.combine(number &* 4)
        case .group(let members, _): hasher.combine((members.first ?? 0) &* 4 &+ 1)
        case .topic(let number, _): hasher.combine(number &* 4 &+ 2)
        case .phrase(let number, _): hasher.combine(number &* 4 &+ 3)
        }
    }

    /// The operand in an expression's spelling.
    var text: String {
        switch self {
        case .entity(_, let id), .group(_, let id): "@" + id
        case .topic(_, let id): "#" + id
        case .phrase(_, let text): "\"" + text + "\""
        }
    }
}

/// An operand with the field that it is limited to; nil: the watch's fields.
struct ScopedOperand: Hashable, Sendable {
    var operand: Operand
    var field: Mention.Field?

    var text: String { field.map { "\($0.rawValue):\(operand.text)" } ?? operand.text }

    func hash(into hasher: inout Hasher) {
        hasher.combine(operand)
        hasher.combine(field?.order ?? -1)
    }
}

/// How near two mentions must be (M43).
struct Proximity: Hashable, Sendable {
    enum Reach: String, Hashable, Sendable { case sentence = "s", paragraph = "p", field = "f" }

    var left: [ScopedOperand]
    var right: [ScopedOperand]
    var isOrdered: Bool
    /// Tokens between the two at most.
    var tokens: Int
    var reach: Reach

    var text: String {
        "\(Self.text(left)) \(isOrdered ? "ONEAR" : "NEAR")/\(tokens)\(reach.rawValue) \(Self.text(right))"
    }

    private static func text(_ side: [ScopedOperand]) -> String {
        side.count == 1 ? side[0].text : "(" + side.map(\.text).joined(separator: " OR ") + ")"
    }
}

/// What a feed or document must be.
enum Predicate: Hashable, Sendable {
    case source([String]), sourceClass([SourceClass]), country([String]), language([String])

    var text: String {
        switch self {
        case .source(let ids): "source:" + Self.list(ids)
        case .sourceClass(let classes): "class:" + Self.list(classes.map(\.rawValue))
        case .country(let codes): "country:" + Self.list(codes)
        case .language(let codes): "lang:" + Self.list(codes)
        }
    }

    private static func list(_ values: [String]) -> String {
        values.count == 1 ? values[0] : "(" + values.joined(separator: ", ") + ")"
    }
}

/// A number of mentions, compared.
struct Count: Hashable, Sendable {
    enum Relation: String, Hashable, Sendable {
        case atLeast = ">=", more = ">", equal = "=", less = "<", atMost = "<="
    }

    /// More mentions of one thing than any item has.
    static let largest = 10_000

    var operand: ScopedOperand
    var relation: Relation
    var number: Int

    func holds(_ count: Int) -> Bool {
        switch relation {
        case .atLeast: count >= number
        case .more: count > number
        case .equal: count == number
        case .less: count < number
        case .atMost: count <= number
        }
    }

    var text: String { "count(\(operand.text)) \(relation.rawValue) \(number)" }
}

/// A compiled expression.
indirect enum Expression: Hashable, Sendable {
    case and([Expression]), or([Expression]), not(Expression)
    case operand(ScopedOperand)
    case near(Proximity)
    case predicate(Predicate)
    case count(Count)

    /// The expression in canonical spelling.
    var text: String {
        switch self {
        case .and(let parts): parts.map(\.bracketed).joined(separator: " AND ")
        case .or(let parts): parts.map(\.bracketed).joined(separator: " OR ")
        case .not(let part): "NOT " + part.bracketed
        case .operand(let operand): operand.text
        case .near(let proximity): proximity.text
        case .predicate(let predicate): predicate.text
        case .count(let count): count.text
        }
    }

    private var bracketed: String {
        switch self {
        case .and, .or: "(" + text + ")"
        case .not, .operand, .near, .predicate, .count: text
        }
    }

    /// Every operand in it.
    var operands: [ScopedOperand] {
        switch self {
        case .and(let parts), .or(let parts): parts.flatMap(\.operands)
        case .not(let part): part.operands
        case .operand(let operand): [operand]
        case .near(let proximity): proximity.left + proximity.right
        case .predicate: []
        case .count(let count): [count.operand]
        }
    }

    /// Whether it holds where every operand is absent (M57).
    var holdsOnNothing: Bool {
        switch self {
        case .and(let parts): parts.allSatisfy(\.holdsOnNothing)
        case .or(let parts): parts.contains(where: \.holdsOnNothing)
        case .not(let part): !part.holdsOnNothing
        case .operand, .near, .predicate: false
        case .count(let count): count.holds(0)
        }
    }

    /// Whether it may hold where every operand is absent, by what feed or document are alone: `class:state`.
    var mayHoldOnNothing: Bool {
        switch self {
        case .and(let parts): parts.allSatisfy(\.mayHoldOnNothing)
        case .or(let parts): parts.contains(where: \.mayHoldOnNothing)
        case .not, .predicate: true
        case .operand, .near: false
        case .count(let count): count.holds(0)
        }
    }
}
