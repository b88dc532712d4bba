// SPDX-License-Identifier: Apache-2.0

/// The first letters of all words, as small bit sets that stay in the processor's cache: most words of a text begin
/// like no word of the lexicon and are done with after three letters.
struct WordOpenings: Sendable {
    private static let shortLength = 3
    private static let longLength = 5

    /// Words of one or two letters.
    private var tiny: [UInt64]
    /// The first three letters of words.
    private var short: [UInt64]
    /// The first five letters of words.
    private var long: [UInt64]
    /// Words of three or four letters that may go on in a token.
    private var stems: [UInt64]
    private let shift: UInt32
    /// Whether words of one or two letters may go on in a token.
    private var hasTinyStems = false

    /// Sets for so many words.
    init(wordCount: Int) {
        var bits: UInt32 = 13
        while bits < 22, 1 << bits < wordCount * 24 { bits += 1 }
        shift = 32 - bits
        tiny = [UInt64](repeating: 0, count: 1 << Int(bits - 6))
        short = tiny
        long = tiny
        stems = tiny
    }

    @inline(__always)
    private static func add(_ letter: UInt32, to hash: UInt32) -> UInt32 { (hash ^ letter) &* 0x9E37_79B1 }

    @inline(__always)
    private func contains(_ set: [UInt64], _ hash: UInt32) -> Bool {
        let bit = Int((hash ^ hash >> 15) >> shift)
        return set[bit >> 6] & (1 << UInt64(bit & 63)) != 0
    }

    private func insert(_ hash: UInt32, into set: inout [UInt64]) {
        let bit = Int((hash ^ hash >> 15) >> shift)
        set[bit >> 6] |= 1 << UInt64(bit & 63)
    }

    /// Notes how a word of the lexicon begins, and whether a token may go on after it.
    mutating func insert(_ letters: [UInt32], mayGoOn: Bool) {
        var hash: UInt32 = 0
        for (index, letter) in letters.prefix(Self.longLength).enumerated() {
            hash = Self.add(letter, to: hash)
            if index + 1 == Self.shortLength { insert(hash, into: &short) }
            if index + 1 == Self.longLength { insert(hash, into: &long) }
        }
        if letters.count < Self.shortLength {
            insert(hash, into: &tiny)
            if mayGoOn { hasTinyStems = true }
        } else if letters.count < Self.longLength, mayGoOn {
            insert(hash, into: &stems)
        }
    }

    /// One past the last letter of a token up to which words of the lexicon may reach; its first where none does.
    @inline(__always)
    func limit(_ letters: Range<Int>, _ units: Span<FoldedUnit>) -> Int {
        let first = letters.lowerBound
        guard letters.count >= Self.shortLength else {
            var hash: UInt32 = 0
            for index in letters { hash = Self.add(units[index].loose, to: hash) }
            return contains(tiny, hash) || hasTinyStems ? letters.upperBound : first
        }
        var hash = Self.add(units[first].loose, to: 0)
        hash = Self.add(units[first + 1].loose, to: hash)
        hash = Self.add(units[first + 2].loose, to: hash)
        let none = hasTinyStems ? first + 2 : first
        guard contains(short, hash) else { return none }
        guard letters.count >= Self.longLength else { return letters.upperBound }
        let fourth = Self.add(units[first + 3].loose, to: hash)
        if contains(long, Self.add(units[first + 4].loose, to: fourth)) { return letters.upperBound }
        return contains(stems, hash) || contains(stems, fourth) ? first + 4 : none
    }
}
