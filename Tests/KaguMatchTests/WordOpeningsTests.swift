// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Testing

@testable import KaguMatch

@Suite("What tokens may be words at all")
struct WordOpeningsTests {
    private static func hits(_ names: [String], in text: String) throws -> [Int] {
        let entities = names.enumerated().map { Sample.entity("place.n\($0)", [Sample.alias($1)]) }
        let matcher = try Matcher(Watchlist(entities: entities))
        var hits: [WordHit] = []
        matcher.compiled.lexicon.words.find(in: Tokenizer.cut(text), into: &hits)
        return hits.map { Int($0.token) }
    }

    @Test("a word is looked at only where a name may run through it (M63)")
    func roles() throws {
        let names = ["Republic of Somewhere", "Nouméa"]
        #expect(try Self.hits(names, in: "the end of an age of doubt, of the Republic itself") == [])
        #expect(try Self.hits(names, in: "of noumea only, of Somewhere") == [1])
        #expect(try Self.hits(names, in: "the Republic of Somewhere") == [1, 2, 3])
    }

    @Test("hashes tell letters beyond sixteen bytes, and those of two bytes, like those before (M63)")
    func hashes() {
        for word in [
            "a", "noumea", "eightlet", "somethinglonger", "sixteenletterszz", "sixteenlettersplusone", "1948",
        ] {
            let bytes = Array(word.utf8)
            var slow = LooseHash()
            for byte in bytes { slow.add(UInt32(byte)) }
            let plain = PlainWord(bytes.span.bytes, at: 0)
            #expect(plain.length == min(16, bytes.count))
            var quick = LooseHash(plain)
            for byte in bytes.dropFirst(16) { quick.add(UInt32(byte)) }
            #expect(quick.value == slow.value, "\(word)")
            if bytes.count <= 16 { #expect(LooseHash.of(plain) == slow.value, "\(word)") }
        }
        let cut = Array("Ab9\u{E9}…{}@[`/:".utf8)
        #expect(cut.indices.map { PlainWord(cut.span.bytes, at: $0).length }.prefix(4) == [3, 2, 1, 0])
        #expect(cut.indices.dropFirst(3).allSatisfy { PlainWord(cut.span.bytes, at: $0).length == 0 })
    }
}
