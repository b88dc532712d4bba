// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// The rule of a POSIX TZ string such as `CET-1CEST,M3.5.0,M10.5.0/3`, with the extension of TZif version 3: hours of
/// -167 to 167 (RFC 8536 §3.3).
struct PosixZone: Hashable, Sendable {
    /// The day of a change.
    private enum Day: Hashable {
        /// 1–365; 29 February is never counted.
        case julian(Int)
        /// 0–365, leap days counted.
        case ordinal(Int)
        /// Month, week (5: the last) and weekday (0: Sunday).
        case weekday(month: Int, week: Int, day: Int)
    }

    /// A change of clocks: the day, and the seconds after its midnight.
    private struct Change: Hashable {
        var day: Day
        var time: Int
    }

    /// Seconds east of UTC.
    private let standard: Int
    private let summer: (offset: Int, start: Change, end: Change)?

    static func == (left: PosixZone, right: PosixZone) -> Bool {
        left.standard == right.standard && left.summer?.offset == right.summer?.offset
            && left.summer?.start == right.summer?.start && left.summer?.end == right.summer?.end
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(standard)
        hasher.combine(summer?.start)
    }

    /// Seconds east of UTC at a second since the epoch.
    func offset(at second: Int64) -> Int {
        changes(around: second, second).last { $0.at <= second }?.offset ?? standard
    }

    /// The changes of the years of both seconds, and of their neighbours, ascending; none where clocks never change.
    func changes(around start: Int64, _ end: Int64) -> [ZoneTable.Transition] {
        guard let summer else { return [] }
        let years = (Instant(seconds: start).day.year - 1)...(Instant(seconds: end).day.year + 1)
        return years.flatMap { year in
            [
                (
                    ZoneTable.Transition(
                        at: Self.second(of: summer.end, in: year) - Int64(summer.offset), offset: standard), 0
                ),
                (
                    ZoneTable.Transition(
                        at: Self.second(of: summer.start, in: year) - Int64(standard), offset: summer.offset), 1
                ),
            ]
        }
        // Summer time all the year round ends and begins at one moment: the beginning counts.
        .sorted { ($0.0.at, $0.1) < ($1.0.at, $1.1) }.map(\.0)
    }

    /// When a change happens, as a second of local time.
    private static func second(of change: Change, in year: Int) -> Int64 {
        let first = CivilDate(year: year, month: 1, day: 1).daysSinceEpoch
        let days: Int
        switch change.day {
        case .julian(let number):
            let isLeap = CivilDate.daysIn(month: 2, year: year) == 29
            days = first + number - 1 + (isLeap && number >= 60 ? 1 : 0)
        case .ordinal(let number): days = first + number
        case .weekday(let month, let week, let weekday):
            let start = CivilDate(year: year, month: month, day: 1).daysSinceEpoch
            // 1970-01-01 was a Thursday.
            let startDay = ((start + 4) % 7 + 7) % 7
            var day = (weekday - startDay + 7) % 7 + (week - 1) * 7
            if day >= CivilDate.daysIn(month: month, year: year) { day -= 7 }
            days = start + day
        }
        return Int64(days) * 86_400 + Int64(change.time)
    }

    // MARK: Reading

    /// Reads a TZ string; nil for what is none, and for summer time without its dates.
    init?(_ bytes: some Sequence<UInt8>) {
        var reader = Reader(rest: Array(bytes)[...])
        guard reader.skipName(), let west = reader.offset(hours: 24) else { return nil }
        standard = -west
        guard !reader.rest.isEmpty else {
            summer = nil
            return
        }
        guard reader.skipName() else { return nil }
        var offset = standard + 3600
        if reader.rest.first != UInt8(ascii: ",") {
            guard let west = reader.offset(hours: 24) else { return nil }
            offset = -west
        }
        guard reader.skip(","), let start = reader.change(), reader.skip(","), let end = reader.change(),
            reader.rest.isEmpty
        else { return nil }
        summer = (offset, start, end)
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard let byte = rest.first, UInt32(byte) == character.value else { return false }
            rest.removeFirst()
            return true
        }

        /// Three letters or more, or `<…>`.
        mutating func skipName() -> Bool {
            if skip("<") {
                guard let end = rest.firstIndex(of: UInt8(ascii: ">")), end - rest.startIndex >= 3 else {
                    return false
                }
                rest = rest[(end + 1)...]
                return true
            }
            let letters = rest.prefix { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A }
            rest = rest.dropFirst(letters.count)
            return letters.count >= 3
        }

        mutating func number(_ range: ClosedRange<Int>) -> Int? {
            var value = 0
            var count = 0
            while count < 3, let byte = rest.first, byte >= 0x30, byte <= 0x39 {
                value = value * 10 + Int(byte - 0x30)
                rest.removeFirst()
                count += 1
            }
            return count > 0 && range.contains(value) ? value : nil
        }

        /// `[+-]hh[:mm[:ss]]`, in seconds.
        mutating func offset(hours limit: Int) -> Int? {
            let sign = skip("-") ? -1 : 1
            if sign == 1 { _ = skip("+") }
            guard let hours = number(0...limit) else { return nil }
            var seconds = hours * 3600
            for unit in [60, 1] {
                guard skip(":") else { break }
                guard let part = number(0...59) else { return nil }
                seconds += part * unit
            }
            return sign * seconds
        }

        /// `M3.5.0`, `J60` or `59`, then `/time`; 02:00 where there is none.
        mutating func change() -> Change? {
            guard let day = day() else { return nil }
            guard skip("/") else { return Change(day: day, time: 7200) }
            return offset(hours: 167).map { Change(day: day, time: $0) }
        }

        private mutating func day() -> Day? {
            if skip("J") { return number(1...365).map(Day.julian) }
            guard skip("M") else { return number(0...365).map(Day.ordinal) }
            guard let month = number(1...12), skip("."), let week = number(1...5), skip("."),
                let day = number(0...6)
            else { return nil }
            return .weekday(month: month, week: week, day: day)
        }
    }
}
