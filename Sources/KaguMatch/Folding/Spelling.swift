// SPDX-License-Identifier: Apache-2.0

/// The loose letters of a strict letter: one, or two for ß, æ, œ.
struct LooseLetters: Hashable, Sendable {
    let first: UInt32
    /// 0 for none.
    var second: UInt32 = 0

    var count: Int { second == 0 ? 1 : 2 }
    var last: UInt32 { second == 0 ? first : second }
}

/// The letters of one word of an alias, term or phrase, compared with a text by M11.
struct Spelling: Hashable, Sendable {
    /// Strict letters (M9).
    var strict: [UInt32] = []
    /// The loose letters of each strict letter.
    var loose: [LooseLetters] = []
    /// Letters in NFKC, case kept.
    var composed: [UInt32] = []
    /// Which letters are upper case.
    var isUpper: [Bool] = []

    /// The letters of folded text.
    init(_ units: some Sequence<FoldedUnit>) {
        for unit in units {
            if unit.strict == 0, !loose.isEmpty {
                loose[loose.count - 1].second = unit.loose
            } else {
                strict.append(unit.strict)
                loose.append(LooseLetters(first: unit.loose))
                composed.append(unit.composed)
                isUpper.append(unit.isUpper)
            }
        }
    }

    /// The loose key.
    var looseKey: [UInt32] {
        var key: [UInt32] = []
        key.reserveCapacity(loose.count + 1)
        for letters in loose {
            key.append(letters.first)
            if letters.second != 0 { key.append(letters.second) }
        }
        return key
    }

    /// The index after the text's letters that spell this word from `position` on, or nil (M11): the text may
    /// drop a mark that the word has and never adds one.
    @inline(__always)
    func end(in units: [FoldedUnit], from position: Int, to limit: Int) -> Int? {
        Self.end(strict[...], loose, in: units, from: position, to: limit)
    }

    /// As `end(in:from:to:)`, for a slice of letters.
    static func end(
        _ strict: ArraySlice<UInt32>, _ loose: [LooseLetters], in units: [FoldedUnit], from position: Int,
        to limit: Int
    ) -> Int? {
        var at = position
        for index in strict.indices {
            guard at < limit else { return nil }
            let unit = units[at]
            if unit.strict == strict[index] {
                at += 1
                while at < limit, units[at].strict == 0 { at += 1 }
                continue
            }
            let letters = loose[index]
            guard unit.strict == letters.first else { return nil }
            at += 1
            if letters.second != 0 {
                guard at < limit, units[at].strict == letters.second else { return nil }
                at += 1
            }
        }
        return at
    }
}
