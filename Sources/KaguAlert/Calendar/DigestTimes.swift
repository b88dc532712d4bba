// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// The times at which a route's digest is due (R10).
///
/// With a time of day it is due on every `every`-th day; without one at each multiple of `every` since the epoch, so
/// that a restart or reload moves nothing. A time that clocks skip is the next valid instant, of a repeated one the
/// first counts: one digest a day.
public struct DigestTimes: Hashable, Sendable {
    /// The period; whole days where there is a time of day, whole weeks where there is a weekday.
    public var every: Duration
    /// 1 (Monday) – 7; nil: any.
    public var weekday: Int?
    /// Minutes after midnight; nil: counted from the epoch.
    public var at: Int?
    /// The zone whose clocks count.
    public var zone: ZoneTable

    /// Times; `every` is at least a minute.
    public init(every: Duration, weekday: Int? = nil, at: Int? = nil, zone: ZoneTable = .utc) {
        self.every = every
        self.weekday = weekday
        self.at = at
        self.zone = zone
    }

    /// The first time after `instant`: when a hit that comes at `instant` is told.
    public func next(after instant: Instant) -> Instant {
        let period = max(60_000, every.milliseconds)
        guard let at else {
            let count = Self.floor(instant.milliseconds, by: period) + 1
            return Instant(milliseconds: count * period)
        }
        let days = Int(max(1, period / 86_400_000))
        // The day before counts too: its time may have been skipped, or lie in another day of UTC.
        var day = Self.firstDay(from: zone.local(at: instant).date.daysSinceEpoch - 1, days, weekday)
        while true {
            let time = zone.first(CivilDate(daysSinceEpoch: day), second: at * 60)
            if time > instant { return time }
            day += days
        }
    }

    /// Whether a time has come since `last`, when the digest was last sent or begun: one digest is due, however many
    /// times were missed (R10).
    public func isDue(since last: Instant, at now: Instant) -> Bool { next(after: last) <= now }

    /// The first day of the schedule that is not before `day`. Days are counted from the epoch, a Thursday.
    private static func firstDay(from day: Int, _ period: Int, _ weekday: Int?) -> Int {
        let anchor = weekday.map { ($0 + 3) % 7 } ?? 0
        let behind = (day - anchor) % period
        return behind == 0 ? day : day - behind + (behind > 0 ? period : 0)
    }

    private static func floor(_ value: Int64, by divisor: Int64) -> Int64 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
