// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// What may stand after an alias: endings by the language of the alias (M22–M25). Only the remainder of a token
/// is tested; text is never stripped.
enum Endings {
    /// One element of a chain's part: a set of letters a–z, present always or at will.
    private struct Element {
        let letters: UInt32
        let isOptional: Bool

        init(_ letters: String, optional: Bool = false) {
            self.letters = letters.utf8.reduce(0) { $0 | 1 << UInt32($1 - 97) }
            isOptional = optional
        }
    }

    private typealias Part = [Element]

    private static func part(_ letters: String...) -> Part {
        letters.map { $0.hasSuffix("?") ? Element(String($0.dropLast()), optional: true) : Element($0) }
    }

    private static let plural = [part("l", "ae", "r")]
    private static let derivation = [part("l", "iu")]
    private static let possessive = [part("s?", "iu"), part("iu", "m", "iu", "z")]
    private static func cases(_ dental: String) -> [Part] {
        [
            part("n?", "iu", "n"), part("yn?", "ae"), part("yn?", "iu"), part("n?", dental, "ae"),
            part("n?", dental, "ae", "n"), part("y?", "l", "ae"), part("c", "ae"),
        ]
    }
    private static func relative(_ dental: String) -> [Part] { [part("n?", dental, "ae", "k", "i")] }
    private static func copula(_ dental: String) -> [Part] {
        [part("y?", dental, "iu", "r"), part("y?", "m", "iu", "s"), part("y?", "s", "ae")]
    }

    private struct Chain: Sendable {
        let cases: [Part]
        let relative: [Part]
        let copula: [Part]

        init(_ dental: String) {
            cases = Endings.cases(dental)
            relative = Endings.relative(dental)
            copula = Endings.copula(dental)
        }
    }

    private static let turkish = Chain("dt")
    private static let azerbaijani = Chain("d")

    /// Positions reachable from `positions` by one of `parts`: an automaton whose states are bits.
    private static func advance(_ positions: UInt32, _ parts: [Part], _ letters: [UInt8]) -> UInt32 {
        var reached: UInt32 = 0
        for part in parts {
            var states = positions
            for element in part {
                var next: UInt32 = element.isOptional ? states : 0
                for at in letters.indices where states & (1 << UInt32(at)) != 0 {
                    if element.letters & (1 << UInt32(letters[at])) != 0 { next |= 1 << UInt32(at + 1) }
                }
                states = next
                if states == 0 { break }
            }
            reached |= states
        }
        return reached
    }

    private static let longestChain = 12

    /// Whether the loose letters of `units` are a chain (M24), of at most twelve letters.
    static func isChain(_ units: ArraySlice<FoldedUnit>, azerbaijani isAzerbaijani: Bool) -> Bool {
        guard !units.isEmpty, units.count <= longestChain else { return false }
        var letters: [UInt8] = []
        for unit in units {
            guard (0x61...0x7A).contains(unit.loose) else { return false }
            letters.append(UInt8(unit.loose - 0x61))
        }
        let chain = isAzerbaijani ? azerbaijani : turkish
        var at: UInt32 = 1
        at |= advance(at, derivation, letters)
        at |= advance(at, plural, letters)
        at |= advance(at, possessive, letters)
        let cased = advance(at, chain.cases, letters)
        var related = advance(at, chain.relative, letters)
        related |= advance(related, plural, letters)
        related |= advance(related, chain.cases, letters)
        at |= cased | related
        at |= advance(at, chain.copula, letters)
        return at & (1 << UInt32(letters.count)) != 0
    }

    /// Whether the first low vowel of the chain suits the last vowel of the alias (M25).
    static func harmonizes(_ units: ArraySlice<FoldedUnit>, with spelling: Spelling) -> Bool {
        guard let low = units.first(where: { $0.loose == 0x61 || $0.loose == 0x65 }) else { return true }
        for index in spelling.strict.indices.reversed() {
            let letter = spelling.composed[index]
            switch spelling.loose[index].last {
            case 0x61: return low.loose == 0x61
            case 0x65: return low.loose == 0x65
            case 0x69: return letter == 0x131 ? low.loose == 0x61 : true
            case 0x6F: return letter == 0xF6 || letter == 0xD6 ? low.loose == 0x65 : true
            case 0x75: return letter == 0xFC || letter == 0xDC ? low.loose == 0x65 : true
            default: continue
            }
        }
        return true
    }

    /// Whether the remainder of a token is an ending of an alias without a joint (M23–M25; Hangul: anything).
    static func isEnding(
        _ units: ArraySlice<FoldedUnit>, of spelling: Spelling, language: AliasLanguage, form: Alias.Form
    ) -> Bool {
        switch language {
        case .tr, .az:
            spelling.strict.count >= 4 && isChain(units, azerbaijani: language == .az)
                && harmonizes(units, with: spelling)
        case .en: form != .name && isListed(units, ["s"])
        case .fr: form != .name && isListed(units, ["s", "e", "es", "ne", "nes", "x"])
        case .de:
            isListed(units, ["s"]) || (form != .name && isListed(units, ["e", "en", "er", "es", "em", "n"]))
        case .es:
            switch form {
            case .name: false
            case .people: isListed(units, ["s", "es"])
            case .demonym: isListed(units, ["s", "a", "as", "o", "os"])
            }
        case .ru, .zh, .any: false
        }
    }

    /// Whether names of a language and form take endings without a joint at all (M23, M24).
    static func exist(_ language: AliasLanguage, _ form: Alias.Form) -> Bool {
        switch language {
        case .tr, .az, .de: true
        case .en, .fr, .es: form != .name
        case .ru, .zh, .any: false
        }
    }

    private static func isListed(_ units: ArraySlice<FoldedUnit>, _ endings: [StaticString]) -> Bool {
        endings.contains { ending in
            ending.utf8CodeUnitCount == units.count
                && ending.withUTF8Buffer { zip($0, units).allSatisfy { UInt32($0) == $1.strict } }
        }
    }

    /// Whether a token after an apostrophe is `s` or a chain, without harmony (M22).
    static func isEndingAfterApostrophe(_ units: ArraySlice<FoldedUnit>) -> Bool {
        isListed(units, ["s"]) || isChain(units, azerbaijani: false)
    }
}
