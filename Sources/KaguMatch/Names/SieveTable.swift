// SPDX-License-Identifier: Apache-2.0

/// Hashes of words → their numbers: open addressing, mostly free.
struct SieveTable: Sendable {
    /// The upper bits tell hashes apart, the lowest two say what the word may be; 0 is a free slot.
    private var slots: [UInt32]
    private let shift: UInt64
    /// Two bits a slot, few of them set: what is not here is not in the slots, which are too many for the cache.
    private var present: [UInt64]
    /// Where each slot's numbers begin, and how many it has.
    private var firsts: [Int32]
    private var counts: [Int32]
    private var numbers: [Int32] = []

    private static let roleBits: UInt32 = 3
    private static let begins: UInt32 = 1
    private static let goesOn: UInt32 = 2

    /// The table of all words, each with its numbers in the trie.
    init(_ words: [UInt64: Set<Int32>], _ names: SieveTrie) {
        var bits: UInt64 = 6
        while words.count * 4 > 1 << bits { bits += 1 }
        shift = 64 - bits
        slots = [UInt32](repeating: 0, count: 1 << Int(bits))
        firsts = [Int32](repeating: 0, count: slots.count)
        counts = firsts
        present = [UInt64](repeating: 0, count: slots.count / 32)
        var placed: [Int: Set<Int32>] = [:]
        for (hash, word) in words {
            let mixed = Self.mix(hash)
            var slot = Int(truncatingIfNeeded: mixed >> shift)
            while slots[slot] != 0, slots[slot] & ~Self.roleBits != Self.mark(mixed) {
                slot = (slot + 1) & (slots.count - 1)
            }
            slots[slot] |= Self.mark(mixed)
            if word.contains(where: { names.start($0) >= 0 }) { slots[slot] |= Self.begins }
            if word.contains(where: names.isLater) { slots[slot] |= Self.goesOn }
            let bit = Int(truncatingIfNeeded: mixed >> (shift - 1))
            present[bit >> 6] |= 1 << UInt64(bit & 63)
            placed[slot, default: []].formUnion(word)
        }
        for (slot, word) in placed {
            firsts[slot] = Int32(numbers.count)
            counts[slot] = Int32(word.count)
            numbers += word.sorted()
        }
    }

    @inline(__always)
    private static func mix(_ hash: UInt64) -> UInt64 {
        (hash ^ hash &>> 32) &* 0x9E37_79B9_7F4A_7C15
    }

    @inline(__always)
    private static func mark(_ mixed: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: mixed &>> 8) & ~roleBits | 4 }

    /// The slot of a word; -1 where there is no such word.
    @inline(__always)
    func slot(of hash: UInt64) -> Int {
        let mixed = Self.mix(hash)
        let bit = Int(truncatingIfNeeded: mixed &>> (shift &- 1))
        guard present[bit &>> 6] & (1 &<< UInt64(truncatingIfNeeded: bit & 63)) != 0 else { return -1 }
        var slot = Int(truncatingIfNeeded: mixed &>> shift)
        while slots[slot] != 0 {
            if slots[slot] & ~Self.roleBits == Self.mark(mixed) { return slot }
            slot = (slot &+ 1) & (slots.count &- 1)
        }
        return -1
    }

    /// Whether names begin with the word of a slot.
    @inline(__always)
    func begins(_ slot: Int) -> Bool { slots[slot] & Self.begins != 0 }

    /// Whether names go on with the word of a slot.
    @inline(__always)
    func goesOn(_ slot: Int) -> Bool { slots[slot] & Self.goesOn != 0 }

    /// Where the numbers of the word of a slot stand.
    @inline(__always)
    func words(at slot: Int) -> Range<Int> { Int(firsts[slot])..<(Int(firsts[slot]) + Int(counts[slot])) }

    /// The number at a place.
    @inline(__always)
    func word(_ place: Int) -> Int32 { numbers[place] }
}
