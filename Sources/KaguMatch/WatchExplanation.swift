// SPDX-License-Identifier: Apache-2.0

/// The truth of every part of a watch (M52).
public struct WatchExplanation: Hashable, Sendable {
    /// The watch's id.
    public var id: String
    /// Whether it fired.
    public var fires: Bool
    /// The score of what made `when` true; 0 when it is false.
    public var score: Int
    /// The score needed.
    public var threshold: Int
    /// The filter that stopped it (`lang`, `class`, `country`, `feeds`); nil when all passed.
    public var failedFilter: String?
    /// Parts of `when` from the whole to the operands, each with its depth and truth.
    public var when: [ExpressionPart]
    /// Parts of `unless`; empty when there is none.
    public var unless: [ExpressionPart]
    /// What the score is made of (M40); empty when `when` is false.
    public var parts: [ScorePart]

    /// A watch's account.
    public init(
        id: String, fires: Bool, score: Int, threshold: Int, failedFilter: String?, when: [ExpressionPart],
        unless: [ExpressionPart], parts: [ScorePart]
    ) {
        self.id = id
        self.fires = fires
        self.score = score
        self.threshold = threshold
        self.failedFilter = failedFilter
        self.when = when
        self.unless = unless
        self.parts = parts
    }
}

extension WatchExplanation {
    /// The operands, NEARs, counts and predicates that decided: those that made `when` true or left it false, and
    /// those of `unless` where that alone stopped the watch. Each once, in the order of the expression.
    public var deciders: [ExpressionPart] {
        let side = when.first?.holds == true && unless.first?.holds == true ? unless : when
        var seen: Set<String> = []
        return side.filter { $0.isDecider && seen.insert($0.text).inserted }
    }
}

/// One part of an expression with its truth.
public struct ExpressionPart: Hashable, Sendable {
    /// What a part of an expression is (section 7 of the matching specification).
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// AND, OR, NOT: made of the parts one level below.
        case and, or, not
        /// An entity, group, topic or phrase.
        case operand
        /// NEAR or ONEAR.
        case near
        /// `source:`, `class:`, `country:`, `lang:`.
        case predicate
        /// `count(…)`.
        case count
    }

    /// 0 for the whole expression, one more for each level below.
    public var depth: Int
    /// The part in canonical spelling.
    public var text: String
    /// Whether it holds in this document.
    public var holds: Bool
    /// What it is.
    public var kind: Kind
    /// Whether its truth made the truth of the whole expression: every part of an AND that holds, the false ones of an
    /// AND that does not, the true ones of an OR that holds, every part of an OR that does not.
    public var decides: Bool
    /// Indexes in `MatchResult.mentions` of the mentions that it rests on; of entities and groups only.
    public var mentions: [Int]
    /// How many mentions its operands have where they look, topics' terms and phrases too; 0 for AND, OR, NOT and
    /// predicates.
    public var count: Int

    /// Whether it decides by itself, not through parts below it.
    public var isDecider: Bool {
        switch kind {
        case .and, .or, .not: false
        case .operand, .near, .predicate, .count: decides
        }
    }

    /// One part.
    public init(
        depth: Int, text: String, holds: Bool, kind: Kind = .operand, decides: Bool = true, mentions: [Int] = [],
        count: Int = 0
    ) {
        self.depth = depth
        self.text = text
        self.holds = holds
        self.kind = kind
        self.decides = decides
        self.mentions = mentions
        self.count = count
    }
}
