// SPDX-License-Identifier: Apache-2.0

import KaguBytes
import KaguModel

/// The lines of one hit file that its index selects for a query.
struct IndexedLines {
    /// Lines read together lie in so many bytes, which stay in the processor's cache.
    private static let windowBytes = 64 << 10
    /// What is read in vain between two of them at most.
    private static let gapBytes = 4 << 10
    /// Lines whose places are looked up at once.
    private static let batch = 8192

    /// The index.
    let index: HitIndex
    /// The bytes of the file that the index answers for; lines behind them are for the caller to read.
    let bytes: Range<Int>
    /// The lines that lie there.
    let range: Range<Int>
    /// Which of them are asked for.
    let selection: IndexSelection
    /// Of the index's first line.
    private let start: Int
    private let rows: IndexRows

    /// Asks an index for the lines in `range` of the file, whose bounds are line starts; `start` is the offset of its
    /// first line. Nil where it cannot be used.
    init?(
        _ index: HitIndex, from start: Int, _ query: HitQuery, within range: Range<Int>,
        texts: TextCandidates? = nil, mustBeExact: Bool = true
    ) {
        let end = min(range.upperBound, start + index.coveredBytes)
        guard var rows = IndexRows(index), start <= range.lowerBound, range.lowerBound <= end,
            let first = rows.line(at: range.lowerBound - start), let last = rows.line(at: end - start),
            first <= last,
            let selection = IndexSelection(query, index, first..<last, texts: texts, mustBeExact: mustBeExact)
        else { return nil }
        (self.index, self.selection, self.start, self.rows) = (index, selection, start, rows)
        (bytes, self.range) = (range.lowerBound..<end, first..<last)
    }

    /// How far a reading came.
    enum Outcome {
        /// To the end.
        case done
        /// As far as was wanted.
        case stopped
        /// To a line that is not what the index says: the bytes that are left to be read without it.
        case damaged(Range<Int>)
    }

    /// Gives the lines to `pass`, and by it to `body`. A line is given when its bytes have the checksum that the index
    /// tells: then they are those that were indexed, and what is known of them is true. Where `isProved`, nothing else is
    /// asked of a line, and lines that lie side by side are given together where `joins`.
    func read(
        _ reader: borrowing LineReader, backward: Bool, isProved: Bool, joins: Bool, _ pass: inout HitPass,
        _ body: (AcceptedLine) throws -> Bool
    ) rethrows -> Outcome {
        pass.summary.badLines += selection.summary.badLines
        pass.summary.newerLines += selection.summary.newerLines
        var rows = rows
        var left = bytes
        let lines = selection.lines
        let batches = stride(from: 0, to: lines.count, by: Self.batch).map {
            $0..<min(lines.count, $0 + Self.batch)
        }
        for batch in backward ? batches.reversed() : batches {
            guard let places = rows.places(of: Array(lines[batch])) else { return .damaged(left) }
            let windows = Self.windows(places)
            for window in backward ? windows.reversed() : windows {
                let first = places[window.lowerBound].start
                let block = reader.bytes((start + first)..<(start + places[window.upperBound - 1].end + 1))
                let outcome = try Self.give(
                    places[window], of: block, first, backward: backward, isProved: isProved, joins: joins, &pass,
                    body)
                guard outcome.isDone else { return .stopped }
                // Of what was not proved nothing is believed, its place neither.
                if let reached = outcome.reached {
                    left = backward ? left.lowerBound..<(start + reached) : (start + reached)..<left.upperBound
                }
                guard outcome.isWhole else { return .damaged(left) }
            }
        }
        return .done
    }

    /// Gives the lines of one block, which begins at `first`; tells how far it came, nil where to none of them.
    private static func give(
        _ places: ArraySlice<IndexedPlace>, of block: [UInt8], _ first: Int, backward: Bool, isProved: Bool,
        joins: Bool, _ pass: inout HitPass, _ body: (AcceptedLine) throws -> Bool
    ) rethrows -> (isDone: Bool, isWhole: Bool, reached: Int?) {
        var reached: Int?
        guard !backward else {
            for place in places.reversed() {
                guard isThere(place, in: block, first) else { return (true, false, reached) }
                let line = block[(place.start - first)..<(place.end - first)]
                guard try pass.take(line, isSelected: true, isProved: isProved, body) else {
                    return (false, true, nil)
                }
                reached = place.start
            }
            return (true, true, reached)
        }
        var index = places.startIndex
        while index < places.endIndex {
            var end = index
            while end < places.endIndex, isThere(places[end], in: block, first) {
                end += 1
                guard isProved, joins, end < places.endIndex, places[end].start == places[end - 1].end + 1 else {
                    break
                }
            }
            guard end > index else { return (true, false, reached) }
            let lines = block[(places[index].start - first)..<(places[end - 1].end - first)]
            let goesOn =
                isProved
                ? try pass.give(lines, count: end - index, body)
                : try pass.take(lines, isSelected: true, isProved: false, body)
            guard goesOn else { return (false, true, nil) }
            reached = places[end - 1].end + 1
            index = end
        }
        return (true, true, reached)
    }

    /// Whether a line is the one that was indexed, and ends where it did.
    private static func isThere(_ place: IndexedPlace, in block: [UInt8], _ first: Int) -> Bool {
        let end = place.end - first
        guard place.start >= first, end < block.count, block[end] == 0x0A else { return false }
        return block.withUnsafeBytes { bytes in
            CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[(place.start - first)..<end])) == place.checksum
        }
    }

    /// The selected lines whose text is asked for too; nil where a line is not what the index says.
    func selected(_ reader: borrowing LineReader, text: TextQuery?) -> [Int]? {
        let lines = selection.lines
        guard let text, !selection.tellsText else { return lines }
        var rows = rows
        guard let places = rows.places(of: lines) else { return nil }
        var kept: [Int] = []
        for window in Self.windows(places) {
            let first = places[window.lowerBound].start
            let block = reader.bytes((start + first)..<(start + places[window.upperBound - 1].end + 1))
            for place in window {
                guard Self.isThere(places[place], in: block, first) else { return nil }
                if Self.accepts(block[(places[place].start - first)..<(places[place].end - first)], text) {
                    kept.append(lines[place])
                }
            }
        }
        return kept
    }

    private static func accepts(_ line: ArraySlice<UInt8>, _ text: TextQuery) -> Bool {
        HitTexts(line).map { text.accepts(title: $0.title, summary: $0.summary) } ?? false
    }

    /// Lines that are read together.
    private static func windows(_ places: [IndexedPlace]) -> [Range<Int>] {
        var windows: [Range<Int>] = []
        var start = 0
        for index in places.indices where index > start {
            let gap = places[index].start - places[index - 1].end
            if gap > gapBytes || places[index].end - places[start].start > windowBytes {
                windows.append(start..<index)
                start = index
            }
        }
        if start < places.count { windows.append(start..<places.count) }
        return windows
    }
}
