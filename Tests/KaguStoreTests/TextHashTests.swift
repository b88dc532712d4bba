// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KaguStore

@Suite struct TextHashTests {
    /// The folding byte by byte, as the specification has it.
    private func folded(_ text: String) -> String {
        let blanks: Set<Unicode.Scalar> = [
            " ", "\t", "\n", "\r", "\u{b}", "\u{c}", "\u{a0}", "\u{2003}", "\u{202f}", "\u{2028}", "\u{3000}",
        ]
        return text.unicodeScalars.split { blanks.contains($0) }.map { String(String.UnicodeScalarView($0)) }
            .joined(separator: " ")
    }

    @Test("texts have one hash exactly if they are equal after white-space folding (I7)")
    func folding() {
        let words = ["a", "Baku", "Nouvelle-Calédonie", "«x»", "日本語", "—", "12345678", "\u{2019}"]
        let blanks = [" ", "  ", "\n", "\u{a0}", " \u{202f}", "\u{3000}", "\t \n", "\u{2028}"]
        var seed: UInt64 = 42
        func next(_ count: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % count
        }
        var hashes: [Int64: String] = [:]
        for _ in 0..<3000 {
            let text = (0..<next(12)).map { _ in
                words[next(words.count)] + (next(3) == 0 ? "" : blanks[next(blanks.count)])
            }
            .joined()
            let padded = blanks[next(blanks.count)] + text + blanks[next(blanks.count)]
            let canonical = folded(text)
            #expect(TextHash.of([text]) == TextHash.of([canonical]))
            #expect(TextHash.of([padded]) == TextHash.of([canonical]))
            #expect(hashes.updateValue(canonical, forKey: TextHash.of([text])).map { $0 == canonical } ?? true)
        }
    }

    @Test(
        "the values are those of every database's rows: another one would make each known item a revision (I7, O41)"
    )
    func values() {
        let texts: [([String], Int64)] = [
            (["abc"], -1_492_134_924_620_098_329),
            (
                ["Le Groupe d’initiative de Bakou,  à Nouméa, 2026 !", "x\u{a0}\u{202f}y", ""],
                -8_611_952_228_752_468_147
            ),
            (
                ["  12345678 1234567  ", "Пример текста на русском языке", "日本語\u{3000}日本"],
                -8_250_845_497_339_081_109
            ),
        ]
        for (fields, value) in texts { #expect(TextHash.of(fields) == value) }
    }

    @Test("title and text are hashed in one go as they are one by one")
    func titleAndText() {
        let both = TextHash.of(title: " A  title ", summary: "s", content: "")
        #expect(both.title == TextHash.of(["A title"]) && both.text == TextHash.of(["A title", "s", ""]))
    }

    @Test("a changed byte at any place, and text that moves between fields, change the hash")
    func sensitivity() {
        let text = Array("Le Groupe d’initiative de Bakou, à Nouméa, 2026".utf8)
        let hash = TextHash.of([String(decoding: text, as: UTF8.self)])
        for index in text.indices where text[index] != 0x20 && text[index] < 0x80 {
            var other = text
            other[index] ^= 1
            #expect(TextHash.of([String(decoding: other, as: UTF8.self)]) != hash)
        }
        #expect(Set([["ab", ""], ["a", "b"], ["", "ab"], ["ab"], ["a b"], []].map(TextHash.of)).count == 6)
    }
}
