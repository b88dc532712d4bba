// SPDX-License-Identifier: Apache-2.0

/// The forms of a Russian word, expanded when the watchlist is compiled (M26).
enum RussianForms {
    private static let indeclinable: Set<String> = ["баку", "нумеа", "таити"]

    /// Rows of the table: endings, how many letters they replace, and what takes their place. The first row
    /// whose ending fits holds.
    private static let rows: [(endings: [String], replaced: Int, forms: String)] = [
        (["ов", "ев", "ёв", "ин", "ын"], 0, "- а у ым ом е ы и ых ам ами ах ыми"),
        (["ский", "цкий"], 2, adjective),
        (["ские", "цкие"], 2, "ие их им ими"),
        (["ый", "ий"], 2, adjective),
        (["ая"], 2, "ая ой ую ою"), (["яя"], 2, "яя ей юю ею"),
        (["ое"], 2, "ое ого ому ым им ом"), (["ее"], 2, "ее его ему им ем"),
        (["ые"], 2, "ые ых ым ыми"),
        (["ия"], 1, "я и ю ей ею й ям ями ях"), (["ие"], 1, "е я ю ем и й ям ями ях"),
        (["а"], 1, "а ы и е у ой ою ей ею - ам ами ах"), (["я"], 1, "я и е ю ей ею ь ям ями ях"),
        (["ь"], 1, "ь я ю ем е и ью ей ям ями ях"), (["й"], 1, "й я ю ем е и ев ям ями ях"),
        (["о"], 1, "о а у ом е - ам ами ах"),
    ]
    private static let adjective =
        "ый ий ого его ому ему ым им ом ем ая яя ой ей ую юю ою ею ое ее ые ие ых их ыми ими"
    private static let consonant = "- а у ом ем е ы и ов ей ам ами ах"

    /// Every form of a word given in lower case, the word itself first; one form where nothing declines.
    static func of(_ word: String) -> [String] {
        guard !indeclinable.contains(word), let last = word.unicodeScalars.last,
            word.unicodeScalars.count >= 2
        else { return [word] }
        for row in rows where row.endings.contains(where: { word.hasSuffix($0) && word != $0 }) {
            return join(
                String(String.UnicodeScalarView(word.unicodeScalars.dropLast(row.replaced))), row.forms, word)
        }
        switch last {
        case "б", "в", "г", "д", "ж", "з", "к", "л", "м", "н", "п", "р", "с", "т", "ф", "х", "ц", "ч", "ш", "щ":
            return join(word, consonant, word)
        default: return [word]
        }
    }

    private static func join(_ stem: String, _ forms: String, _ word: String) -> [String] {
        var out = [word]
        for form in forms.split(separator: " ") {
            let whole = form == "-" ? stem : stem + form
            if !out.contains(whole), whole.unicodeScalars.count >= 2 { out.append(whole) }
        }
        return out
    }
}
