// SPDX-License-Identifier: Apache-2.0

/// The last step of every text field: characters in the wrong code are repaired (F15), ends trimmed, limits kept (S6).
enum TextFinish {
    /// How long a text may be.
    enum Limit: Sendable {
        case characters(Int)
        case bytes(Int)
        static let max = Limit.bytes(.max)
    }

    /// The text of UTF-8 bytes, and whether it was cut.
    static func string(_ source: TextRun, limit: Limit) -> (text: String, isCut: Bool) {
        let first = UTF8Form.firstBeyondASCII(source.bytes, source.range)
        let isASCII = first == source.range.upperBound
        if !isASCII, let repaired = repaired(source, first) {
            return cutString(repaired.bytes, repaired.range, isASCII: false, limit)
        }
        return cutString(source.bytes, source.range, isASCII: isASCII, limit)
    }

    /// The text with its characters in the right code; nil if they are.
    @inline(__always)
    private static func repaired(_ source: TextRun, _ first: Int) -> TextRun? {
        if mayBeEncodedTwice(source, first), let once = decodedOnceMore(Array(source.slice)) {
            return withoutC1(TextRun(once)) ?? TextRun(once)
        }
        return withoutC1(source)
    }

    private static func cutString(_ bytes: [UInt8], _ whole: Range<Int>, isASCII: Bool, _ limit: Limit)
        -> (text: String, isCut: Bool)
    {
        let range = trimmedRange(bytes, whole)
        guard let end = cut(bytes, range, limit) else { return (string(bytes, range, isASCII: isASCII), false) }
        return (string(bytes, range.lowerBound..<end, isASCII: isASCII), true)
    }

    /// A string of bytes that need no second look: `SourceEncoding` has judged the document, what is decoded from it
    /// consists of whole characters, and a range whose ends part no character holds whole ones.
    static func string(_ bytes: [UInt8], _ range: Range<Int>, isASCII: Bool) -> String {
        guard isASCII || partsNoCharacter(bytes, range.lowerBound) && partsNoCharacter(bytes, range.upperBound)
        else { return String(decoding: bytes[range], as: UTF8.self) }
        return String(copying: UTF8Span(unchecked: bytes.span.extracting(range), isKnownASCII: isASCII))
    }

    private static func partsNoCharacter(_ bytes: [UInt8], _ index: Int) -> Bool {
        index == bytes.count || bytes[index] & 0xC0 != 0x80
    }

    /// Whether the first character past ASCII, as Latin-1, may begin a UTF-8 sequence: most text is done with here.
    private static func mayBeEncodedTwice(_ source: TextRun, _ first: Int) -> Bool {
        guard source.bytes[first] == 0xC3 else { return false }
        guard first + 2 < source.range.upperBound else { return true }
        // The next character is one of windows-1252's upper half, but no letter of Latin-1.
        return [0xC2, 0xC5, 0xC6, 0xCB, 0xE2].contains(source.bytes[first + 2])
    }

    private static func cut(_ bytes: [UInt8], _ range: Range<Int>, _ limit: Limit) -> Int? {
        switch limit {
        case .bytes(let most):
            guard range.count > most else { return nil }
            var end = range.lowerBound + most
            while end > range.lowerBound, bytes[end] & 0xC0 == 0x80 { end -= 1 }
            return end
        case .characters(let most):
            guard range.count > most else { return nil }
            var count = 0
            for index in range where bytes[index] & 0xC0 != 0x80 {
                if count == most { return index }
                count += 1
            }
            return nil
        }
    }

    // MARK: Repair

    /// C1 controls read as windows-1252; nil if there are none.
    private static func withoutC1(_ source: TextRun) -> TextRun? {
        let bytes = source.bytes
        var out: [UInt8] = []
        var index = source.range.lowerBound
        var copied = index
        while let found = bytes.find(0xC2, from: index, to: source.range.upperBound - 1) {
            index = found + 1
            guard bytes[index] >= 0x80, bytes[index] < 0xA0 else { continue }
            out.append(contentsOf: bytes[copied..<found])
            out.append(scalar: NumericReference.windows1252[Int(bytes[index] - 0x80)])
            index += 1
            copied = index
        }
        guard copied > source.range.lowerBound else { return nil }
        out.append(contentsOf: bytes[copied..<source.range.upperBound])
        return TextRun(out)
    }

    /// The text decoded once more, if its characters, taken as Latin-1 bytes, form multibyte UTF-8.
    ///
    /// French letters before a no-break space or a guillemet (`LIBERTÉ\u{A0}!`, `LIBERTÉ…`, `fatigué…\u{A0}?`) form such
    /// sequences by chance: those alone convince nobody.
    private static func decodedOnceMore(_ bytes: [UInt8]) -> [UInt8]? {
        var latin: [UInt8] = []
        latin.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x80 {
                latin.append(byte)
                index += 1
            } else if byte == 0xC2 || byte == 0xC3, index + 1 < bytes.count {
                latin.append((byte & 0x03) << 6 | bytes[index + 1] & 0x3F)
                index += 2
            } else {
                // Who wrote `â€™` for an apostrophe took the bytes as windows-1252.
                let end = min(bytes.count, index + (byte >= 0xE0 ? 3 : 2))
                guard byte < 0xF0, let low = Self.upperHalf[Array(bytes[index..<end])] else { return nil }
                latin.append(low)
                index = end
            }
        }
        let check = UTF8Check.survey(latin)
        guard latin.count < bytes.count, check.isValid else { return nil }
        latin.removeLast(check.cutBytes)
        var index2 = 0
        while index2 + 1 < latin.count {
            let lead = latin[index2]
            if lead >= 0xC2 {
                let isPair = (0xC6...0xCD).contains(lead) && Self.followsWords(latin[index2 + 1])
                // Whole sequences: the text is valid, and its cut end is gone.
                let isTriple =
                    lead >= 0xE0 && lead < 0xF0 && index2 + 2 < latin.count && Self.followsWords(latin[index2 + 1])
                    && Self.followsWords(latin[index2 + 2])
                if !isPair && !isTriple { return latin }
            }
            index2 += 1
        }
        return nil
    }

    /// Whether a byte of windows-1252 is punctuation that stands behind a word, or a space.
    private static func followsWords(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x82, 0x84, 0x85, 0x8B, 0x91...0x97, 0x9B, 0xA0...: true
        default: false
        }
    }

    /// The bytes 0x80–0x9F of windows-1252 by the UTF-8 form of their characters.
    private static let upperHalf: [[UInt8]: UInt8] = {
        var table: [[UInt8]: UInt8] = [:]
        for (index, scalar) in NumericReference.windows1252.enumerated() where scalar > 0xFF {
            var form: [UInt8] = []
            form.append(scalar: scalar)
            table[form] = UInt8(0x80 + index)
        }
        return table
    }()

    // MARK: Ends

    /// The range without white space at its ends, Unicode's included.
    private static func trimmedRange(_ bytes: [UInt8], _ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end {
            let width = spaceWidth(bytes, at: start, to: end)
            guard width > 0 else { break }
            start += width
        }
        while end > start {
            if bytes[end - 1] <= 0x20 {
                end -= 1
            } else if end - 2 >= start, bytes[end - 1] & 0xC0 == 0x80, spaceWidth(bytes, at: end - 2, to: end) == 2
            {
                end -= 2
            } else if end - 3 >= start, bytes[end - 1] & 0xC0 == 0x80, spaceWidth(bytes, at: end - 3, to: end) == 3
            {
                end -= 3
            } else {
                break
            }
        }
        return start..<end
    }

    /// The width of the white space at a place; 0 if there is none.
    private static func spaceWidth(_ bytes: [UInt8], at index: Int, to end: Int) -> Int {
        switch bytes[index] {
        case 0...0x20: return 1
        case 0xC2:
            return index + 1 < end && (bytes[index + 1] == 0xA0 || bytes[index + 1] == 0x85) ? 2 : 0
        case 0xEF:
            // A byte-order mark that came with the text.
            return index + 2 < end && bytes[index + 1] == 0xBB && bytes[index + 2] == 0xBF ? 3 : 0
        case 0xE1, 0xE2, 0xE3:
            guard index + 2 < end else { return 0 }
            let scalar =
                UInt32(bytes[index] & 0x0F) << 12 | UInt32(bytes[index + 1] & 0x3F) << 6
                | UInt32(bytes[index + 2] & 0x3F)
            switch scalar {
            case 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: return 3
            default: return 0
            }
        default: return 0
        }
    }
}
