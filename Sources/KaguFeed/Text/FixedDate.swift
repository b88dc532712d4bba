// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// The two layouts that nearly all feeds write, read at fixed places: `Sat, 21 Nov 2026 18:35:00 +0100` (or `GMT`) and
/// `2026-11-21T18:35:00Z` (or `+01:00`). Whatever differs in a byte is left to the readers that know all forms.
struct FixedDate {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The instant; nil if the text has another layout, or no such date exists.
    static func instant(_ text: String) -> Instant? {
        let found = text.utf8.withContiguousStorageIfAvailable { buffer -> Instant? in
            guard buffer.count >= 19, buffer.count <= 31 else { return nil }
            var date = FixedDate(buffer)
            let parts = buffer[4] == UInt8(ascii: "-") ? date.readRFC3339() : date.readRFC822()
            return date.position == buffer.count ? parts?.instant : nil
        }
        return found ?? nil
    }

    private mutating func readRFC3339() -> DateParts? {
        var parts = DateParts()
        guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2), skip("T"),
            let hour = number(2), skip(":"), let minute = number(2), skip(":"), let second = number(2)
        else { return nil }
        (parts.year, parts.month, parts.day) = (year, month, day)
        (parts.hour, parts.minute, parts.second) = (hour, minute, second)
        if skip("Z") { return parts }
        let sign = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = number(2), skip(":"), let minutes = number(2), minutes < 60 else { return nil }
        parts.offsetMinutes = sign * (hours * 60 + minutes)
        return parts
    }

    private mutating func readRFC822() -> DateParts? {
        if next.isLetter {
            guard let word = word(), Self.isWeekday(word), skip(","), skip(" ") else { return nil }
        }
        var parts = DateParts()
        guard let day = number(2) ?? number(1), day <= 31, skip(" "), let name = word(),
            let month = Self.month(name), skip(" "), let year = number(4), skip(" "),
            let hour = number(2), skip(":"), let minute = number(2), skip(":"), let second = number(2), skip(" ")
        else { return nil }
        (parts.year, parts.month, parts.day) = (year, month, day)
        (parts.hour, parts.minute, parts.second) = (hour, minute, second)
        if skip("Z") || skip("G") && skip("M") && skip("T") { return parts }
        let sign = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = number(2), let minutes = number(2), minutes < 60 else { return nil }
        parts.offsetMinutes = sign * (hours * 60 + minutes)
        return parts
    }

    // MARK: Parts

    private var next: UInt8 { position < bytes.count ? bytes[position] : 0 }

    private mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    /// Exactly `count` digits; nothing is read otherwise.
    @inline(__always)
    private mutating func number(_ count: Int) -> Int? {
        guard position + count <= bytes.count else { return nil }
        var value = 0
        for offset in 0..<count {
            let byte = bytes[position + offset]
            guard byte.isDigit else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        position += count
        return value
    }

    /// Three letters in any case, as one number.
    private mutating func word() -> UInt32? {
        guard position + 3 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for offset in 0..<3 { value = value << 8 | UInt32(bytes[position + offset].asciiLowercased) }
        position += 3
        return value
    }

    // The letters of the names as numbers: a switch is faster than a search, and needs no table made at the start.

    private static func isWeekday(_ word: UInt32) -> Bool {
        switch word {
        case 0x6D_6F_6E, 0x74_75_65, 0x77_65_64, 0x74_68_75, 0x66_72_69, 0x73_61_74, 0x73_75_6E: true
        default: false
        }
    }

    private static func month(_ word: UInt32) -> Int? {
        switch word {
        case 0x6A_61_6E: 1
        case 0x66_65_62: 2
        case 0x6D_61_72: 3
        case 0x61_70_72: 4
        case 0x6D_61_79: 5
        case 0x6A_75_6E: 6
        case 0x6A_75_6C: 7
        case 0x61_75_67: 8
        case 0x73_65_70: 9
        case 0x6F_63_74: 10
        case 0x6E_6F_76: 11
        case 0x64_65_63: 12
        default: nil
        }
    }
}
