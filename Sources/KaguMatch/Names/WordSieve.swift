// SPDX-License-Identifier: Apache-2.0

/// Tells in one pass over bytes that nothing of a lexicon can stand in a text, before the text is folded and cut
/// (M63, B10). Most items of most feeds end here.
///
/// It hashes the loose letters of every word, whole and as the beginning of an inflected word, and looks for a word
/// that is a name, or for two in a row that begin one. What it cannot judge in this way, such as marks written apart,
/// hashtags or scripts without boundaries, counts as found. So "no" is certain and "yes" means: look.
struct WordSieve: Sendable {
    /// What a word may be, one bit each.
    struct Role: OptionSet {
        let rawValue: UInt32
        /// A name by itself.
        static let single = Role(rawValue: 1)
        /// The first word of a longer name.
        static let first = Role(rawValue: 2)
        /// The second word of a longer name.
        static let second = Role(rawValue: 4)
        /// Any word of a longer name but the first; the sieve itself asks only for the second.
        static let later = Role(rawValue: 8)
    }

    /// The UTF-8 of the loose letters of the scalars below U+0800, as `LooseHash.add` takes it; 0 for what stands
    /// between words.
    private let letters: [UInt32]
    private static let odd = UInt32.max
    /// Which of U+2000–207F stand between words.
    private let general: [Bool]
    private let table: FoldingTable
    private var words = RoleTable()
    private var stems = RoleTable()
    /// The first three or four letters of stems, as bits.
    private var openings = [UInt64](repeating: 0, count: 1 << (Self.openingBits - 6))
    private static let openingBits = 15
    private var hasStems = false
    /// A word of one or two letters may go on in a token: nothing can be sieved out.
    private var isBlind = false

    /// A sieve that lets nothing through.
    init() {
        let table = FoldingTable.shared
        self.table = table
        letters = (UInt32(0)..<0x800).map { scalar -> UInt32 in
            let entry = table[scalar]
            if scalar == 0x23 || scalar == 0x40 { return Self.odd }
            if entry.kind == .digit, scalar < 0x80 { return scalar }
            let letter = table.low[Int(scalar)]
            guard letter.isSimple else { return table.isBetweenWords(scalar) ? 0 : Self.odd }
            let first = LooseHash.utf8(letter.unit.loose)
            guard letter.second != 0 else { return first }
            return first | LooseHash.utf8(UInt32(letter.second)) << (first < 0x100 ? 8 : 16)
        }
        general = (UInt32(0x2000)..<0x2080).map { table.isBetweenWords($0) }
    }

    // MARK: Building

    /// Adds a word by its loose letters.
    mutating func insert(_ looseKey: [UInt32], _ role: Role, mayGoOn: Bool) {
        // A text with such letters is never sieved out.
        guard looseKey.allSatisfy({ $0 < 0x800 }) else { return }
        var hash = LooseHash()
        for (index, letter) in looseKey.enumerated() {
            hash.add(LooseHash.utf8(letter))
            if mayGoOn, index == 2 ? looseKey.count == 3 : index == 3 {
                let bit = Self.openingBit(hash.value)
                openings[bit >> 6] |= 1 << UInt64(bit & 63)
                hasStems = true
            }
        }
        words.insert(hash.value, role)
        guard mayGoOn else { return }
        stems.insert(hash.value, role)
        if looseKey.count < 3 { isBlind = true }
    }

    @inline(__always)
    private static func openingBit(_ hash: UInt64) -> Int {
        Int(truncatingIfNeeded: (hash &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - openingBits))
    }

    @inline(__always)
    private func mayOpen(_ hash: UInt64) -> Bool {
        let bit = Self.openingBit(hash)
        return openings[bit &>> 6] & (1 &<< UInt64(truncatingIfNeeded: bit & 63)) != 0
    }

    // MARK: Looking

    /// Whether a name may stand in a text; false is certain.
    func mayFind(in text: String) -> Bool {
        text.utf8.isEmpty ? false : mayFind(in: text.utf8Span.span)
    }

    /// Whether a name may stand in a text; false is certain.
    func mayFind(in bytes: Span<UInt8>) -> Bool {
        if isBlind { return true }
        let raw = bytes.bytes
        var at = 0
        /// The word before begins a longer name.
        var isBegun = false
        while at < bytes.count {
            let start = at
            let word = PlainWord(raw, at: at)
            at &+= word.length
            var hash = LooseHash.of(word)
            if at < bytes.count, bytes[at] >= 0x80 || word.length == 16 {
                var letters = LooseHash(word)
                guard takeLetters(&at, bytes, &letters) else { return true }
                hash = letters.value
            }
            if at > start {
                var role = words[hash]
                if hasStems, mayBeginStem(word) { role.formUnion(roleOfStems(bytes, from: start, to: at)) }
                if role.contains(.single) || (isBegun && role.contains(.second)) { return true }
                isBegun = role.contains(.first)
                // Letters with full stops between them are one word (M14).
                if at - start <= 2, isLetterAfterStop(bytes, at) { return true }
            }
            guard at < bytes.count else { return false }
            if bytes[at] == 0x20 {
                at &+= 1
                continue
            }
            at = pastGap(bytes, at)
            if at < 0 { return true }
        }
        return false
    }

    /// Takes the rest of a word; false where something stands that is not judged here.
    @inline(__always)
    private func takeLetters(_ at: inout Int, _ bytes: Span<UInt8>, _ hash: inout LooseHash) -> Bool {
        let letters = self.letters.span
        // Copies, which stay in registers.
        var (place, sum) = (at, hash)
        defer { (at, hash) = (place, sum) }
        while place < bytes.count {
            let byte = bytes[place]
            let letter: UInt32
            if byte < 0x80 {
                letter = letters[Int(byte)]
                if letter == 0 || letter == Self.odd { return true }
                place &+= 1
            } else {
                guard byte < 0xE0 else { return true }
                guard byte >= 0xC2, place + 1 < bytes.count, bytes[place + 1] & 0xC0 == 0x80 else { return false }
                letter = letters[Int(byte & 0x1F) &<< 6 | Int(bytes[place + 1] & 0x3F)]
                if letter == 0 { return true }
                if letter == Self.odd { return false }
                place &+= 2
            }
            sum.add(letter)
        }
        return true
    }

    /// Whether a word may begin like a stem, by its first three or four letters where those are ASCII.
    @inline(__always)
    private func mayBeginStem(_ word: PlainWord) -> Bool {
        guard word.length >= 4 else { return true }
        return mayOpen(LooseHash.of(low: word.low & 0xFFFF_FFFF))
            || mayOpen(LooseHash.of(low: word.low & 0xFF_FFFF))
    }

    /// What a word's beginnings may be.
    private func roleOfStems(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> Role {
        var role: Role = []
        var hash = LooseHash()
        var at = start
        var count = 0
        while at < end {
            var letter = letters[Int(bytes[at] & 0x7F)]
            if bytes[at] >= 0x80 {
                letter = letters[Int(bytes[at] & 0x1F) << 6 | Int(bytes[at + 1] & 0x3F)]
                at += 1
            }
            at += 1
            while letter != 0 {
                let length: UInt32 = letter & 0x80 == 0 ? 8 : 16
                hash.add(letter & (1 << length - 1))
                letter >>= length
                count += 1
                if count == 3, !mayOpen(hash.value) { continue }
                if count == 4, !mayOpen(hash.value) { return role }
                if count >= 3 { role.formUnion(stems[hash.value]) }
            }
        }
        return role
    }

    private func isLetterAfterStop(_ bytes: Span<UInt8>, _ at: Int) -> Bool {
        guard at + 1 < bytes.count, bytes[at] == 0x2E else { return false }
        return bytes[at + 1] >= 0x80 || letters[Int(bytes[at + 1])] != 0
    }

    /// Where the next word may begin; -1 where something stands that is not judged here.
    @inline(__always)
    private func pastGap(_ bytes: Span<UInt8>, _ start: Int) -> Int {
        var at = start
        while at < bytes.count {
            let byte = bytes[at]
            if byte < 0x80 {
                let letter = letters[Int(byte)]
                guard letter == 0 else { return letter == Self.odd ? -1 : at }
                at += 1
            } else if byte < 0xE0 {
                guard byte >= 0xC2, at + 1 < bytes.count, bytes[at + 1] & 0xC0 == 0x80 else { return -1 }
                guard letters[Int(byte & 0x1F) << 6 | Int(bytes[at + 1] & 0x3F)] == 0 else { return at }
                at += 2
            } else {
                let length = lengthBetweenWords(bytes, at)
                guard length > 0 else { return -1 }
                at += length
            }
        }
        return at
    }

    /// The length of a scalar of three or four bytes that stands between words; 0 for all others.
    private func lengthBetweenWords(_ bytes: Span<UInt8>, _ at: Int) -> Int {
        let first = bytes[at]
        let length = first >= 0xF0 ? 4 : 3
        guard at + length <= bytes.count, first < 0xF5 else { return 0 }
        if first == 0xE2, bytes[at + 1] == 0x80 || bytes[at + 1] == 0x81 {
            return general[Int(bytes[at + 1] & 1) << 6 | Int(bytes[at + 2] & 0x3F)] ? 3 : 0
        }
        var scalar = UInt32(first) & (0xFF >> UInt32(length + 1))
        for index in 1..<length { scalar = scalar << 6 | UInt32(bytes[at + index] & 0x3F) }
        return table.isBetweenWords(scalar) ? length : 0
    }
}

/// Hashes of words → what they may be: open addressing, mostly free.
private struct RoleTable: Sendable {
    /// The upper bits tell hashes apart, the lowest three are roles; 0 is a free slot.
    private var slots = [UInt32](repeating: 0, count: 64)
    private var shift: UInt64 = 58
    private var count = 0
    /// Two bits a slot, few of them set: what is not here is not in the slots, which are too many for the cache.
    private var present = [UInt64](repeating: 0, count: 2)

    @inline(__always)
    private static func mix(_ hash: UInt64) -> UInt64 {
        (hash ^ hash &>> 32) &* 0x9E37_79B9_7F4A_7C15
    }

    @inline(__always)
    private static func mark(_ mixed: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: mixed) & ~7 | 8 }

    subscript(hash: UInt64) -> WordSieve.Role {
        @inline(__always) get {
            let mixed = Self.mix(hash)
            let bit = Int(truncatingIfNeeded: mixed &>> (shift &- 1))
            guard present[bit &>> 6] & (1 &<< UInt64(truncatingIfNeeded: bit & 63)) != 0 else { return [] }
            var slot = Int(truncatingIfNeeded: mixed &>> shift)
            while slots[slot] != 0 {
                if slots[slot] & ~7 == Self.mark(mixed) & ~7 { return WordSieve.Role(rawValue: slots[slot] & 7) }
                slot = (slot + 1) & (slots.count - 1)
            }
            return []
        }
    }

    mutating func insert(_ hash: UInt64, _ role: WordSieve.Role) {
        if count * 4 >= slots.count { grow() }
        let mixed = Self.mix(hash)
        place(mixed, role.rawValue & 7)
    }

    private mutating func place(_ mixed: UInt64, _ role: UInt32) {
        var slot = Int(truncatingIfNeeded: mixed >> shift)
        while slots[slot] != 0 {
            if slots[slot] & ~7 == Self.mark(mixed) & ~7 {
                slots[slot] |= role
                return
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = Self.mark(mixed) & ~7 | role
        let bit = Int(truncatingIfNeeded: mixed >> (shift - 1))
        present[bit >> 6] |= 1 << UInt64(bit & 63)
        mixedHashes.append(mixed)
        count += 1
    }

    /// Every hash that is in, for when the table grows.
    private var mixedHashes: [UInt64] = []

    private mutating func grow() {
        var old: [(UInt64, UInt32)] = []
        for mixed in mixedHashes {
            var slot = Int(truncatingIfNeeded: mixed >> shift)
            while slots[slot] & ~7 != Self.mark(mixed) & ~7 { slot = (slot + 1) & (slots.count - 1) }
            old.append((mixed, slots[slot] & 7))
        }
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        present = [UInt64](repeating: 0, count: slots.count / 32)
        shift -= 1
        mixedHashes = []
        count = 0
        for (mixed, role) in old { place(mixed, role) }
    }
}
