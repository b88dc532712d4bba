// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Testing

@testable import KaguMatch

/// Rules that the slow matcher does not have, each by the one text that tells it from a likely mistake.
@Suite("Rules by their edges")
struct RareRuleTests {
    private static func holds(_ when: String, _ document: Document) throws -> Bool {
        let explained = try Sample.matcher([Sample.watch("w", when)]).match(document, explaining: true)
        return explained.watches.contains { $0.id == "w" }
    }

    static let near: [(when: String, text: String, holds: Bool)] = [
        // The ending of a name in between, and an elision, are no words of their own.
        ("@place.baku NEAR/2 @place.nc", "Baku Macron'un two New Caledonia", true),
        ("@place.baku NEAR/1 @place.nc", "Baku Macron'un two New Caledonia", false),
        ("@place.baku NEAR/1 @place.nc", "Baku l'ami New Caledonia", true),
        ("@place.baku NEAR/0 @place.nc", "Baku New Caledonia", true),
        ("@place.baku NEAR/0 @place.nc", "Baku a New Caledonia", false),
        ("@place.nc NEAR/1 @place.baku", "Baku a New Caledonia", true),
        ("@place.nc ONEAR/9 @place.baku", "Baku a New Caledonia", false),
        ("@place.nc NEAR/9 @place.nc", "New Caledonia", false),
        // A topic that its terms against bring to nothing is near nothing; below its threshold it is near.
        ("#unrest NEAR/5 @place.nc", "A curfew in New Caledonia", true),
        ("#unrest NEAR/5 @place.baku", "Quiet Riot in Baku", false),
        ("#unrest NEAR/5 @place.baku", "A riot in Baku", true),
    ]

    @Test("what lies between two mentions is counted as the rule says (M43)", arguments: near)
    func nearness(_ when: String, _ text: String, _ expected: Bool) throws {
        #expect(try Self.holds(when, Document(content: text)) == expected)
    }

    @Test("a topic is reported at its threshold, not beyond it only (M38)")
    func threshold() throws {
        let matcher = try Sample.matcher()
        let result = matcher.match(Document(content: "A riot with tear gas."))
        #expect(result.topics == [TopicScore(id: "topic.unrest", score: 100)])
        #expect(matcher.match(Document(content: "A riot, and no more.")).topics.isEmpty)
    }

    @Test("a sentence of the content that the summary cuts off counts once (M38)")
    func cutSummary() throws {
        let cut = Document(
            summary: "Officials declared a curfew in the whole of the",
            content:
                "Officials declared a curfew in the whole of the north. It is quiet.")
        let apart = Document(
            summary: "Officials declared a curfew in the whole of the", content: "There is a curfew. It is quiet.")
        func points(_ document: Document) throws -> Int? {
            try Sample.matcher().match(document, explaining: true).topicExplanations
                .first { $0.id == "topic.unrest" }?.score
        }
        #expect(try points(cut) == 90)
        #expect(try points(apart) == 150)
    }

    static let credits: [(String, Bool)] = [
        ("Read on.\nPhoto © New Caledonia Press", true), ("Read on.\nPhoto: New Caledonia Press", true),
        ("Read on. Crédit : Kanaky", true), ("Read on.\nA photo of New Caledonia", false),
        ("Read on.\n[1] New Caledonia", true), ("[1] New Caledonia", false),
        ("See also\n\nNew Caledonia\n\nKanaky votes", true), ("See also: New Caledonia\n\nIt rains.", true),
    ]

    @Test("credits, footnotes and link lists hold candidates only (M21)", arguments: credits)
    func boilerplate(_ text: String, _ isBoilerplate: Bool) throws {
        let result = try Sample.matcher().match(Document(content: text))
        #expect(result.mentions.map(\.state).allSatisfy { $0 == (isBoilerplate ? .candidate : .accepted) })
        #expect(result.mentions.contains { $0.entity == "place.nc" })
    }

    @Test("an office name ends on the day that `to` names (M3)")
    func dates() throws {
        var alias = Sample.alias("Harbour Master")
        alias.from = CivilDate("2020-01-01")?.start
        alias.to = CivilDate("2021-01-01")?.start
        let matcher = try Matcher(
            Watchlist(entities: [Sample.entity("person.master", [alias])], groups: [], topics: [], watches: []))
        func isFound(_ day: String) -> Bool {
            var document = Document(content: "The Harbour Master spoke.")
            document.published = CivilDate(day)?.start
            return !matcher.match(document).entities.isEmpty
        }
        #expect(
            ["2019-12-31", "2020-01-01", "2020-12-31", "2021-01-01"].map(isFound) == [false, true, true, false])
    }

    @Test("without a clear margin the declared language stands; elisions are French (M50)")
    func language() {
        func guess(_ text: String, declared: String = "") -> (String, LanguageSource) {
            LanguageGuess.of(Document(content: text, declaredLanguage: declared))
        }
        #expect(guess("the le", declared: "fr") == ("fr", .declared))
        #expect(guess("the le la les", declared: "en") == ("fr", .rules))
        #expect(guess("L'arbre d'Armor") == ("fr", .rules))
    }

    @Test(
        "these words before an apostrophe are elisions, after others no name begins (M15)",
        arguments: ["l", "d", "j", "m", "t", "s", "c", "n", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "presqu"])
    func elisions(_ word: String) throws {
        let matcher = try Sample.matcher()
        #expect(matcher.match(Document(content: "\(word)'Azerbaïdjan")).entities == ["place.azerbaijan"])
        #expect(matcher.match(Document(content: "x\(word)'Azerbaïdjan")).entities.isEmpty)
    }

    @Test(
        "no sentence ends after these (M13)",
        arguments: [
            "Mr.", "Mrs.", "Ms.", "Dr.", "St.", "M.", "Mme.", "No.", "U.N.", "U.S.", "Prof.", "Sen.", "vs.", "г.",
        ])
    func abbreviations(_ word: String) {
        func sentences(_ text: String) -> Int { Set(Tokenizer.cut(text).tokens.map(\.sentence)).count }
        #expect(sentences("He met \(word) Macron in Baku") == 1)
        #expect(sentences("He met them. Macron in Baku") == 2)
    }

    @Test("a term of one language counts in items of that language only (M4)")
    func onlyInItsLanguage() throws {
        var term = Sample.term("referendum", weight: 60)
        term.onlyInItsLanguage = true
        let topic = Topic(id: "topic.vote", name: "Vote", threshold: 60, terms: [term], location: Sample.place)
        let matcher = try Matcher(
            Watchlist(
                entities: [Sample.entity("org.new", [Sample.alias("New Body")])], groups: [], topics: [topic],
                watches: []))
        func topics(_ text: String) -> [String] { matcher.match(Document(content: text)).topics.map(\.id) }
        #expect(topics("They said that the referendum is over and that it was the end of it") == ["topic.vote"])
        #expect(topics("Les élus et la population ont dit que le referendum est pour dans un an").isEmpty)
    }
}
