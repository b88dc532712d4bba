// SPDX-License-Identifier: Apache-2.0

import KaguModel

extension YAMLCursor {
    /// A duration within `range`; a bare `0` counts as zero where the range holds it.
    func duration(in range: ClosedRange<Duration>) -> Duration? {
        guard let text = nonEmptyText(), let value = duration(of: text, zeroAllowed: range.contains(.zero))
        else { return nil }
        guard range.contains(value) else {
            fail(
                .outOfRange(
                    text, lower: DurationText.format(range.lowerBound),
                    upper: DurationText.format(range.upperBound)))
            return nil
        }
        return value
    }

    /// A poll interval within P14's widest limits, 1 s to 7 d; who may go below 1 min is not judged here.
    func interval() -> Duration? {
        guard let text = nonEmptyText(), let value = duration(of: text, zeroAllowed: false) else { return nil }
        guard value >= .seconds(1), value <= PollSettings.longestInterval else {
            fail(.outOfRange(text, lower: "1m", upper: "7d"))
            return nil
        }
        return value
    }

    private func duration(of text: String, zeroAllowed: Bool) -> Duration? {
        if zeroAllowed, text == "0" { return .zero }
        do {
            return try DurationText.parse(text)
        } catch {
            switch error {
            case .missingUnit: fail(.missingUnit(text, example: text + "s"))
            case .unknownUnit(let unit): fail(.unknownUnit(text, unit: unit))
            case .malformed: fail(.noDuration(text))
            }
            return nil
        }
    }

    /// A size.
    func byteCount() -> ByteCount? {
        guard let text = nonEmptyText() else { return nil }
        do {
            return try ByteCountText.parse(text)
        } catch {
            switch error {
            case .missingUnit: fail(.missingUnit(text, example: text + "MiB"))
            case .malformed: fail(.noByteCount(text))
            }
            return nil
        }
    }

    /// A whole number within `range`.
    func integer(in range: ClosedRange<Int>) -> Int? {
        guard let text = nonEmptyText() else { return nil }
        guard let value = Int(text) else {
            fail(.noInteger(text))
            return nil
        }
        guard range.contains(value) else {
            fail(.outOfRange(text, lower: "\(range.lowerBound)", upper: "\(range.upperBound)"))
            return nil
        }
        return value
    }

    /// `true` or `false`, or what YAML 1.1 also took for them.
    func boolean() -> Bool? {
        guard let text = nonEmptyText() else { return nil }
        switch text.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default:
            fail(.noBoolean(text))
            return nil
        }
    }

    /// Midnight UTC of a date, `YYYY-MM-DD`.
    func date() -> Instant? {
        guard let text = nonEmptyText() else { return nil }
        guard let day = CivilDate(text) else {
            fail(.noDate(text))
            return nil
        }
        return day.start
    }

    /// Minutes after midnight of `HH:MM`.
    func timeOfDay() -> Int? {
        guard let text = nonEmptyText() else { return nil }
        guard let minutes = TimeOfDay.minutes(text) else {
            fail(.noTimeOfDay(text))
            return nil
        }
        return minutes
    }

    /// An IANA time zone known on this machine.
    func timeZone() -> String? {
        guard let text = nonEmptyText() else { return nil }
        guard TimeZoneNames.contains(text) else {
            fail(.unknownTimeZone(text, nearest: TimeZoneNames.nearest(to: text)))
            return nil
        }
        return text
    }

    /// Entries of `allow_private`.
    func addressRules() -> [AddressRule] {
        (items() ?? []).compactMap { $0.addressRule() }
    }

    private func addressRule() -> AddressRule? {
        guard let text = nonEmptyText() else { return nil }
        do {
            return try AddressText.parse(text)
        } catch {
            switch error {
            case .malformed: fail(.noAddressRule(text))
            case .bareAddress(let remedy): fail(.bareAddress(text, remedy: remedy))
            case .opensNothing: fail(.opensNothing(text))
            }
            return nil
        }
    }

    /// Country codes, upper-cased.
    func countries() -> [String] { (items() ?? []).compactMap { $0.country() } }

    /// A country code, upper-cased.
    func country() -> String? {
        guard let text = nonEmptyText() else { return nil }
        guard CodeLists.isCountry(text.uppercased()) else {
            fail(.unknownCountry(text))
            return nil
        }
        return text.uppercased()
    }
}

/// A time of day as configuration writes it.
enum TimeOfDay {
    /// Minutes after midnight of `HH:MM` or `H:MM`, up to 23:59; nil for anything else.
    static func minutes(_ text: some StringProtocol) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
        else { return nil }
        return hour * 60 + minute
    }

    /// `HH:MM`.
    static func format(_ minutes: Int) -> String {
        let hour = minutes / 60
        let minute = minutes % 60
        return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }
}
