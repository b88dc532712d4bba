// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Dates with month names, or day-first numbers: their tokens say what they are, in any order and punctuation (F23).
struct WordDate: Sendable {
    private var scanner: DigitScanner
    private var numbers: [(value: Int, digits: Int)] = []
    private var months: [(month: Int, isWeekdayToo: Bool, numbersBefore: Int)] = []
    private var time: DateParts?
    private var offset: Int?
    private var isAfternoon: Bool?
    private var region: ZoneRule?
    private var isKorean = false
    /// True right after the time or a zone, where a sign begins an offset and a word is a zone.
    private var expectsZone = false

    init(_ bytes: [UInt8]) { scanner = DigitScanner(bytes) }

    /// The instant; nil if the text cannot be read.
    mutating func read() -> Instant? {
        while !scanner.isAtEnd {
            guard readToken() else { return nil }
        }
        // A French Tuesday ("mar.") beside a month is a weekday.
        if months.count == 2, let weekday = months.firstIndex(where: \.isWeekdayToo) { months.remove(at: weekday) }
        guard months.count <= 1, var parts = date(months.first) else { return nil }
        if var time {
            if let isAfternoon {
                guard (1...12).contains(time.hour) else { return nil }
                time.hour = time.hour % 12 + (isAfternoon ? 12 : 0)
            }
            (parts.hour, parts.minute, parts.second) = (time.hour, time.minute, time.second)
            parts.millisecond = time.millisecond
        }
        parts.offsetMinutes = offset ?? region?.offsetMinutes(at: parts) ?? (isKorean ? 540 : 0)
        return parts.instant
    }

    private mutating func readToken() -> Bool {
        let byte = scanner.next
        if byte.isDigit { return readNumber() }
        if byte.isLetter || byte >= 0x80 { return readWord() }
        if expectsZone, byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-"), let found = scanner.offset() {
            offset = found
            return true
        }
        if byte == UInt8(ascii: "(") || byte == UInt8(ascii: "[") { readComment(until: byte == 0x28 ? 0x29 : 0x5D) }
        if !byte.isSpace, byte != UInt8(ascii: ".") { expectsZone = expectsZone && byte == UInt8(ascii: ",") }
        scanner.position += 1
        return true
    }

    /// A comment of RFC 822; it may name the zone if nothing else does.
    private mutating func readComment(until close: UInt8) {
        let start = scanner.position + 1
        while !scanner.isAtEnd, scanner.next != close { scanner.position += 1 }
        guard expectsZone, offset == nil, start < scanner.position else { return }
        let text = scanner.bytes[start..<scanner.position]
        offset = DateWords.zones[DateWords.folded(text)]
        if offset == nil { region = ZoneRule(name: text) }
    }

    private mutating func readNumber() -> Bool {
        let digits = scanner.digitCount
        guard digits <= 4, let value = scanner.number(4) else { return false }
        let isHour = digits <= 2 && time == nil
        let separator = scanner.next
        let hasMinutes = scanner.position + 1 < scanner.bytes.count && scanner.bytes[scanner.position + 1].isDigit
        if isHour, hasMinutes, separator == UInt8(ascii: ":") || separator | 0x20 == UInt8(ascii: "h") {
            return readTime(hour: value)
        }
        if isHour, hasMinutes, separator == UInt8(ascii: "."), isDateComplete { return readTime(hour: value) }
        expectsZone = false
        numbers.append((value, digits))
        return numbers.count <= 3
    }

    /// Whether day, month and year are known: what follows as `18.35` is the time.
    private var isDateComplete: Bool { numbers.count == (months.isEmpty ? 3 : 2) }

    /// The `m` of `a.m.` and `p.m.`, its full stops included.
    private mutating func skipDottedM() -> Bool {
        let rest = scanner.bytes.dropFirst(scanner.position).prefix(2).map(\.asciiLowercased)
        guard rest == [UInt8(ascii: "."), UInt8(ascii: "m")] else { return false }
        scanner.position += 2
        return true
    }

    private mutating func readTime(hour: Int) -> Bool {
        var parts = DateParts()
        parts.hour = hour
        let isDotted = scanner.next == UInt8(ascii: ".")
        scanner.position += 1
        parts.minute = scanner.number(2) ?? 0
        if scanner.next == (isDotted ? UInt8(ascii: ".") : UInt8(ascii: ":")), !scanner.isAtEnd {
            scanner.position += 1
            guard let second = scanner.number(2) else { return false }
            parts.second = second
        }
        parts.millisecond = scanner.fraction()
        time = parts
        expectsZone = true
        return true
    }

    private mutating func readWord() -> Bool {
        let start = scanner.position
        while !scanner.isAtEnd, scanner.next.isLetter || scanner.next >= 0x80 { scanner.position += 1 }
        if let end = ZoneRule.endOfName(scanner.bytes, from: start),
            let rule = ZoneRule(name: scanner.bytes[start..<end])
        {
            (region, scanner.position) = (rule, end)
            return true
        }
        let raw = scanner.bytes[start..<scanner.position]
        let word = DateWords.folded(raw)
        if word.isEmpty { return true }
        if word == DateWords.koreanYear { isKorean = true }
        if let half = DateWords.koreanHalves[word] {
            (isAfternoon, isKorean) = (half, true)
            return true
        }
        if expectsZone {
            if word == "am" || word == "pm" || word == "a" || word == "p", word.utf8.count == 2 || skipDottedM() {
                isAfternoon = word.hasPrefix("p")
                return true
            }
            if let zone = DateWords.zones[word] {
                offset = zone
                return true
            }
        }
        if let month = DateWords.months[word] {
            months.append((month, word == "mar", numbers.count))
            expectsZone = false
            return true
        }
        if DateWords.weekdays.contains(word) || DateWords.fillers.contains(word) { return true }
        if let zone = DateWords.zones[word], word.utf8.count > 1 {
            offset = zone
            expectsZone = true
            return true
        }
        // A zone that nobody knows counts as UTC.
        return expectsZone && raw.count <= 5 && raw.allSatisfy { $0 >= 0x41 && $0 <= 0x5A }
    }

    /// The day from the numbers that are not the time.
    private func date(_ named: (month: Int, isWeekdayToo: Bool, numbersBefore: Int)?) -> DateParts? {
        var parts = DateParts()
        guard let named else {
            guard numbers.count == 3 else { return nil }
            if numbers[0].digits == 4 {
                (parts.year, parts.month, parts.day) = (numbers[0].value, numbers[1].value, numbers[2].value)
            } else {
                guard numbers[2].digits == 4 || numbers[2].digits == 2 else { return nil }
                (parts.day, parts.month) = (numbers[0].value, numbers[1].value)
                parts.year = year(numbers[2])
            }
            return parts
        }
        parts.month = named.month
        switch numbers.count {
        case 1 where numbers[0].digits == 4:
            parts.year = numbers[0].value
        case 2:
            let isYearFirst = numbers[0].digits > 2 || numbers[0].value > 31
            guard numbers[1].digits != 1 || isYearFirst else { return nil }
            parts.day = numbers[isYearFirst ? 1 : 0].value
            parts.year = year(numbers[isYearFirst ? 0 : 1])
        default: return nil
        }
        return parts
    }

    private func year(_ number: (value: Int, digits: Int)) -> Int {
        switch number.digits {
        case ...2: DateParts.fullYear(number.value)
        case 3: number.value + 1900  // RFC 5322 §4.3
        default: number.value
        }
    }
}
