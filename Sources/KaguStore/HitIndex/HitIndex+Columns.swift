// SPDX-License-Identifier: Apache-2.0

import KaguBytes

/// A part of a column: the numbers of a range of lines.
struct IndexColumn {
    /// The lines.
    let lines: Range<Int>
    private let values: [UInt32]

    init(_ lines: Range<Int>, _ values: [UInt32]) { (self.lines, self.values) = (lines, values) }

    /// The number of a line of `lines`.
    @inline(__always)
    subscript(line: Int) -> UInt32 { values[line - lines.lowerBound] }

    /// The highest number; nil where there is no line.
    var highest: UInt32? { values.max() }
}

extension HitIndex {
    /// Whether every section is there and as it was written, but for rows, which only lines can prove. Reads them all.
    var isSound: Bool {
        IndexFormat.Section.allCases.allSatisfy { section in
            switch section {
            case .rows: IndexRows(self) != nil
            case .ids: ids(0..<lines) != nil
            case .feeds, .watches, .entities, .topics, .kinds: column(section, 0..<lines) != nil
            case .feedPostings, .watchPostings, .entityPostings, .topicPostings: hasPostings(section)
            case .places, .stories, .quarters, .names, .feedList, .kindList, .watchSets, .entitySets, .topicSets:
                cursor(section) != nil
            }
        }
    }

    /// Whether all lists of a section are as they were written.
    private func hasPostings(_ section: IndexFormat.Section) -> Bool {
        guard let entry = entry(section), entry.elements * 8 <= entry.bytes,
            let head = bytes(at: entry.offset, count: entry.elements * 8), CRC32C.checksum(head) == entry.checksum,
            let lists = bytes(at: entry.offset + head.count, count: entry.bytes - head.count)
        else { return false }
        var cursor = IndexCursor(Array(head))
        var start = lists.startIndex
        while let end = cursor.fixed(UInt32.self), let checksum = cursor.fixed(UInt32.self) {
            let stop = lists.startIndex + Int(end)
            guard start <= stop, stop <= lists.endIndex, CRC32C.checksum(lists[start..<stop]) == checksum else {
                return false
            }
            start = stop
        }
        return start == lists.endIndex
    }

    /// The numbers of `range` in a column of numbers; nil where that part is missing or damaged.
    func column(_ section: IndexFormat.Section, _ range: Range<Int>) -> IndexColumn? {
        guard let entry = entry(section), [1, 2, 4].contains(entry.width),
            let bytes = elements(section, entry, range)
        else { return nil }
        let values = [UInt32](unsafeUninitializedCapacity: range.count) { out, count in
            bytes.withUnsafeBytes { raw in
                switch entry.width {
                case 1: for index in 0..<range.count { out.initializeElement(at: index, to: UInt32(raw[index])) }
                case 2:
                    for index in 0..<range.count {
                        let value = raw.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
                        out.initializeElement(at: index, to: UInt32(UInt16(littleEndian: value)))
                    }
                default:
                    for index in 0..<range.count {
                        let value = raw.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
                        out.initializeElement(at: index, to: UInt32(littleEndian: value))
                    }
                }
            }
            count = range.count
        }
        return IndexColumn(range, values)
    }

    /// The first 64 bits of the ids of `range`; 0 for a line that is no hit.
    func ids(_ range: Range<Int>) -> [UInt64]? {
        guard let entry = entry(.ids), entry.width == 8, let bytes = elements(.ids, entry, range) else {
            return nil
        }
        return bytes.withUnsafeBytes { raw in
            range.indices.map { index in
                UInt64(
                    littleEndian: raw.loadUnaligned(
                        fromByteOffset: (index - range.lowerBound) * 8, as: UInt64.self))
            }
        }
    }

    /// The bytes of a column's elements, whose blocks have been checked.
    private func elements(
        _ section: IndexFormat.Section, _ entry: Entry, _ range: Range<Int>
    ) -> ArraySlice<UInt8>? {
        let blockBytes = IndexFormat.columnBlock * entry.width
        let data = lines * entry.width
        let blocks = (lines + IndexFormat.columnBlock - 1) / IndexFormat.columnBlock
        guard entry.bytes == data + blocks * 4, 0..<lines ~= range.lowerBound || range.isEmpty,
            range.upperBound <= lines, let sumBytes = bytes(at: entry.offset + data, count: blocks * 4),
            CRC32C.checksum(sumBytes) == entry.checksum
        else { return nil }
        guard !range.isEmpty else { return [] }
        let first = range.lowerBound / IndexFormat.columnBlock
        let last = (range.upperBound - 1) / IndexFormat.columnBlock
        let start = first * blockBytes
        guard let bytes = bytes(at: entry.offset + start, count: min(data, (last + 1) * blockBytes) - start) else {
            return nil
        }
        var sums = IndexCursor(Array(sumBytes.dropFirst(first * 4)))
        for block in first...last {
            let place = bytes.startIndex + (block - first) * blockBytes
            let part = bytes[place..<min(bytes.endIndex, place + blockBytes)]
            guard sums.fixed(UInt32.self) == CRC32C.checksum(part) else { return nil }
        }
        let skipped = range.lowerBound * entry.width - start
        return bytes.dropFirst(skipped).prefix(range.count * entry.width)
    }

    /// The lines that bear one of `numbers` of a column, in order; nil where one of the lists is not kept, or is damaged.
    func lines(bearing numbers: [Int], of section: IndexFormat.Section) -> [Int]? {
        guard let postings = section.postings, let entry = entry(postings), entry.elements * 8 <= entry.bytes,
            let head = bytes(at: entry.offset, count: entry.elements * 8), CRC32C.checksum(head) == entry.checksum
        else { return nil }
        let directory = IndexCursor(Array(head))
        var found: [Int] = []
        for number in numbers {
            guard number < entry.elements, let end: UInt32 = directory.fixed(at: number * 8),
                let checksum: UInt32 = directory.fixed(at: number * 8 + 4),
                let start: UInt32 = number == 0 ? 0 : directory.fixed(at: number * 8 - 8), start < end,
                entry.elements * 8 + Int(end) <= entry.bytes,
                let list = bytes(at: entry.offset + entry.elements * 8 + Int(start), count: Int(end - start)),
                CRC32C.checksum(list) == checksum, append(list, to: &found)
            else { return nil }
        }
        // Every line bears one number.
        if numbers.count > 1 { found.sort() }
        return found
    }

    private func append(_ list: ArraySlice<UInt8>, to found: inout [Int]) -> Bool {
        var cursor = IndexCursor(Array(list))
        var line = 0
        var isFirst = true
        while let step = cursor.varint() {
            line += step
            guard line < lines, isFirst || step > 0 else { return false }
            isFirst = false
            found.append(line)
        }
        return cursor.isAtEnd
    }
}
