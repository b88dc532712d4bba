// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Whether one watch fires in one document, and why (M40, M52).
struct WatchVerdict {
    private let watch: CompiledWatch
    private let evaluator: Evaluator
    private let gate: Int
    private var failedFilter: String?
    private var holdsWhen = false
    private var holdsUnless = false
    private var deciders = Evaluator.Deciders()
    /// The score of what made `when` true.
    private(set) var score = 0

    /// Points for each NEAR that held.
    static let nearPoints = 40

    /// `gate` is the step of the watch's `when` in the watchlist's gates.
    init(_ watch: CompiledWatch, _ evaluator: Evaluator, gate: Int) {
        self.watch = watch
        self.evaluator = evaluator
        self.gate = gate
    }

    var fires: Bool { failedFilter == nil && holdsWhen && !holdsUnless && score >= watch.watch.threshold }

    mutating func run() {
        failedFilter = filter()
        var deciders = Evaluator.Deciders()
        holdsWhen = evaluator.holds(watch.when, in: watch.fields, &deciders, gate: gate)
        guard holdsWhen else { return }
        if let unless = watch.unless {
            var ignored = Evaluator.Deciders()
            holdsUnless = evaluator.holds(unless, in: watch.fields, &ignored)
        }
        self.deciders = deciders
        let operands = scoringOperands()
        score = operands.reduce(Set(deciders.proximities).count * Self.nearPoints) {
            $0 + evaluator.contribution($1, in: watch.fields)
        }
    }

    /// The first filter that does not pass.
    private func filter() -> String? {
        guard watch.hasFilters else { return nil }
        let (watch, document) = (watch.watch, evaluator.document)
        if !watch.languages.isEmpty, !watch.languages.contains(evaluator.language) { return "lang" }
        if !watch.classes.isEmpty, !(document.sourceClass.map(watch.classes.contains) ?? false) { return "class" }
        if !watch.countries.isEmpty, !watch.countries.contains(document.country) { return "country" }
        if !watch.feeds.isEmpty, !watch.feeds.contains(document.feedID) { return "feeds" }
        return nil
    }

    /// Each entity, topic and phrase once, though groups overlap.
    private func scoringOperands() -> Set<ScopedOperand> {
        var single: Set<ScopedOperand> = []
        for operand in deciders.operands {
            if case .group(let members, _) = operand.operand {
                for member in members where evaluator.entities[member] != nil {
                    let id = evaluator.compiled.entities[member].id
                    single.insert(ScopedOperand(operand: .entity(member, id: id), field: operand.field))
                }
            } else {
                single.insert(operand)
            }
        }
        return single
    }

    /// What the score is made of: operands, then the NEARs.
    private func scoreParts() -> [ScorePart] {
        guard holdsWhen else { return [] }
        var parts = scoringOperands().map {
            ScorePart(name: $0.text, points: evaluator.contribution($0, in: watch.fields))
        }
        parts.removeAll { $0.points == 0 }
        parts.sort { ($1.points, $0.name) < ($0.points, $1.name) }
        let near = Set(deciders.proximities).map { ScorePart(name: $0.text, points: Self.nearPoints) }
        return parts + near.sorted { $0.name < $1.name }
    }

    /// The watch's account for `kagu explain`; `shown` are the candidates behind the result's mentions.
    func explanation(_ shown: [Candidate]) -> WatchExplanation {
        WatchExplanation(
            id: watch.watch.id, fires: fires, score: score, threshold: watch.watch.threshold,
            failedFilter: failedFilter, when: outline(watch.when, shown),
            unless: watch.unless.map { outline($0, shown) } ?? [], parts: scoreParts())
    }

    private func outline(_ expression: Expression, _ shown: [Candidate]) -> [ExpressionPart] {
        var outline = Outline(evaluator: evaluator, scope: watch.fields, shown: shown)
        outline.add(expression, depth: 0, decides: true)
        return outline.parts
    }
}

/// The parts of an expression, each with its truth and what it rests on.
private struct Outline {
    let evaluator: Evaluator
    let scope: FieldSet
    let shown: [Candidate]
    var parts: [ExpressionPart] = []

    mutating func add(_ expression: Expression, depth: Int, decides: Bool) {
        let holds = isTrue(expression)
        switch expression {
        case .and(let inner):
            append(expression, .and, depth, holds, decides)
            for part in inner { add(part, depth: depth + 1, decides: decides && (holds || !isTrue(part))) }
        case .or(let inner):
            append(expression, .or, depth, holds, decides)
            for part in inner { add(part, depth: depth + 1, decides: decides && (!holds || isTrue(part))) }
        case .not(let part):
            append(expression, .not, depth, holds, decides)
            add(part, depth: depth + 1, decides: decides)
        case .operand(let operand): append(expression, .operand, depth, holds, decides, [operand])
        case .near(let proximity):
            append(expression, .near, depth, holds, decides, proximity.left + proximity.right)
        case .predicate: append(expression, .predicate, depth, holds, decides)
        case .count(let count): append(expression, .count, depth, holds, decides, [count.operand])
        }
    }

    private func isTrue(_ expression: Expression) -> Bool {
        var ignored = Evaluator.Deciders()
        return evaluator.holds(expression, in: scope, &ignored)
    }

    private mutating func append(
        _ expression: Expression, _ kind: ExpressionPart.Kind, _ depth: Int, _ holds: Bool, _ decides: Bool,
        _ operands: [ScopedOperand] = []
    ) {
        let mentions = Set(operands.flatMap(mentions)).sorted()
        let count = operands.reduce(0) { $0 + evaluator.findings($1, in: scope).count }
        parts.append(
            ExpressionPart(
                depth: depth, text: expression.text, holds: holds, kind: kind, decides: decides, mentions: mentions,
                count: count))
    }

    /// Which of the shown mentions make an operand true.
    private func mentions(_ operand: ScopedOperand) -> [Int] {
        let entities: [Int]
        switch operand.operand {
        case .entity(let number, _): entities = [number]
        case .group(let members, _): entities = members
        case .topic, .phrase: return []
        }
        let fields = operand.field.map { FieldSet([$0]) } ?? scope
        return shown.indices.filter {
            shown[$0].counts && fields.contains(shown[$0].field) && entities.contains(shown[$0].entity)
        }
    }
}
