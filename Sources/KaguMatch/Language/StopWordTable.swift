// SPDX-License-Identifier: Apache-2.0

/// A hash table of hashes: one probe for most words, which are no stop words.
struct StopWordTable: Sendable {
    private static let slotCount = 4096
    /// Hashes; 0 marks a free slot.
    private var keys = [UInt64](repeating: 0, count: slotCount)
    private var values = [[Int]](repeating: [], count: slotCount)

    /// The table of a dictionary of at most half as many entries as there are slots.
    init(_ words: [UInt64: [Int]]) {
        precondition(words.count <= Self.slotCount / 2, "more stop words than slots")
        for (key, languages) in words {
            var slot = Int(truncatingIfNeeded: key) & (Self.slotCount - 1)
            while keys[slot] != 0 { slot = (slot + 1) & (Self.slotCount - 1) }
            keys[slot] = key
            values[slot] = languages
        }
    }

    /// The languages that have the word of a hash; nil for none.
    @inline(__always)
    subscript(hash: UInt64) -> [Int]? {
        var slot = Int(truncatingIfNeeded: hash) & (Self.slotCount - 1)
        while keys[slot] != 0 {
            if keys[slot] == hash { return values[slot] }
            slot = (slot + 1) & (Self.slotCount - 1)
        }
        return nil
    }
}
