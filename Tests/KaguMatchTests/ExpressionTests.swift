// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Testing

@testable import KaguMatch

@Suite("The query language")
struct ExpressionTests {
    static let text = """
        New Caledonia saw a curfew. Police used tear gas while Baku denied any part.
        L'Azerbaïdjan's envoy met Emmanuel Macron's adviser about riots in Corse.
        """

    static let truths: [(String, Bool)] = [
        ("@place.nc", true), ("@place.tirana", false), ("@group.islands", true), ("\"tear gas\"", true),
        ("\"tear-gas\"", true), ("\"tear\"", true), ("\"curfews\"", false), ("#unrest", true), ("#sport", false),
        ("@place.nc AND @place.tirana", false), ("@place.nc OR @place.tirana AND @place.reunion", true),
        ("(@place.nc OR @place.tirana) AND @place.reunion", false), ("@place.nc AND NOT @place.tirana", true),
        ("@place.nc AND NOT (@place.tirana OR @place.baku)", false),
        ("title:@place.nc", false), ("content:(@place.nc AND @place.baku)", true), ("title:\"Riots\"", true),
        ("count(@place.nc) >= 1", true), ("count(@place.nc) > 1", false), ("count(\"tear\") = 1", true),
        ("@place.nc AND count(#unrest) < 2", false), ("@place.nc AND count(@place.tirana) <= 0", true),
        ("@place.nc NEAR @place.baku", false), ("@place.nc NEAR/20p @place.baku", true),
        ("@place.nc NEAR/7p @place.baku", false), ("@place.nc NEAR/8p @place.baku", true),
        ("@place.baku ONEAR/20p @place.nc", false),
        ("@place.nc ONEAR/20p @place.baku", true), ("@place.baku NEAR/2f @place.azerbaijan", false),
        ("@place.baku NEAR/4f @place.azerbaijan", true), ("@place.baku NEAR/40p @place.azerbaijan", false),
        ("@place.azerbaijan NEAR/2 @person.macron", true), ("@place.azerbaijan NEAR/1 @person.macron", false),
        ("(@place.tirana OR @place.nc) NEAR/2 (#unrest OR @place.reunion)", true),
        ("lang:en", true), ("lang:(fr, ru)", false), ("class:state", true), ("class:(wire, ngo)", false),
        ("country:NC", true), ("country:FR", false), ("source:feed-1", true), ("source:feed-2", false),
        ("author:\"Jane Roe\"", true), ("url:\"long read\"", true),
    ]

    @Test("expressions hold as they read (M41-M43)", arguments: truths)
    func holds(_ text: String, _ expected: Bool) throws {
        let document = Document(
            title: "Riots", content: Self.text, url: "https://example.org/long-read", authors: ["Jane Roe"],
            feedID: "feed-1", sourceClass: .state, country: "NC", declaredLanguage: "en")
        let holds = try DecisionTests.matcher.get().holds(Sample.expression(text), in: document)
        #expect(holds == expected)
    }

    static let refusals: [(String, String, Int)] = [
        ("", "the expression is empty", 0),
        ("@place.nc @place.baku", "two operands with nothing between them; write AND or OR", 10),
        ("@place.nc and @place.baku", "keywords are upper case; write AND for \"and\"", 10),
        ("riots", "bare word \"riots\"; put phrases in double quotes", 0),
        ("@place.nx", "there is no entity or group \"place.nx\"; did you mean \"place.nc\"?", 0),
        ("#unrst", "there is no topic \"unrst\"; did you mean \"unrest\"?", 0),
        ("(@place.nc", "a closing bracket is missing here", 10),
        ("@place.nc)", "this bracket closes nothing", 9),
        ("\"riot", "the phrase has no closing quote", 0),
        (
            "NOT @place.nc", "the expression is true when nothing is found; NOT needs something positive beside it",
            0
        ),
        (
            "count(@place.nc) = 0",
            "the expression is true when nothing is found; NOT needs something positive beside it", 0
        ),
        ("@place.nc AND NOT @place.nc", "nothing can make the expression true", 0),
        ("@place.nc NEAR @place.baku AND NOT @place.baku", "nothing can make the expression true", 0),
        ("@place.nc NEAR/201 @place.baku", "NEAR/201 is too far; 200 tokens at most", 10),
        ("@place.nc NEAR/8x @place.baku", "\"x\" is no reach of NEAR; write s, p or f", 10),
        ("@place.nc NEAR @place.baku NEAR #unrest", "NEAR cannot stand in a chain; join two of them with AND", 27),
        (
            "(@place.nc AND #unrest) NEAR @place.baku",
            "NEAR takes operands only, or operands joined by OR in brackets", 0
        ),
        ("titel:@place.nc", "there is no field \"titel\"; did you mean \"title\"?", 0),
        ("class:stat", "there is no class \"stat\"; did you mean \"state\"?", 6),
        ("first(@place.nc, @place.baku)", "this build has no first(); it belongs to the analysis of claims", 0),
        (
            "stance(@place.nc, deny, @place.baku)",
            "this build has no stance(); it belongs to the analysis of claims", 0
        ),
        ("@", "\"@\" needs an id after it", 0),
        ("@place.nc AND", "an operand is missing at the end", 13),
        (
            String(repeating: "(", count: 60) + "@place.nc", "brackets are nested too deeply; 50 levels at most", 50
        ),
        ("@topic.unrest", "\"topic.unrest\" is a topic; write #unrest", 0),
        ("#place.nc", "\"place.nc\" is an entity or group; write @place.nc", 0),
        ("“riot”", "\"“\" has no meaning here; phrases stand in straight double quotes", 0),
        ("@place.nc & #unrest", "\"&\" has no meaning here; write AND", 10),
        ("@place.nc, #unrest", "a comma joins nothing here; write AND or OR", 9),
        ("@place.nc AND lang:xx", "\"xx\" is no language code such as fr", 19),
        ("@place.nc AND country:France", "\"France\" is no country code such as FR", 22),
        ("NOT NOT @place.nc", "NOT NOT says nothing; leave both out", 4),
        ("count(@place.nc)", "count() is compared: write >=, >, =, < or <= and a number", 16),
        ("count(@place.nc) > 9223372036854775807", "no item names anything over 10000 times", 19),
    ]

    @Test("what is refused says what, where and what to do (M56, M57)", arguments: refusals)
    func refuses(_ text: String, _ message: String, _ offset: Int) throws {
        let error = #expect(throws: WatchlistProblems.self) { try Sample.matcher([Sample.watch("w", text)]) }
        let problem = try #require(error?.problems.first)
        #expect(problem.message == message)
        // A quoted scalar: its text begins one column after its place.
        #expect(problem.location == SourceLocation(file: "sample.yaml", line: 7, column: 12 + offset))
        #expect(problem.excerpt == "    \(text)\n    \(String(repeating: " ", count: offset))^")
    }

    @Test("in a block scalar the problem stands where the scalar begins (M56)")
    func block() throws {
        let error = #expect(throws: WatchlistProblems.self) {
            try Sample.matcher([Sample.watch("w", "@place.nc OR\n@nobody\n")])
        }
        let problem = try #require(error?.problems.first)
        #expect(problem.location == Sample.place)
        #expect(problem.excerpt == "    @nobody\n    ^")
    }

    @Test("all problems of all watches come at once (M56)")
    func several() throws {
        let watches = [Sample.watch("a", "@nobody.here AND #nothing"), Sample.watch("b", "@place.nc and")]
        let error = #expect(throws: WatchlistProblems.self) { try Sample.matcher(watches) }
        #expect(error?.problems.count == 3)
    }

    @Test("canonical spelling keeps the meaning (M52)")
    func canonical() throws {
        let watch = Sample.watch(
            "w", "@place.nc AND (#unrest OR NOT \"tear gas\") AND @place.baku NEAR @place.france")
        let result = try Sample.matcher([watch]).match(Sample.content(Self.text), explaining: true)
        let explanation = try #require(result.watchExplanations.first)
        #expect(
            explanation.when.first?.text
                == "@place.nc AND (#unrest OR NOT \"tear gas\") AND @place.baku NEAR/20s @place.france")
        #expect(explanation.when.map(\.depth) == [0, 1, 1, 2, 2, 3, 1])
        #expect(explanation.when.map(\.holds) == [false, true, true, true, false, true, false])
    }
}

@Suite("Scores and watches")
struct ScoreTests {
    @Test("the best three mentions count, the title twice, the summary one and a half times (M38)")
    func contributions() throws {
        let matcher = try Sample.matcher()
        let score = { (document: Document) in
            matcher.match(document, explaining: true).topicExplanations.first { $0.id == "topic.unrest" }?.score
        }
        #expect(score(Document(content: "a curfew")) == 60)
        #expect(score(Document(title: "Curfew")) == 120)
        #expect(score(Document(summary: "a curfew")) == 90)
        #expect(score(Document(content: "curfew, curfew, curfew, curfew, curfew")) == 180)
        #expect(score(Document(content: "curfew and tear gas")) == 100)
        #expect(score(Document(content: "Quiet Riot plays")) == 0)
        #expect(score(Document(content: "a curfew in New Caledonia")) == 100)
    }

    @Test("one passing word makes no topic (M38)")
    func threshold() throws {
        let matcher = try Sample.matcher()
        #expect(matcher.match(Sample.content("a curfew")).topics.isEmpty)
        #expect(matcher.match(Document(title: "Curfew")).topics == [TopicScore(id: "topic.unrest", score: 120)])
    }

    @Test("text of the summary that the content repeats counts once (M38)")
    func repetition() throws {
        let matcher = try Sample.matcher()
        let sentence = "A curfew was declared on the island last night."
        let once = matcher.match(Document(summary: sentence), explaining: true).topicExplanations
        let twice = matcher.match(
            Document(summary: sentence, content: "It rained. " + sentence + " Ships left."), explaining: true)
        #expect(twice.topicExplanations == once)
    }

    @Test("a watch's score is what made it true, and 40 for a NEAR (M40)")
    func watchScore() throws {
        let matcher = try Sample.matcher([
            Sample.watch("near", "#unrest NEAR/9 @place.nc", severity: .high),
            Sample.watch("either", "@place.nc OR @place.tirana"),
            Sample.watch("strict", "@place.nc", severity: .critical, threshold: 61),
            Sample.watch("barred", "@place.nc", unless: "#unrest"),
            Sample.watch("title", "@place.nc", fields: [.title]),
            Sample.watch("french", "@place.nc", languages: ["fr"]),
            Sample.watch("wire", "@place.nc", classes: [.wire]),
        ])
        let result = matcher.match(Document(content: "a curfew in New Caledonia", sourceClass: .state))
        #expect(
            result.watches == [
                WatchMatch(id: "near", score: 200, severity: .high),
                WatchMatch(id: "either", score: 60, severity: .medium),
            ])
    }

    @Test("watches come by severity, score and id (R4)")
    func order() throws {
        let matcher = try Sample.matcher([
            Sample.watch("b", "@place.nc"), Sample.watch("a", "@place.nc"),
            Sample.watch("both", "@place.nc AND @place.baku"), Sample.watch("low", "@place.nc", severity: .low),
            Sample.watch("top", "@place.nc", severity: .critical),
        ])
        let ids = matcher.match(Sample.content("New Caledonia and Baku")).watches.map(\.id)
        #expect(ids == ["top", "both", "a", "b", "low"])
    }

    @Test("a definition's hash follows what the watch rests on, not where it stands (M55)")
    func definitionHash() throws {
        let watch = Sample.watch("w", "#unrest AND @group.islands")
        let hash = try #require(try Sample.matcher([watch]).definitionHash(ofWatch: "w"))
        #expect(hash.utf8.count == 64)
        var moved = Sample.watchlist([watch])
        moved.watches[0].location = SourceLocation(file: "other.yaml", line: 1, column: 1)
        moved.entities.removeAll { $0.id == "place.tirana" }
        #expect(try Matcher(moved).definitionHash(ofWatch: "w") == hash)
        moved.topics[0].terms[0].weight = 61
        #expect(try Matcher(moved).definitionHash(ofWatch: "w") != hash)
        #expect(
            try Matcher(moved).references(ofWatch: "w")
                == ["group.islands", "place.corsica", "place.nc", "topic.unrest"])
        #expect(try Matcher(moved).definitionHash(ofWatch: "none") == nil)
    }
}
