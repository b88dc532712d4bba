// SPDX-License-Identifier: Apache-2.0

/// Hashes of words (`WordOpenings.add`) → the nodes of the trie at which they end: open addressing, half free. Several
/// words may have one hash.
struct WordEnds: Sendable {
    private var hashes: [UInt32]
    /// The node of each slot; -1 for none.
    private var nodes: [Int32]
    private let shift: UInt32

    /// Room for so many words.
    init(wordCount: Int) {
        var bits: UInt32 = 4
        while 1 << Int(bits) < wordCount * 2 { bits += 1 }
        shift = 32 - bits
        hashes = [UInt32](repeating: 0, count: 1 << Int(bits))
        nodes = [Int32](repeating: -1, count: hashes.count)
    }

    /// Notes where a word ends.
    mutating func insert(_ letters: [UInt32], node: Int32) {
        let hash = letters.reduce(0) { WordOpenings.add($1, to: $0) }
        var slot = slot(of: hash)
        while nodes[slot] >= 0 { slot = next(after: slot) }
        hashes[slot] = hash
        nodes[slot] = node
    }

    /// Where nodes of a hash begin to stand.
    @inline(__always)
    func slot(of hash: UInt32) -> Int { Int(((hash ^ hash &>> 15) &* 0x85EB_CA6B) &>> shift) }

    /// The slot after another.
    @inline(__always)
    func next(after slot: Int) -> Int { (slot &+ 1) & (nodes.count &- 1) }

    /// The node in a slot, and its word's hash; nil where the search ends.
    @inline(__always)
    func node(at slot: Int) -> (number: Int, hash: UInt32)? {
        nodes[slot] < 0 ? nil : (Int(nodes[slot]), hashes[slot])
    }
}
