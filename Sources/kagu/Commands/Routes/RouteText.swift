// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel

/// Settings of routes in words.
enum RouteText {
    /// `22:00–07:00 Europe/Berlin, critical passes`.
    static func text(_ hours: RouteSettings.QuietHours) -> String {
        let passes = hours.bypass.map { severity in
            severity == .critical ? ", critical passes" : ", \(severity.rawValue) and above pass"
        }
        return "\(clock(hours.from))–\(clock(hours.to)) \(hours.timeZone)\(passes ?? "")"
    }

    /// `every 1 d at Mon 08:00 Europe/Berlin`.
    static func text(_ digest: RouteSettings.DigestSchedule) -> String {
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        let day = digest.weekday.flatMap { (1...7).contains($0) ? days[$0 - 1] + " " : nil } ?? ""
        let time = digest.at.map { " at \(day)\(clock($0)) \(digest.timeZone)" } ?? ""
        return "every \(span(digest.every))\(time)"
    }

    /// `30 s`, `5 min`, `2 h`, `1 d`: in the largest unit that leaves nothing over.
    static func span(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        for (unit, size) in [("d", Int64(86_400)), ("h", 3600), ("min", 60)]
        where seconds >= size && seconds % size == 0 { return "\(seconds / size) \(unit)" }
        return "\(seconds) s"
    }

    private static func clock(_ minutes: Int) -> String {
        let two = { (number: Int) in number < 10 ? "0\(number)" : String(number) }
        return "\(two(minutes / 60)):\(two(minutes % 60))"
    }
}
