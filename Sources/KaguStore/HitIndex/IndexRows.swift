// SPDX-License-Identifier: Apache-2.0

/// Where a line lies in its file, and the checksum of its bytes.
struct IndexedPlace {
    /// Of the first byte.
    var start: Int
    /// Without the newline.
    var length: Int
    /// CRC-32C.
    var checksum: UInt32

    /// Behind the last byte.
    var end: Int { start + length }
}

/// Finds the places of an index's lines, and reads of its rows no more than these need.
///
/// Confined to the call that made it. What it tells is proved only by the line: its bytes have the checksum.
struct IndexRows {
    private let index: HitIndex
    private let entry: HitIndex.Entry
    private let lengthWidth: Int
    private let places: IndexCursor
    private let groups: Int
    /// The groups in `window`.
    private var held = 0..<0
    private var window = IndexCursor([])
    /// How many groups are read at once.
    private var width = 1

    /// Nil where the sections are missing or damaged.
    init?(_ index: HitIndex) {
        let groups = (index.lines + IndexFormat.group - 1) / IndexFormat.group
        guard let entry = index.entry(.rows), [5, 6, 8].contains(entry.width),
            entry.bytes == index.lines * entry.width, let places = index.cursor(.places), places.count == groups * 8
        else { return nil }
        (self.index, self.entry, self.places, self.groups) = (index, entry, places, groups)
        lengthWidth = entry.width - 4
    }

    /// Of lines in order; nil where the rows cannot be read.
    mutating func places(of lines: [Int]) -> [IndexedPlace]? {
        guard let first = lines.first, let last = lines.last else { return [] }
        let spread = last / IndexFormat.group - first / IndexFormat.group + 1
        // One in each group or more: then the rows are read in greater parts.
        width = lines.count >= spread ? 64 : 1
        var found: [IndexedPlace] = []
        found.reserveCapacity(lines.count)
        // The line whose start `offset` is.
        var next = -1
        var offset = 0
        for line in lines {
            let group = line / IndexFormat.group
            if next < group * IndexFormat.group {
                guard let start = start(ofGroup: group) else { return nil }
                (next, offset) = (group * IndexFormat.group, start)
            }
            guard load(group) else { return nil }
            while next < line {
                guard let length = length(next) else { return nil }
                offset += length + 1
                next += 1
            }
            guard let length = length(line), let checksum = checksum(line) else { return nil }
            // Rows have no checksum: a length that is wrong may not lead back, or beyond the lines.
            guard offset > found.last?.end ?? -1, offset + length < index.coveredBytes else { return nil }
            found.append(IndexedPlace(start: offset, length: length, checksum: checksum))
        }
        return found
    }

    /// The number of the line that begins at `offset`; the number of lines where the index ends there, nil where no line
    /// begins.
    mutating func line(at offset: Int) -> Int? {
        if offset == index.coveredBytes { return index.lines }
        guard offset < index.coveredBytes, groups > 0 else { return nil }
        var low = 0
        var high = groups
        while high - low > 1 {
            let middle = (low + high) / 2
            guard let start = start(ofGroup: middle) else { return nil }
            if start <= offset { low = middle } else { high = middle }
        }
        guard var start = start(ofGroup: low), load(low) else { return nil }
        var line = low * IndexFormat.group
        while start < offset, line < min(index.lines, (low + 1) * IndexFormat.group), let length = length(line) {
            start += length + 1
            line += 1
        }
        return start == offset ? line : nil
    }

    private func start(ofGroup group: Int) -> Int? {
        guard let start: UInt64 = places.fixed(at: group * 8), start < 1 << 48 else { return nil }
        return Int(start)
    }

    private mutating func load(_ group: Int) -> Bool {
        if held.contains(group) { return true }
        let groups = group..<min(groups, group + width)
        let lines =
            (groups.lowerBound * IndexFormat.group)..<min(index.lines, groups.upperBound * IndexFormat.group)
        guard
            let bytes = index.bytes(
                at: entry.offset + lines.lowerBound * entry.width, count: lines.count * entry.width)
        else { return false }
        (held, window) = (groups, IndexCursor(Array(bytes)))
        return true
    }

    private func length(_ line: Int) -> Int? {
        let at = (line - held.lowerBound * IndexFormat.group) * entry.width
        switch lengthWidth {
        case 1: return window.fixed(at: at).map { (value: UInt8) in Int(value) }
        case 2: return window.fixed(at: at).map { (value: UInt16) in Int(value) }
        default: return window.fixed(at: at).map { (value: UInt32) in Int(value) }
        }
    }

    private func checksum(_ line: Int) -> UInt32? {
        window.fixed(at: (line - held.lowerBound * IndexFormat.group) * entry.width + lengthWidth)
    }
}
