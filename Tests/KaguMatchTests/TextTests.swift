// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Testing

@testable import KaguMatch

@Suite("Folding, tokens, endings")
struct TextTests {
    private static func strict(_ text: String) -> String {
        String(scalars: Tokenizer.cut(text, mode: .name).units.map(\.strict).filter { $0 != 0 })
    }

    private static func loose(_ text: String) -> String {
        String(scalars: Tokenizer.cut(text, mode: .name).units.map(\.loose))
    }

    @Test("strict keys fold case and every I (M9)")
    func strictKeys() {
        #expect(Self.strict("Iİıi") == "iiii")
        #expect(Self.strict("I\u{307}stanbul") == "istanbul")
        #expect(Self.strict("ǝƎƏ") == "əəə")
        #expect(Self.strict("ÉLYSÉE ЁЖ ΣΊ") == "élyséeёжσί")
        #expect(Self.strict("Əli\u{4D9}") == "əliə")
        #expect(Self.strict("\u{FB01}n №") == "finno")
    }

    @Test("loose keys drop the marks of Latin letters only (M10)")
    func looseKeys() {
        #expect(Self.loose("Əğışçöü ßæœøłđ") == "egiscoussaeoeold")
        #expect(Self.loose("ёй ή") == "ейή")
        #expect(Self.loose("e\u{323}\u{302}") == "e")
    }

    @Test("marks written apart compose as in NFC (M8)")
    func composition() {
        let table = FoldingTable.shared
        #expect(table.compose([0x65, 0x302, 0x323]) == [0x1EC7])
        #expect(table.compose([0x438, 0x306]) == [0x439])
        #expect(table.compose([0x71, 0x301]) == [0x71, 0x301])
    }

    static let sentences: [(String, Int)] = [
        ("One. Two! Three? Four… Five", 5), ("“It ended.” She left.", 2), ("it ended.The end", 2),
        ("Mr. Smith met Dr. Who at No. 5 of St. Ives", 1), ("J. Smith came", 1), ("the U.N. Council sat", 1),
        ("в г. Баку, т.е. там", 1), ("一。二！三", 3), ("3.5 percent vs. 4.1", 1), ("no. Then yes", 2),
    ]

    @Test("sentences are cut where they end, not after abbreviations (M13)", arguments: sentences)
    func cutsSentences(_ text: String, _ count: Int) {
        #expect(Set(Tokenizer.cut(text).tokens.map(\.sentence)).count == count)
    }

    static let tokens: [(String, [String])] = [
        ("L'Azerbaïdjan, aujourd'hui", ["L", "Azerbaïdjan", "aujourd", "hui"]), ("B.I.G. won", ["B.I.G.", "won"]),
        ("U.S.A is", ["U.S.A", "is"]), ("A.Abbasov", ["A", "Abbasov"]), ("COP29 (2024)", ["COP29", "2024"]),
        ("#FreeKanaky_now", ["Free", "Kanaky", "now"]), ("#UNBaku", ["UN", "Baku"]),
        ("see https://a.example/b?c=d.", ["see", "https://a.example/b?c=d"]),
        ("x.y@z.example ok", ["x.y@z.example", "ok"]),
        ("新喀ab", ["新", "喀", "ab"]),
    ]

    @Test("tokens lead back to their bytes (M7, M14, M18, M19)", arguments: tokens)
    func cutsTokens(_ text: String, _ expected: [String]) {
        let cut = Tokenizer.cut(text)
        #expect(cut.tokens.map { cut.text(of: $0) } == expected)
    }

    @Test(
        "an address that swallows a hashtag leaves no tag behind (M18, M19)",
        arguments: [
            "#Baku,y@z.example", "#a_b.c@d.example x", "#Free_Kanaky@mail.example", "@b@c.example",
        ])
    func swallowedTags(_ text: String) {
        let cut = Tokenizer.cut(text)
        #expect(cut.tags.allSatisfy { $0.upperBound <= cut.tokens.count && !$0.isEmpty })
    }

    static let chains: [(String, Bool, Bool)] = [
        ("dan", true, true), ("ta", true, false), ("daki", true, true), ("dakiler", true, true),
        ("lılar", true, true),
        ("lıların", true, true), ("nun", true, true), ("yla", true, true), ("dır", true, true),
        ("xyz", false, false),
        ("ca", true, true), ("larımızdan", true, true), ("damacana", false, false), ("", false, false),
    ]

    @Test("Turkish and Azerbaijani chains (M24)", arguments: chains)
    func chain(_ text: String, _ isTurkish: Bool, _ isAzerbaijani: Bool) {
        let units = Tokenizer.cut(text, mode: .name).units[...]
        #expect(Endings.isChain(units, azerbaijani: false) == isTurkish)
        #expect(Endings.isChain(units, azerbaijani: true) == isAzerbaijani)
    }

    static let harmonies: [(String, String, Bool)] = [
        ("Əliyev", "ə", true), ("Əliyev", "a", false), ("Bakı", "ya", true), ("Bakı", "ye", false),
        ("Paris", "de", true),
        ("Paris", "da", true), ("Bakü", "ye", true), ("Bakü", "ya", false), ("Fransa", "da", true),
        ("Fransa", "de", false),
    ]

    @Test("the first low vowel suits the alias (M25)", arguments: harmonies)
    func harmony(_ alias: String, _ chain: String, _ suits: Bool) {
        let units = Tokenizer.cut(chain, mode: .name).units[...]
        #expect(Endings.harmonizes(units, with: Spelling(word: alias)) == suits)
    }

    static let russian: [(String, [String], String)] = [
        ("алиев", ["алиева", "алиеву", "алиевым", "алиевых"], "алиевов"),
        ("франция", ["франции", "францию", "францией"], "франца"), ("новая", ["новой", "новую"], "нова"),
        ("группа", ["группы", "группой", "групп"], "группой-"), ("кремль", ["кремля", "кремлем"], "кремл"),
        ("елисейский", ["елисейского", "елисейском", "елисейские"], "елисейск"), ("баку", [], "бака"),
        ("нумеа", [], "нумеи"), ("острова", ["островам", "островах"], "островов-"),
    ]

    @Test("Russian forms by the ending of the word (M26)", arguments: russian)
    func hasForms(_ word: String, _ forms: [String], _ absent: String) {
        let all = RussianForms.of(word)
        #expect(all.first == word)
        for form in forms { #expect(all.contains(form)) }
        #expect(!all.contains(absent))
        if forms.isEmpty { #expect(all == [word]) }
    }
}

@Suite("The language of an item")
struct LanguageTests {
    static let headlines: [(String, String)] = [
        ("Minister says talks with the islands will go on", "en"),
        ("Riots spread across the capital overnight", "en"),
        ("Le gouvernement annonce un nouveau vote dans l'archipel", "fr"),
        ("Émeutes à Nouméa : le couvre-feu prolongé", "fr"),
        ("Cumhurbaşkanı, Paris'e yeni bir mesaj gönderdi", "tr"), ("Bakan yarın Bakü'ye gidiyor", "tr"),
        ("Xarici işlər naziri ölkədən getmək üçün bəyanat verib", "az"), ("Prezident yeni fərman imzalayıb", "az"),
        ("Власти ввели комендантский час на островах", "ru"), ("Уряд України оголосив про нові зміни", "uk"),
        ("Die Regierung hat für heute eine Ausgangssperre verhängt", "de"),
        ("El gobierno anuncia más medidas contra los disturbios en España", "es"), ("法国宣布实施宵禁", "zh"),
        ("12 : 34", "und"),
    ]

    @Test("rules tell the language of a headline (M50)", arguments: headlines)
    func rules(_ text: String, _ language: String) throws {
        let result = try Sample.matcher().match(Document(title: text))
        #expect(result.language == language)
        #expect(result.languageSource == (language == "und" ? LanguageSource.none : .rules))
    }

    @Test("the declared language agrees, decides or gives way (M50)")
    func declared() throws {
        let matcher = try Sample.matcher()
        let clear = "Le gouvernement annonce un nouveau vote dans l'archipel"
        let agreed = matcher.match(Document(title: clear, declaredLanguage: "fr-FR"))
        #expect((agreed.language, agreed.languageSource) == ("fr", .agreed))
        let against = matcher.match(Document(title: clear, declaredLanguage: "en"))
        #expect((against.language, against.languageSource) == ("fr", .rules))
        let silent = matcher.match(Document(title: "OK 24", declaredLanguage: "tr"))
        #expect((silent.language, silent.languageSource) == ("tr", .declared))
    }
}
