// SPDX-License-Identifier: Apache-2.0

/// What a sequence of words spells.
enum NameTarget: Hashable, Sendable {
    /// An alias, by number.
    case alias(Int)
    /// A name under `except`, by number.
    case exception(Int)
    /// A topic's term, by number.
    case term(Int)
    /// A phrase of an expression, by number.
    case phrase(Int)
}

/// Joints as names compare them (M16): space, hyphen and camel-case cut are equal.
enum NameJoint {
    static let gap: UInt32 = 0
    static let apostrophe: UInt32 = 1
    static let slash: UInt32 = 2
    static let dot: UInt32 = 3
    static let dotSpace: UInt32 = 4
    static let none: UInt32 = 5
    /// Other punctuation: this plus its hash.
    static let other: UInt32 = 16

    /// The joint before a token of an alias.
    static func inName(_ token: Token) -> UInt32 {
        switch token.joint {
        case .start, .space, .hyphen, .camel, .lineBreak: gap
        case .apostrophe: apostrophe
        case .slash: slash
        case .dot: dot
        case .dotSpace: dotSpace
        case .none: none
        case .other: other + UInt32(token.punctuation)
        }
    }

    /// The joints of names that the joint before a token of a text satisfies; the second is -1 for none.
    @inline(__always)
    static func inText(_ token: Token, isURL: Bool) -> (Int64, Int64) {
        switch token.joint {
        case .space, .hyphen, .camel: (Int64(gap), isURL ? Int64(apostrophe) : Int64(dotSpace))
        case .dotSpace: (Int64(dotSpace), -1)
        case .apostrophe: (Int64(apostrophe), -1)
        case .slash: (Int64(slash), -1)
        case .dot: (Int64(dot), -1)
        case .none: (Int64(none), -1)
        case .other: (Int64(other) + Int64(token.punctuation), -1)
        case .start, .lineBreak: (-1, -1)
        }
    }
}

/// Words → names: the second trie (M64).
struct NameTrie: Sendable {
    private struct Edge: Hashable {
        let node: Int32
        let joint: UInt32
        let word: Int32
    }

    /// The node of each first word; -1 where no name begins with it.
    private var first: [Int32]
    private var firstEdge: [Int32] = [0]
    private var joints: [UInt32] = []
    private var words: [Int32] = []
    private var targets: [Int32] = []
    private var firstName: [Int32] = [0]
    private var names: [NameTarget] = []

    /// Builds the trie of all names, each a list of words with the joints before them.
    init(_ all: [(words: [Int32], joints: [UInt32], target: NameTarget)], wordCount: Int) {
        first = [Int32](repeating: -1, count: wordCount)
        var edges: [Edge: Int32] = [:]
        var atNode: [[NameTarget]] = [[]]
        for name in all {
            guard let initial = name.words.first else { continue }
            if first[Int(initial)] < 0 {
                first[Int(initial)] = Int32(atNode.count)
                atNode.append([])
            }
            var node = first[Int(initial)]
            for index in name.words.indices.dropFirst() {
                let edge = Edge(node: node, joint: name.joints[index], word: name.words[index])
                if let next = edges[edge] {
                    node = next
                } else {
                    node = Int32(atNode.count)
                    edges[edge] = node
                    atNode.append([])
                }
            }
            atNode[Int(node)].append(name.target)
        }
        let sorted = edges.sorted {
            ($0.key.node, $0.key.joint, $0.key.word) < ($1.key.node, $1.key.joint, $1.key.word)
        }
        var at = 0
        for node in atNode.indices {
            while at < sorted.count, sorted[at].key.node == node {
                joints.append(sorted[at].key.joint)
                words.append(sorted[at].key.word)
                targets.append(sorted[at].value)
                at += 1
            }
            firstEdge.append(Int32(joints.count))
            names.append(contentsOf: atNode[node])
            firstName.append(Int32(names.count))
        }
    }

    /// The node that a first word leads to, or -1.
    @inline(__always)
    func start(_ word: Int32) -> Int { Int(first[Int(word)]) }

    /// The node that a further word leads to, or -1.
    func next(_ node: Int, joint: Int64, word: Int32) -> Int {
        for index in Int(firstEdge[node])..<Int(firstEdge[node + 1])
        where words[index] == word && Int64(joints[index]) == joint {
            return Int(targets[index])
        }
        return -1
    }

    /// Whether names go on after a node.
    @inline(__always)
    func hasNext(_ node: Int) -> Bool { firstEdge[node] < firstEdge[node + 1] }

    /// The names that end at a node.
    @inline(__always)
    func targets(at node: Int) -> ArraySlice<NameTarget> { names[Int(firstName[node])..<Int(firstName[node + 1])] }

    /// What each word may be in names.
    var roles: [WordOpenings.Role] {
        var roles = [WordOpenings.Role](repeating: [], count: first.count)
        for (word, start) in first.enumerated() where start >= 0 {
            let node = Int(start)
            if !targets(at: node).isEmpty { roles[word].insert(.single) }
            if hasNext(node) { roles[word].insert(.first) }
        }
        for word in words { roles[Int(word)].insert(.later) }
        return roles
    }
}
