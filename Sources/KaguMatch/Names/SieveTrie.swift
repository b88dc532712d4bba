// SPDX-License-Identifier: Apache-2.0

/// What comes of a name by itself.
enum NameWeight {
    /// Something may: the text must be looked at. In links apart, only with a capital where that is asked for (M27).
    case telling(needsCapital: Bool)
    /// It counts for a quiet topic, or is noted for a feed to anchor (`QuietNames`).
    case counting(topic: Int, points: Int)
    /// Nothing.
    case nothing
}

/// What a name adds to a quiet topic.
struct SieveCharge {
    let topic: Int
    let points: Int
}

/// Words → the names of which something comes, whatever stands between the words: a text that runs through none of
/// them is empty.
struct SieveTrie: Sendable {
    private struct Node {
        var tells = false
        var tellsCapital = false
        var firstCharge: Int32 = 0
        var pastCharge: Int32 = 0
        var firstEdge: Int32 = 0
        var pastEdge: Int32 = 0
    }

    private struct Edge: Hashable {
        let node: Int32
        let word: Int32
    }

    private var nodes: [Node] = [Node()]
    private var charges: [SieveCharge] = []
    private var edgeWords: [Int32] = []
    private var edgeTargets: [Int32] = []
    /// The node of each first word; -1 where no name begins with it.
    private var starts: [Int32]
    private var isLaterWord: [Bool]

    /// The trie of names, each a list of words.
    init(_ names: [(words: [Int32], weight: NameWeight)], wordCount: Int) {
        starts = [Int32](repeating: -1, count: wordCount)
        isLaterWord = [Bool](repeating: false, count: wordCount)
        var edges: [Edge: Int32] = [:]
        var counted: [Int32: [Int: Int]] = [:]
        for name in names {
            if case .nothing = name.weight { continue }
            guard let first = name.words.first else { continue }
            if starts[Int(first)] < 0 { starts[Int(first)] = addNode() }
            var node = starts[Int(first)]
            for word in name.words.dropFirst() {
                isLaterWord[Int(word)] = true
                let edge = Edge(node: node, word: word)
                let next = edges[edge] ?? addNode()
                edges[edge] = next
                node = next
            }
            switch name.weight {
            case .nothing: break
            case .telling(let needsCapital):
                nodes[Int(node)].tells = nodes[Int(node)].tells || !needsCapital
                nodes[Int(node)].tellsCapital = true
            case .counting(let topic, let points):
                // Of several terms of a topic at one span the heaviest counts (M39).
                counted[node, default: [:]][topic] = max(points, counted[node]?[topic] ?? 0)
            }
        }
        for (node, points) in counted {
            nodes[Int(node)].firstCharge = Int32(charges.count)
            charges += points.map { SieveCharge(topic: $0.key, points: $0.value) }
            nodes[Int(node)].pastCharge = Int32(charges.count)
        }
        for (edge, target) in edges.sorted(by: { ($0.key.node, $0.key.word) < ($1.key.node, $1.key.word) }) {
            if nodes[Int(edge.node)].pastEdge == 0 { nodes[Int(edge.node)].firstEdge = Int32(edgeWords.count) }
            edgeWords.append(edge.word)
            edgeTargets.append(target)
            nodes[Int(edge.node)].pastEdge = Int32(edgeWords.count)
        }
    }

    private mutating func addNode() -> Int32 {
        nodes.append(Node())
        return Int32(nodes.count - 1)
    }

    /// The node that a first word leads to, or -1.
    @inline(__always)
    func start(_ word: Int32) -> Int32 { starts[Int(word)] }

    /// Whether names go on with a word.
    func isLater(_ word: Int32) -> Bool { isLaterWord[Int(word)] }

    /// The node that a further word leads to, or -1.
    func next(_ node: Int32, _ word: Int32) -> Int32 {
        var (low, high) = (Int(nodes[Int(node)].firstEdge), Int(nodes[Int(node)].pastEdge))
        while low < high {
            let middle = (low + high) / 2
            if edgeWords[middle] < word { low = middle + 1 } else { high = middle }
        }
        let isFound = low < Int(nodes[Int(node)].pastEdge) && edgeWords[low] == word
        return isFound ? edgeTargets[low] : -1
    }

    /// Whether something comes of a name that ends at a node.
    func tells(_ node: Int32, isCapital: Bool) -> Bool {
        nodes[Int(node)].tells || (isCapital && nodes[Int(node)].tellsCapital)
    }

    /// Whether names go on after a node.
    func hasNext(_ node: Int32) -> Bool { nodes[Int(node)].pastEdge > 0 }

    /// Where stands what the names that end at a node count.
    func charges(_ node: Int32) -> Range<Int> {
        Int(nodes[Int(node)].firstCharge)..<Int(nodes[Int(node)].pastCharge)
    }

    /// What stands at a place.
    func charge(_ place: Int) -> SieveCharge { charges[place] }
}

/// The names that the words before may be the beginning of: nodes, each with the case of its first letter.
struct SievePaths {
    private var places = SIMD8<Int32>(repeating: 0)
    private(set) var count = 0

    /// Adds one; false where there is no room.
    mutating func add(_ node: Int32, isCapital: Bool) -> Bool {
        guard count < 8 else { return false }
        places[count] = node << 1 | (isCapital ? 1 : 0)
        count += 1
        return true
    }

    func node(_ index: Int) -> Int32 { places[index] >> 1 }

    func isCapital(_ index: Int) -> Bool { places[index] & 1 != 0 }
}
