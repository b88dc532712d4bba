// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import KaguModel

/// One pass over lines: filters before and after decoding, and counts what it skips.
struct HitPass {
    /// What is asked for.
    let query: HitQuery
    /// What was met so far.
    var summary = HitReadSummary()
    private let needles: [[[UInt8]]]
    private let decoder = JSONDecoder()
    private var day: CivilDate?
    private var ids: Set<String> = []
    private var mayRepeat = false

    init(query: HitQuery) {
        self.query = query
        needles = query.needles
    }

    /// Begins a file; where its day has several, lines may be repeated (O37).
    mutating func begin(_ day: CivilDate, mayRepeat: Bool) {
        if self.day != day { ids = [] }
        self.day = day
        self.mayRepeat = mayRepeat
    }

    /// Gives the line's hit to `body` where it is asked for; false where `body` wants no more.
    mutating func take(_ line: LineReader.Line, _ body: (FoundHit) throws -> Bool) rethrows -> Bool {
        guard needles.allSatisfy({ list in list.contains { Self.contains(line.bytes, $0) } }) else { return true }
        switch HitLine(line.bytes, decoder: decoder) {
        case .newer: summary.newerLines += 1
        case .bad: summary.badLines += 1
        case .hit(let hit):
            guard query.accepts(hit) else { return true }
            if mayRepeat, !ids.insert(hit.id).inserted {
                summary.repeatedLines += 1
                return true
            }
            summary.hits += 1
            return try body(FoundHit(hit: hit, line: line.bytes))
        }
        return true
    }

    /// Whether `line` holds `needle`, which begins with a quotation mark: found by its second byte, which is rarer.
    private static func contains(_ line: ArraySlice<UInt8>, _ needle: [UInt8]) -> Bool {
        line.withUnsafeBytes { line in
            guard let base = line.baseAddress, needle.count > 1 else { return false }
            var position = 1
            while position + needle.count - 1 <= line.count {
                guard let found = memchr(base + position, Int32(needle[1]), line.count - position) else {
                    return false
                }
                let start = UnsafeRawPointer(found) - base - 1
                guard start + needle.count <= line.count else { return false }
                if memcmp(base + start, needle, needle.count) == 0 { return true }
                position = start + 2
            }
            return false
        }
    }
}

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
