// SPDX-License-Identifier: Apache-2.0

/// What tokens may be words of the lexicon, as bit sets of hashes that stay in the processor's cache: nearly every
/// token that is no word and begins with none is done with here, before the trie, which is too large for the cache.
/// So are words where no name can run through them: "of" is part of many names and the beginning of none.
struct WordOpenings: Sendable {
    /// What a word may be, one bit each.
    struct Role: OptionSet {
        let rawValue: UInt32
        /// A name by itself.
        static let single = Role(rawValue: 1)
        /// The first word of a longer name.
        static let first = Role(rawValue: 2)
        /// Any other word of a longer name.
        static let later = Role(rawValue: 4)
    }

    private static let shortLength = 3
    private static let longLength = 5

    /// The roles of whole words, four bits a slot.
    private var whole: [UInt64]
    /// Words that may go on in a token, and their first three and five letters.
    private var stems: [UInt64]
    private var short: [UInt64]
    private var long: [UInt64]
    private let shift: UInt32
    /// Whether words of one or two letters may go on in a token, and whether such words begin names.
    private var hasTinyStems = false
    private var hasTinyOpenings = false

    /// Sets for so many words.
    init(wordCount: Int) {
        var bits: UInt32 = 13
        while bits < 22, 1 << bits < wordCount * 12 { bits += 1 }
        shift = 32 - bits
        whole = [UInt64](repeating: 0, count: 1 << Int(bits - 4))
        stems = [UInt64](repeating: 0, count: 1 << Int(bits - 6))
        short = stems
        long = stems
    }

    /// The hash of a word's loose letters, one after the other; 0 before the first.
    @inline(__always)
    static func add(_ letter: UInt32, to hash: UInt32) -> UInt32 { (hash ^ letter) &* 0x9E37_79B1 }

    @inline(__always)
    private func slot(_ hash: UInt32) -> Int { Int((hash ^ hash &>> 15) &>> shift) }

    @inline(__always)
    private func contains(_ set: [UInt64], _ hash: UInt32) -> Bool {
        let bit = slot(hash)
        return set[bit &>> 6] & (1 &<< UInt64(truncatingIfNeeded: bit & 63)) != 0
    }

    private func insert(_ hash: UInt32, into set: inout [UInt64]) {
        let bit = slot(hash)
        set[bit >> 6] |= 1 << UInt64(bit & 63)
    }

    /// Notes a word of the lexicon by its loose letters, what it may be, and whether a token may go on after it.
    mutating func insert(_ letters: [UInt32], _ role: Role, mayGoOn: Bool) {
        var hash: UInt32 = 0
        for (index, letter) in letters.enumerated() {
            hash = Self.add(letter, to: hash)
            guard mayGoOn else { continue }
            if index + 1 == Self.shortLength { insert(hash, into: &short) }
            if index + 1 == Self.longLength { insert(hash, into: &long) }
        }
        let slot = slot(hash)
        whole[slot >> 4] |= UInt64(role.rawValue) << (UInt64(slot & 15) * 4)
        guard mayGoOn else { return }
        insert(hash, into: &stems)
        guard letters.count < Self.shortLength else { return }
        hasTinyStems = true
        if !role.isDisjoint(with: [.single, .first]) { hasTinyOpenings = true }
    }

    /// Whether a token may go on after a word of this hash.
    @inline(__always)
    func mayGoOn(after hash: UInt32) -> Bool { contains(stems, hash) }

    /// What a whole token may be.
    @inline(__always)
    func role(of token: Token) -> Role {
        let slot = slot(token.hash)
        let bits = whole[slot &>> 4] &>> (UInt64(truncatingIfNeeded: slot & 15) &* 4)
        return Role(rawValue: UInt32(truncatingIfNeeded: bits & 15))
    }

    /// One past the last letter of a token up to which words may reach that it goes on after; its first where there
    /// are none. Words of one or two letters are asked for only where the token `follows` another word, unless such
    /// words begin names.
    @inline(__always)
    func limitOfStems(_ letters: Range<Int>, _ units: Span<FoldedUnit>, follows: Bool) -> Int {
        let first = letters.lowerBound
        if hasTinyStems, follows || hasTinyOpenings { return limitOfTinyStems(letters, units) }
        guard letters.count > Self.shortLength else { return first }
        var hash = Self.add(units[first].loose, to: 0)
        hash = Self.add(units[first &+ 1].loose, to: hash)
        hash = Self.add(units[first &+ 2].loose, to: hash)
        guard contains(short, hash) else { return first }
        return limit(of: letters, from: first &+ Self.shortLength, hash, past: first, units)
    }

    /// As `limitOfStems`, where stems may have one or two letters.
    private func limitOfTinyStems(_ letters: Range<Int>, _ units: Span<FoldedUnit>) -> Int {
        let first = letters.lowerBound
        var past = first
        var hash: UInt32 = 0
        for at in letters.prefix(Self.shortLength) {
            hash = Self.add(units[at].loose, to: hash)
            if at &- first &+ 1 < Self.shortLength, contains(stems, hash) { past = at &+ 1 }
        }
        guard letters.count > Self.shortLength, contains(short, hash) else { return past }
        return limit(of: letters, from: first &+ Self.shortLength, hash, past: past, units)
    }

    /// The limit beyond the third letter; `past` is that up to it.
    private func limit(
        of letters: Range<Int>, from start: Int, _ opening: UInt32, past limit: Int, _ units: Span<FoldedUnit>
    ) -> Int {
        var (at, hash, past) = (start, opening, limit)
        while true {
            if contains(stems, hash) { past = at }
            guard at < letters.upperBound else { return past }
            hash = Self.add(units[at].loose, to: hash)
            at &+= 1
            if at &- letters.lowerBound == Self.longLength, !contains(long, hash) { return past }
        }
    }
}
