// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// The times of `--since` and `--until` (O18, as journalctl): `2026-11-22`, `2026-11-22 14:00[:05]`, `14:00`,
/// RFC 3339, `now`, `today`, `yesterday`, `tomorrow`, `-2h`, `-1h30m`, `+10min`, `2 hours ago`, `@1795338843`.
enum TimeExpression {
    /// Reads an expression at `now` on the wall clock `clock`.
    static func parse(_ text: String, now: Instant, clock: CivilClock) throws(Mistake) -> Instant {
        let trimmed = words(text).joined(separator: " ").lowercased()
        if let instant = named(trimmed, now, clock) ?? relative(trimmed, now) ?? absolute(trimmed, now, clock) {
            return instant
        }
        throw Mistake(text: text)
    }

    /// A text that is no time.
    struct Mistake: Error, Hashable, CustomStringConvertible {
        /// The text as given.
        let text: String

        /// What is wrong, and what would be right.
        var description: String {
            "\"\(VisibleText.escaped(text))\" is no time; write \"2026-11-22 14:00\", \"today\", \"-2h\","
                + " \"2 hours ago\" or \"@1795338843\""
        }
    }

    private static func words(_ text: String) -> [Substring] { text.split { $0 == " " || $0 == "\t" } }

    private static func named(_ text: String, _ now: Instant, _ clock: CivilClock) -> Instant? {
        let offsets = ["today": 0, "yesterday": -1, "tomorrow": 1]
        if text == "now" { return now }
        guard let days = offsets[text] else { return nil }
        let today = clock.civil(at: now).date
        return clock.instant(of: CivilTime(date: CivilDate(daysSinceEpoch: today.daysSinceEpoch + days)))
    }

    // MARK: Relative

    private static func relative(_ text: String, _ now: Instant) -> Instant? {
        if text.hasSuffix(" ago") {
            return span(text.dropLast(4)).flatMap { shifted(now, by: -$0) }
        }
        if text.hasPrefix("-") { return span(text.dropFirst()).flatMap { shifted(now, by: -$0) } }
        if text.hasPrefix("+") { return span(text.dropFirst()).flatMap { shifted(now, by: $0) } }
        guard text.hasPrefix("@"), let seconds = Int64(text.dropFirst()), abs(seconds) < 1 << 40 else { return nil }
        return Instant(seconds: seconds)
    }

    /// Ten thousand years at most, so that no sum overflows.
    private static func shifted(_ now: Instant, by seconds: Int) -> Instant? {
        abs(seconds) <= 315_360_000_000 ? now + .seconds(seconds) : nil
    }

    /// `2h`, `1h30m`, `2 hours`, `1 day 2 hours`, in seconds; nil for anything else.
    private static func span(_ text: Substring) -> Int? {
        var rest = text[...]
        var total = 0
        repeat {
            rest = rest.drop { $0 == " " }
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest[digits.endIndex...].drop { $0 == " " }
            let unit = rest.prefix { $0.isLetter }
            rest = rest[unit.endIndex...]
            guard let count = Int(digits), let seconds = units[String(unit)] else { return nil }
            let (product, overflow) = count.multipliedReportingOverflow(by: seconds)
            let (sum, carries) = total.addingReportingOverflow(product)
            guard !overflow, !carries else { return nil }
            total = sum
        } while rest.contains { $0 != " " }
        return total
    }

    private static let units: [String: Int] = {
        var table: [String: Int] = [:]
        for (names, seconds) in [
            ("s sec secs second seconds", 1), ("m min mins minute minutes", 60), ("h hr hrs hour hours", 3600),
            ("d day days", 86_400), ("w week weeks", 604_800),
        ] {
            for name in names.split(separator: " ") { table[String(name)] = seconds }
        }
        return table
    }()

    // MARK: Absolute

    private static func absolute(_ text: String, _ now: Instant, _ clock: CivilClock) -> Instant? {
        if let date = CivilDate(text) { return clock.instant(of: CivilTime(date: date)) }
        let hasZone = text.hasSuffix("z") || text.utf8.suffix(6).first.map { "+-".utf8.contains($0) } == true
        if text.utf8.count >= 20, hasZone { return Instant(rfc3339: text) }
        if let second = timeOfDay(text) {
            return clock.instant(of: CivilTime(date: clock.civil(at: now).date, second: second))
        }
        let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == " " || $0 == "t" }
        guard parts.count == 2, let date = CivilDate(parts[0]), let second = timeOfDay(parts[1]) else { return nil }
        return clock.instant(of: CivilTime(date: date, second: second))
    }

    /// `14:00` or `14:00:05`, in seconds since midnight.
    private static func timeOfDay(_ text: some StringProtocol) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), parts.allSatisfy({ $0.utf8.count == 2 }) else { return nil }
        let numbers = parts.compactMap { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int($0) : nil }
        guard numbers.count == parts.count, numbers[0] < 24, numbers.dropFirst().allSatisfy({ $0 < 60 }) else {
            return nil
        }
        return numbers[0] * 3600 + numbers[1] * 60 + (numbers.count == 3 ? numbers[2] : 0)
    }
}
