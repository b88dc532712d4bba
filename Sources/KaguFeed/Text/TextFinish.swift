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
        var source = source
        var form = UTF8Form.of(source.bytes, source.range)
        if form != .ascii {
            if mayBeEncodedTwice(source), let repaired = decodedOnceMore(Array(source.slice)) {
                source = TextRun(repaired)
                form = UTF8Form.of(repaired, source.range)
            }
            if source.contains(0xC2) { source = withoutC1(source) }
        }
        var range = trimmedRange(source)
        var isCut = false
        if let end = cut(source.bytes, range, limit) {
            range = range.lowerBound..<end
            isCut = true
        }
        return (string(source.bytes, range, form), isCut)
    }

    /// A string of bytes whose form is known: well-formed ones need no second look.
    private static func string(_ bytes: [UInt8], _ range: Range<Int>, _ form: UTF8Form) -> String {
        guard form != .other else { return String(decoding: bytes[range], as: UTF8.self) }
        // The bytes were judged a moment ago, repairs write whole characters, and cuts fall between characters.
        let text = UTF8Span(unchecked: bytes.span.extracting(range), isKnownASCII: form == .ascii)
        return String(copying: text)
    }

    /// Whether the first character past ASCII, as Latin-1, may begin a UTF-8 sequence: most text is done with here.
    private static func mayBeEncodedTwice(_ source: TextRun) -> Bool {
        guard let first = source.slice.firstIndex(where: { $0 >= 0x80 }) else { return false }
        guard source.bytes[first] == 0xC3 else { return false }
        return first + 2 >= source.range.upperBound || source.bytes[first + 2] == 0xC2
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

    /// C1 controls read as windows-1252.
    private static func withoutC1(_ source: TextRun) -> TextRun {
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
        guard copied > source.range.lowerBound else { return source }
        out.append(contentsOf: bytes[copied..<source.range.upperBound])
        return TextRun(out)
    }

    /// The text decoded once more, if its characters, taken as Latin-1 bytes, form multibyte UTF-8.
    ///
    /// French capitals before a no-break space or a guillemet (`LIBERTÉ\u{A0}!`) form such pairs by chance: those
    /// alone convince nobody.
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
                return nil
            }
        }
        guard latin.count < bytes.count, UTF8Check.survey(latin).isValid else { return nil }
        var index2 = 0
        while index2 + 1 < latin.count {
            let lead = latin[index2]
            if lead >= 0xC2 {
                let isChance = (0xC6...0xCD).contains(lead) && latin[index2 + 1] >= 0xA0
                if !isChance { return latin }
            }
            index2 += 1
        }
        return nil
    }

    // MARK: Ends

    /// The range without white space at its ends, Unicode's included.
    private static func trimmedRange(_ source: TextRun) -> Range<Int> {
        let bytes = source.bytes
        var start = source.range.lowerBound
        var end = source.range.upperBound
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
