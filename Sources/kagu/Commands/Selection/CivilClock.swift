// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel

/// A date and a time of day on some clock on a wall.
struct CivilTime: Hashable, Sendable {
    /// The day.
    var date: CivilDate
    /// Seconds since midnight, 0–86,399.
    var second = 0

    /// `2026-11-22 10:13:31`.
    var description: String {
        "\(date) \(Self.two(second / 3600)):\(Self.two(second / 60 % 60)):\(Self.two(second % 60))"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}

/// The clock by which times are read and shown (O18): the machine's zone, UTC, or a fixed distance for tests.
enum CivilClock: Hashable, Sendable {
    /// The zone of `TZ` and /etc/localtime.
    case local
    /// Coordinated Universal Time.
    case utc
    /// So many minutes east of UTC.
    case fixed(minutesEast: Int)

    /// What this clock shows at `instant`, in whole seconds.
    func civil(at instant: Instant) -> CivilTime {
        switch self {
        case .utc: return Self.utcTime(at: instant)
        case .fixed(let minutes): return Self.utcTime(at: instant + .seconds(minutes * 60))
        case .local:
            var seconds = time_t(instant.seconds)
            var parts = tm()
            guard localtime_r(&seconds, &parts) != nil else { return Self.utcTime(at: instant) }
            let date = CivilDate(
                year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday))
            let second = Int(parts.tm_hour) * 3600 + Int(parts.tm_min) * 60 + min(59, Int(parts.tm_sec))
            return CivilTime(date: date, second: second)
        }
    }

    /// When this clock shows `time`; where a change of summer time skips or repeats it, what mktime(3) makes of it.
    func instant(of time: CivilTime) -> Instant {
        let utc = time.date.start + .seconds(time.second)
        switch self {
        case .utc: return utc
        case .fixed(let minutes): return utc - .seconds(minutes * 60)
        case .local:
            var parts = tm()
            parts.tm_year = Int32(time.date.year - 1900)
            parts.tm_mon = Int32(time.date.month - 1)
            parts.tm_mday = Int32(time.date.day)
            parts.tm_hour = Int32(time.second / 3600)
            parts.tm_min = Int32(time.second / 60 % 60)
            parts.tm_sec = Int32(time.second % 60)
            parts.tm_isdst = -1
            return Instant(seconds: Int64(mktime(&parts)))
        }
    }

    private static func utcTime(at instant: Instant) -> CivilTime {
        let date = instant.day
        return CivilTime(date: date, second: Int(instant.seconds - date.start.seconds))
    }
}
