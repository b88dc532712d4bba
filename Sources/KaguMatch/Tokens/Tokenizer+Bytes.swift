// SPDX-License-Identifier: Apache-2.0

extension Tokenizer {
    /// Reads one scalar; bytes that are no UTF-8 read as U+FFFD, one byte each.
    @inline(__always)
    static func decode(_ bytes: [UInt8], _ at: Int) -> (UInt32, Int) {
        let first = UInt32(bytes[at])
        if first < 0x80 { return (first, 1) }
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        guard first >= 0xC2, first < 0xF5, at + length <= bytes.count else { return (0xFFFD, 1) }
        var scalar = first & (0xFF >> UInt32(length + 1))
        for index in 1..<length {
            let next = UInt32(bytes[at + index])
            guard next & 0xC0 == 0x80 else { return (0xFFFD, 1) }
            scalar = scalar << 6 | (next & 0x3F)
        }
        return (scalar, length)
    }

    /// Where white space, a quote or an angle bracket ends an address, without the punctuation at its end.
    static func addressLimit(from start: Int, _ bytes: [UInt8]) -> Int {
        var end = start
        while end < bytes.count {
            let (scalar, length) = decode(bytes, end)
            switch scalar {
            case 0...0x20, 0x22, 0x3C, 0x3E, 0xA0, 0xAB, 0xBB, 0x2018...0x201F, 0x202F, 0x3000:
                return trimmed(start, end, bytes)
            default: end += length
            }
        }
        return trimmed(start, end, bytes)
    }

    private static func trimmed(_ start: Int, _ limit: Int, _ bytes: [UInt8]) -> Int {
        var end = limit
        while end > start + 1 {
            switch bytes[end - 1] {
            case 0x2E, 0x2C, 0x3A, 0x3B, 0x21, 0x3F, 0x29, 0x5D, 0x27: end -= 1
            default: return end
            }
        }
        return end
    }
}
