// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import KaguModel

/// The lines of one hit file that its index selects for a query.
struct IndexedLines {
    /// The index.
    let index: HitIndex
    /// Where in the file the index ends, or the range does; lines behind it are for the caller to read.
    let end: Int
    /// The numbers of the lines that are asked for, in order.
    let selected: [Int]
    /// Lines of the range that are no hits.
    let summary: HitReadSummary
    /// Of each selected line, where it lies.
    private let places: [Range<Int>]

    /// Asks the index of `file`, which `reader` reads, for the lines in `range`, whose bounds are line starts; nil where it
    /// has none that can be used.
    init?(
        _ file: HitFileName, in path: String, _ query: HitQuery, within range: Range<Int>,
        of reader: borrowing LineReader
    ) {
        guard let index = HitIndexFiles(hits: path).open(file, of: reader) else { return nil }
        self.init(index, from: 0, query, within: range)
    }

    /// Asks an index whose first line lies at `start`.
    init?(_ index: HitIndex, from start: Int, _ query: HitQuery, within range: Range<Int>) {
        guard let lengths = index.column(.lengths), let selection = IndexSelection(query, index) else { return nil }
        var first = 0
        var offset = start
        while first < lengths.count, offset < range.lowerBound {
            offset += Int(lengths[first]) + 1
            first += 1
        }
        var last = first
        var stop = offset
        while last < lengths.count, stop < range.upperBound {
            stop += Int(lengths[last]) + 1
            last += 1
        }
        guard first == last || (offset == range.lowerBound && stop <= range.upperBound) else { return nil }
        let selected = selection.accepted(first..<last)
        var places: [Range<Int>] = []
        places.reserveCapacity(selected.count)
        var line = first
        for number in selected {
            while line < number {
                offset += Int(lengths[line]) + 1
                line += 1
            }
            places.append(offset..<(offset + Int(lengths[line])))
        }
        (self.index, self.selected, self.places, end) = (index, selected, places, stop)
        summary = selection.summary(first..<last)
    }

    /// Gives the lines to `body`; false where it wants no more. A line that is not where the index has it is judged like
    /// any other, so that a stale index shows nothing that is not asked for.
    func read(
        _ reader: borrowing LineReader, backward: Bool, _ pass: inout HitPass, _ body: (AcceptedLine) throws -> Bool
    ) rethrows -> Bool {
        pass.summary.badLines += summary.badLines
        pass.summary.newerLines += summary.newerLines
        for window in backward ? windows().reversed() : windows() {
            let first = places[window.lowerBound].lowerBound
            let block = reader.bytes(first..<places[window.upperBound - 1].upperBound)
            for place in backward ? Array(window.reversed()) : Array(window) {
                let start = places[place].lowerBound - first
                let end = places[place].upperBound - first
                guard end <= block.count else { continue }
                guard try pass.take(block[start..<end], isSelected: true, body) else { return false }
            }
        }
        return true
    }

    /// The selected lines whose text is asked for too.
    func selected(_ reader: borrowing LineReader, text: TextQuery?) -> [Int] {
        guard let text else { return selected }
        var kept: [Int] = []
        for window in windows() {
            let first = places[window.lowerBound].lowerBound
            let block = reader.bytes(first..<places[window.upperBound - 1].upperBound)
            for place in window where places[place].upperBound - first <= block.count {
                let line = block[(places[place].lowerBound - first)..<(places[place].upperBound - first)]
                if Self.accepts(line, text) { kept.append(selected[place]) }
            }
        }
        return kept
    }

    private static func accepts(_ line: ArraySlice<UInt8>, _ text: TextQuery) -> Bool {
        line.withUnsafeBytes { bytes in
            guard let scan = HitLineScan(bytes), let title = HitLineScan.text(bytes, scan.title),
                let summary = HitLineScan.text(bytes, scan.summary)
            else {
                // A line of another hand is read as any JSON.
                guard case .hit(let hit) = HitLine(line, decoder: JSONDecoder()) else { return false }
                return text.accepts(title: hit.title, summary: hit.summary)
            }
            return text.accepts(title: title, summary: summary)
        }
    }

    /// Selected lines that are read together: close to one another, 256 KiB at most.
    private func windows() -> [Range<Int>] {
        var windows: [Range<Int>] = []
        var start = 0
        for index in places.indices where index > start {
            let gap = places[index].lowerBound - places[index - 1].upperBound
            if gap > 4096 || places[index].upperBound - places[start].lowerBound > 256 << 10 {
                windows.append(start..<index)
                start = index
            }
        }
        if start < places.count { windows.append(start..<places.count) }
        return windows
    }
}
