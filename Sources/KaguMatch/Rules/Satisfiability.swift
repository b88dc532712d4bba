// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Whether anything can make an expression true (M57).
struct Satisfiability {
    /// The fields that unscoped operands look at.
    var scope = FieldSet.prose
    /// Topics whose terms together cannot reach their threshold: only NEAR finds them.
    var unreachable: Set<Int> = []

    /// Whether some document makes it true. Expressions of very many alternatives count as satisfiable.
    func holds(for expression: Expression) -> Bool {
        if hasPlainWitness(expression) { return true }
        var ways = [[Expression: Bool]()]
        return !assume(expression, true, &ways) || !ways.isEmpty
    }

    // MARK: A quick try

    /// Parts by whether the expression wants them true or false; some both.
    private struct Wishes {
        var wanted: Set<Expression> = []
        var unwanted: Set<Expression> = []
    }

    /// Whether it holds where all is there that it asks for and nothing that it asks not to be there: nearly every
    /// expression does, and is judged in linear time.
    private func hasPlainWitness(_ expression: Expression) -> Bool {
        var wishes = Wishes()
        note(expression, true, &wishes)
        let (wanted, unwanted) = (wishes.wanted, wishes.unwanted)
        if isPossible(wanted.subtracting(unwanted), unwanted),
            holds(expression, where: { wanted.contains($0) && !unwanted.contains($0) })
        {
            return true
        }
        return isPossible(wanted, unwanted.subtracting(wanted)) && holds(expression, where: wanted.contains)
    }

    private func isPossible(_ wanted: Set<Expression>, _ unwanted: Set<Expression>) -> Bool {
        guard !wanted.contains(where: isNeverTrue) else { return false }
        let rivals = wanted.filter {
            switch $0 {
            case .predicate, .count: true
            case .and, .or, .not, .operand, .near: false
            }
        }
        for rival in rivals where wanted.contains(where: { $0 != rival && contradict(rival, true, $0, true) }) {
            return false
        }
        return !unwanted.contains { absent in wanted.contains { contradict($0, true, absent, false) } }
    }

    private func note(_ expression: Expression, _ isWanted: Bool, _ wishes: inout Wishes) {
        switch expression {
        case .and(let parts), .or(let parts): for part in parts { note(part, isWanted, &wishes) }
        case .not(let part): note(part, !isWanted, &wishes)
        case .near(let proximity) where isWanted:
            wishes.wanted.insert(expression)
            for operand in proximity.left + proximity.right where !operand.isTopic {
                wishes.wanted.insert(.operand(operand))
            }
        case .operand, .near, .predicate, .count:
            // What cannot be is not wanted; an alternative may do without it.
            if !isWanted {
                wishes.unwanted.insert(expression)
            } else if !isNeverTrue(expression) {
                wishes.wanted.insert(expression)
            }
        }
    }

    private func holds(_ expression: Expression, where isTrue: (Expression) -> Bool) -> Bool {
        switch expression {
        case .and(let parts): parts.allSatisfy { holds($0, where: isTrue) }
        case .or(let parts): parts.contains { holds($0, where: isTrue) }
        case .not(let part): !holds(part, where: isTrue)
        case .near(let proximity):
            isTrue(expression)
                && [proximity.left, proximity.right].allSatisfy { side in
                    side.contains { $0.isTopic || isTrue(.operand($0)) }
                }
        case .operand, .predicate, .count: isTrue(expression)
        }
    }

    // MARK: The search

    private static let mostWays = 2048

    /// Narrows `ways`, the assignments of parts under which all so far holds; false when there are too many.
    private func assume(_ part: Expression, _ value: Bool, _ ways: inout [[Expression: Bool]]) -> Bool {
        switch (part, value) {
        case (.not(let inner), _): return assume(inner, !value, &ways)
        case (.and(let parts), true), (.or(let parts), false):
            return parts.allSatisfy { assume($0, value, &ways) }
        case (.and(let parts), false), (.or(let parts), true):
            var all: [[Expression: Bool]] = []
            for part in parts {
                var branch = ways
                guard assume(part, value, &branch) else { return false }
                all += branch
                if all.count > Self.mostWays { return false }
            }
            ways = all
            return true
        case (.near(let proximity), true):
            // Both sides must occur for them to be near; a topic occurs by any of its words, whatever its score.
            for side in [proximity.left, proximity.right] where !side.contains(where: \.isTopic) {
                guard assume(.or(side.map { .operand($0) }), true, &ways) else { return false }
            }
            fallthrough
        case (.operand, _), (.near, _), (.predicate, _), (.count, _):
            ways = ways.compactMap { way in
                if let known = way[part] { return known == value ? way : nil }
                if value, isNeverTrue(part) { return nil }
                return way.contains { contradict(part, value, $0.key, $0.value) }
                    ? nil : way.merging([part: value]) { $1 }
            }
            return true
        }
    }

    // MARK: What one part says of another

    /// A topic out of reach, or a count that no number fits.
    private func isNeverTrue(_ part: Expression) -> Bool {
        switch part {
        case .operand(let operand):
            if case .topic(let number, _) = operand.operand { unreachable.contains(number) } else { false }
        case .count(let count): !(0...count.number + 1).contains(where: count.holds)
        case .and, .or, .not, .near, .predicate: false
        }
    }

    private func contradict(_ one: Expression, _ value: Bool, _ other: Expression, _ otherValue: Bool) -> Bool {
        switch (one, other) {
        case (.operand(let left), .operand(let right)):
            return (value && !otherValue && implies(left, right)) || (!value && otherValue && implies(right, left))
        case (.predicate(let left), .predicate(let right)):
            return contradict(left, value, right, otherValue)
        case (.count(let left), .count(let right)) where left.operand == right.operand:
            return !(0...max(left.number, right.number) + 1).contains {
                left.holds($0) == value && right.holds($0) == otherValue
            }
        case (.count(let count), .operand(let operand)):
            return contradict(count, value, operand, otherValue)
        case (.operand(let operand), .count(let count)):
            return contradict(count, otherValue, operand, value)
        default: return false
        }
    }

    private func contradict(_ count: Count, _ value: Bool, _ operand: ScopedOperand, _ isThere: Bool) -> Bool {
        let isSome = (0...count.number + 1).allSatisfy { count.holds($0) != value || $0 > 0 }
        let isNone = (0...count.number + 1).allSatisfy { count.holds($0) != value || $0 == 0 }
        if isThere { return isNone && implies(operand, count.operand) }
        // Words of a topic may be there below its threshold.
        return isSome && !count.operand.isTopic && implies(count.operand, operand)
    }

    private func contradict(_ one: Predicate, _ value: Bool, _ other: Predicate, _ otherValue: Bool) -> Bool {
        guard let (left, right) = Self.values(one, other) else { return false }
        switch (value, otherValue) {
        case (true, true): return left.isDisjoint(with: right)
        case (true, false): return left.isSubset(of: right)
        case (false, true): return right.isSubset(of: left)
        case (false, false): return false
        }
    }

    /// What two predicates of one kind ask for; a document has one of each.
    private static func values(_ one: Predicate, _ other: Predicate) -> (Set<String>, Set<String>)? {
        switch (one, other) {
        case (.source(let left), .source(let right)), (.country(let left), .country(let right)),
            (.language(let left), .language(let right)):
            (Set(left), Set(right))
        case (.sourceClass(let left), .sourceClass(let right)):
            (Set(left.map(\.rawValue)), Set(right.map(\.rawValue)))
        default: nil
        }
    }

    /// Whether an operand that is there makes another be there: a member its group, a title's name the name.
    private func implies(_ one: ScopedOperand, _ other: ScopedOperand) -> Bool {
        let fields = one.field.map { FieldSet([$0]) } ?? scope
        guard fields.isSubset(of: other.field.map { FieldSet([$0]) } ?? scope) else { return false }
        if one.operand == other.operand { return true }
        guard let members = one.operand.members, let others = other.operand.members else { return false }
        return Set(members).isSubset(of: others)
    }
}

extension Operand {
    /// The entities that an entity or group stands for; nil for others.
    fileprivate var members: [Int]? {
        switch self {
        case .entity(let number, _): [number]
        case .group(let members, _): members
        case .topic, .phrase: nil
        }
    }
}

extension ScopedOperand {
    fileprivate var isTopic: Bool {
        if case .topic = operand { true } else { false }
    }
}
