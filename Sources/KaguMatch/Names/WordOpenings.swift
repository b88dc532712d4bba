// SPDX-License-Identifier: Apache-2.0

/// The first letters of all words, as two small bit sets that stay in the processor's cache: most words of a text
/// begin like no word of the lexicon, and their walk ends before it leaves the trie's upper levels.
struct WordOpenings: Sendable {
    private static let shortLength = 3
    private static let longLength = 5
    private static let bits: UInt32 = 18

    private var short = [UInt64](repeating: 0, count: 1 << Int(bits - 6))
    private var long = [UInt64](repeating: 0, count: 1 << Int(bits - 6))

    @inline(__always)
    private static func add(_ letter: UInt32, to hash: UInt32) -> UInt32 { (hash ^ letter) &* 0x9E37_79B1 }

    @inline(__always)
    private static func contains(_ set: [UInt64], _ hash: UInt32) -> Bool {
        let bit = Int((hash ^ hash >> 15) >> (32 - bits))
        return set[bit >> 6] & (1 << UInt64(bit & 63)) != 0
    }

    private static func insert(_ hash: UInt32, into set: inout [UInt64]) {
        let bit = Int((hash ^ hash >> 15) >> (32 - bits))
        set[bit >> 6] |= 1 << UInt64(bit & 63)
    }

    /// Notes how a word of the lexicon begins.
    mutating func insert(_ letters: [UInt32]) {
        var hash: UInt32 = 0
        for (index, letter) in letters.prefix(Self.longLength).enumerated() {
            hash = Self.add(letter, to: hash)
            if index + 1 == Self.shortLength { Self.insert(hash, into: &short) }
            if index + 1 == Self.longLength { Self.insert(hash, into: &long) }
        }
    }

    /// One past the last letter of a token up to which words of the lexicon may reach.
    @inline(__always)
    func limit(_ letters: Range<Int>, _ units: [FoldedUnit]) -> Int {
        guard letters.count >= Self.shortLength else { return letters.upperBound }
        var hash: UInt32 = 0
        for index in letters.lowerBound..<(letters.lowerBound + Self.shortLength) {
            hash = Self.add(units[index].loose, to: hash)
        }
        guard Self.contains(short, hash) else { return letters.lowerBound + Self.shortLength - 1 }
        guard letters.count >= Self.longLength else { return letters.upperBound }
        for index in (letters.lowerBound + Self.shortLength)..<(letters.lowerBound + Self.longLength) {
            hash = Self.add(units[index].loose, to: hash)
        }
        return Self.contains(long, hash) ? letters.upperBound : letters.lowerBound + Self.longLength - 1
    }
}
