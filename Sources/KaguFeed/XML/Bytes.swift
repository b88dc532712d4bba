// SPDX-License-Identifier: Apache-2.0

import Glibc

extension UInt8 {
    /// The ASCII capital letters as small ones; other bytes as they are.
    var asciiLowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }

    /// Space, tab, line feed, carriage return or form feed.
    var isSpace: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D && self != 0x0B) }

    /// An ASCII letter.
    var isLetter: Bool { (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A }

    /// An ASCII digit.
    var isDigit: Bool { self >= 0x30 && self <= 0x39 }

    /// A byte that may begin an XML name (those past ASCII all may).
    var beginsName: Bool { isLetter || self == 0x5F || self == 0x3A || self >= 0x80 }

    /// A byte that may stand in an XML name.
    var continuesName: Bool {
        // One bit for each ASCII byte: the hot test of the scanner takes no branches.
        let low: UInt64 = 0x07FF_6000_0000_0000
        let high: UInt64 = 0x07FF_FFFE_87FF_FFFE
        return self >= 0x80 || (self < 0x40 ? low : high) >> UInt64(self & 0x3F) & 1 == 1
    }

    /// The value of a hexadecimal digit.
    var hexValue: UInt32? {
        switch self {
        case 0x30...0x39: UInt32(self - 0x30)
        case 0x41...0x46: UInt32(self - 0x37)
        case 0x61...0x66: UInt32(self - 0x57)
        default: nil
        }
    }
}

extension [UInt8] {
    /// Whether `text` (ASCII) stands at `position`.
    func has(_ text: StaticString, at position: Int) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position >= 0, position + count <= self.count else { return false }
        return text.withUTF8Buffer { wanted in
            for index in 0..<count where self[position + index] != wanted[index] { return false }
            return true
        }
    }

    /// Whether `text` (lower-case ASCII) stands at `position` in any case.
    func hasIgnoringCase(_ text: StaticString, at position: Int) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position >= 0, position + count <= self.count else { return false }
        return text.withUTF8Buffer { wanted in
            for index in 0..<count where self[position + index].asciiLowercased != wanted[index] { return false }
            return true
        }
    }

    /// The first place of `text` (ASCII) from `start` to `end`.
    func find(_ text: StaticString, from start: Int, to end: Int) -> Int? {
        let count = text.utf8CodeUnitCount
        guard count > 0, start >= 0 else { return nil }
        let last = Swift.min(end, self.count) - count
        var position = start
        while position <= last, let found = find(text.utf8Start[0], from: position, to: last + 1) {
            if has(text, at: found) { return found }
            position = found + 1
        }
        return nil
    }

    /// The first place of a byte from `start` to `end`.
    func find(_ byte: UInt8, from start: Int, to end: Int) -> Int? {
        let end = Swift.min(end, count)
        guard start >= 0, start < end else { return nil }
        return withUnsafeBufferPointer { buffer in
            // `start..<end` lies inside the buffer, so what is found does too.
            guard let base = buffer.baseAddress, let found = memchr(base + start, Int32(byte), end - start) else {
                return nil
            }
            return UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
        }
    }

    /// Appends a part of other bytes.
    @inline(__always)
    mutating func append(_ source: [UInt8], _ range: Range<Int>) {
        source.withUnsafeBufferPointer { append(contentsOf: UnsafeBufferPointer(rebasing: $0[range])) }
    }

    /// Appends the UTF-8 form of a scalar value.
    mutating func append(scalar value: UInt32) {
        switch value {
        case 0..<0x80:
            append(UInt8(value))
        case 0x80..<0x800:
            append(UInt8(0xC0 | value >> 6))
            append(UInt8(0x80 | value & 0x3F))
        case 0x800..<0x10000:
            append(UInt8(0xE0 | value >> 12))
            append(UInt8(0x80 | value >> 6 & 0x3F))
            append(UInt8(0x80 | value & 0x3F))
        default:
            append(UInt8(0xF0 | value >> 18 & 0x07))
            append(UInt8(0x80 | value >> 12 & 0x3F))
            append(UInt8(0x80 | value >> 6 & 0x3F))
            append(UInt8(0x80 | value & 0x3F))
        }
    }

    /// The bytes of a range without white space at its ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, self[start].isSpace { start += 1 }
        while end > start, self[end - 1].isSpace { end -= 1 }
        return start..<end
    }
}
