// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Testing

@testable import KaguMatch

@Suite("The sieve before everything else")
struct WordSieveTests {
    private static let matcher = Result { try Sample.matcher([Sample.watch("w", "@place.nc OR \"tear gas\"")]) }

    /// Whether the whole matcher finds anything, rejected mentions and single terms too.
    private static func finds(_ matcher: Matcher, _ document: Document) -> Bool {
        let result = matcher.match(document, explaining: true)
        return !result.mentions.isEmpty || !result.topicExplanations.isEmpty
            || result.watchExplanations.contains { $0.fires }
    }

    @Test("no text in which something is found is sieved out (M63)")
    func soundness() throws {
        let matcher = try Self.matcher.get()
        var random = SeededRandom(state: 10)
        var sieved = 0
        for round in 0..<2500 {
            let text = PropertyTests.mutated(&random)
            let document = round % 5 == 0 ? Document(url: "https://a.example/" + text) : Document(content: text)
            let quick = matcher.match(document)
            if quick.mentions.isEmpty, !Self.finds(matcher, document) { continue }
            let slow = matcher.match(document, explaining: true)
            let shown = slow.mentions.filter { $0.state != .rejected && $0.field != .author }
            #expect(quick.mentions == shown, "\(text)")
            #expect(quick.topics == slow.topics && quick.watches == slow.watches, "\(text)")
            sieved += 1
        }
        #expect(sieved > 300)
    }

    static let silent = [
        "Nothing of note happened in the harbour; the ferry left at noon.",
        "Le conseil s’est réuni à l’aube – sans suite.",
        "Müdür dün akşam şehre döndü, “geç oldu” dedi…", "Сегодня в городе шёл дождь — и только.",
        "Die Straße war groß, die Fähre voll 😀.", "a new year, the old group", "",
    ]

    @Test("plain text without any name is sieved out, in every script of two bytes (M63)", arguments: silent)
    func sievesOut(_ text: String) throws {
        let lexicon = Lexicon(aliases: [], aliasTexts: [], terms: [], phrases: [])
        #expect(!lexicon.sieve.mayFind(in: text))
        let matcher = try Self.matcher.get()
        #expect(matcher.match(Document(content: text), needsLanguage: false).language == "und")
    }

    static let odd = ["Ba\u{301}ku", "é.û.", "#newcaledonia", "新喀里多尼亚", "Ba\u{AD}ku", "서울", "Ｂａｋｕ"]

    @Test("what bytes alone do not tell counts as found (M63)", arguments: odd)
    func keeps(_ text: String) {
        #expect(WordSieve().mayFind(in: text))
    }

    @Test("the language of a silent document is told where it is asked for (M49)")
    func language() throws {
        let document = Document(content: "Le gouvernement annonce une réunion dans l'archipel.")
        #expect(try Self.matcher.get().match(document).language == "fr")
        #expect(try Self.matcher.get().match(document, needsLanguage: false).languageSource == .none)
    }

    @Test("a watch that asks only for a kind of feed fires without any name (M41)")
    func predicates() throws {
        let matcher = try Sample.matcher([Sample.watch("w", "class:state AND NOT @place.nc")])
        let result = matcher.match(Document(content: "It rained.", sourceClass: .state), needsLanguage: false)
        #expect(result.watches.map(\.id) == ["w"])
    }

    // MARK: Names that are nothing by themselves

    private static func matcher(_ watches: [(String, String)], _ topics: [Topic] = Sample.topics) throws -> Matcher
    {
        try Matcher(
            Watchlist(
                entities: Sample.people + Sample.places + [Sample.group], groups: Sample.groups, topics: topics,
                watches: watches.map { Sample.watch($0, $1) }))
    }

    @Test("letters with full stops are one word, and figures are none (M14, M63)")
    func dotted() throws {
        let matcher = try Matcher(Watchlist(entities: [Sample.entity("org.x", [Sample.alias("USK")])]))
        for text in ["U.S.K. said", "the U.S.K", "usk", "U.S.K.-made"] {
            #expect(matcher.mayFind(in: Document(content: text)), "\(text)")
            #expect(matcher.match(Document(content: text)).entities == ["org.x"], "\(text)")
        }
        for text in ["up 2.5 percent at 9 p.m. in the U.S. market", "J.Smith and A.B.", "No.5"] {
            #expect(!matcher.mayFind(in: Document(content: text)), "\(text)")
        }
    }

    @Test("a topic below its threshold is nothing until its words may reach it (M38, M63)")
    func quietTopics() throws {
        let matcher = try Self.matcher([("w", "#unrest NEAR @place.nc")])
        // One term of 60 points of 100; the bonus of 40 brings it there, two terms do as well.
        let topic = Topic(
            id: "topic.talk", name: "Talk", threshold: 150, terms: [Sample.term("said"), Sample.term("spoke to")],
            location: Sample.place)
        let quiet = try Self.matcher([("w", "#talk NEAR @place.nc")], [topic])
        #expect(!quiet.mayFind(in: Document(content: "He said so. She spoke to them.")))
        #expect(quiet.mayFind(in: Document(title: "He said so", content: "She spoke to them.")))
        #expect(quiet.mayFind(in: Document(content: "said, said, said")))
        #expect(!quiet.mayFind(in: Document(content: "He spoke. To them, he spoke; to us he spoke of it.")))
        #expect(quiet.mayFind(in: Document(content: "He said so in Kanaky.")))
        #expect(matcher.mayFind(in: Document(content: "A riot.")))
    }

    @Test("a topic that a watch can fire on below its threshold is looked at (M43, M63)")
    func loudTopics() throws {
        let topics = ["a", "b"].map {
            Topic(
                id: "topic.\($0)", name: $0, threshold: 1000, terms: [Sample.term("word" + $0)],
                location: Sample.place)
        }
        let matcher = try Self.matcher([("w", "#a NEAR #b")], topics)
        let document = Document(content: "worda wordb")
        #expect(matcher.match(document, needsLanguage: false).watches.map(\.id) == ["w"])
        let counting = try Self.matcher([("w", "count(#a) >= 2")], topics)
        #expect(counting.match(Document(content: "worda worda")).watches.map(\.id) == ["w"])
    }

    @Test("an anchored alias is nothing without a strong name or its feed (M32, M63)")
    func anchored() throws {
        let matcher = try Self.matcher([("w", "@org.big")])
        #expect(!matcher.mayFind(in: Document(content: "BIG was told. A big day.")))
        let fed = Document(content: "BIG was told.", feedURL: "https://www.bakuinitiative.org/feed")
        #expect(matcher.mayFind(in: fed))
        #expect(matcher.match(fed).watches.map(\.id) == ["w"])
        #expect(matcher.match(Document(content: "BIG and the Baku Initiative Group.")).mentions.count == 2)
    }

    @Test("a name that asks for a capital is passed over in small letters, but not in links (M27, M63)")
    func capitals() throws {
        let matcher = try Self.matcher([("w", "@place.france")])
        #expect(!matcher.mayFind(in: Document(content: "le franc et la france.")))
        #expect(matcher.mayFind(in: Document(content: "la France.")))
        #expect(matcher.mayFind(in: Document(content: "It rained.", url: "https://a.example/france-et-monde")))
    }

    @Test("words of a longer name tell only in its order, its last with an ending (M63)")
    func longNames() throws {
        let topic = Topic(
            id: "topic.t", name: "T", terms: [Sample.term("iddia et*", .tr, weight: 100)], location: Sample.place)
        let matcher = try Self.matcher([("w", "@place.nc")], [topic])
        #expect(matcher.mayFind(in: Document(content: "Bunu iddia etti.")))
        #expect(matcher.match(Document(content: "Bunu iddia etti.")).topics.map(\.id) == ["topic.t"])
        #expect(!matcher.mayFind(in: Document(content: "Etti, iddia. New is the Caledonian of old congress.")))
        #expect(matcher.mayFind(in: Document(content: "Yeni Kaledonyanın")))
    }

    @Test("a letter whose small one lies far off is looked at, not sieved out (M63)")
    func farSmallLetters() throws {
        let entity = Sample.entity("place.x", [Alias("Ⱥlela", language: .any, location: Sample.place)])
        let matcher = try Matcher(Watchlist(entities: [entity], watches: [Sample.watch("w", "@place.x")]))
        let document = Document(content: "Ⱥlela lies on the coast.")
        #expect(matcher.match(document).watches.count == 1)
    }
}
