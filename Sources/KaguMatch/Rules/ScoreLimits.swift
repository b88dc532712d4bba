// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// The most that topics and watches can score (M38–M40): three mentions in a title, of everything.
struct ScoreLimits {
    /// Three mentions, each twice its weight.
    private static let mostFactor = 6

    private let watchlist: Watchlist

    /// By topic.
    private let mostOfTopics: [Int]
    /// Topics, by number, whose terms and bonuses together stay below the threshold.
    let topicsOutOfReach: Set<Int>

    init(_ watchlist: Watchlist) {
        self.watchlist = watchlist
        let most = watchlist.topics.map { topic in
            topic.terms.reduce(0) { $0 + max(0, $1.weight) * Self.mostFactor }
                + topic.bonuses.reduce(0) { $0 + max(0, $1.add) }
        }
        mostOfTopics = most
        topicsOutOfReach = Set(watchlist.topics.indices.filter { most[$0] < watchlist.topics[$0].threshold })
    }

    private func most(ofEntity number: Int) -> Int {
        let entity = watchlist.entities[number]
        let weights = entity.aliases.map { $0.weight ?? ($0.form == .demonym ? 40 : entity.weight) }
        return (weights.max() ?? 0) * Self.mostFactor
    }

    /// The most that a watch of this expression can score.
    func most(of expression: Expression) -> Int {
        var parts: Set<Expression> = []
        collect(expression, &parts)
        return parts.reduce(0) { sum, part in
            switch part {
            case .near: sum + WatchVerdict.nearPoints
            case .operand(let operand): sum + most(of: operand.operand)
            case .and, .or, .not, .predicate, .count: sum
            }
        }
    }

    private func most(of operand: Operand) -> Int {
        switch operand {
        case .entity(let number, _): most(ofEntity: number)
        case .group(let members, _): members.reduce(0) { $0 + most(ofEntity: $1) }
        case .topic(let number, _): mostOfTopics[number]
        case .phrase: 60 * Self.mostFactor
        }
    }

    /// What may bring points: all but what stands under NOT.
    private func collect(_ expression: Expression, _ parts: inout Set<Expression>) {
        switch expression {
        case .and(let inner), .or(let inner): for part in inner { collect(part, &parts) }
        case .near(let proximity):
            parts.insert(expression)
            for operand in proximity.left + proximity.right { parts.insert(.operand(operand)) }
        case .operand: parts.insert(expression)
        case .count(let count): parts.insert(.operand(count.operand))
        case .not, .predicate: break
        }
    }
}

extension Expression {
    /// Topics, by number, that must reach their threshold somewhere outside NEAR and NOT.
    var awaitedTopics: Set<Int> {
        switch self {
        case .and(let parts), .or(let parts): parts.reduce(into: []) { $0.formUnion($1.awaitedTopics) }
        case .operand(let operand):
            if case .topic(let number, _) = operand.operand { [number] } else { [] }
        case .not, .near, .predicate, .count: []
        }
    }
}
