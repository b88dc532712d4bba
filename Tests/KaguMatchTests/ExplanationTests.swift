// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Testing

@testable import KaguMatch

@Suite("What explanations say")
struct ExplanationTests {
    private static let watch = Sample.watch(
        "w", "(@place.nc OR @place.tirana) AND (#unrest NEAR/9 @group.islands OR \"tear gas\")",
        unless: "@place.baku AND NOT @place.france")

    private static func explain(_ content: String) throws -> (MatchResult, WatchExplanation) {
        let result = try Sample.matcher([watch]).match(Sample.content(content), explaining: true)
        return (result, try #require(result.watchExplanations.first))
    }

    @Test("a true expression names what made it true, and the mentions behind it (M52)")
    func firing() throws {
        let (result, watch) = try Self.explain("A curfew in New Caledonia, says Radio France.")
        #expect(watch.fires)
        #expect(watch.deciders.map(\.text) == ["@place.nc", "#unrest NEAR/9s @group.islands"])
        let named = watch.deciders.map { $0.mentions.map { result.mentions[$0].text } }
        #expect(named == [["New Caledonia"], ["New Caledonia"]])
        #expect(watch.deciders.map(\.count) == [1, 2])
        #expect(watch.when.map(\.kind) == [.and, .or, .operand, .operand, .or, .near, .operand])
    }

    @Test("a false expression names what it lacked, a barred watch what barred it (M52)")
    func silent() throws {
        let (_, lacking) = try Self.explain("New Caledonia votes.")
        #expect(lacking.deciders.map(\.text) == ["#unrest NEAR/9s @group.islands", "\"tear gas\""])
        let (_, barred) = try Self.explain("A curfew in New Caledonia, Baku says.")
        #expect(!barred.fires)
        #expect(barred.deciders.map(\.text) == ["@place.baku", "@place.france"])
        #expect(barred.deciders.map(\.holds) == [true, false])
    }

    @Test("every mention leads to the alias responsible (M54)")
    func aliases() throws {
        let matcher = try Sample.matcher()
        let result = matcher.match(
            Sample.content("BIG Tech, Nouvelle-Calédonie, Bakıya and Aliyev'in"), explaining: true)
        #expect(result.aliases.count == result.mentions.count)
        for (mention, place) in zip(result.mentions, result.aliases) {
            let entity = matcher.watchlist.entities[place.entity]
            #expect(entity.id == mention.entity)
            #expect(entity.aliases[place.alias].text == mention.alias)
        }
        // Two aliases of one spelling: the first in file order (M36).
        #expect(result.aliases.last == AliasPlace(entity: 1, alias: 2))
    }

    private static func refusals(_ content: String) throws -> [String] {
        let result = try Sample.matcher().match(Sample.content(content), explaining: true)
        return result.mentions.filter { $0.reason.hasPrefix("ending:") }.map { mention in
            #expect(mention.state == .rejected && mention.text.hasSuffix(mention.suffix))
            #expect(mention.reason == "ending:" + mention.suffix)
            return "\(mention.entity) \(mention.text) \(mention.reason)"
        }
    }

    @Test("of a long alias it is told that what follows is no ending (M37)")
    func endings() throws {
        #expect(
            try Self.refusals("Macronist and a Macronistin") == [
                "person.macron Macronist ending:ist", "person.macron Macronistin ending:istin",
            ])
        // The words before belong to the name; the shorter alias of the entity is told of too.
        #expect(
            try Self.refusals("two New Caledonias") == [
                "place.nc New Caledonias ending:s", "place.nc Caledonias ending:s",
            ])
        // Of several forms that the word begins with, the longest counts (M26).
        #expect(try Self.refusals("алиев, Алиевский") == ["person.aliyev Алиевский ending:ский"])
        #expect(
            try Self.refusals("Azerbai\u{AD}janesque").first
                == "place.azerbaijan Azerbai\u{AD}janesque ending:esque")
    }

    @Test("nothing is told of short aliases, other words, other case, and endings of another alias (M37)")
    func noEndings() throws {
        #expect(try Self.refusals("Bakuvian, BIGs, Maccron, macronist, Macron-ist, Macron'ist, Macro") == [])
        // Turkish has an alias of this spelling, English has none with this ending.
        #expect(try Self.refusals("Macronun sözü") == [])
        // A name that means something else reports nothing (M31).
        #expect(try Self.refusals("Bjarke Ingels Groupies") == [])
    }

    @Test("explaining adds what was rejected and changes nothing else (M37)")
    func addsOnly() throws {
        let matcher = try Sample.matcher([Self.watch])
        var random = SeededRandom(state: 37)
        for _ in 0..<400 {
            let document = Sample.content(PropertyTests.mutated(&random) + "ist " + PropertyTests.mutated(&random))
            let (plain, explained) = (matcher.match(document), matcher.match(document, explaining: true))
            #expect(explained.mentions.filter { $0.state != .rejected } == plain.mentions)
            #expect(explained.entities == plain.entities && explained.topics == plain.topics)
            #expect(explained.watches == plain.watches && explained.language == plain.language)
        }
    }

    @Test("edges lead from a watch to all that it rests on (M53)")
    func edges() throws {
        let matcher = try Sample.matcher([Sample.watch("w", "#unrest AND @org.big", unless: "@place.baku")])
        let edges = try #require(matcher.edges(ofWatch: "w")).map { "\($0.from) \($0.role) \($0.to)" }
        #expect(
            edges == [
                "w when topic.unrest", "w when org.big", "w unless place.baku", "topic.unrest bonus group.islands",
                "group.islands member place.nc", "group.islands member group.other",
                "group.other member place.corsica",
            ])
        #expect(matcher.edges(ofWatch: "none") == nil)
    }
}
