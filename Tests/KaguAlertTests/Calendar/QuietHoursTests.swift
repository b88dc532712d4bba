// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import Testing

@Suite("Quiet hours (R9)")
struct QuietHoursTests {
    private let berlin: ZoneTable

    init() throws { berlin = try ZoneFixture.zone(ZoneFixture.berlin) }

    private func hours(_ from: Int, _ to: Int, bypass: Severity? = nil) -> QuietHours {
        QuietHours(zone: berlin, from: from, to: to, bypass: bypass)
    }

    @Test("a window that crosses midnight holds from its first moment to before its last")
    func acrossMidnight() {
        let night = hours(22 * 60, 7 * 60)
        #expect(night.heldUntil(at: .at("2026-11-22T20:59:59.999Z")) == nil)
        #expect(night.heldUntil(at: .at("2026-11-22T21:00:00Z")) == .at("2026-11-23T06:00:00Z"))
        #expect(night.heldUntil(at: .at("2026-11-23T05:59:59.999Z")) == .at("2026-11-23T06:00:00Z"))
        #expect(night.heldUntil(at: .at("2026-11-23T06:00:00Z")) == nil)
    }

    @Test("a window within a day holds on that day only")
    func withinDay() {
        let lunch = hours(12 * 60, 14 * 60)
        #expect(lunch.heldUntil(at: .at("2026-11-22T10:59:59Z")) == nil)
        #expect(lunch.heldUntil(at: .at("2026-11-22T11:00:00Z")) == .at("2026-11-22T13:00:00Z"))
        #expect(lunch.nextStart(after: .at("2026-11-22T11:00:00Z")) == .at("2026-11-23T11:00:00Z"))
    }

    @Test("in the night to summer time the window is an hour shorter, in the other an hour longer")
    func changingNights() {
        let night = hours(22 * 60, 7 * 60)
        let spring = night.window(containing: .at("2027-03-28T00:30:00Z"))
        #expect(spring == .at("2027-03-27T21:00:00Z")..<(.at("2027-03-28T05:00:00Z")))
        let autumn = night.window(containing: .at("2026-10-25T01:30:00Z"))
        #expect(autumn == .at("2026-10-24T20:00:00Z")..<(.at("2026-10-25T06:00:00Z")))
    }

    @Test("a from that is skipped is the change; a repeated from is the first, a repeated to the last")
    func edges() {
        let skipped = hours(2 * 60 + 30, 7 * 60)
        #expect(
            skipped.window(containing: .at("2027-03-28T01:00:00Z"))
                == .at("2027-03-28T01:00:00Z")..<(.at("2027-03-28T05:00:00Z")))
        let repeated = hours(2 * 60 + 30, 7 * 60)
        #expect(
            repeated.window(containing: .at("2026-10-25T00:45:00Z"))
                == .at("2026-10-25T00:30:00Z")..<(.at("2026-10-25T06:00:00Z")))
        let ending = hours(22 * 60, 2 * 60 + 30)
        // 02:30 comes twice: held through the first, and through the hour that comes again.
        #expect(ending.heldUntil(at: .at("2026-10-25T00:40:00Z")) == .at("2026-10-25T01:30:00Z"))
        // A `to` that is skipped is the change.
        #expect(ending.heldUntil(at: .at("2027-03-28T00:30:00Z")) == .at("2027-03-28T01:00:00Z"))
    }

    @Test("a window that clocks skip altogether holds nothing; windows whose pause is skipped are one")
    func skippedWindows() {
        #expect(hours(2 * 60 + 10, 2 * 60 + 50).heldUntil(at: .at("2027-03-28T01:00:00Z")) == nil)
        let nearlyAlways = hours(2 * 60 + 10, 2 * 60 + 5)
        #expect(nearlyAlways.heldUntil(at: .at("2027-03-28T00:59:59Z")) == .at("2027-03-29T00:05:00Z"))
        #expect(nearlyAlways.heldUntil(at: .at("2027-03-29T00:06:00Z")) == nil)
    }

    @Test("through a year a moment lies in a window exactly when the clock on the wall says so")
    func throughTheYear() {
        let night = hours(22 * 60, 7 * 60)
        var instant = Instant.at("2026-06-01T00:00:00Z")
        for _ in 0..<3000 {
            let clock = berlin.local(at: instant).second / 60
            #expect((night.heldUntil(at: instant) != nil) == (clock >= 22 * 60 || clock < 7 * 60), "\(instant)")
            instant = instant + .seconds(10_440)
        }
    }

    @Test("bypass lets a severity and those above it pass")
    func bypass() {
        let night = hours(22 * 60, 7 * 60, bypass: .high)
        let midnight = Instant.at("2026-11-22T23:00:00Z")
        #expect(night.heldUntil(at: midnight, severity: .critical) == nil)
        #expect(night.heldUntil(at: midnight, severity: .high) == nil)
        #expect(night.heldUntil(at: midnight, severity: .medium) == .at("2026-11-23T06:00:00Z"))
        #expect(!hours(22 * 60, 7 * 60).lets(pass: .critical))
    }
}

@Suite("Times of digests (R10)")
struct DigestTimesTests {
    private let berlin: ZoneTable

    init() throws { berlin = try ZoneFixture.zone(ZoneFixture.berlin) }

    @Test("without a time of day the epoch counts, and the next time is always later")
    func periods() {
        let hourly = DigestTimes(every: .seconds(3600))
        #expect(hourly.next(after: .at("2026-11-22T09:13:31Z")) == .at("2026-11-22T10:00:00Z"))
        #expect(hourly.next(after: .at("2026-11-22T10:00:00Z")) == .at("2026-11-22T11:00:00Z"))
        let sixth = DigestTimes(every: .seconds(6 * 3600))
        #expect(sixth.next(after: .at("2026-11-22T09:13:31Z")) == .at("2026-11-22T12:00:00Z"))
    }

    @Test("a time of day is that of the zone's clocks, in winter and in summer")
    func daily() {
        let daily = DigestTimes(every: .seconds(86_400), at: 8 * 60, zone: berlin)
        #expect(daily.next(after: .at("2026-10-24T05:59:59Z")) == .at("2026-10-24T06:00:00Z"))
        #expect(daily.next(after: .at("2026-10-24T06:00:00Z")) == .at("2026-10-25T07:00:00Z"))
        #expect(daily.next(after: .at("2027-03-27T08:00:00Z")) == .at("2027-03-28T06:00:00Z"))
    }

    @Test("a skipped time is the change, a repeated one the first: one digest a day")
    func changes() {
        let early = DigestTimes(every: .seconds(86_400), at: 2 * 60 + 30, zone: berlin)
        #expect(early.next(after: .at("2027-03-27T12:00:00Z")) == .at("2027-03-28T01:00:00Z"))
        #expect(early.next(after: .at("2027-03-28T01:00:00Z")) == .at("2027-03-29T00:30:00Z"))
        #expect(early.next(after: .at("2026-10-25T00:00:00Z")) == .at("2026-10-25T00:30:00Z"))
        #expect(early.next(after: .at("2026-10-25T00:30:00Z")) == .at("2026-10-26T01:30:00Z"))
    }

    @Test("a weekday is kept, every second week too, over the turn of the year")
    func weekdays() {
        let weekly = DigestTimes(every: .seconds(7 * 86_400), weekday: 1, at: 8 * 60, zone: berlin)
        // 2026-11-22 is a Sunday.
        #expect(weekly.next(after: .at("2026-11-22T09:00:00Z")) == .at("2026-11-23T07:00:00Z"))
        #expect(weekly.next(after: .at("2026-11-23T07:00:00Z")) == .at("2026-11-30T07:00:00Z"))
        let sunday = DigestTimes(every: .seconds(7 * 86_400), weekday: 7, at: 8 * 60, zone: berlin)
        #expect(sunday.next(after: .at("2026-11-22T06:59:00Z")) == .at("2026-11-22T07:00:00Z"))
        let second = DigestTimes(every: .seconds(14 * 86_400), weekday: 5, at: 0, zone: berlin)
        let first = second.next(after: .at("2026-12-20T00:00:00Z"))
        let next = second.next(after: first)
        #expect(berlin.local(at: first).date.daysSinceEpoch % 7 == 1)
        #expect(next - first == .seconds(14 * 86_400))
    }

    @Test("a digest missed while down is due once, however many times have passed")
    func missed() {
        let daily = DigestTimes(every: .seconds(86_400), at: 8 * 60, zone: berlin)
        let sent = Instant.at("2026-11-20T07:00:00Z")
        #expect(!daily.isDue(since: sent, at: .at("2026-11-21T06:59:59Z")))
        #expect(daily.isDue(since: sent, at: .at("2026-11-21T07:00:00Z")))
        let start = Instant.at("2026-11-23T12:00:00Z")
        #expect(daily.isDue(since: sent, at: start))
        #expect(!daily.isDue(since: start, at: start + .seconds(60)))
    }
}
