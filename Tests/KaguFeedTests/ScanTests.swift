// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Testing

@testable import KaguFeed

/// What looks at sixteen bytes at once finds what a look at each byte finds.
@Suite struct ScanTests {
    /// Small pseudo-random numbers, the same in each run.
    private struct Dice {
        private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

        mutating func roll(_ sides: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % sides
        }
    }

    private static let rare: [UInt8] = [
        0x00, 0x09, 0x0A, 0x0D, 0x1F, 0x20, 0x20, 0x20, 0x22, 0x26, 0x27, 0x3C, 0x3E, 0x59, 0x5B, 0x5C, 0x5D, 0x5F,
        0x7F, 0x80, 0xEF, 0xFF,
    ]

    /// Letters with a special byte here and there.
    private static func text(_ dice: inout Dice) -> [UInt8] {
        let period = 1 + dice.roll(24)
        return (0..<dice.roll(80)).map { _ in
            dice.roll(period) == 0 ? rare[dice.roll(rare.count)] : UInt8(0x61 + dice.roll(26))
        }
    }

    private static func expectSame<Stops: ByteStops>(_ stops: Stops.Type, _ bytes: [UInt8], _ range: Range<Int>) {
        let found = bytes.first(stops, from: range.lowerBound, to: range.upperBound)
        let wanted = range.first { Stops.stops(at: bytes[$0]) } ?? range.upperBound
        #expect(found == wanted, "\(stops) \(bytes) \(range)")
    }

    @Test("a scan by blocks stops where one by bytes does")
    func stops() {
        var dice = Dice()
        for _ in 0..<3000 {
            let bytes = Self.text(&dice)
            let start = dice.roll(bytes.count + 1)
            let range = start..<start + dice.roll(bytes.count - start + 1)
            Self.expectSame(TextStops.self, bytes, range)
            Self.expectSame(DecodeStops.self, bytes, range)
            Self.expectSame(BracketStops.self, bytes, range)
            Self.expectSame(AttributeStops.self, bytes, range)
            Self.expectSame(ValueStops.self, bytes, range)
            Self.expectSame(TagStops.self, bytes, range)
            Self.expectSame(AddressStops.self, bytes, range)
            Self.expectSame(JSONStringStops.self, bytes, range)
        }
    }

    @Test("words end where a look at each byte says")
    func words() {
        var dice = Dice()
        for _ in 0..<5000 {
            let bytes = Self.text(&dice)
            #expect(bytes.endOfWords(from: 0, to: bytes.count) == Self.endOfWords(bytes), "\(bytes)")
        }
    }

    private static func endOfWords(_ bytes: [UInt8]) -> Int {
        func ends(_ index: Int) -> Bool { bytes[index].isSpace || bytes[index] == 0x3C || bytes[index] == 0x26 }
        let stop = bytes.indices.first { index in
            ends(index) && (bytes[index] != 0x20 || index + 1 == bytes.count || ends(index + 1))
        }
        return stop ?? bytes.count
    }

    @Test("UTF-8 is judged as the standard library judges it (F12)")
    func utf8() {
        let alphabet: [[UInt8]] = [
            Array("a".utf8), Array("plain words ".utf8), Array("é".utf8), Array("правительство".utf8),
            Array("–".utf8),
            Array("ğüş".utf8), Array("新聞".utf8), Array("한국".utf8), Array("😀".utf8), Array("\u{FFFD}".utf8),
        ]
        var dice = Dice()
        for round in 0..<6000 {
            var bytes = (0..<dice.roll(12)).flatMap { _ in alphabet[dice.roll(alphabet.count)] }
            if round % 3 == 0, !bytes.isEmpty { bytes[dice.roll(bytes.count)] = UInt8(dice.roll(256)) }
            if round % 5 == 0 { bytes.removeLast(min(bytes.count, dice.roll(4))) }
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            let isASCII = bytes.allSatisfy { $0 < 0x80 }
            let form = UTF8Form.of(bytes, 0..<bytes.count)
            #expect(form == (isASCII ? .ascii : isValid ? .multibyte : .other), "\(bytes)")
        }
    }

    @Test(
        "a CDATA section is read to its own end, whatever brackets are in it (F16, F21)",
        arguments: [
            ("<![CDATA[a [b] c]]>", "a [b] c"), ("<![CDATA[x[[y]]]]>", "x[[y]]"), ("<![CDATA[a]] >b]]>", "a]] >b"),
            ("<![CDATA[ [CDATA[ not one]]>", "[CDATA[ not one"), ("<![CDATA[Y_Z]]>", "Y_Z"),
            ("<![CDATA[a\u{FFFE}b]]>", "ab"), ("<![CDATA[a\u{FB01}b]]>", "a\u{FB01}b"),
            ("<![CDATA[a\u{1}b]]>", "ab"),
            ("<![CDATA[a\r\nb]]>", "a b"), ("<![CDATA[a]]>b<![CDATA[c]]>", "abc"), (" <![CDATA[ a ]]> ", "a"),
        ])
    func sections(xml: String, expected: String) throws {
        let document =
            "<rss><channel><item><title>\(xml)</title><link>http://a.example/</link></item></channel></rss>"
        let item = try #require(try FeedParser.parse(Array(document.utf8)).items.first)
        #expect(item.title == expected)
        #expect(item.url == "http://a.example/")
    }

    @Test("each named reference is found by its own name, and by no other (F19)")
    func references() {
        let known = NamedReferences.shared
        for (name, first) in [("amp;", 0x26), ("AMP", 0x26), ("Eacute;", 0xC9), ("eacute;", 0xE9)]
            as [(String, UInt32)]
        {
            #expect(known.scalars(Array(name.utf8), 0..<name.utf8.count)?.first == first, "\(name)")
        }
        // Longer than the names that are found by hash.
        let long = Array("CounterClockwiseContourIntegral;".utf8)
        #expect(known.scalars(long, 0..<long.count)?.first == 0x2233)
        for name in ["EACUTE;", "am", "amp;x", "CounterClockwiseContourIntegra;", "x"] {
            #expect(!known.contains(Array(name.utf8), 0..<name.utf8.count), "\(name)")
        }
    }

    @Test("files given twice count once, the first of them (§2.2)")
    func enclosures() {
        var item = Item(id: "1")
        let (a, b, c) = (Item.Enclosure(url: "a"), Item.Enclosure(url: "b", type: "t"), Item.Enclosure(url: "c"))
        item.enclosures = [a, Item.Enclosure(url: "a", type: "later"), b, a, c, b]
        item.settleLists(ParseLimits())
        #expect(item.enclosures == [a, b, c])
        item.enclosures = (0..<60).flatMap { [Item.Enclosure(url: "\($0)"), a] }
        item.settleLists(ParseLimits())
        #expect(item.enclosures.count == 50)
        item.categories = ["x", "y", "x", "z", "y"]
        item.settleLists(ParseLimits())
        #expect(item.categories == ["x", "y", "z"])
    }
}
