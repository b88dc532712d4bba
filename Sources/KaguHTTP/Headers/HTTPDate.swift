// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// Reads the three date forms of HTTP (RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`,
/// `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`.
public enum HTTPDate {
    /// The instant that `text` names, in GMT; nil for anything but the three forms. `now` places two-digit years:
    /// one that seems more than 50 years ahead is the last past year with the same digits.
    public static func instant(_ text: String, now: Instant) -> Instant? {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "," }).map(String.init)
        guard let weekday = words.first?.lowercased() else { return nil }
        if weekdays.contains(weekday) {
            switch words.count {
            case 6 where words[5].uppercased() == "GMT" && text.contains(","):
                return instant(day: words[1], month: words[2], year: words[3], time: words[4], yearDigits: 4)
            case 5 where !text.contains(","):
                return instant(day: words[2], month: words[1], year: words[4], time: words[3], yearDigits: 4)
            default:
                return nil
            }
        }
        guard longWeekdays.contains(weekday), words.count == 4, words[3].uppercased() == "GMT" else { return nil }
        let date = words[1].split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard date.count == 3, let short = number(date[2], digits: 2...2) else { return nil }
        let thisYear = now.day.year
        let guess = thisYear - thisYear % 100 + short
        let year = guess > thisYear + 50 ? guess - 100 : guess
        return instant(day: date[0], month: date[1], year: String(year), time: words[2], yearDigits: 4)
    }

    private static let weekdays: Set<String> = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    private static let longWeekdays: Set<String> = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    ]
    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    private static func instant(
        day: String, month: String, year: String, time: String, yearDigits: Int
    ) -> Instant? {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard clock.count == 3, let day = number(day, digits: 1...2),
            let month = months.firstIndex(of: month.lowercased()),
            let year = number(year, digits: yearDigits...yearDigits),
            let hour = number(clock[0], digits: 2...2), let minute = number(clock[1], digits: 2...2),
            let second = number(clock[2], digits: 2...2), hour < 24
        else { return nil }
        return Instant(year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second)
    }

    private static func number(_ text: String, digits: ClosedRange<Int>) -> Int? {
        guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            return nil
        }
        return Int(text)
    }
}
