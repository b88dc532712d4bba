// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// Reads the dates of feeds (F23, F24): RFC 822, 850, 1123, asctime, RFC 3339, W3C-DTF, ISO 8601 basic, day-first numbers,
/// epoch numbers, and month names of five languages in any order and punctuation.
public enum FeedDate {
    /// The instant that a text means; nil if it cannot be read or no such date exists. Without a zone it is UTC.
    public static func instant(_ text: String) -> Instant? {
        if let instant = FixedDate.instant(text) { return instant }
        let bytes = Array(text.utf8)
        let range = bytes.trimmed(0..<bytes.count)
        guard !range.isEmpty, range.count <= 200 else { return nil }
        let trimmed = Array(bytes[range])
        if trimmed.allSatisfy(\.isDigit) { return number(trimmed) }
        if let iso = ISODate(trimmed).read() { return iso }
        if let seconds = Self.fractionalSeconds(trimmed) { return seconds }
        var words = WordDate(trimmed)
        return words.read()
    }

    /// Epoch seconds with a decimal fraction.
    private static func fractionalSeconds(_ bytes: [UInt8]) -> Instant? {
        var scanner = DigitScanner(bytes)
        guard scanner.digitCount == 9 || scanner.digitCount == 10, let seconds = scanner.number(10) else {
            return nil
        }
        let fraction = scanner.fraction()
        return scanner.isAtEnd ? Instant(milliseconds: Int64(seconds) * 1000 + Int64(fraction)) : nil
    }

    /// Epoch seconds or milliseconds, or an ISO 8601 basic date by its length.
    private static func number(_ digits: [UInt8]) -> Instant? {
        var value: Int64 = 0
        for digit in digits.prefix(18) { value = value * 10 + Int64(digit - 0x30) }
        switch digits.count {
        case 4, 5, 6, 7, 8, 12, 14: return ISODate(digits).read()
        case 9, 10: return Instant(seconds: value)
        case 13: return Instant(milliseconds: value)
        default: return nil
        }
    }
}

/// A date by its parts.
struct DateParts: Sendable {
    var year = 0
    var month = 1
    var day = 1
    var hour = 0
    var minute = 0
    var second = 0
    var millisecond = 0
    /// East of UTC.
    var offsetMinutes = 0

    /// The instant; nil if no such date exists.
    var instant: Instant? {
        guard abs(offsetMinutes) < 24 * 60,
            let local = Instant(
                year: year, month: month, day: day, hour: hour, minute: minute, second: second,
                millisecond: millisecond)
        else { return nil }
        let instant = local - .seconds(offsetMinutes * 60)
        // The zone may carry the last day of a representable year beyond it.
        return (1...9998).contains(year) || (0...9999).contains(instant.day.year) ? instant : nil
    }

    /// Two-digit years 00–49 are 20xx.
    static func fullYear(_ year: Int) -> Int { year < 50 ? year + 2000 : year < 100 ? year + 1900 : year }
}

/// Numbers in ASCII text.
struct DigitScanner: Sendable {
    let bytes: [UInt8]
    var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position >= bytes.count }
    var next: UInt8 { position < bytes.count ? bytes[position] : 0 }

    /// The number of digits ahead.
    var digitCount: Int {
        var end = position
        while end < bytes.count, bytes[end].isDigit { end += 1 }
        return end - position
    }

    /// A number of up to `most` digits.
    mutating func number(_ most: Int) -> Int? {
        let count = min(digitCount, most)
        guard count > 0 else { return nil }
        var value = 0
        for byte in bytes[position..<position + count] { value = value * 10 + Int(byte - 0x30) }
        position += count
        return value
    }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard next == byte, !isAtEnd else { return false }
        position += 1
        return true
    }

    mutating func skipSpaces() { while !isAtEnd, next.isSpace { position += 1 } }

    /// A decimal fraction in milliseconds, its point included; 0 if there is none.
    mutating func fraction() -> Int {
        guard next == UInt8(ascii: ".") || next == UInt8(ascii: ","), position + 1 < bytes.count,
            bytes[position + 1].isDigit
        else { return 0 }
        position += 1
        var value = 0
        var count = 0
        while next.isDigit, !isAtEnd {
            if count < 3 { value = value * 10 + Int(next - 0x30) }
            count += 1
            position += 1
        }
        while count < 3 {
            value *= 10
            count += 1
        }
        return value
    }

    /// `+hh`, `+hhmm`, `+hh:mm` in minutes; nil, and nothing read, for anything else.
    mutating func offset() -> Int? {
        let start = position
        let sign = skip(UInt8(ascii: "+")) ? 1 : skip(UInt8(ascii: "-")) ? -1 : 0
        let count = digitCount
        if sign != 0, count == 4 || count == 3, let value = number(4), value % 100 < 60 {
            return sign * (value / 100 * 60 + value % 100)
        }
        if sign != 0, count == 1 || count == 2, let hours = number(2) {
            let mark = position
            if skip(UInt8(ascii: ":")), digitCount == 2, let minutes = number(2), minutes < 60 {
                return sign * (hours * 60 + minutes)
            }
            position = mark
            return sign * hours * 60
        }
        position = start
        return nil
    }
}

/// Year-first dates in digits: RFC 3339, W3C-DTF, ISO 8601 extended and basic.
struct ISODate: Sendable {
    private var scanner: DigitScanner
    private var parts = DateParts()

    init(_ bytes: [UInt8]) { scanner = DigitScanner(bytes) }

    /// The instant; nil if the text has another form.
    func read() -> Instant? {
        var copy = self
        guard copy.readDate(), copy.readTime(), copy.readZone() else { return nil }
        return copy.parts.instant
    }

    private mutating func readDate() -> Bool {
        if scanner.next == UInt8(ascii: "-") { return readShortMonth() }
        let count = scanner.digitCount
        switch count {
        case 8, 12, 14: return readBasic()
        case 5, 7:
            guard let year = scanner.number(count - 3), let ordinal = scanner.number(3) else { return false }
            return setOrdinal(DateParts.fullYear(year), ordinal)
        case 6:
            guard let first = scanner.number(4), let last = scanner.number(2) else { return false }
            if (1900...2099).contains(first), last >= 1, last <= 12 {
                (parts.year, parts.month) = (first, last)
            } else {
                (parts.year, parts.month, parts.day) = (DateParts.fullYear(first / 100), first % 100, last)
            }
            return true
        case 4: break
        case 2: return readShort()
        default: return false
        }
        parts.year = scanner.number(4) ?? 0
        guard !scanner.isAtEnd else { return true }
        if let isWeek = readWeek() { return isWeek }
        let separator = scanner.next
        guard [UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ".")].contains(separator) else { return false }
        scanner.position += 1
        if separator == UInt8(ascii: "-"), scanner.digitCount == 3, let ordinal = scanner.number(3) {
            // A month with a zero too many stands before a day.
            guard scanner.next == separator, ordinal <= 12 else { return setOrdinal(parts.year, ordinal) }
            scanner.position -= 2
        }
        guard scanner.digitCount <= 2, let month = scanner.number(2) else { return false }
        parts.month = month
        if scanner.isAtEnd { return true }
        guard scanner.skip(separator), scanner.digitCount <= 2, let day = scanner.number(2) else { return false }
        parts.day = day
        return true
    }

    /// `Www`, `-Www`, `-Www-d` behind the year (ISO 8601 week dates); nil if no week follows.
    private mutating func readWeek() -> Bool? {
        let mark = scanner.position
        _ = scanner.skip(UInt8(ascii: "-"))
        guard scanner.skip(UInt8(ascii: "W")), scanner.digitCount >= 2, let week = scanner.number(2) else {
            scanner.position = mark
            return nil
        }
        var weekday = 1
        let hasDash = scanner.skip(UInt8(ascii: "-"))
        if let day = scanner.number(1) { weekday = day } else if hasDash { return false }
        guard (1...53).contains(week), (1...7).contains(weekday) else { return false }
        // 4 January lies in week 1; days since the epoch began on a Thursday.
        let fourth = CivilDate(year: parts.year, month: 1, day: 4).daysSinceEpoch
        let monday = fourth - ((fourth + 3) % 7 + 7) % 7
        let date = CivilDate(daysSinceEpoch: monday + (week - 1) * 7 + weekday - 1)
        (parts.year, parts.month, parts.day) = (date.year, date.month, date.day)
        return true
    }

    /// `-yymm` and `-yy-mm` (ISO 8601 with the century left out).
    private mutating func readShortMonth() -> Bool {
        scanner.position += 1
        guard scanner.digitCount == 2 || scanner.digitCount == 4, let year = scanner.number(2) else { return false }
        _ = scanner.skip(UInt8(ascii: "-"))
        guard scanner.digitCount == 2, let month = scanner.number(2), scanner.isAtEnd else { return false }
        (parts.year, parts.month) = (DateParts.fullYear(year), month)
        return true
    }

    /// `yy-mm-dd`, if it is one; `dd-mm-yy` is left to others.
    private mutating func readShort() -> Bool {
        let dash = UInt8(ascii: "-")
        guard let year = scanner.number(2), scanner.skip(dash), scanner.digitCount == 2,
            let month = scanner.number(2),
            (1...12).contains(month), scanner.skip(dash), scanner.digitCount == 2, let day = scanner.number(2),
            (1...31).contains(day)
        else { return false }
        (parts.year, parts.month, parts.day) = (DateParts.fullYear(year), month, day)
        return true
    }

    private mutating func readBasic() -> Bool {
        guard let year = scanner.number(4), let month = scanner.number(2), let day = scanner.number(2) else {
            return false
        }
        (parts.year, parts.month, parts.day) = (year, month, day)
        return true
    }

    private mutating func setOrdinal(_ year: Int, _ ordinal: Int) -> Bool {
        let days = CivilDate.daysIn(month: 2, year: year) == 29 ? 366 : 365
        guard (1...days).contains(ordinal) else { return false }
        let date = CivilDate(
            daysSinceEpoch: CivilDate(year: year, month: 1, day: 1).daysSinceEpoch + ordinal - 1)
        (parts.year, parts.month, parts.day) = (year, date.month, date.day)
        return true
    }

    private mutating func readTime() -> Bool {
        guard !scanner.isAtEnd else { return true }
        let hasMark = scanner.next | 0x20 == UInt8(ascii: "t")
        if hasMark { scanner.position += 1 }
        scanner.skipSpaces()
        guard scanner.next.isDigit else { return !hasMark }
        let count = scanner.digitCount
        guard count == 1 || count == 2 || count == 4 || count == 6, let hour = scanner.number(count == 1 ? 1 : 2)
        else {
            return false
        }
        parts.hour = hour
        if count > 2 {
            parts.minute = scanner.number(2) ?? 0
            if count == 6 { parts.second = scanner.number(2) ?? 0 }
        } else if scanner.skip(UInt8(ascii: ":")) {
            guard let minute = scanner.number(2) else { return false }
            parts.minute = minute
            if scanner.skip(UInt8(ascii: ":")) {
                guard let second = scanner.number(2) else { return false }
                parts.second = second
            }
        }
        parts.millisecond = scanner.fraction()
        return true
    }

    private mutating func readZone() -> Bool {
        scanner.skipSpaces()
        guard !scanner.isAtEnd else { return true }
        if let offset = scanner.offset() {
            parts.offsetMinutes = offset
            // Some write both an offset and a Z.
            _ = scanner.skip(UInt8(ascii: "Z"))
        } else {
            let start = scanner.position
            while scanner.next.isLetter, !scanner.isAtEnd { scanner.position += 1 }
            let name = String(
                decoding: scanner.bytes[start..<scanner.position].map(\.asciiLowercased), as: UTF8.self)
            guard let offset = DateWords.zones[name] else { return false }
            parts.offsetMinutes = offset
            if offset == 0, let more = scanner.offset() { parts.offsetMinutes = more }
        }
        scanner.skipSpaces()
        return scanner.isAtEnd
    }
}
