// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// The rules of a time zone, read from a TZif file (RFC 8536, versions 1 to 3 and later ones in their form), with its
/// POSIX rule for the time after the last transition listed.
///
/// A value: no file, no clock. Hostile bytes are refused, never trapped on.
public struct ZoneTable: Hashable, Sendable {
    /// From `at` on, local time is UTC plus `offset`; both in seconds.
    struct Transition: Hashable, Sendable {
        var at: Int64
        var offset: Int
    }

    /// The offset before the first transition.
    private let firstOffset: Int
    /// Ascending.
    private let transitions: [Transition]
    /// What holds after the last transition; nil: its offset, for ever.
    private let rule: PosixZone?

    /// Coordinated Universal Time.
    public static let utc = ZoneTable(secondsEast: 0)

    /// A zone that is always so many seconds east of UTC.
    public init(secondsEast offset: Int) {
        self.init(firstOffset: offset, transitions: [], rule: nil)
    }

    init(firstOffset: Int, transitions: [Transition], rule: PosixZone?) {
        self.firstOffset = firstOffset
        self.transitions = transitions
        self.rule = rule
    }

    /// Seconds that local time is east of UTC at an instant.
    public func offset(at instant: Instant) -> Int { offset(atSecond: instant.seconds) }

    /// The local date and the second of its day (0–86,399) at an instant.
    public func local(at instant: Instant) -> (date: CivilDate, second: Int) {
        let local = instant + .seconds(offset(at: instant))
        return (local.day, Int(local.seconds - local.day.start.seconds))
    }

    /// The first instant at which clocks show `second` of `date`; where a change of clocks skips that, the next valid
    /// instant, which is the change itself (R9).
    public func first(_ date: CivilDate, second: Int) -> Instant { instants(date, second).first }

    /// The last instant at which clocks show it, where they show it twice; else as `first` (R9).
    public func last(_ date: CivilDate, second: Int) -> Instant { instants(date, second).last }

    // MARK: Looking up

    func offset(atSecond second: Int64) -> Int {
        guard let last = transitions.last else { return rule?.offset(at: second) ?? firstOffset }
        if second >= last.at { return rule?.offset(at: second) ?? last.offset }
        let next = index(after: second)
        return next == 0 ? firstOffset : transitions[next - 1].offset
    }

    /// The first transition that comes after `second`.
    private func index(after second: Int64) -> Int {
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle].at <= second { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func instants(_ date: CivilDate, _ second: Int) -> (first: Instant, last: Instant) {
        let local = date.start.seconds + Int64(second)
        // No offset is larger than 26 hours (RFC 8536 §3.2).
        let changes = changes(from: local - 100_000, to: local + 100_000)
        var shown: [Int64] = []
        var skipped: Int64?
        for (index, change) in changes.enumerated() {
            let end = index + 1 < changes.count ? changes[index + 1].at : Int64.max
            let candidate = local - Int64(change.offset)
            if candidate >= change.at, candidate < end { shown.append(candidate) }
            guard index > 0 else { continue }
            let before = change.at + Int64(changes[index - 1].offset)
            if skipped == nil, before <= local, local < change.at + Int64(change.offset) { skipped = change.at }
        }
        let first = shown.first ?? skipped ?? local - Int64(firstOffset)
        return (Instant(seconds: first), Instant(seconds: shown.last ?? first))
    }

    /// What holds at `start`, as if it had begun then, and each change up to `end`.
    private func changes(from start: Int64, to end: Int64) -> [Transition] {
        var found = [Transition(at: start, offset: offset(atSecond: start))]
        var next = index(after: start)
        while next < transitions.count, transitions[next].at <= end {
            found.append(transitions[next])
            next += 1
        }
        guard let rule else { return found }
        let listed = max(start, transitions.last?.at ?? .min)
        found += rule.changes(around: start, end).filter { $0.at > listed && $0.at <= end }
        return found
    }
}
