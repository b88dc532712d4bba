// SPDX-License-Identifier: Apache-2.0

/// How durations are written in configuration and on the command line: a number with its unit, `250ms`, `10s`,
/// `5m`, `2h`, `7d`, or several, the larger first: `1h30m`.
public enum DurationText {
    /// Why a text is no duration.
    public enum Mistake: Error, Hashable, Sendable {
        /// A bare number.
        case missingUnit
        /// A number with a unit that is none of `ms`, `s`, `m`, `h`, `d`.
        case unknownUnit(String)
        /// Anything else.
        case malformed
    }

    /// The units, the larger first, in milliseconds.
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// Reads a duration; fractions, signs and more than 1,000,000 days are refused.
    public static func parse(_ text: String) throws(Mistake) -> Duration {
        var rest = text[...]
        var total: Int64 = 0
        var previous = Int64.max
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty, digits.count <= 14, let number = Int64(digits) else { throw .malformed }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { !($0.isASCII && $0.isNumber) }
            rest = rest.dropFirst(name.count)
            if name.isEmpty { throw .missingUnit }
            guard let unit = units.first(where: { $0.name == name }) else {
                if name.allSatisfy(\.isLetter) { throw .unknownUnit(String(name)) }
                throw .malformed
            }
            let (part, overflow) = number.multipliedReportingOverflow(by: unit.milliseconds)
            guard unit.milliseconds < previous, !overflow, part <= 86_400_000_000_000 else { throw .malformed }
            previous = unit.milliseconds
            total += part
        }
        guard previous != .max else { throw .malformed }
        return .milliseconds(total)
    }

    /// The shortest text that reads as `duration`, rounded down to milliseconds: `1h30m`, `0s`.
    public static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        var rest = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        guard rest > 0 else { return "0s" }
        var text = ""
        for unit in units where rest >= unit.milliseconds {
            text += "\(rest / unit.milliseconds)\(unit.name)"
            rest %= unit.milliseconds
        }
        return text
    }
}
