// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Testing

@testable import KaguMatch

/// One text with the entities that must and must not be found in it.
struct Case: CustomTestStringConvertible, Sendable {
    let text: String
    let found: [String]
    let absent: [String]
    let rule: String

    init(_ rule: String, _ text: String, found: [String] = [], absent: [String] = []) {
        self.rule = rule
        self.text = text
        self.found = found
        self.absent = absent
    }

    var testDescription: String { "\(rule): \(text)" }
}

@Suite("What is found in sentences")
struct DecisionTests {
    static let matcher = Result { try Sample.matcher() }

    static let folding: [Case] = [
        Case("M9", "BAKU İNİTİATİVE GROUP rapor yayımladı", found: ["org.big"]),
        Case("M9", "ilham aliyev ve ıLHAM ALIYEV geldi", found: ["person.aliyev"]),
        Case("M10", "Ministers landed in Noumea at dawn.", found: ["place.noumea"]),
        Case("M11", "Il aime le vin corsé du sud.", absent: ["place.corsica"]),
        Case("M11", "Ségolène est arrivée à Nóuméa.", absent: ["place.noumea"]),
        Case("M8", "New\u{A0}Caledonia and Nouvelle\u{2011}Calédonie", found: ["place.nc"]),
        Case("M8", "Az\u{AD}er\u{AD}bai\u{200B}jan sent a note.", found: ["place.azerbaijan"]),
        Case("M8", "Voices from Kanaky³ were heard.", found: ["place.nc"]),
        Case(
            "M8", "Noume\u{301}a se re\u{301}veille, Nouvelle-Cale\u{301}donie aussi.",
            found: ["place.noumea", "place.nc"]),
        Case("M8", "Ｂａｋｕ is full width.", found: ["place.baku"]),
        Case("M20", "他昨天抵达新喀里多尼亚首府。", found: ["place.nc"]),
        Case("M20", "서울에서 만났다. Seoul", found: ["place.seoul"]),
    ]

    static let joints: [Case] = [
        Case("M15", "L’Azerbaïdjan et d'Azerbaïdjan", found: ["place.azerbaijan"]),
        Case("M15", "Rock'Baku is a band.", absent: ["place.baku"]),
        Case("M16", "France-backed and Baku/Paris talks", found: ["place.france", "place.baku"]),
        Case("M16", "The New, Caledonia said nobody.", absent: ["place.nc"]),
        Case("M16", "The New/Caledonia said nobody.", absent: ["place.nc"]),
        Case("M17", "It ran on france.tv at noon.", absent: ["place.france"]),
        Case("M17", "As report.az wrote, nothing changed.", found: ["media.report"]),
        Case("M17", "The talks ended.Azerbaijan left.", found: ["place.azerbaijan"]),
        Case("M18", "Read https://example.org/New-Caledonia/Baku now", absent: ["place.nc", "place.baku"]),
        Case("M18", "Write to baku.france@example.org, please", absent: ["place.baku", "place.france"]),
        Case("M18", "See www.Azerbaijan.example today", absent: ["place.azerbaijan"]),
        Case("M19", "#NewCaledonia", found: ["place.nc"]),
        Case("M19", "#newcaledonia", found: ["place.nc"]),
        Case("M19", "@EmmanuelMacron answered #FreeKanaky", found: ["person.macron", "place.nc"]),
        Case("M14", "The Baku Initiative Group (B.I.G.) spoke.", found: ["org.big"]),
        Case("M13", "He said New. Caledonia followed.", absent: ["place.nc"]),
    ]

    static let endings: [Case] = [
        Case("M22", "Fransa'yı, Aliyev'den, Baku's", found: ["place.france", "person.aliyev", "place.baku"]),
        Case("M24", "yeni kaledonyadaki olaylar", found: ["place.nc"]),
        Case("M24", "Azərbaycanlı tələbələr Bakıya qayıtdı", found: ["place.azerbaijan", "place.baku"]),
        Case("M24", "Bakü İnisiyatif Grubunun raporu", found: ["org.big"]),
        Case("M24", "Korsikalıların sesi", found: ["place.corsica"]),
        Case("M24", "Dışişleri Bakanı bakanın yanında", absent: ["place.baku"]),
        Case("M25", "Dünən Əliyevə məktub gəldi.", found: ["person.aliyev"]),
        Case("M25", "Sevil Əliyeva və Əliyeva çıxış etdi.", absent: ["person.aliyev"]),
        Case("M26", "Вместе с Новой Каледонией и Бакинской инициативной группой", found: ["place.nc", "org.big"]),
        Case("M26", "Ильхаму Алиеву позвонили из Нумеа.", found: ["person.aliyev", "place.noumea"]),
        Case("M23", "Kanaks et canaques, azerbaïdjanaises", found: ["people.kanak", "place.azerbaijan"]),
        Case("M23", "Frances went home.", absent: ["place.france"]),
        Case("M22", "Bakı Təşəbbüs Qrupu: BTQ-nin, BTQ-yə", found: ["org.big"]),
    ]

    static let decisions: [Case] = [
        Case("M27", "a macron over the vowel", absent: ["person.macron"]),
        Case("M27", "The Baku group met.", found: ["place.baku"], absent: ["org.big"]),
        Case("M27", "Делегация БиГ, Бакинская", absent: ["org.big"]),
        Case("M28", "BIG CROWDS MARCH IN BAKU TODAY", found: ["place.baku"], absent: ["org.big"]),
        Case("M28", "LA RÉUNION DU CONSEIL EST REPORTÉE", absent: ["place.reunion"]),
        Case("M28", "Tiran yine konuştu.", absent: ["place.tirana"]),
        Case("M28", "Tiran'da zirve toplandı.", found: ["place.tirana"]),
        Case("M28", "Heyet Tiran yolunda.", found: ["place.tirana"]),
        Case("M29", "The Notorious B.I.G. tribute; the Baku Initiative Group.", found: ["org.big"]),
        Case("M29", "Macron kit on sale, says Macron jersey fan", absent: ["person.macron"]),
        Case("M29", "Kanak Sprak appeared in print.", absent: ["people.kanak"]),
        Case("M30", "Brigitte Macron opened the show.", absent: ["person.macron"]),
        Case("M30", "Vugar Aliyev won the bout.", absent: ["person.aliyev"]),
        Case("M30", "President Aliyev and I. Aliyev", found: ["person.aliyev"]),
        Case("M30", "On Monday Aliyev left.", found: ["person.aliyev"]),
        Case("M30", "R. Aliyev left.", absent: ["person.aliyev"]),
        Case("M30", "Auch Macron kam, sagte Überseeminister Macron.", found: ["person.macron"]),
        Case("M30", "Der Sprecher von Parteichef Macron", found: ["person.macron"]),
        Case("M30", "Según Macron, el presidente Macron.", found: ["person.macron"]),
        Case("M30", "Pourtant Macron hésite.", found: ["person.macron"]),
        Case("M30", "Der Chefkoch Macron kochte gestern für Bruno Macron.", absent: ["person.macron"]),
        Case("M30", "Why Leaders Across Europe Want Macron Gone", found: ["person.macron"]),
        Case("M30", "Архив Гейдара Алиева открыт.", absent: ["person.aliyev"]),
        Case("M30", "Алиева наградили.", absent: ["person.aliyev"]),
        Case("M30", "Министр Вальс прилетел.", found: ["person.wals"]),
        Case("M31", "Radio France and the Tour de France", found: ["media.rf"], absent: ["place.france"]),
        Case("M31", "The Congress of New Caledonia met.", found: ["org.congress", "place.nc"]),
        Case("M31", "Bjarke Ingels Group drew it; BIG won.", absent: ["org.big"]),
        Case("M32", "BIG posted a note.", absent: ["org.big"]),
        Case("M32", "Baku Initiative Group rested. BIG posted a note.", found: ["org.big"]),
        Case("M32", "Abbasov scored twice.", absent: ["person.abbasov"]),
        Case("M32", "Abbasov of the Baku Initiative Group wrote.", found: ["person.abbasov"]),
        Case("M33", "The BIG question for Baku", found: ["place.baku"], absent: ["org.big"]),
        Case("M35", "Abbasov leads BIG.", absent: ["org.big", "person.abbasov"]),
    ]

    @Test("finds what the rules say", arguments: folding + joints + endings + decisions)
    func finds(_ example: Case) throws {
        let result = try Self.matcher.get().match(Sample.content(example.text), explaining: true)
        for id in example.found { #expect(result.entities.contains(id), "\(id) in \(result.mentions)") }
        for id in example.absent { #expect(!result.entities.contains(id), "\(id) in \(result.mentions)") }
    }

    @Test("a name of a foreign feed anchors nothing, the entity's own feed does (M2, M32)")
    func feeds() throws {
        let matcher = try Self.matcher.get()
        for feed in [
            "bakuinitiative.org", "https://www.bakuinitiative.org/rss", "http://en.bakuinitiative.org:80/x",
        ] {
            let result = matcher.match(Document(content: "BIG posted a note.", feedURL: feed))
            #expect(result.entities == ["org.big"])
            #expect(result.mentions.map(\.reason) == ["feed:bakuinitiative.org"])
        }
        let other = matcher.match(Document(content: "BIG posted.", feedURL: "https://notbakuinitiative.org"))
        #expect(other.entities.isEmpty)
    }

    @Test("evidence crosses fields (M35)")
    func fields() throws {
        let document = Document(title: "BIG answers", content: "The Baku Initiative Group wrote back.")
        let result = try Self.matcher.get().match(document)
        #expect(result.mentions.map(\.reason) == ["long-form", "plain"])
    }

    @Test("an office name counts from its first day (M3)")
    func dates() throws {
        let matcher = try Self.matcher.get()
        let text = "Azerbaijan's President spoke."
        let early = matcher.match(
            Document(content: text, published: CivilDate("2003-10-30")?.start), explaining: true)
        #expect(!early.entities.contains("person.aliyev"))
        #expect(early.mentions.contains { $0.reason == "dates" })
        let late = matcher.match(Document(content: text, published: CivilDate("2003-10-31")?.start))
        #expect(late.entities.contains("person.aliyev"))
    }

    @Test("names in links are candidates, and url: sees them (M18)")
    func links() throws {
        let matcher = try Sample.matcher([
            Sample.watch("link", "url:@place.nc"), Sample.watch("text", "@place.nc"),
        ])
        let result = matcher.match(Document(title: "Talks", url: "https://example.org/a/new-caledonia-riots"))
        #expect(result.entities.isEmpty)
        #expect(result.mentions.map(\.reason) == ["url-only"])
        #expect(result.watches.map(\.id) == ["link"])
    }

    static let boilerplate = [
        "Talks went on.\nSee also\n\nFrance votes\n\nBaku reacts\n",
        "Talks went on.\nRead more: Baku and France agree\n",
        "A hall | photo: Baku Initiative Group",
        "Talks.\n[1] Baku report, France\n[2] Radio France\n",
    ]

    @Test("boilerplate anchors and counts nothing (M21)", arguments: boilerplate)
    func countsNothing(_ text: String) throws {
        let result = try Self.matcher.get().match(Sample.content(text))
        #expect(result.entities.isEmpty)
        #expect(!result.mentions.isEmpty)
        #expect(result.mentions.allSatisfy { $0.state == .candidate && $0.reason == "boilerplate" })
    }

    @Test("a link list ends at a blank line, or where sentences begin (M21)")
    func boilerplateEnds() throws {
        let matcher = try Self.matcher.get()
        let short = matcher.match(Sample.content("Related: Baku\n\nFrance answered.\n"))
        #expect(short.entities == ["place.france"])
        let long = matcher.match(Sample.content("See also\n\nBaku\n\nFrance answered. It was late.\n"))
        #expect(long.entities == ["place.france"])
    }
}

@Suite("What a mention says")
struct MentionTests {
    @Test("span, tier, suffix, state and reason (M12, M37, M51)")
    func mention() throws {
        let text = "Dün Fransa'ya gitti."
        let mentions = try Sample.matcher().match(Sample.content(text)).mentions
        let expected = Mention(
            entity: "place.france", alias: "Fransa", field: .content, start: 5, end: 14, text: "Fransa'ya", tier: 4,
            suffix: "'ya", state: .accepted, reason: "plain")
        #expect(mentions == [expected])
    }

    static let tiers: [(String, Int)] = [
        ("in Azerbaijan", 0), ("in AZERBAIJAN", 1), ("in AZERBAİJAN", 2), ("à Noumea", 3), ("Kanaks", 4),
        ("#NewCaledonia", 5),
    ]

    @Test("tiers from identical to joined (M12)", arguments: tiers)
    func hasTier(_ text: String, _ tier: Int) throws {
        #expect(try Sample.matcher().match(Sample.content(text)).mentions.map(\.tier) == [tier])
    }

    static let reasons: [(String, String)] = [
        ("a macron", "case"), ("BIG CROWDS MARCH TODAY HERE", "all-caps"),
        ("Tiran yine konuştu.", "sentence-start"),
        ("Алиева наградили.", "gender"), ("Notorious BIG", "block-left:Notorious"),
        ("BIG Tech", "block-right:Tech"),
        ("Ingels founded BIG", "block-near:Ingels"), ("Brigitte Macron", "other-bearer:Brigitte"),
        ("BIG posted", "no-anchor"), ("President Aliyev", "title:President"), ("I. Aliyev", "given-name"),
    ]

    @Test("every reason has its word (M37)", arguments: reasons)
    func hasReason(_ text: String, _ reason: String) throws {
        let result = try Sample.matcher().match(Sample.content(text), explaining: true)
        #expect(result.mentions.contains { $0.reason == reason }, "\(result.mentions)")
    }

    @Test("hints make candidates, not entities (M33)")
    func hints() throws {
        let result = try Sample.matcher().match(Sample.content("The BIG question for Baku"))
        #expect(result.mentions.map(\.reason) == ["hint:place.baku", "plain"])
    }

    @Test("rejected mentions come with explanations only (M51)")
    func rejected() throws {
        let matcher = try Sample.matcher()
        #expect(matcher.match(Sample.content("Radio France")).mentions.map(\.entity) == ["media.rf"])
        let explained = matcher.match(Sample.content("Radio France"), explaining: true)
        #expect(explained.mentions.contains { $0.reason == "inside:media.rf" })
    }
}
