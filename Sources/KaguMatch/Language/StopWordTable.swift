// SPDX-License-Identifier: Apache-2.0

/// Points of each of `StopWords.codes`; the last two stay 0.
typealias LanguagePoints = SIMD8<Int32>

/// A hash table of words by their letters' codes: one probe for most words, which are no stop words.
struct StopWordTable: Sendable {
    private static let slotBits = 11
    /// Words; 0 marks a free slot.
    private var keys = [UInt64](repeating: 0, count: 1 << slotBits)
    /// For each slot the number of its points.
    private var numbers = [UInt8](repeating: 0, count: 1 << slotBits)
    private var points: [LanguagePoints] = []

    /// The table of words with the points that each brings; at most half as many words as there are slots.
    init(_ words: [(letters: [UInt32], points: LanguagePoints)]) {
        precondition(words.count <= keys.count / 2, "more stop words than slots")
        for word in words {
            let tail = word.letters.reduce(0) { $0 << 8 | LetterCode.of($1) }
            let key = Self.key(tail, word.letters.count)
            var slot = Self.slot(key)
            while keys[slot] != 0, keys[slot] != key { slot = (slot + 1) & (keys.count - 1) }
            let known = keys[slot] == 0 ? LanguagePoints() : points[Int(numbers[slot])]
            keys[slot] = key
            let sum = known &+ word.points
            if let number = points.firstIndex(of: sum) {
                numbers[slot] = UInt8(number)
            } else {
                numbers[slot] = UInt8(points.count)
                points.append(sum)
            }
        }
    }

    /// A number for a word: its last eight letters, and how many it has where that are more.
    @inline(__always)
    private static func key(_ tail: UInt64, _ count: Int) -> UInt64 {
        count <= 8 ? tail : tail ^ UInt64(count) << 60
    }

    @inline(__always)
    private static func slot(_ key: UInt64) -> Int {
        Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - slotBits))
    }

    /// Adds what a word brings, by its last eight letters and how many it has.
    @inline(__always)
    func add(_ tail: UInt64, _ count: Int, to sum: inout LanguagePoints) {
        let key = Self.key(tail, count)
        var slot = Self.slot(key)
        while keys[slot] != 0 {
            if keys[slot] == key {
                sum &+= points[Int(numbers[slot])]
                return
            }
            slot = (slot &+ 1) & (keys.count &- 1)
        }
    }
}

/// The endings of words that speak for a language, by their last letter.
struct WordEndings: Sendable {
    private struct Ending {
        let mask: UInt64
        let letters: UInt64
        /// The shortest word that it is tried on.
        let count: Int
        let points: LanguagePoints
    }

    private var endings: [Ending] = []
    /// The first ending of each last letter's code, and one past the last.
    private var first = [UInt8](repeating: 0, count: 257)

    /// Endings of two to seven letters; each is tried on words of at least two letters more.
    init(_ all: [(letters: [UInt32], points: LanguagePoints)]) {
        for code in 0..<UInt64(256) {
            first[Int(code)] = UInt8(endings.count)
            for ending in all where ending.letters.last.map(LetterCode.of) == code {
                let bits = UInt64(ending.letters.count * 8)
                endings.append(
                    Ending(
                        mask: (1 << bits) - 1, letters: ending.letters.reduce(0) { $0 << 8 | LetterCode.of($1) },
                        count: ending.letters.count + 2, points: ending.points))
            }
        }
        first[256] = UInt8(endings.count)
    }

    /// Adds what the endings of a word bring, by its last eight letters and how many it has.
    @inline(__always)
    func add(_ tail: UInt64, _ count: Int, to sum: inout LanguagePoints) {
        let last = Int(truncatingIfNeeded: tail & 0xFF)
        for index in Int(first[last])..<Int(first[last &+ 1])
        where tail & endings[index].mask == endings[index].letters {
            if count >= endings[index].count { sum &+= endings[index].points }
        }
    }
}
