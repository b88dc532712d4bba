// SPDX-License-Identifier: Apache-2.0

import KaguModel

@testable import KaguMatch

/// One letter of a text or alias.
struct ReferenceLetters {
    let strict: UInt32
    let loose: String
    let composed: UInt32
    let isUpper: Bool
    let end: Int

    /// The letters of a token, ß and its like as one.
    static func of(_ token: Token, _ text: FieldText) -> [ReferenceLetters] {
        var letters: [ReferenceLetters] = []
        for index in token.units {
            let unit = text.units[index]
            let loose = String(scalars: [unit.loose])
            if unit.strict == 0, let last = letters.popLast() {
                letters.append(
                    ReferenceLetters(
                        strict: last.strict, loose: last.loose + loose, composed: last.composed,
                        isUpper: last.isUpper, end: last.end))
            } else {
                letters.append(
                    ReferenceLetters(
                        strict: unit.strict, loose: loose, composed: unit.composed, isUpper: unit.isUpper,
                        end: Int(unit.end)))
            }
        }
        return letters
    }

    /// How many letters of the text spell the whole word (M11): none or one number.
    static func prefixes(_ text: [ReferenceLetters], _ word: [ReferenceLetters]) -> [Int] {
        var at = 0
        for letter in word {
            guard at < text.count else { return [] }
            if text[at].strict == letter.strict {
                at += 1
                continue
            }
            for scalar in letter.loose.unicodeScalars {
                guard at < text.count, text[at].strict == scalar.value else { return [] }
                at += 1
            }
        }
        return [at]
    }

    /// M12, where all letters of the text spell the word.
    static func tier(_ text: [ReferenceLetters], _ word: [ReferenceLetters]) -> Int {
        var tier = 0
        var at = 0
        for letter in word {
            let own = text[at]
            if own.composed == letter.composed {
                at += 1
            } else if own.strict == letter.strict {
                let dots: Set<UInt32> = [0x130, 0x131]
                let isI = letter.strict == 0x69 && (dots.contains(own.composed) || dots.contains(letter.composed))
                tier = max(tier, isI ? 2 : 1)
                at += 1
            } else {
                tier = max(tier, 3)
                at += letter.loose.unicodeScalars.count
            }
        }
        return tier
    }
}
