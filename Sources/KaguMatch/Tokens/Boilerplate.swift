// SPDX-License-Identifier: Apache-2.0

/// Marks link lists, photo credits and footnotes, whose mentions stay candidates (M21).
enum Boilerplate {
    /// Lines that open a block, loose, by word.
    private static let cues: [[[UInt32]]] = [
        "see also", "read also", "read more", "related", "lire aussi", "a lire aussi", "ayrica bakiniz",
        "ilgili haberler", "oxsar xeberler", "hemcinin oxuyun", "читайте также", "по теме",
    ].map { $0.split(separator: " ").map { $0.unicodeScalars.map(\.value) } }

    private static let credits: [[UInt32]] = ["photo", "foto", "credit", "фото"]
        .map { $0.unicodeScalars.map(\.value) }

    /// Sets the flag on every token of a field's boilerplate.
    static func mark(_ text: inout FieldText) {
        var inBlock = false
        var spansBlanks = false
        for index in text.paragraphs.indices {
            let paragraph = text.paragraphs[index]
            if inBlock {
                if paragraph.tokens.isEmpty {
                    if !spansBlanks { inBlock = false }
                } else if spansBlanks && paragraph.sentences >= 2 {
                    inBlock = false
                }
            }
            if let cue = cue(in: paragraph, text) {
                inBlock = true
                spansBlanks = cue == .alone
            }
            if inBlock { flag(paragraph.tokens, &text) } else { markCredit(in: paragraph, &text) }
        }
        markFootnotes(&text)
    }

    private enum Cue { case alone, withText }

    private static func cue(in paragraph: Paragraph, _ text: FieldText) -> Cue? {
        for cue in cues where paragraph.tokens.count >= cue.count {
            let first = paragraph.tokens.lowerBound
            let isCue = cue.indices.allSatisfy { text.loose(of: text.tokens[first + $0], equals: cue[$0]) }
            guard isCue else { continue }
            let after = nextScalar(text, text.tokens[first + cue.count - 1].end, paragraph.end)
            let isWholeLine = paragraph.tokens.count == cue.count
            if isWholeLine, after == nil || after == 0x3A || after == 0xFF1A { return .alone }
            if after == 0x3A || after == 0xFF1A { return .withText }
        }
        return nil
    }

    /// The first scalar after white space.
    private static func nextScalar(_ text: FieldText, _ start: Int, _ limit: Int) -> UInt32? {
        var at = start
        while at < limit {
            let (scalar, length) = Tokenizer.decode(text.bytes, at)
            if FoldingTable.shared[scalar].kind != .space { return scalar }
            at += length
        }
        return nil
    }

    private static func markCredit(in paragraph: Paragraph, _ text: inout FieldText) {
        guard let first = credit(in: paragraph, text) else { return }
        flag(first..<paragraph.tokens.upperBound, &text)
    }

    /// The token that a photo credit begins with, or nil.
    private static func credit(in paragraph: Paragraph, _ text: FieldText) -> Int? {
        let tokens = text.tokens.span
        let units = text.units.span
        for index in paragraph.tokens {
            let letters = tokens[index].units
            guard letters.count >= 4, letters.count <= 6 else { continue }
            switch units[letters.lowerBound].loose {
            case 0x70, 0x66, 0x63, 0x444: break
            default: continue
            }
            let token = tokens[index]
            guard credits.contains(where: { text.loose(of: token, equals: $0) }) else { continue }
            switch nextScalar(text, token.end, paragraph.end) {
            case 0x3A, 0xFF1A, 0xA9: return index
            default: continue
            }
        }
        return nil
    }

    /// The numbered lines at the end, where other text stands before them.
    private static func markFootnotes(_ text: inout FieldText) {
        var first = text.paragraphs.count
        for index in text.paragraphs.indices.reversed() {
            let paragraph = text.paragraphs[index]
            if paragraph.tokens.isEmpty { continue }
            guard isNumbered(paragraph, text) else { break }
            first = index
        }
        guard text.paragraphs[..<first].contains(where: { !$0.tokens.isEmpty }) else { return }
        for paragraph in text.paragraphs[first...] { flag(paragraph.tokens, &text) }
    }

    /// `[1] `, `(1) `, `1. `, `1) ` or a superscript digit at the start of a line.
    private static func isNumbered(_ paragraph: Paragraph, _ text: FieldText) -> Bool {
        var at = paragraph.start
        let bytes = text.bytes
        while at < paragraph.end, bytes[at] == 0x20 || bytes[at] == 9 { at += 1 }
        guard at < paragraph.end else { return false }
        switch Tokenizer.decode(bytes, at).0 {
        case 0xB2, 0xB3, 0xB9, 0x2070, 0x2074...0x2079: return true
        default: break
        }
        if bytes[at] == 0x5B || bytes[at] == 0x28 { at += 1 }
        var digits = 0
        while at < paragraph.end, (0x30...0x39).contains(bytes[at]), digits < 4 {
            at += 1
            digits += 1
        }
        guard (1...3).contains(digits), at < paragraph.end else { return false }
        let isClosed = bytes[at] == 0x5D || bytes[at] == 0x29
        return isClosed || (bytes[at] == 0x2E && at + 1 < paragraph.end && bytes[at + 1] == 0x20)
    }

    private static func flag(_ tokens: Range<Int>, _ text: inout FieldText) {
        for index in tokens { text.tokens[index].flags.insert(.boilerplate) }
    }
}
