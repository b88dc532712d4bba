// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// The words of a headline, folded: case, diacritics, width and punctuation do not count. A letter of a script that
/// sets no spaces (Chinese, Japanese, Thai, …) is a word of its own, of half the weight.
struct TitleWords: Hashable, Sendable {
    /// In order; at most `maximumWords`.
    private(set) var words: [String] = []
    /// Two for each word, one for each letter of a script without spaces.
    private(set) var weight = 0

    /// A headline's words beyond this many do not count.
    static let maximumWords = 64

    /// The words of a text.
    init(_ text: some StringProtocol) {
        var word = ""
        for scalar in text.unicodeScalars {
            guard words.count < Self.maximumWords else { return }
            if Self.isIdeographic(scalar) {
                end(&word)
                words.append(String(scalar))
                weight += 1
            } else if let folded = Self.folded(scalar) {
                word += folded
            } else {
                end(&word)
            }
        }
        end(&word)
    }

    private mutating func end(_ word: inout String) {
        guard !word.isEmpty, words.count < Self.maximumWords else { return word = "" }
        words.append(word)
        weight += 2
        word = ""
    }

    /// The words that hold a digit, in order: what tells one report of a series from the next.
    var numbers: [String] { words.filter { $0.unicodeScalars.contains { $0.properties.numericType != nil } } }

    // MARK: Folding

    /// A letter or digit in its folded form, empty for a mark that does not count; nil for what parts words.
    private static func folded(_ scalar: Unicode.Scalar) -> String? {
        switch scalar.value {
        case 0x30...0x39, 0x61...0x7A: return String(scalar)
        case 0x41...0x5A: return Unicode.Scalar(scalar.value + 32).map { String($0) }
        case 0..<0x80: return nil
        // Marks that are set above or below letters; Arabic and Hebrew vowels, and the Arabic stretcher.
        case 0x300...0x36F, 0x64B...0x65F, 0x670, 0x640, 0x591...0x5C7, 0xAD, 0x200B...0x200D: return ""
        // Letters and digits of double width.
        case 0xFF10...0xFF19, 0xFF21...0xFF3A, 0xFF41...0xFF5A:
            return Unicode.Scalar(scalar.value - 0xFEE0).flatMap(folded)
        default: break
        }
        let properties = scalar.properties
        guard properties.isAlphabetic || properties.numericType != nil || isMark(properties) else { return nil }
        if let known = letters[scalar] { return known }
        let lower = properties.lowercaseMapping
        guard lower.unicodeScalars.count == 1, let letter = lower.unicodeScalars.first else {
            // "İ" is an i and a dot above it.
            return lower.unicodeScalars.compactMap { $0 == scalar ? nil : folded($0) }.joined()
        }
        return letters[letter] ?? base(of: letter) ?? lower
    }

    private static func isMark(_ properties: Unicode.Scalar.Properties) -> Bool {
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark: true
        default: false
        }
    }

    /// The letter under a diacritic, known by its name: of "LATIN SMALL LETTER S WITH CEDILLA" it is s.
    private static func base(of letter: Unicode.Scalar) -> String? {
        let start = "LATIN SMALL LETTER "
        guard let name = letter.properties.name, name.hasPrefix(start) else { return nil }
        let rest = name.dropFirst(start.count)
        guard let end = rest.firstIndex(of: " "), rest[end...].hasPrefix(" WITH "), rest[..<end].utf8.count == 1
        else { return nil }
        return rest[..<end].lowercased()
    }

    /// Letters whose names do not tell what they are written for.
    private static let letters: [Unicode.Scalar: String] = [
        "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "ё": "е", "й": "и", "ї": "і", "ў": "у", "ά": "α", "έ": "ε",
        "ή": "η", "ί": "ι", "ό": "ο",
        "ύ": "υ", "ώ": "ω", "ς": "σ", "أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه",
    ]

    /// Whether the scalar belongs to a script that sets no spaces between words.
    private static func isIdeographic(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xE00...0xEFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3005...0x3007, 0x3041...0x30FF, 0x3400...0x9FFF,
            0xF900...0xFAFF, 0x20000...0x3FFFD:
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        default: false
        }
    }
}
