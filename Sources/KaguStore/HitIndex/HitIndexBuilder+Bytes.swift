// SPDX-License-Identifier: Apache-2.0

import KaguBytes
import KaguModel

extension HitIndexBuilder {
    /// A section with what its entry says.
    private struct Part {
        var section: IndexFormat.Section
        var width = 0
        var elements = 0
        var bytes: [UInt8]
        /// The part of `bytes` that the entry's checksum is over.
        var summed: Range<Int>
    }

    /// The file's bytes.
    func finish() -> [UInt8] {
        var parts: [Part] = []
        for (section, list) in [(IndexFormat.Section.kindList, kindList), (.names, names), (.feedList, feedList)] {
            parts.append(Self.whole(section) { Self.write(list, to: &$0) })
        }
        for (section, sets) in [
            (IndexFormat.Section.watchSets, watches.sets), (.entitySets, entities.sets), (.topicSets, topics.sets),
        ] {
            parts.append(Self.whole(section) { Self.write(sets, to: &$0) })
        }
        var starts = quarters
        while starts.count < 97 { starts.append(UInt32(lines)) }
        parts.append(Self.whole(.quarters) { $0.column(starts, width: 4) })
        parts += [
            Self.postings(.watchPostings, watches.numbers, count: watches.sets.count),
            Self.postings(.entityPostings, entities.numbers, count: entities.sets.count),
            Self.postings(.topicPostings, topics.numbers, count: topics.sets.count),
            Self.postings(.feedPostings, feeds, count: feedList.count), places(), rows(),
            Self.column(.kinds, kinds, below: kindList.count),
            Self.column(.watches, watches.numbers, below: watches.sets.count),
            Self.column(.entities, entities.numbers, below: entities.sets.count),
            Self.column(.topics, topics.numbers, below: topics.sets.count),
            Self.column(.feeds, feeds, below: feedList.count),
        ]
        parts.append(
            Self.whole(.stories) { bytes in
                for story in stories {
                    bytes.fixed(UInt32(story.line))
                    bytes.fixed(story.key)
                }
            })
        parts.append(
            Self.column(.ids, width: 8, elements: ids.count) { bytes in for id in ids { bytes.fixed(id) } })
        return assemble(parts)
    }

    private static func whole(_ section: IndexFormat.Section, _ body: (inout IndexBytes) -> Void) -> Part {
        var bytes = IndexBytes()
        body(&bytes)
        return Part(section: section, bytes: bytes.bytes, summed: 0..<bytes.bytes.count)
    }

    private static func column(_ section: IndexFormat.Section, _ values: [UInt32], below limit: Int) -> Part {
        let width = IndexFormat.width(of: max(0, limit - 1))
        return column(section, width: width, elements: values.count) { $0.column(values, width: width) }
    }

    private static func column(
        _ section: IndexFormat.Section, width: Int, elements: Int, _ body: (inout IndexBytes) -> Void
    ) -> Part {
        var bytes = IndexBytes(reserving: elements * width + elements / 1024 + 4)
        body(&bytes)
        let end = bytes.bytes.count
        for start in stride(from: 0, to: end, by: IndexFormat.columnBlock * width) {
            let block = bytes.bytes[start..<min(end, start + IndexFormat.columnBlock * width)]
            bytes.fixed(CRC32C.checksum(block))
        }
        return Part(
            section: section, width: width, elements: elements, bytes: bytes.bytes,
            summed: end..<bytes.bytes.count)
    }

    private func places() -> Part {
        Self.whole(.places) { bytes in
            var offset = 0
            for (line, length) in lengths.enumerated() {
                if line % IndexFormat.group == 0 { bytes.fixed(UInt64(offset)) }
                offset += Int(length) + 1
            }
        }
    }

    private func rows() -> Part {
        let width = IndexFormat.width(of: Int(lengths.max() ?? 0))
        var bytes = IndexBytes(reserving: lines * (width + 4))
        for line in 0..<lines {
            bytes.number(lengths[line], width: width)
            bytes.fixed(checksums[line])
        }
        return Part(section: .rows, width: width + 4, elements: lines, bytes: bytes.bytes, summed: 0..<0)
    }

    /// Which lines bear each of `count` numbers, but for those that many bear.
    private static func postings(_ section: IndexFormat.Section, _ numbers: [UInt32], count: Int) -> Part {
        var ends = [Int](repeating: 0, count: count)
        for number in numbers { ends[Int(number)] += 1 }
        let most = numbers.count / IndexFormat.postingShare
        var total = 0
        for number in ends.indices {
            let isKept = ends[number] <= most
            let size = isKept ? ends[number] : 0
            ends[number] = isKept ? total : -1
            total += size
        }
        // Counting sort: the lines of each number in a row.
        var lines = [UInt32](repeating: 0, count: total)
        for (line, number) in numbers.enumerated() where ends[Int(number)] >= 0 {
            lines[ends[Int(number)]] = UInt32(line)
            ends[Int(number)] += 1
        }
        var directory = IndexBytes(reserving: count * 8)
        var lists = IndexBytes(reserving: total * 2)
        var start = 0
        for end in ends {
            let first = lists.bytes.count
            var last = 0
            while start < end {
                lists.varint(Int(lines[start]) - last)
                last = Int(lines[start])
                start += 1
            }
            directory.fixed(UInt32(lists.bytes.count))
            directory.fixed(CRC32C.checksum(lists.bytes[first...]))
        }
        let summed = 0..<directory.bytes.count
        directory.raw(lists.bytes)
        return Part(section: section, elements: count, bytes: directory.bytes, summed: summed)
    }

    private func assemble(_ parts: [Part]) -> [UInt8] {
        var table = IndexBytes()
        var offset = IndexFormat.headerBytes + parts.count * IndexFormat.entryBytes
        for part in parts {
            table.fixed(part.section.rawValue)
            table.fixed(UInt32(part.width))
            table.fixed(UInt64(offset))
            table.fixed(UInt64(part.bytes.count))
            table.fixed(CRC32C.checksum(part.bytes[part.summed]))
            table.fixed(UInt32(part.elements))
            offset += part.bytes.count
        }
        var file = IndexBytes(reserving: offset)
        file.raw(IndexFormat.magic)
        file.fixed(UInt64(coveredBytes))
        file.fixed(UInt32(lines))
        file.fixed(UInt32(hits))
        file.fixed(firstSeen?.milliseconds ?? 0)
        file.fixed(lastSeen?.milliseconds ?? 0)
        file.fixed((hasPlainIDs ? IndexFormat.hasPlainIDs : 0) | (isOrdered ? IndexFormat.isOrdered : 0))
        file.fixed(UInt32(parts.count))
        file.fixed(CRC32C.checksum(table.bytes))
        file.fixed(UInt64(0))
        file.fixed(CRC32C.checksum(file.bytes))
        file.raw(table.bytes)
        for part in parts { file.raw(part.bytes) }
        return file.bytes
    }

    private static func write(_ list: ByteInterner, to bytes: inout IndexBytes) {
        bytes.varint(list.count)
        for number in 0..<list.count {
            bytes.varint(list[number].count)
            bytes.raw(list[number])
        }
    }

    private static func write(_ sets: [[Int]], to bytes: inout IndexBytes) {
        bytes.varint(sets.count)
        for set in sets {
            bytes.varint(set.count)
            for number in set { bytes.varint(number) }
        }
    }
}
