// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import KaguModel
import Testing

@testable import KaguDaemon

@Suite("Publisher's hints")
struct PublisherHintsTests {
    /// 2026-11-22 is a Sunday.
    private func sunday(_ hour: Int, _ minute: Int = 0) -> Instant {
        Instant(year: 2026, month: 11, day: 22, hour: hour, minute: minute) ?? Instant(seconds: 0)
    }

    private func hints(
        ttl: Int? = nil, period: Int? = nil, hours: [Int] = [], days: [Int] = []
    ) -> PublisherHints {
        var feed = ParsedFeed(format: .rss20)
        feed.ttlSeconds = ttl
        feed.updatePeriodSeconds = period
        feed.skipHours = hours
        feed.skipDays = days
        return PublisherHints(feed)
    }

    @Test(
        "ttl and sy count up to max_interval, freshness up to 24 h, and none of them shortens (P17)",
        arguments: [
            (nil, nil, nil, 60), (1800, nil, nil, 60), (7200, nil, nil, 120), (nil, 7200, nil, 120),
            (7200, 10_800, nil, 180), (864_000, nil, nil, 360), (nil, nil, 7200, 120), (nil, nil, 864_000, 1440),
            (7200, nil, 10_800, 180), (-5, nil, nil, 60),
        ] as [(Int?, Int?, Int?, Int)])
    func lengthens(ttl: Int?, period: Int?, freshness: Int?, minutes: Int) {
        let wait = hints(ttl: ttl, period: period)
            .lengthened(.hours(1), freshness: freshness.map { .seconds($0) }, maximum: .hours(6))
        #expect(wait == .minutes(minutes))
    }

    @Test("skipped hours put the poll off to the end of the window (P17)")
    func hours() {
        let night = hints(hours: [22, 23, 0, 1, 2])
        #expect(night.outsideWindow(sunday(21, 59)) == sunday(21, 59))
        #expect(night.outsideWindow(sunday(22, 10)) == sunday(3) + .days(1))
        #expect(night.outsideWindow(sunday(1)) == sunday(3))
        #expect(night.outsideWindow(sunday(3)) == sunday(3))
    }

    @Test("skipped days are GMT days, Monday first, and cost at most 24 h (P17)")
    func days() {
        #expect(hints(days: [7]).outsideWindow(sunday(15)) == sunday(0) + .days(1))
        #expect(hints(days: [6, 1]).outsideWindow(sunday(15)) == sunday(15))
        // The window lasts until Tuesday.
        #expect(hints(days: [7, 1]).outsideWindow(sunday(15)) == sunday(15) + .days(1))
    }

    @Test("hours or days that skip everything are ignored (P17)")
    func everything() {
        #expect(hints(hours: Array(0..<24)).outsideWindow(sunday(15)) == sunday(15))
        #expect(hints(days: Array(1...7)).outsideWindow(sunday(15)) == sunday(15))
        #expect(hints(hours: Array(0..<24), days: [7]).outsideWindow(sunday(15)) == sunday(0) + .days(1))
    }

    @Test("hints survive as text beside the gaps, so that they hold over 304 answers (P17)")
    func text() {
        var habits = FeedHabits()
        #expect(habits.text.isEmpty)
        habits.hints = hints(ttl: 7200, hours: [0, 23], days: [7])
        habits.silence = SilenceGauge(gaps: [0, 35, 36, 100_000], isTold: true)
        #expect(FeedHabits(habits.text) == habits)
        #expect(FeedHabits("x9 tnonsense").hints == PublisherHints())
    }
}
