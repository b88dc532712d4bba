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
    static func string(_ bytes: [UInt8], limit: Limit) -> (text: String, isCut: Bool) {
        var bytes = bytes
        if bytes.contains(where: { $0 == 0xC2 || $0 == 0xC3 }) {
            if let repaired = decodedOnceMore(bytes) { bytes = repaired }
            bytes = withoutC1(bytes)
        }
        var range = trimmedRange(bytes)
        var isCut = false
        if let end = cut(bytes, range, limit) {
            range = range.lowerBound..<end
            isCut = true
        }
        return (String(decoding: bytes[range], as: UTF8.self), isCut)
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
    private static func withoutC1(_ bytes: [UInt8]) -> [UInt8] {
        var index = 0
        var out: [UInt8] = []
        var copied = 0
        while index + 1 < bytes.count {
            if bytes[index] == 0xC2, bytes[index + 1] < 0xA0, bytes[index + 1] >= 0x80 {
                out.append(contentsOf: bytes[copied..<index])
                out.append(scalar: NumericReference.windows1252[Int(bytes[index + 1] - 0x80)])
                index += 2
                copied = index
            } else {
                index += 1
            }
        }
        guard copied > 0 else { return bytes }
        out.append(contentsOf: bytes[copied...])
        return out
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
    private static func trimmedRange(_ bytes: [UInt8]) -> Range<Int> {
        var start = 0
        var end = bytes.count
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
