// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Tells whether expressions hold in one document, and what they score (M39–M43).
struct Evaluator {
    let compiled: CompiledWatchlist
    let document: Document
    let language: String
    let fields: FieldTexts
    /// Accepted mentions by entity, term mentions by topic (positive terms only), mentions by phrase.
    let entities: [Int: [Finding]]
    let topics: [Int: [Finding]]
    let phrases: [Int: [Finding]]
    /// Scores of the topics of which a term occurred; empty while bonuses are evaluated.
    var topicScores: [Int: Int] = [:]
    /// Bonuses see a topic as found if any of its terms occurred (M39).
    var isBonus = false
    /// Tokens counted so far, per field (M43).
    let ordinals: [Mention.Field: [Int]]

    /// The truth of an expression; what made it true is added to `deciders`.
    func holds(_ expression: Expression, in scope: [Mention.Field], _ deciders: inout Deciders) -> Bool {
        switch expression {
        case .and(let parts):
            var inner = Deciders()
            for part in parts where !holds(part, in: scope, &inner) { return false }
            deciders.add(inner)
            return true
        case .or(let parts):
            var isTrue = false
            for part in parts where holds(part, in: scope, &deciders) { isTrue = true }
            return isTrue
        case .not(let part):
            var ignored = Deciders()
            return !holds(part, in: scope, &ignored)
        case .operand(let operand):
            guard isFound(operand, in: scope) else { return false }
            deciders.operands.insert(operand)
            return true
        case .near(let proximity):
            let pairs = near(proximity, in: scope)
            guard !pairs.isEmpty else { return false }
            deciders.proximities.insert(proximity)
            deciders.operands.formUnion(pairs)
            return true
        case .predicate(let predicate): return holds(predicate)
        case .count(let count):
            let isTrue = count.holds(findings(count.operand, in: scope).count)
            if isTrue, isFound(count.operand, in: scope) { deciders.operands.insert(count.operand) }
            return isTrue
        }
    }

    /// The operands and NEARs that made an expression true.
    struct Deciders {
        var operands: Set<ScopedOperand> = []
        var proximities: Set<Proximity> = []

        mutating func add(_ other: Deciders) {
            operands.formUnion(other.operands)
            proximities.formUnion(other.proximities)
        }
    }

    /// Whether an operand is there; a topic of a watch has reached its threshold.
    func isFound(_ operand: ScopedOperand, in scope: [Mention.Field]) -> Bool {
        if case .topic(let number, _) = operand.operand, !isBonus,
            topicScores[number, default: 0] < compiled.topics[number].threshold
        {
            return false
        }
        switch operand.operand {
        case .entity(let number, _): return occurs(entities[number], operand.field, scope)
        case .group(let members, _): return members.contains { occurs(entities[$0], operand.field, scope) }
        case .topic(let number, _): return occurs(topics[number], operand.field, scope)
        case .phrase(let number, _): return occurs(phrases[number], operand.field, scope)
        }
    }

    private func occurs(_ findings: [Finding]?, _ field: Mention.Field?, _ scope: [Mention.Field]) -> Bool {
        guard let findings else { return false }
        return findings.contains { finding in
            if let field { finding.field == field } else { scope.contains(finding.field) }
        }
    }

    /// Every mention of an operand in the fields it looks at.
    func findings(_ operand: ScopedOperand, in scope: [Mention.Field]) -> [Finding] {
        let fields = operand.field.map { [$0] } ?? scope
        let all: [Finding]
        switch operand.operand {
        case .entity(let number, _): all = entities[number] ?? []
        case .group(let members, _): all = members.flatMap { entities[$0] ?? [] }
        case .topic(let number, _): all = topics[number] ?? []
        case .phrase(let number, _): all = phrases[number] ?? []
        }
        return all.filter { fields.contains($0.field) }
    }

    private func holds(_ predicate: Predicate) -> Bool {
        switch predicate {
        case .source(let ids): !document.feedID.isEmpty && ids.contains(document.feedID)
        case .sourceClass(let classes): document.sourceClass.map(classes.contains) ?? false
        case .country(let codes): !document.country.isEmpty && codes.contains(document.country.uppercased())
        case .language(let codes): codes.contains(language)
        }
    }

    // MARK: Nearness

    /// The operands of which two mentions are near enough; empty when none are.
    private func near(_ proximity: Proximity, in scope: [Mention.Field]) -> Set<ScopedOperand> {
        var found: Set<ScopedOperand> = []
        for left in proximity.left where isArguable(left) {
            let leftFindings = findings(left, in: scope)
            guard !leftFindings.isEmpty else { continue }
            for right in proximity.right where isArguable(right) {
                if areNear(leftFindings, findings(right, in: scope), proximity) { found.formUnion([left, right]) }
            }
        }
        return found
    }

    /// A topic that its terms against have brought to nothing is near nothing.
    private func isArguable(_ operand: ScopedOperand) -> Bool {
        guard case .topic(let number, _) = operand.operand, !isBonus else { return true }
        return topicScores[number, default: 0] > 0
    }

    /// Whether two mentions are near enough. Both lists run in order of place, so each is read once but for the
    /// window: linear in the mentions (M64).
    private func areNear(_ left: [Finding], _ right: [Finding], _ proximity: Proximity) -> Bool {
        let right = right.sorted { ($0.field.order, $0.first) < ($1.field.order, $1.first) }
        var from = 0
        for one in left.sorted(by: { ($0.field.order, $0.first) < ($1.field.order, $1.first) }) {
            guard let ordinals = ordinals[one.field] else { continue }
            while from < right.count, isBefore(right[from], one, ordinals, proximity.tokens) { from += 1 }
            for other in right[from...] {
                if other.field.order > one.field.order { break }
                if other.field == one.field, other.first > one.last,
                    ordinals[other.first] - ordinals[one.last + 1] > proximity.tokens
                {
                    break
                }
                if other.field == one.field, isNear(one, other, proximity) { return true }
            }
        }
        return false
    }

    /// Whether a mention lies so far before another that it is near no later one either.
    private func isBefore(_ other: Finding, _ one: Finding, _ ordinals: [Int], _ tokens: Int) -> Bool {
        if other.field != one.field { return other.field.order < one.field.order }
        return other.last < one.first && ordinals[one.first] - ordinals[other.last + 1] > tokens
    }

    private func isNear(_ left: Finding, _ right: Finding, _ proximity: Proximity) -> Bool {
        let isInOrder = left.last < right.first
        guard isInOrder || right.last < left.first, isInOrder || !proximity.isOrdered else { return false }
        let (first, second) = isInOrder ? (left, right) : (right, left)
        let text = fields[left.field]
        let (a, b) = (text.tokens[first.last], text.tokens[second.first])
        switch proximity.reach {
        case .sentence: if a.sentence != b.sentence { return false }
        case .paragraph: if a.paragraph != b.paragraph { return false }
        case .field: break
        }
        guard let ordinals = ordinals[left.field] else { return false }
        return ordinals[second.first] - ordinals[first.last + 1] <= proximity.tokens
    }

    // MARK: Scores

    /// What an operand adds to a watch's score (M40).
    func contribution(_ operand: ScopedOperand, in scope: [Mention.Field]) -> Int {
        let fields = operand.field.map { [$0] } ?? scope
        switch operand.operand {
        case .entity(let number, _): return Contribution.of(entities[number] ?? [], in: fields)
        case .group(let members, _):
            return members.reduce(0) { $0 + Contribution.of(entities[$1] ?? [], in: fields) }
        case .topic(let number, _): return topicScores[number, default: 0]
        case .phrase(let number, _): return Contribution.of(phrases[number] ?? [], in: fields)
        }
    }
}
