// SPDX-License-Identifier: Apache-2.0

import KaguModel

@testable import KaguMatch

/// M23–M25, by taking one part after the other away.
enum ReferenceEndings {
    private static let plural = ["", "lar", "ler"]
    private static let start = [
        ["", "li", "lu"], plural, ["", "i", "u", "si", "su", "imiz", "imuz", "umiz", "umuz"],
    ]

    /// Each ending of a list with d, and with t where that is allowed.
    private static func hardened(_ endings: String, _ dental: String) -> [String] {
        var all: [String] = []
        for ending in endings.split(separator: " ") {
            all.append(String(ending))
            if dental == "dt" { all.append(String(ending.map { $0 == "d" ? "t" : $0 })) }
        }
        return all
    }

    /// Whether a remainder is a chain of the parts of M24, each there or not.
    static func isChain(_ rest: String, dental: String) -> Bool {
        guard (1...12).contains(rest.unicodeScalars.count) else { return false }
        var cases = [""]
        cases += hardened(
            "in un nin nun a e ya ye na ne i u yi yu ni nu la le yla yle ca ce da de nda nde dan den ndan nden",
            dental)
        var copula = [""]
        copula += hardened("dir dur ydir ydur mis mus ymis ymus sa se ysa yse", dental)
        let relative = hardened("daki deki ndaki ndeki", dental)
        if isMade(of: start + [cases, copula], rest[...]) { return true }
        return isMade(of: start + [relative, plural, cases, copula], rest[...])
    }

    private static func isMade(of parts: [[String]], _ rest: Substring) -> Bool {
        guard let part = parts.first else { return rest.isEmpty }
        return part.contains {
            rest.hasPrefix($0) && isMade(of: Array(parts.dropFirst()), rest.dropFirst($0.count))
        }
    }

    static func follow(
        _ rest: String, _ strictRest: String, _ language: AliasLanguage, _ form: Alias.Form,
        after word: [ReferenceLetters]
    ) -> Bool {
        switch (language, form) {
        case (.tr, _), (.az, _):
            return word.count >= 4 && isChain(rest, dental: language == .az ? "d" : "dt") && suits(rest, word)
        case (.en, .people), (.en, .demonym): return strictRest == "s"
        case (.fr, .people), (.fr, .demonym): return ["s", "e", "es", "ne", "nes", "x"].contains(strictRest)
        case (.de, .name): return strictRest == "s"
        case (.de, _): return ["s", "e", "en", "er", "es", "em", "n"].contains(strictRest)
        case (.es, .people): return ["s", "es"].contains(strictRest)
        case (.es, .demonym): return ["s", "a", "as", "o", "os"].contains(strictRest)
        default: return false
        }
    }

    /// M25.
    private static func suits(_ rest: String, _ word: [ReferenceLetters]) -> Bool {
        guard let low = rest.first(where: { $0 == "a" || $0 == "e" }) else { return true }
        let vowels = word.filter { "aeiou".contains($0.loose.last ?? "-") }
        guard let vowel = vowels.last else { return true }
        switch vowel.loose.last {
        case "a": return low == "a"
        case "e": return low == "e"
        case "i": return vowel.composed == 0x131 ? low == "a" : true
        default: return [0xF6, 0xD6, 0xFC, 0xDC].contains(vowel.composed) ? low == "e" : true
        }
    }
}
