// SPDX-License-Identifier: Apache-2.0

/// Collects the words that a sieve looks for, by the hashes of their loose letters.
struct SieveBuilder {
    private(set) var words: [UInt64: Set<Int32>] = [:]
    /// Words that may go on in a token, and the first three or four letters of the longer ones, as bits.
    private(set) var stems: [UInt64: Set<Int32>] = [:]
    private(set) var openings = [UInt64](repeating: 0, count: 1 << (Self.openingBits - 6))
    private(set) var hasStems = false
    /// Whether words of one or two letters may go on in a token.
    private(set) var hasTinyStems = false
    /// Whether a name may begin with one of them.
    private(set) var isBlind = false
    /// The names that the words make up.
    let names: SieveTrie

    init(_ names: SieveTrie = SieveTrie([], wordCount: 0)) { self.names = names }

    private static let openingBits = 15

    @inline(__always)
    static func openingBit(_ hash: UInt64) -> Int {
        Int(truncatingIfNeeded: (hash &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - openingBits))
    }

    /// Adds a word by its loose letters and its number.
    mutating func insert(_ looseKey: [UInt32], _ word: Int32, mayGoOn: Bool) {
        let isFirst = names.start(word) >= 0
        // A text with letters from U+0800 on is never sieved out.
        guard isFirst || names.isLater(word), looseKey.allSatisfy({ $0 < 0x800 }) else { return }
        var hash = LooseHash()
        for (index, letter) in looseKey.enumerated() {
            hash.add(LooseHash.utf8(letter))
            if mayGoOn, index == 2 ? looseKey.count == 3 : index == 3 {
                let bit = Self.openingBit(hash.value)
                openings[bit >> 6] |= 1 << UInt64(bit & 63)
            }
        }
        words[hash.value, default: []].insert(word)
        guard mayGoOn else { return }
        hasStems = true
        stems[hash.value, default: []].insert(word)
        guard looseKey.count < 3 else { return }
        hasTinyStems = true
        if isFirst { isBlind = true }
    }
}
