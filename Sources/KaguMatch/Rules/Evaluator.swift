// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Tells whether expressions hold in one document, and what they score (M39–M43). Confined to one call of
/// `Matcher.match`.
final class Evaluator {
    let compiled: CompiledWatchlist
    let document: Document
    private let reading: ItemLanguage
    /// The document's language.
    var language: String { reading.value.language }
    let fields: FieldTexts
    /// Accepted mentions by entity, term mentions by topic (positive terms only), mentions by phrase.
    let entities: [Int: [Finding]]
    let topics: [Int: [Finding]]
    let phrases: [Int: [Finding]]
    /// Scores of the topics of which a term occurred; empty while bonuses are evaluated.
    var topicScores: [Int: Int] = [:]
    /// Bonuses see a topic as found if any of its terms occurred (M39).
    var isBonus = false
    /// Tokens that are endings of names, by `Mention.Field.order`.
    private let absorbed: [Set<Int>]
    /// Tokens counted so far, by `Mention.Field.order`; empty until a NEAR asks (M43).
    private var ordinals = [[Int]](repeating: [], count: Mention.Field.allCases.count)

    init(
        compiled: CompiledWatchlist, document: Document, language: ItemLanguage, fields: FieldTexts,
        entities: [Int: [Finding]], topics: [Int: [Finding]], phrases: [Int: [Finding]], absorbed: [Set<Int>]
    ) {
        self.compiled = compiled
        self.document = document
        reading = language
        self.fields = fields
        self.entities = entities
        self.topics = topics
        self.phrases = phrases
        self.absorbed = absorbed
    }

    /// Which operands of the watchlist occur at all, for `WatchGates`; known once topics are scored.
    private(set) var present = PresentOperands()
    /// The mentions of groups, by group.
    private var groupFindings: [Operand: [Finding]] = [:]

    /// Notes which operands occur: to be called when topics are scored.
    func notePresent() {
        present = PresentOperands(compiled.operands)
        for entity in entities.keys { present.insert(compiled.operands.ofEntity[entity] ?? []) }
        for phrase in phrases.keys { present.insert(compiled.operands.ofPhrase[phrase] ?? []) }
        for topic in topics.keys {
            let isReached = topicScores[topic, default: 0] >= compiled.topics[topic].threshold
            present.insert(compiled.operands.ofTopic[topic] ?? [], isReached: isReached)
        }
    }

    /// How many tokens count before each token: elisions and absorbed endings do not (M43).
    private func ordinals(of field: Mention.Field) -> [Int] {
        if !ordinals[field.order].isEmpty { return ordinals[field.order] }
        let tokens = fields[field].tokens
        let endings = absorbed[field.order]
        var counts = [0]
        counts.reserveCapacity(tokens.count + 1)
        var count = 0
        for index in tokens.indices {
            if !tokens[index].flags.contains(.elision), !endings.contains(index) { count += 1 }
            counts.append(count)
        }
        ordinals[field.order] = counts
        return counts
    }

    /// The truth of an expression; what made it true is added to `deciders`. `gate` is the expression's step in
    /// the watchlist's gates, where it has one: parts behind a closed gate are not looked at.
    func holds(_ expression: Expression, in scope: FieldSet, _ deciders: inout Deciders, gate: Int? = nil) -> Bool {
        switch expression {
        case .and(let parts):
            var inner = Deciders()
            var step = gate.map { $0 + 1 }
            for part in parts {
                if let step, !compiled.gates.isOpen(step, present) { return false }
                guard holds(part, in: scope, &inner, gate: step) else { return false }
                step = step.map { compiled.gates.next(after: $0) }
            }
            deciders.add(inner)
            return true
        case .or(let parts):
            var isTrue = false
            var step = gate.map { $0 + 1 }
            for part in parts {
                let isOpen = step.map { compiled.gates.isOpen($0, present) } ?? true
                if isOpen, holds(part, in: scope, &deciders, gate: step) { isTrue = true }
                step = step.map { compiled.gates.next(after: $0) }
            }
            return isTrue
        case .not(let part):
            var ignored = Deciders()
            return !holds(part, in: scope, &ignored)
        case .operand(let operand):
            guard isFound(operand, in: scope) else { return false }
            deciders.operands.append(operand)
            return true
        case .near(let proximity): return near(proximity, in: scope, &deciders)
        case .predicate(let predicate): return holds(predicate)
        case .count(let count):
            let isTrue = count.holds(findings(count.operand, in: scope).count)
            if isTrue, isFound(count.operand, in: scope) { deciders.operands.append(count.operand) }
            return isTrue
        }
    }

    /// The operands and NEARs that made an expression true, some perhaps twice.
    struct Deciders {
        var operands: [ScopedOperand] = []
        var proximities: [Proximity] = []

        mutating func add(_ other: Deciders) {
            operands += other.operands
            proximities += other.proximities
        }
    }

    /// Whether an operand is there; a topic of a watch has reached its threshold.
    func isFound(_ operand: ScopedOperand, in scope: FieldSet) -> Bool {
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

    private func occurs(_ findings: [Finding]?, _ field: Mention.Field?, _ scope: FieldSet) -> Bool {
        guard let findings else { return false }
        return findings.contains { finding in
            if let field { finding.field.order == field.order } else { scope.contains(finding.field) }
        }
    }

    /// Every mention of an operand in the fields it looks at.
    func findings(_ operand: ScopedOperand, in scope: FieldSet) -> [Finding] {
        let fields = operand.field.map { FieldSet([$0]) } ?? scope
        let all: [Finding]
        switch operand.operand {
        case .entity(let number, _): all = entities[number] ?? []
        case .group(let members, _): all = findings(of: operand.operand, members)
        case .topic(let number, _): all = topics[number] ?? []
        case .phrase(let number, _): all = phrases[number] ?? []
        }
        return all.allSatisfy { fields.contains($0.field) } ? all : all.filter { fields.contains($0.field) }
    }

    private func findings(of group: Operand, _ members: [Int]) -> [Finding] {
        if let known = groupFindings[group] { return known }
        let all = Self.inOrder(members.flatMap { entities[$0] ?? [] })
        groupFindings[group] = all
        return all
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

    /// Whether two mentions are near enough; adds the operands of which two are.
    private func near(_ proximity: Proximity, in scope: FieldSet, _ deciders: inout Deciders) -> Bool {
        var isTrue = false
        for left in proximity.left where isArguable(left) {
            let leftFindings = findings(left, in: scope)
            guard !leftFindings.isEmpty else { continue }
            for right in proximity.right where isArguable(right) {
                let rightFindings = findings(right, in: scope)
                guard !rightFindings.isEmpty, areNear(leftFindings, rightFindings, proximity) else { continue }
                deciders.operands += [left, right]
                isTrue = true
            }
        }
        if isTrue { deciders.proximities.append(proximity) }
        return isTrue
    }

    /// A topic that its terms against have brought to nothing is near nothing.
    private func isArguable(_ operand: ScopedOperand) -> Bool {
        guard case .topic(let number, _) = operand.operand, !isBonus else { return true }
        return topicScores[number, default: 0] > 0
    }

    /// Whether two mentions are near enough. Both lists run in order of place, so each is read once but for the
    /// window: linear in the mentions (M64).
    private func areNear(_ left: [Finding], _ right: [Finding], _ proximity: Proximity) -> Bool {
        let right = Self.inOrder(right)
        var from = 0
        for one in Self.inOrder(left) {
            let ordinals = ordinals(of: one.field)
            while from < right.count, isBefore(right[from], one, ordinals, proximity.tokens) { from += 1 }
            for other in right[from...] {
                if other.field.order > one.field.order { break }
                if other.field.order == one.field.order, other.first > one.last,
                    ordinals[other.first] - ordinals[one.last + 1] > proximity.tokens
                {
                    break
                }
                if other.field.order == one.field.order, isNear(one, other, proximity) { return true }
            }
        }
        return false
    }

    /// Findings by place; most come so.
    private static func inOrder(_ findings: [Finding]) -> [Finding] {
        for index in findings.indices.dropFirst() where findings[index].isBefore(findings[index - 1]) {
            return findings.sorted { $0.isBefore($1) }
        }
        return findings
    }

    /// Whether a mention lies so far before another that it is near no later one either.
    private func isBefore(_ other: Finding, _ one: Finding, _ ordinals: [Int], _ tokens: Int) -> Bool {
        if other.field.order != one.field.order { return other.field.order < one.field.order }
        return other.last < one.first && ordinals[one.first] - ordinals[other.last + 1] > tokens
    }

    private func isNear(_ left: Finding, _ right: Finding, _ proximity: Proximity) -> Bool {
        let isInOrder = left.last < right.first
        guard isInOrder || right.last < left.first, isInOrder || !proximity.isOrdered else { return false }
        let (first, second) = isInOrder ? (left, right) : (right, left)
        let order = left.field.order
        let (a, b) = (fields.texts[order].tokens[first.last], fields.texts[order].tokens[second.first])
        switch proximity.reach {
        case .sentence: if a.sentence != b.sentence { return false }
        case .paragraph: if a.paragraph != b.paragraph { return false }
        case .field: break
        }
        let ordinals = ordinals(of: left.field)
        return ordinals[second.first] - ordinals[first.last + 1] <= proximity.tokens
    }

    // MARK: Scores

    /// What an operand adds to a watch's score (M40).
    func contribution(_ operand: ScopedOperand, in scope: FieldSet) -> Int {
        let fields = operand.field.map { FieldSet([$0]) } ?? scope
        switch operand.operand {
        case .entity(let number, _): return Contribution.of(entities[number] ?? [], in: fields)
        case .group(let members, _):
            return members.reduce(0) { $0 + Contribution.of(entities[$1] ?? [], in: fields) }
        case .topic(let number, _): return topicScores[number, default: 0]
        case .phrase(let number, _): return Contribution.of(phrases[number] ?? [], in: fields)
        }
    }
}
