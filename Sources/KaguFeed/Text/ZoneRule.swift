// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// The offset of a zone named by its place (`Europe/Paris`) or by both of its abbreviations (`EST5EDT`), by the rules in
/// force today.
struct ZoneRule: Sendable {
    private let standardMinutes: Int
    private let daylight: Daylight

    private enum Daylight: Sendable { case none, european, american }

    /// The zone of a name; nil for one that is not known.
    init?(name: ArraySlice<UInt8>) {
        let name = String(decoding: name.map(\.asciiLowercased), as: UTF8.self)
        if let minutes = Self.fixed[name] {
            (standardMinutes, daylight) = (minutes, .none)
        } else if let minutes = Self.european[name] {
            (standardMinutes, daylight) = (minutes, .european)
        } else if let minutes = Self.american[name] {
            (standardMinutes, daylight) = (minutes, .american)
        } else {
            return nil
        }
    }

    /// Where such a name ends; nil if the text from `start` has neither its slash nor its digit.
    static func endOfName(_ bytes: [UInt8], from start: Int) -> Int? {
        var end = start
        while end < bytes.count, bytes[end].isLetter { end += 1 }
        guard end - start >= 2, end + 1 < bytes.count, bytes[end + 1].isLetter else { return nil }
        guard bytes[end] == UInt8(ascii: "/") || bytes[end].isDigit else { return nil }
        end += 1
        while end < bytes.count, bytes[end].isLetter || bytes[end] == UInt8(ascii: "_") { end += 1 }
        return end
    }

    /// Minutes east of UTC at a local time.
    func offsetMinutes(at local: DateParts) -> Int {
        let (start, end): (Int, Int)
        switch daylight {
        case .none: return standardMinutes
        case .european:
            // From the last Sunday of March to that of October, at 1:00 UTC.
            let hour = 60 + standardMinutes
            start = sunday(local.year, 3, onOrAfter: 25) * 1440 + hour
            end = sunday(local.year, 10, onOrAfter: 25) * 1440 + hour + 60
        case .american:
            // From the second Sunday of March to the first of November, at 2:00.
            start = sunday(local.year, 3, onOrAfter: 8) * 1440 + 120
            end = sunday(local.year, 11, onOrAfter: 1) * 1440 + 120
        }
        let day = CivilDate(year: local.year, month: local.month, day: local.day).daysSinceEpoch
        let now = day * 1440 + local.hour * 60 + local.minute
        return standardMinutes + (now >= start && now < end ? 60 : 0)
    }

    private func sunday(_ year: Int, _ month: Int, onOrAfter day: Int) -> Int {
        let first = CivilDate(year: year, month: month, day: day).daysSinceEpoch
        // The epoch was a Thursday: day 3 was a Sunday.
        return first + ((3 - first) % 7 + 7) % 7
    }

    private static let fixed = [
        "etc/utc": 0, "etc/gmt": 0, "europe/istanbul": 180, "asia/istanbul": 180, "europe/moscow": 180,
        "europe/minsk": 180, "asia/baku": 240, "asia/tbilisi": 240, "asia/yerevan": 240, "asia/dubai": 240,
        "asia/tehran": 210, "asia/tashkent": 300, "asia/kolkata": 330, "asia/shanghai": 480, "asia/tokyo": 540,
        "asia/seoul": 540, "pacific/noumea": 660, "pacific/wallis": 720, "pacific/tahiti": -600,
        "indian/reunion": 240,
        "indian/mayotte": 180, "america/guadeloupe": -240, "america/martinique": -240, "america/cayenne": -180,
        "africa/algiers": 60, "africa/dakar": 0, "africa/nairobi": 180,
    ]
    private static let european = [
        "europe/london": 0, "europe/dublin": 0, "europe/lisbon": 0, "europe/paris": 60, "europe/berlin": 60,
        "europe/brussels": 60, "europe/rome": 60, "europe/madrid": 60, "europe/amsterdam": 60, "europe/vienna": 60,
        "europe/zurich": 60, "europe/luxembourg": 60, "europe/monaco": 60, "europe/prague": 60, "europe/warsaw": 60,
        "europe/budapest": 60, "europe/stockholm": 60, "europe/oslo": 60, "europe/copenhagen": 60,
        "europe/athens": 120, "europe/helsinki": 120, "europe/kiev": 120, "europe/kyiv": 120, "europe/sofia": 120,
        "europe/bucharest": 120, "europe/vilnius": 120, "europe/riga": 120, "europe/tallinn": 120,
    ]
    private static let american = [
        "america/new_york": -300, "america/chicago": -360, "america/denver": -420, "america/los_angeles": -480,
        "us/eastern": -300, "us/central": -360, "us/mountain": -420, "us/pacific": -480, "est5edt": -300,
        "cst6cdt": -360, "mst7mdt": -420, "pst8pdt": -480,
    ]
}
