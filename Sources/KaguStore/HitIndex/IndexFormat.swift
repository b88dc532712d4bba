// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguBytes

/// The index of a hit file on disk, `YYYY-MM-DD.idx` beside it, which can be rebuilt from it at any time.
///
/// Numbers are little-endian. A header of 64 bytes, a table of sections, the sections; what a short answer needs comes
/// first. The header: magic `KAGUIDX2`, bytes of the hit file that are indexed (8), lines (4), hits (4), first and last
/// `seen` (8 each), flags (4), number of sections (4), CRC-32C of the table (4), 0 (8), CRC-32C of the header before it
/// (4). A section's entry: kind (4), width of an element (4), offset (8), bytes (8), CRC-32C (4), elements (4).
///
/// *Columns* have one element a line, in the order of the file: where its values are texts, their number in a list. Behind
/// the elements stands a CRC-32C for each `columnBlock` of them; that of the entry is over these sums, so that a part
/// can be read and trusted without the rest.
///
/// *Postings* have, for each number of a column, the lines that bear it: a directory of end (4) and CRC-32C (4) of each
/// list, over which the entry's sum is, then the lists, LEB128 of the distance from the line before. A number that more
/// than one line in `postingShare` bears has an empty list: its column is as quick to read.
///
/// *Rows* tell length and CRC-32C of each line. They bear no sum: a line whose bytes have the checksum that its row
/// tells is the line that was indexed, and proves its row.
enum IndexFormat {
    static let magic = Array("KAGUIDX2".utf8)
    static let headerBytes = 64
    static let entryBytes = 32
    /// Lines of a row group, whose first line's offset is told by `places`.
    static let group = 64
    /// Elements of a column under one checksum.
    static let columnBlock = 4096
    /// A list of lines is kept for what fewer lines bear than one in so many.
    static let postingShare = 16
    /// Every id and story is in the form of `HitIdentity`.
    static let hasPlainIDs: UInt32 = 1
    /// Hits are in order of `seen`, and of the file's day.
    static let isOrdered: UInt32 = 2

    /// What a section holds.
    enum Section: UInt32, CaseIterable {
        /// Length of the line without its newline, and its CRC-32C (4).
        case rows = 1
        /// The first byte of every `group` lines (8).
        case places
        /// The first 64 bits of the id.
        case ids
        /// Number of the feed object.
        case feeds
        /// Number of the set of watches, of entities, of topics.
        case watches, entities, topics
        /// Number of language, severity and what else a line is.
        case kinds
        /// Lines whose story is not that of their id: line (4), first 64 bits of the story (8).
        case stories
        /// The first line of each quarter of an hour of the day, and one more for the end.
        case quarters
        /// Texts: count, then length and bytes of each. Ids of watches, entities and topics; feed objects; kinds.
        case names, feedList, kindList
        /// Sets: count, then count and numbers of names of each.
        case watchSets, entitySets, topicSets
        /// The lines that bear each number of the column of that name.
        case feedPostings, watchPostings, entityPostings, topicPostings

        /// The lists of a column's numbers, where such are kept.
        var postings: Section? {
            switch self {
            case .feeds: .feedPostings
            case .watches: .watchPostings
            case .entities: .entityPostings
            case .topics: .topicPostings
            default: nil
            }
        }
    }

    /// The least width in bytes that holds `value`.
    static func width(of value: Int) -> Int { value < 1 << 8 ? 1 : value < 1 << 16 ? 2 : 4 }
}

/// Bytes of an index being written.
struct IndexBytes {
    private(set) var bytes: [UInt8] = []

    init(reserving count: Int = 0) { bytes.reserveCapacity(count) }

    mutating func fixed(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// LEB128.
    mutating func varint(_ value: Int) {
        var rest = UInt64(value)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func raw(_ added: some Sequence<UInt8>) { bytes.append(contentsOf: added) }

    /// A number of `width` bytes.
    mutating func number(_ value: UInt32, width: Int) {
        for place in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(place * 8))) }
    }

    /// Numbers of `width` bytes each.
    mutating func column(_ values: [UInt32], width: Int) {
        bytes.reserveCapacity(bytes.count + values.count * width)
        switch width {
        case 1: for value in values { bytes.append(UInt8(truncatingIfNeeded: value)) }
        case 2:
            for value in values {
                bytes.append(UInt8(truncatingIfNeeded: value))
                bytes.append(UInt8(truncatingIfNeeded: value >> 8))
            }
        default: for value in values { fixed(value) }
        }
    }
}

/// Reads what `IndexBytes` has written; nil where the bytes end too early.
struct IndexCursor {
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// How many bytes there are in all.
    var count: Int { bytes.count }

    /// Whether all has been read.
    var isAtEnd: Bool { at == bytes.count }

    mutating func fixed<Value: FixedWidthInteger>(_: Value.Type) -> Value? {
        guard let value: Value = fixed(at: at) else { return nil }
        at += MemoryLayout<Value>.size
        return value
    }

    /// A number at a place of its own.
    @inline(__always)
    func fixed<Value: FixedWidthInteger>(at place: Int) -> Value? {
        guard place >= 0, place <= bytes.count - MemoryLayout<Value>.size else { return nil }
        return bytes.withUnsafeBytes {
            Value(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: Value.self))
        }
    }

    /// At most 2^42.
    mutating func varint() -> Int? {
        var value = 0
        for shift in stride(from: 0, to: 42, by: 7) {
            guard at < bytes.count else { return nil }
            let byte = bytes[at]
            at += 1
            value |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }

    mutating func raw(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, at + count <= bytes.count else { return nil }
        defer { at += count }
        return bytes[at..<(at + count)]
    }

    /// A list of texts.
    mutating func texts() -> [ArraySlice<UInt8>]? {
        guard let count = varint(), count <= bytes.count else { return nil }
        var texts: [ArraySlice<UInt8>] = []
        texts.reserveCapacity(count)
        for _ in 0..<count {
            guard let length = varint(), let text = raw(length) else { return nil }
            texts.append(text)
        }
        return texts
    }

    /// A list of sets of numbers below `limit`.
    mutating func sets(limit: Int) -> [[Int]]? {
        guard let count = varint(), count <= bytes.count else { return nil }
        var sets: [[Int]] = []
        sets.reserveCapacity(count)
        for _ in 0..<count {
            guard let size = varint(), size <= bytes.count else { return nil }
            var set: [Int] = []
            set.reserveCapacity(size)
            for _ in 0..<size {
                guard let number = varint(), number < limit else { return nil }
                set.append(number)
            }
            sets.append(set)
        }
        return sets
    }

    /// Which sets of a list of sets hold a number that is wanted.
    mutating func sets(holding isWanted: [Bool]) -> [Bool]? {
        guard let count = varint(), count <= bytes.count else { return nil }
        var holds = [Bool](repeating: false, count: count)
        for set in 0..<count {
            guard let size = varint(), size <= bytes.count else { return nil }
            for _ in 0..<size {
                guard let number = varint(), number < isWanted.count else { return nil }
                if isWanted[number] { holds[set] = true }
            }
        }
        return holds
    }
}
