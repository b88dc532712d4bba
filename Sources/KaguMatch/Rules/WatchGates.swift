// SPDX-License-Identifier: Apache-2.0

/// The operands of a watchlist's watches, numbered from 0, and where they are found.
struct OperandNumbers: Sendable {
    private var numbers: [Operand: Int] = [:]
    /// Entity, topic or phrase → the operands that it makes present; a group's by each of its members.
    private(set) var ofEntity: [Int: [Int]] = [:]
    private(set) var ofTopic: [Int: [Int]] = [:]
    private(set) var ofPhrase: [Int: [Int]] = [:]

    var count: Int { numbers.count }

    /// The number of an operand, a new one if it is new.
    mutating func number(_ operand: Operand) -> Int {
        if let number = numbers[operand] { return number }
        let number = numbers.count
        numbers[operand] = number
        switch operand {
        case .entity(let entity, _): ofEntity[entity, default: []].append(number)
        case .group(let members, _): for member in members { ofEntity[member, default: []].append(number) }
        case .topic(let topic, _): ofTopic[topic, default: []].append(number)
        case .phrase(let phrase, _): ofPhrase[phrase, default: []].append(number)
        }
        return number
    }
}

/// Which operands occur in one document, wherever.
struct PresentOperands {
    fileprivate private(set) var found: [Bool] = []
    /// As `found`, without topics below their threshold.
    fileprivate private(set) var reached: [Bool] = []

    /// Nothing.
    init() {}

    /// None of the operands yet.
    init(_ numbers: OperandNumbers) {
        found = [Bool](repeating: false, count: numbers.count)
        reached = found
    }

    mutating func insert(_ numbers: [Int], isReached: Bool = true) {
        for number in numbers {
            found[number] = true
            if isReached { reached[number] = true }
        }
    }
}

/// A quick necessary condition of every watch: it looks only at which operands occur, so that most watches are
/// done with before places, filters and exclusions are looked at. Flat, so that 200 watches cost microseconds
/// (M63).
struct WatchGates: Sendable {
    private enum Step: Sendable {
        /// Every, or any, of the parts up to the step `end`.
        case every(end: Int), any(end: Int)
        /// An operand occurs; a topic at its threshold.
        case reached(Int)
        /// An operand occurs; a topic at any score.
        case found(Int)
        /// Not decided here.
        case open
    }

    private var steps: [Step] = []
    /// The first step of each watch.
    private var starts: [Int] = []

    /// The gates of all watches, in their order.
    init(_ watches: [CompiledWatch], _ operands: inout OperandNumbers) {
        for watch in watches {
            starts.append(steps.count)
            add(watch.when, &operands)
        }
    }

    private mutating func add(_ expression: Expression, _ operands: inout OperandNumbers) {
        switch expression {
        case .and(let parts):
            let start = begin()
            for part in parts { add(part, &operands) }
            steps[start] = .every(end: steps.count)
        case .or(let parts):
            let start = begin()
            for part in parts { add(part, &operands) }
            steps[start] = .any(end: steps.count)
        case .operand(let operand): steps.append(.reached(operands.number(operand.operand)))
        case .near(let proximity):
            let start = begin()
            for side in [proximity.left, proximity.right] {
                let first = begin()
                for operand in side { steps.append(.found(operands.number(operand.operand))) }
                steps[first] = .any(end: steps.count)
            }
            steps[start] = .every(end: steps.count)
        case .count(let count) where !count.holds(0): steps.append(.found(operands.number(count.operand.operand)))
        case .not, .predicate, .count: steps.append(.open)
        }
    }

    private mutating func begin() -> Int {
        steps.append(.open)
        return steps.count - 1
    }

    /// The step of a watch's `when`.
    func start(ofWatch watch: Int) -> Int { starts[watch] }

    /// Whether the expression of a step may hold; false is certain.
    func isOpen(_ step: Int, _ present: PresentOperands) -> Bool {
        var at = step
        return holds(&at, present)
    }

    /// The step of the expression that follows a step's.
    func next(after step: Int) -> Int {
        switch steps[step] {
        case .every(let end), .any(let end): end
        case .reached, .found, .open: step + 1
        }
    }

    /// The truth of the step at `at`, which moves past its parts.
    private func holds(_ at: inout Int, _ present: PresentOperands) -> Bool {
        let step = steps[at]
        at += 1
        switch step {
        case .open: return true
        case .reached(let number): return present.reached[number]
        case .found(let number): return present.found[number]
        case .every(let end):
            while at < end {
                if !holds(&at, present) {
                    at = end
                    return false
                }
            }
            return true
        case .any(let end):
            while at < end {
                if holds(&at, present) {
                    at = end
                    return true
                }
            }
            return false
        }
    }
}
