// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// A daily window in which messages are held, never dropped (R9).
///
/// The windows are concrete instants, one for each date on which the window begins: a `from` that a change of clocks
/// skips is the next valid instant, a repeated one the first; a repeated `to` is the last, so that nobody is woken in
/// the hour that comes twice.
public struct QuietHours: Hashable, Sendable {
    /// The zone whose clocks count.
    public var zone: ZoneTable
    /// Minutes after midnight at which the window begins.
    public var from: Int
    /// Minutes after midnight at which it ends; not after `from` where it crosses midnight.
    public var to: Int
    /// That level and above pass; nil: nothing does.
    public var bypass: Severity?

    /// A window; `from` and `to` are minutes after midnight, 0–1,439, and differ.
    public init(zone: ZoneTable, from: Int, to: Int, bypass: Severity? = nil) {
        self.zone = zone
        self.from = from
        self.to = to
        self.bypass = bypass
    }

    /// Whether hits of this severity go out in spite of the window.
    public func lets(pass severity: Severity) -> Bool { bypass.map { severity >= $0 } ?? false }

    /// When what is held at `instant` may go out: the end of the window that it lies in; nil outside of windows.
    public func heldUntil(at instant: Instant) -> Instant? { window(containing: instant)?.upperBound }

    /// As `heldUntil(at:)`; nil also where the severity passes.
    public func heldUntil(at instant: Instant, severity: Severity) -> Instant? {
        lets(pass: severity) ? nil : heldUntil(at: instant)
    }

    /// The window that holds `instant`, together with those that follow it without a pause; nil outside of windows.
    public func window(containing instant: Instant) -> Range<Instant>? {
        guard var found = single(containing: instant) else { return nil }
        // Where clocks skip the pause between two windows, the second begins as the first ends; once in a year at most.
        for _ in 0..<3 {
            guard let next = single(containing: found.upperBound) else { break }
            found = found.lowerBound..<max(found.upperBound, next.upperBound)
        }
        return found
    }

    /// When the next window begins after `instant`; nil where there is none within three days, which cannot be.
    public func nextStart(after instant: Instant) -> Instant? {
        let today = zone.local(at: instant).date.daysSinceEpoch
        return (-1...3).map { window(onDay: today + $0) }.filter { !$0.isEmpty && $0.lowerBound > instant }
            .map(\.lowerBound).min()
    }

    private func single(containing instant: Instant) -> Range<Instant>? {
        let today = zone.local(at: instant).date.daysSinceEpoch
        return (-2...1).map { window(onDay: today + $0) }.filter { $0.contains(instant) }
            .max { $0.upperBound < $1.upperBound }
    }

    /// The window that begins on a day; empty where clocks skip all of it.
    private func window(onDay day: Int) -> Range<Instant> {
        let start = zone.first(CivilDate(daysSinceEpoch: day), second: from * 60)
        let end = zone.last(CivilDate(daysSinceEpoch: to > from ? day : day + 1), second: to * 60)
        return start..<max(start, end)
    }
}
