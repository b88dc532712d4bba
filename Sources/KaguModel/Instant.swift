// SPDX-License-Identifier: Apache-2.0

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z, printed as RFC 3339 UTC with
/// milliseconds (`2026-11-22T09:13:31.482Z`), the one form in which kagu writes instants (DESIGN §6, W2).
///
/// Dates before year 0 and after year 9999 do not print as RFC 3339; the parsers never make them.
public struct Instant: Hashable, Comparable, Sendable {
    /// Milliseconds since the Unix epoch; negative before 1970.
    public var milliseconds: Int64

    /// The instant that lies `milliseconds` after the Unix epoch.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// The instant that lies `seconds` after the Unix epoch.
    public init(seconds: Int64) {
        self.milliseconds = seconds * 1000
    }

    /// A civil date and time in UTC (proleptic Gregorian calendar); nil when no such date exists.
    /// A leap second (`second` 60) counts as the first moment of the next minute.
    public init?(
        year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, millisecond: Int = 0
    ) {
        guard (0...9999).contains(year), (1...12).contains(month), (0...24).contains(hour),
            (0...59).contains(minute), (0...60).contains(second), (0...999).contains(millisecond),
            day >= 1, day <= CivilDate.daysIn(month: month, year: year),
            hour < 24 || (minute == 0 && second == 0 && millisecond == 0)
        else { return nil }
        let days = CivilDate(year: year, month: month, day: day).daysSinceEpoch
        let seconds = Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
        milliseconds = seconds * 1000 + Int64(millisecond)
    }

    /// Whole seconds since the Unix epoch, rounded down.
    public var seconds: Int64 { milliseconds.flooringDivision(by: 1000) }

    /// The UTC calendar day of this instant.
    public var day: CivilDate { CivilDate(daysSinceEpoch: Int(milliseconds.flooringDivision(by: 86_400_000))) }

    /// Earlier comes first.
    public static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }

    /// The instant `duration` later, rounded down to whole milliseconds.
    public static func + (instant: Instant, duration: Duration) -> Instant {
        Instant(milliseconds: instant.milliseconds + duration.milliseconds)
    }

    /// The instant `duration` earlier.
    public static func - (instant: Instant, duration: Duration) -> Instant {
        Instant(milliseconds: instant.milliseconds - duration.milliseconds)
    }

    /// The time from `right` to `left`.
    public static func - (left: Instant, right: Instant) -> Duration {
        .milliseconds(left.milliseconds - right.milliseconds)
    }
}

extension Instant: CustomStringConvertible {
    /// RFC 3339 UTC with milliseconds.
    public var description: String { String(decoding: rfc3339Bytes(withMilliseconds: true), as: UTF8.self) }

    /// RFC 3339 UTC with seconds, and with milliseconds only where they are not zero (F7).
    public var shortDescription: String {
        String(decoding: rfc3339Bytes(withMilliseconds: milliseconds % 1000 != 0), as: UTF8.self)
    }

    /// The RFC 3339 form as ASCII bytes.
    public func rfc3339Bytes(withMilliseconds: Bool) -> [UInt8] {
        let date = day
        let inDay = Int(milliseconds - Int64(date.daysSinceEpoch) * 86_400_000)
        var out: [UInt8] = []
        out.reserveCapacity(24)
        out.appendDecimal(date.year, width: 4)
        out.append(UInt8(ascii: "-"))
        out.appendDecimal(date.month, width: 2)
        out.append(UInt8(ascii: "-"))
        out.appendDecimal(date.day, width: 2)
        out.append(UInt8(ascii: "T"))
        out.appendDecimal(inDay / 3_600_000, width: 2)
        out.append(UInt8(ascii: ":"))
        out.appendDecimal(inDay / 60_000 % 60, width: 2)
        out.append(UInt8(ascii: ":"))
        out.appendDecimal(inDay / 1000 % 60, width: 2)
        if withMilliseconds {
            out.append(UInt8(ascii: "."))
            out.appendDecimal(inDay % 1000, width: 3)
        }
        out.append(UInt8(ascii: "Z"))
        return out
    }

    /// Reads RFC 3339 (`2026-11-22T09:13:31.482Z`, `…+01:00`) and a bare date (`2026-11-22`, midnight UTC);
    /// nil for anything else. Fractions beyond milliseconds are cut.
    public init?(rfc3339 text: some StringProtocol) {
        var digits = DigitReader(Array(text.utf8))
        guard let year = digits.number(4), digits.skip("-"), let month = digits.number(2), digits.skip("-"),
            let day = digits.number(2)
        else { return nil }
        if digits.isAtEnd {
            self.init(year: year, month: month, day: day)
            return
        }
        guard digits.skip("T") || digits.skip("t") || digits.skip(" "), let hour = digits.number(2),
            digits.skip(":"), let minute = digits.number(2), digits.skip(":"), let second = digits.number(2)
        else { return nil }
        let millisecond = digits.skip(".") ? digits.fraction() : 0
        guard let millisecond, let offset = digits.offsetMinutes(), digits.isAtEnd,
            let local = Instant(
                year: year, month: month, day: day, hour: hour, minute: minute, second: second,
                millisecond: millisecond)
        else { return nil }
        self = local - .seconds(offset * 60)
    }
}

extension Instant: Codable {
    /// Decodes an RFC 3339 string.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let instant = Instant(rfc3339: text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "\"\(text)\" is no RFC 3339 instant"))
        }
        self = instant
    }

    /// Encodes RFC 3339 UTC with milliseconds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    public var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds.flooringDivision(by: 1_000_000_000_000_000)
    }
}

extension FixedWidthInteger {
    /// Division that rounds toward negative infinity, so that instants before 1970 fall on the right day.
    func flooringDivision(by divisor: Self) -> Self {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

/// Reads fixed-width digits and separators from ASCII bytes.
private struct DigitReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func number(_ width: Int) -> Int? {
        guard position + width <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[position..<position + width] {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        position += width
        return value
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, UInt32(bytes[position]) == character.value else { return false }
        position += 1
        return true
    }

    /// Milliseconds of a decimal fraction, whose point has been read.
    mutating func fraction() -> Int? {
        var value = 0
        var count = 0
        while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 {
            if count < 3 { value = value * 10 + Int(bytes[position] - 0x30) }
            count += 1
            position += 1
        }
        guard count > 0 else { return nil }
        while count < 3 {
            value *= 10
            count += 1
        }
        return value
    }

    /// `Z` or `+hh:mm`, in minutes east of UTC.
    mutating func offsetMinutes() -> Int? {
        if skip("Z") || skip("z") { return 0 }
        let sign = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = number(2), hours < 24, skip(":"), let minutes = number(2), minutes < 60
        else { return nil }
        return sign * (hours * 60 + minutes)
    }
}
