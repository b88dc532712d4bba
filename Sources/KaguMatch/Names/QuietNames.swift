// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Which topics and phrases are nothing by themselves: no watch can fire on them alone, and a topic is not told of
/// before it reaches its threshold (M39). Words that ordinary news is full of, such as "said" or "price", count only
/// beside names; a text that has nothing else is as good as empty (M63).
struct QuietNames: Sendable {
    /// By topic: twice the points with which it is something; nil where it always may be.
    private(set) var limits: [Int?] = []
    private var phrases: [Bool] = []

    /// More points than this count as this, so that sums stay small.
    static let most = 1 << 40

    /// No name is quiet.
    init() {}

    /// The quiet names of a watchlist: as many as can occur together, all topics below their thresholds, without the
    /// gate of a watch opening.
    init(
        topics: [CompiledTopic], phraseCount: Int, watches: [CompiledWatch], gates: WatchGates,
        operands: OperandNumbers
    ) {
        let starts = watches.indices.filter { watches[$0].watch.isEnabled }.map { gates.start(ofWatch: $0) }
        var present = PresentOperands(operands)
        func isQuiet(_ numbers: [Int], isReached: Bool) -> Bool {
            var trial = present
            trial.insert(numbers, isReached: isReached)
            guard !starts.contains(where: { gates.isOpen($0, trial) }) else { return false }
            present = trial
            return true
        }
        limits = topics.enumerated().map { number, topic in
            let bonuses = topic.bonuses.reduce(0) { $0 + min(max(0, $1.add), Self.most) }
            let limit = min(topic.threshold, Self.most) - bonuses
            guard limit > 0, isQuiet(operands.ofTopic[number] ?? [], isReached: false) else { return nil }
            return limit * 2
        }
        phrases = (0..<phraseCount).map { isQuiet(operands.ofPhrase[$0] ?? [], isReached: true) }
    }

    func isQuiet(topic: Int) -> Bool { topic < limits.count && limits[topic] != nil }

    func isQuiet(phrase: Int) -> Bool { phrase < phrases.count && phrases[phrase] }

    /// The number under which the sieve notes names that a feed may anchor; one past the topics'.
    var anchorNumber: Int { limits.count }
}

/// What a sieve has counted in one document.
struct SieveTally {
    /// Twice the points by topic, and one more place for names that a feed may anchor; empty before the first.
    fileprivate(set) var points: [Int] = []
    /// Twice the factor of the field that is read (M38).
    var factor = 2
    /// Whether case is waived, as in links (M27).
    var waivesCase = false

    /// Nothing yet, in a text without a feed.
    init() {}

    /// Whether a name has been seen that a feed may anchor (M32).
    var hasAnchored: Bool { (points.last ?? 0) > 0 }

    /// Adds what a name counts; true when its topic may have reached its threshold.
    mutating func add(_ charge: SieveCharge, _ limits: [Int?]) -> Bool {
        if points.isEmpty { points = [Int](repeating: 0, count: limits.count + 1) }
        guard charge.topic < limits.count, let limit = limits[charge.topic] else {
            points[limits.count] += 1
            return false
        }
        points[charge.topic] += charge.points * factor
        return points[charge.topic] >= limit
    }
}
