// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import KaguModel

/// What a feed's document asks of its readers: `ttl`, `sy:updatePeriod`, `skipHours`, `skipDays` (P17). Hints only
/// lengthen an interval; they hold until the next document, over any number of 304 answers.
struct PublisherHints: Hashable, Sendable {
    /// Freshness by the headers counts up to this, and so does the wait for a window's end.
    static let longest: Duration = .seconds(24 * 60 * 60)

    /// The longer of `ttl` and the update period, in seconds; 0: none.
    var seconds = 0
    /// Hours (GMT) without polls, one bit each, hour 0 lowest; 0: none.
    var skippedHours: UInt32 = 0
    /// Days (GMT) without polls, one bit each, Monday lowest; 0: none.
    var skippedDays: UInt8 = 0

    private static let allHours: UInt32 = 0xFF_FFFF
    private static let allDays: UInt8 = 0x7F

    /// No hints.
    init() {}

    /// The hints of a document. Hours or days that skip everything are ignored.
    init(_ feed: ParsedFeed) {
        seconds = max(feed.ttlSeconds ?? 0, feed.updatePeriodSeconds ?? 0, 0)
        for hour in feed.skipHours where (0..<24).contains(hour) { skippedHours |= 1 << UInt32(hour) }
        for day in feed.skipDays where (1...7).contains(day) { skippedDays |= 1 << UInt8(day - 1) }
        if skippedHours == Self.allHours { skippedHours = 0 }
        if skippedDays == Self.allDays { skippedDays = 0 }
    }

    /// The wait under these hints: `interval`, or longer by the headers (up to 24 h) or the document (up to
    /// `maximum`, the configured `max_interval`).
    func lengthened(_ interval: Duration, freshness: Duration?, maximum: Duration) -> Duration {
        max(interval, min(freshness ?? .zero, Self.longest), min(.seconds(seconds), maximum))
    }

    /// `due`, or the end of the skipped hours and days that it falls into; at most 24 h later.
    func outsideWindow(_ due: Instant) -> Instant {
        guard skippedHours != 0 || skippedDays != 0 else { return due }
        var moved = due
        while skips(moved) {
            moved = Instant(seconds: (moved.seconds / 3600 + 1) * 3600)
            if moved - due >= Self.longest { return due + Self.longest }
        }
        return moved
    }

    private func skips(_ instant: Instant) -> Bool {
        let hours = instant.seconds / 3600
        // 1970-01-01 was a Thursday, the fourth day of the week.
        let day = (hours / 24 + 3) % 7
        return skippedHours >> UInt32(hours % 24) & 1 == 1 || skippedDays >> UInt8(day) & 1 == 1
    }
}
