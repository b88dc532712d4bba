// SPDX-License-Identifier: Apache-2.0

import KaguModel

extension LineReader {
    /// Where the lines with `since` ≤ `seen` < `until` lie; lines are in order of `seen`.
    func range(since: Instant?, until: Instant?) -> Range<Int> {
        let end = endOfWholeLines(before: size)
        let upper = until.map { firstLine(seenFrom: $0, in: 0..<end) } ?? end
        let lower = since.map { firstLine(seenFrom: $0, in: 0..<upper) } ?? 0
        return lower..<max(lower, upper)
    }

    /// The start of the first line of `range` that was seen at or after `instant`; the range's end where none was.
    private func firstLine(seenFrom instant: Instant, in range: Range<Int>) -> Int {
        var low = range.lowerBound
        var high = range.upperBound
        while high - low > 64 << 10 {
            let middle = lineStart(after: low + (high - low) / 2, limit: high)
            guard let (start, seen) = seen(from: middle, to: high) else { break }
            if seen < instant { low = start } else { high = middle }
        }
        var found = range.upperBound
        forward(low..<range.upperBound) { line in
            guard let seen = HitLine.seen(line.bytes), seen >= instant else { return true }
            found = line.offset
            return false
        }
        return found
    }

    /// The first line that tells when it was seen, at or behind a line start.
    private func seen(from start: Int, to end: Int) -> (start: Int, seen: Instant)? {
        var start = start
        while start < end {
            if let seen = HitLine.seen(bytes(start..<min(end, start + 256))) { return (start, seen) }
            start = lineStart(after: start, limit: end)
        }
        return nil
    }
}
