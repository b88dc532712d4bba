// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Testing

@testable import KaguMatch

/// SplitMix64: the same numbers on every run.
struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite("What holds for every text")
struct PropertyTests {
    static let seeds =
        (DecisionTests.folding + DecisionTests.joints + DecisionTests.endings + DecisionTests.decisions)
        .map(\.text)
    static let oddities: [String] = [
        "'", "’", "-", ".", " ", "\n", "\u{AD}", "\u{301}", "İ", "ı", "ß", "ﬁ", "…", "#", "@", "://", "www.", "新",
        "서", "*",
        "\u{FFFD}", "Ə", "ә", "\u{200B}", "😀", "²", "A.", "See also\n", "photo:", "BIG", "Baku",
    ]

    /// A text made of pieces of the cases, cut and spliced.
    static func mutated(_ random: inout SeededRandom) -> String {
        var scalars: [Unicode.Scalar] = []
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let piece = Array((seeds.randomElement(using: &random) ?? "").unicodeScalars)
            let start = Int.random(in: 0...piece.count, using: &random)
            scalars += piece[start..<Int.random(in: start...piece.count, using: &random)]
            scalars += Array((oddities.randomElement(using: &random) ?? "").unicodeScalars)
        }
        for _ in 0..<Int.random(in: 0...3, using: &random) where !scalars.isEmpty {
            let at = Int.random(in: 0..<scalars.count, using: &random)
            let oddity = Array((oddities.randomElement(using: &random) ?? "").unicodeScalars)
            scalars.replaceSubrange(at..<min(scalars.count, at + 1), with: oddity)
        }
        return String(String.UnicodeScalarView(scalars))
    }

    @Test("spans lie on scalars, reproduce their bytes, and come out the same twice (M7, M65)")
    func spans() throws {
        let matcher = try Sample.matcher([Sample.watch("w", "#unrest NEAR/30p @group.islands OR @org.big")])
        var random = SeededRandom(state: 20_240_513)
        for _ in 0..<800 {
            let text = Self.mutated(&random)
            let document = Document(title: Self.mutated(&random), content: text, url: "https://a.example/" + text)
            let result = matcher.match(document, explaining: true)
            for mention in result.mentions {
                let field = mention.field == .title ? document.title : mention.field == .url ? document.url : text
                let bytes = Array(field.utf8)
                try #require(mention.start >= 0 && mention.start < mention.end && mention.end <= bytes.count)
                #expect(mention.text == String(decoding: bytes[mention.start..<mention.end], as: UTF8.self))
                #expect(bytes[mention.start] & 0xC0 != 0x80)
                #expect(mention.end == bytes.count || bytes[mention.end] & 0xC0 != 0x80)
                #expect(mention.text.hasSuffix(mention.suffix))
                #expect((0...5).contains(mention.tier))
            }
            #expect(matcher.match(document, explaining: true) == result)
        }
    }

    @Test("tokens never overlap and cover letters only once (M7)")
    func tokens() {
        var random = SeededRandom(state: 7)
        for _ in 0..<1500 {
            let cut = Tokenizer.cut(Self.mutated(&random))
            for (left, right) in zip(cut.tokens, cut.tokens.dropFirst()) {
                #expect(left.end <= right.start)
                #expect(left.units.upperBound <= right.units.lowerBound)
                #expect(left.sentence <= right.sentence)
                #expect(left.paragraph <= right.paragraph)
            }
            #expect(cut.paragraphs.reduce(0) { $0 + $1.tokens.count } == cut.tokens.count)
        }
    }

    @Test("the order of definitions decides nothing but ties (M36)")
    func order() throws {
        var watchlist = Sample.watchlist([
            Sample.watch("w", "#unrest AND @group.islands"), Sample.watch("v", "@org.big"),
        ])
        let straight = try Matcher(watchlist)
        watchlist.entities.reverse()
        watchlist.groups.reverse()
        watchlist.topics.reverse()
        watchlist.watches.reverse()
        let reversed = try Matcher(watchlist)
        for text in Self.seeds {
            let (left, right) = (straight.match(Sample.content(text)), reversed.match(Sample.content(text)))
            #expect(left.entities == right.entities)
            #expect(left.topics == right.topics)
            #expect(left.watches == right.watches)
            #expect(left.mentions.map(\.text) == right.mentions.map(\.text))
        }
    }

    @Test("a slow search for plain aliases finds the same (M31, M64)")
    func reference() throws {
        let names = ["alpha", "alpha beta", "beta gamma", "gamma", "delta alpha beta", "epsilon"]
        let entities = names.map { Sample.entity("org." + $0.replacing(" ", with: "_"), [Sample.alias($0)]) }
        let matcher = try Matcher(Watchlist(entities: entities))
        let words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"]
        var random = SeededRandom(state: 99)
        for _ in 0..<400 {
            let text = (0..<12).map { _ in words.randomElement(using: &random) ?? "" }
            var expected: [String] = []
            var at = 0
            while at < text.count {
                let found = names.filter { text[at...].starts(with: $0.split(separator: " ").map(String.init)) }
                if let longest = found.max(by: { $0.utf8.count < $1.utf8.count }) {
                    expected.append(longest)
                    at += longest.split(separator: " ").count
                } else {
                    at += 1
                }
            }
            #expect(matcher.match(Sample.content(text.joined(separator: " "))).mentions.map(\.text) == expected)
        }
    }

    @Test("many mentions of everything take linear time (M64)")
    func manyMentions() throws {
        let matcher = try Sample.matcher([Sample.watch("w", "@place.nc NEAR/2 @place.baku")])
        let text = String(repeating: "New Caledonia. Baku said. ", count: 2000)
        let result = matcher.match(Sample.content(text))
        #expect(result.mentions.count == 4000)
        #expect(result.watches.isEmpty)
    }
}
