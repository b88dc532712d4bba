// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// The language of one document, guessed when first asked for. Confined to one call of `Matcher.match`.
final class ItemLanguage {
    private let fields: FieldTexts
    private let document: Document

    init(_ fields: FieldTexts, _ document: Document, known: (language: String, source: LanguageSource)? = nil) {
        self.fields = fields
        self.document = document
        if let known { value = known }
    }

    private(set) lazy var value = LanguageGuess.of(fields, document)
}

/// The language of an item: script first, then points for letters, elisions, endings and stop words (M50).
struct LanguageGuess {
    /// How many tokens are looked at: enough for any article, and a bound for long ones.
    static let mostTokens = 1500

    /// Points of each of `StopWords.codes`.
    private var points = LanguagePoints()
    private let stopWords = StopWords.languages
    private let endings = StopWords.endings
    private var cyrillic = 0
    private var ukrainian = 0
    private var russian = 0
    private var azerbaijaniCyrillic = 0
    private var han = 0
    private var kana = 0
    private var latin = 0
    private var others: [String: Int] = [:]
    private var hasTurkic = false
    private var accents = 0
    private var umlauts = 0
    private var hasQX = 0
    private var schwas = 0

    /// The language and where it was taken from.
    static func of(_ texts: [FieldText], declared: String) -> (language: String, source: LanguageSource) {
        var guess = LanguageGuess()
        var left = mostTokens
        for text in texts {
            guess.take(text, first: left)
            left -= min(left, text.tokens.count)
        }
        return guess.decide(declared: code(declared))
    }

    /// The language of a document whose fields are cut.
    static func of(_ fields: FieldTexts, _ document: Document) -> (language: String, source: LanguageSource) {
        of([fields[.title], fields[.summary], fields[.content]], declared: document.declaredLanguage)
    }

    /// The language of a document of which nothing else is asked.
    static func of(_ document: Document) -> (language: String, source: LanguageSource) {
        let texts = [document.title, document.summary, document.content].map { Tokenizer.cut($0) }
        return of(texts, declared: document.declaredLanguage)
    }

    /// The language part of a BCP 47 tag, lower case.
    private static func code(_ tag: String) -> String {
        let part = tag.prefix { $0 != "-" && $0 != "_" }.lowercased()
        return (2...3).contains(part.utf8.count) ? part : ""
    }

    /// Takes the first tokens of a field.
    private mutating func take(_ text: FieldText, first count: Int) {
        let tokens = text.tokens.span
        let units = text.units.span
        for index in 0..<min(count, tokens.count) {
            let flags = tokens[index].flags
            if !flags.isDisjoint(with: [.dead, .number]) { continue }
            let letters = tokens[index].units
            if flags.contains(.telling) {
                takeLetters(units.extracting(letters), isName: isName(tokens[index], text))
            } else {
                latin &+= letters.count
            }
            if flags.contains(.elision) { points[1] &+= 2 }
            if tokens[index].joint == .apostrophe, index > 0, !tokens[index - 1].flags.contains(.elision) {
                takeEnding(text.units[letters], afterCapital: tokens[index - 1].flags.contains(.capital))
                continue
            }
            if flags.contains(.elision) { continue }
            let tail = tokens[index].tail
            if letters.count <= StopWords.longest { stopWords.add(tail, letters.count, to: &points) }
            if letters.count >= 4 { endings.add(tail, letters.count, to: &points) }
        }
    }

    /// A foreign name within a sentence says little of the language around it.
    private func isName(_ token: Token, _ text: FieldText) -> Bool {
        guard token.flags.contains(.capital), !token.flags.contains(.sentenceStart) else { return false }
        let paragraph = text.paragraphs[token.paragraph]
        return !paragraph.isAllCapitals && !paragraph.isTitleCase
    }

    /// Letters of ASCII that say something by themselves: q, w, x; bits from a on.
    static let tellingLetters: UInt32 = 1 << 16 | 1 << 22 | 1 << 23

    /// Whether a letter says more than that the text is Latin.
    @inline(__always)
    static func isTelling(_ unit: FoldedUnit) -> Bool {
        let letter = unit.strict &- 0x61
        return letter >= 26 || unit.composed >= 0x80 || tellingLetters & (1 << letter) != 0
    }

    private mutating func takeLetters(_ letters: Span<FoldedUnit>, isName: Bool) {
        for index in letters.indices {
            let unit = letters[index]
            if !Self.isTelling(unit) {
                latin &+= 1
            } else if unit.strict != 0 {
                take(unit, isName: isName)
            }
        }
    }

    /// A token after an apostrophe: English `'s`, or a Turkish chain after a name.
    private mutating func takeEnding(_ units: ArraySlice<FoldedUnit>, afterCapital: Bool) {
        if units.count == 1, units.first?.strict == 0x73 {
            points[0] += 2
        } else if afterCapital, Endings.isChain(units, azerbaijani: false) {
            points[2] += 3
        }
    }

    private mutating func take(_ unit: FoldedUnit, isName: Bool) {
        switch unit.strict {
        case 0x61...0x7A:
            latin += 1
            if unit.composed == 0x130 { turkic(1) }
            if unit.composed == 0x131 { turkic(isName ? 1 : 2) }
            if unit.strict == 0x71 || unit.strict == 0x78 { hasQX += 1 }
            if unit.strict == 0x77 {
                points[0] += 1
                points[4] += 1
            }
        case 0x259:
            latin += 1
            points[3] &+= isName ? 1 : 4
            schwas += 1
            hasTurkic = true
        case 0x11F, 0x15F:
            latin += 1
            turkic(isName ? 1 : 2)
        case 0xE8, 0xEA, 0xE9, 0xE0, 0xF4, 0xFB, 0xEE, 0x153, 0xEF, 0xEB:
            latin += 1
            accents += 1
        case 0xDF: points[4] += 5
        case 0xE4, 0xF6, 0xFC:
            latin += 1
            umlauts += unit.strict == 0xE4 ? 3 : 1
        case 0xF1: points[5] += 4
        case 0xED, 0xF3, 0xFA, 0xE1: points[5] += 2
        case 0x400...0x4FF: takeCyrillic(unit.strict)
        case 0x3041...0x30FF: kana += 1
        case 0x4E00...0x9FFF, 0x3400...0x4DBF: han += 1
        case 0x370...0x3FF: others["el", default: 0] += 1
        case 0x531...0x58F: others["hy", default: 0] += 1
        case 0x10A0...0x10FF: others["ka", default: 0] += 1
        case 0x5D0...0x5EA: others["he", default: 0] += 1
        case 0xAC00...0xD7A3: others["ko", default: 0] += 1
        case 0x600...0x6FF:
            let isPersian =
                unit.strict == 0x6CC || unit.strict == 0x67E || unit.strict == 0x686 || unit.strict == 0x6AF
            others[isPersian ? "fa" : "ar", default: 0] += isPersian ? 20 : 1
        case 0xE01...0xE3A: others["th", default: 0] += 1
        default: break
        }
    }

    private mutating func turkic(_ value: Int32) {
        hasTurkic = true
        points[2] += value
        points[3] += value
    }

    private mutating func takeCyrillic(_ letter: UInt32) {
        cyrillic += 1
        switch letter {
        case 0x456, 0x457, 0x454, 0x491: ukrainian += 1
        case 0x44B, 0x44D, 0x451, 0x44A: russian += 1
        case 0x4D9, 0x493, 0x4B9, 0x49D, 0x4E9, 0x4AF, 0x4BB, 0x458: azerbaijaniCyrillic += 1
        default: break
        }
    }

    private mutating func decide(declared: String) -> (language: String, source: LanguageSource) {
        if let (language, count) = others.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }),
            count > latin + cyrillic + han
        {
            return settled(language, declared)
        }
        if han + kana > 0, (han + kana) * 3 >= latin + cyrillic { return settled(kana > 0 ? "ja" : "zh", declared) }
        if cyrillic > latin {
            if azerbaijaniCyrillic * 25 > cyrillic { return settled("az", declared) }
            return settled(ukrainian > russian ? "uk" : "ru", declared)
        }
        if hasTurkic {
            points[3] += Int32(min(hasQX, 8) * 2)
            // Azerbaijani without ə, q and x is rare.
            if schwas == 0, hasQX == 0 { points[2] += 3 }
        } else {
            points[1] += Int32(accents * 2)
            points[4] += Int32(umlauts)
        }
        if !hasTurkic, umlauts > 0 { points[2] += 1 }
        let ranked = StopWords.codes.indices.filter { points[$0] > 0 }
            .map { (key: StopWords.codes[$0], value: Int(points[$0])) }
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        guard let best = ranked.first else {
            return declared.isEmpty ? ("und", .none) : (declared, .declared)
        }
        let second = ranked.count > 1 ? ranked[1].value : 0
        if best.value >= second + 2 + second / 4 { return settled(best.key, declared) }
        return declared.isEmpty ? (best.key, .rules) : (declared, .declared)
    }

    private func settled(_ language: String, _ declared: String) -> (language: String, source: LanguageSource) {
        (language, language == declared ? .agreed : .rules)
    }
}
