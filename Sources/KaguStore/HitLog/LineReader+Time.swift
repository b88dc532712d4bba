// SPDX-License-Identifier: Apache-2.0

import KaguModel

extension LineReader {
    /// Where the lines with `since` ≤ `seen` < `until` lie; lines are in order of `seen`, and of `day`.
    func range(since: Instant?, until: Instant?, on day: CivilDate) -> Range<Int> {
        let end = bytes(max(0, size - 1)..<size).last == 0x0A ? size : endOfWholeLines(before: size)
        let since = since.flatMap { $0 > day.start ? $0 : nil }
        let until = until.flatMap { $0 < CivilDate(daysSinceEpoch: day.daysSinceEpoch + 1).start ? $0 : nil }
        let upper = until.map { firstLine(seenFrom: $0, in: 0..<end) } ?? end
        let lower = since.map { firstLine(seenFrom: $0, in: 0..<upper) } ?? 0
        return lower..<max(lower, upper)
    }

    /// The start of the first line of `range` that was seen at or after `instant`; the range's end where none was.
    private func firstLine(seenFrom instant: Instant, in range: Range<Int>) -> Int {
        var low = range.lowerBound
        var high = range.upperBound
        while high - low > Self.walkedBytes {
            guard let (start, seen) = probe(low + (high - low) / 2, to: high) else { break }
            if seen < instant { low = start } else { high = low + (high - low) / 2 }
        }
        // `high` may lie within the line that is looked for.
        var found = range.upperBound
        walk(low..<range.upperBound) { start, line in
            guard let seen = HitLine.seen(line), seen >= instant else { return true }
            found = start
            return false
        }
        return found
    }

    /// What is left to walk when bisecting ends.
    private static var walkedBytes: Int { 8 << 10 }
    /// Within which a line tells when it was seen.
    private static var headBytes: Int { 160 }

    /// The first line that begins behind `offset` and before `end` and tells when it was seen.
    private func probe(_ offset: Int, to end: Int) -> (start: Int, seen: Instant)? {
        // In most cases one small read does.
        let from = max(0, offset - 1)
        let block = bytes(from..<min(end, from + 4096))
        if let newline = block.firstIndex(of: 0x0A), block.count - newline > Self.headBytes,
            let seen = HitLine.seen(block[(newline + 1)...])
        {
            return (from + newline + 1, seen)
        }
        var found: (start: Int, seen: Instant)?
        let first = offset == 0 ? 0 : lineStart(after: offset - 1, limit: end)
        walk(first..<end) { start, line in
            found = HitLine.seen(line).map { (start, $0) }
            return found == nil
        }
        return found
    }

    /// Gives the lines that begin in `range`, whose lower bound is a line start, as much of each as is needed to tell when
    /// it was seen, until `body` returns false. Reads little: lines are short.
    private func walk(_ range: Range<Int>, _ body: (_ start: Int, _ line: ArraySlice<UInt8>) -> Bool) {
        var start = range.lowerBound
        while start < range.upperBound {
            let block = bytes(start..<(start + Self.walkedBytes))
            var place = 0
            while place < block.count, start + place < range.upperBound {
                let end = block[place...].firstIndex(of: 0x0A)
                guard let end else { break }
                guard body(start + place, block[place..<end]) else { return }
                place = end + 1
            }
            guard start + place < range.upperBound, !block.isEmpty else { return }
            if place == 0 {
                guard body(start, block[...]) else { return }
                place = lineStart(after: start, limit: range.upperBound) - start
            }
            start += place
        }
    }
}
