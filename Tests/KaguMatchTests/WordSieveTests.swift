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

    static let odd = ["Ba\u{301}ku", "B.A.K.U", "#newcaledonia", "新喀里多尼亚", "Ba\u{AD}ku", "서울", "Ｂａｋｕ"]

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
}
