// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Spans of time in one unit, as lists show them.
enum AgeText {
    /// `12 s`, `5 min`, `3 h`, `4 d`; rounded down.
    static func span(_ duration: Duration) -> String {
        let seconds = max(0, duration.components.seconds)
        switch seconds {
        case ..<60: return "\(seconds) s"
        case ..<3600: return "\(seconds / 60) min"
        case ..<(48 * 3600): return "\(seconds / 3600) h"
        default: return "\(seconds / 86_400) d"
        }
    }

    /// `3 h ago`, or `in 5 min`.
    static func relative(_ instant: Instant, at now: Instant) -> String {
        instant <= now ? "\(span(now - instant)) ago" : "in \(span(instant - now))"
    }
}
