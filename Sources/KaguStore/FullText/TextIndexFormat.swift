// SPDX-License-Identifier: Apache-2.0

import KaguBytes

/// The full-text index of a day on disk, `YYYY-MM-DD.text` beside its hit file (B17). It can be rebuilt at any
/// time, and answers only together with the day's `.idx`, whose line numbers it uses.
///
/// Numbers are little-endian, varints LEB128. A header of 64 bytes: magic `KAGUTXT1`, bytes of the hit file that are
/// indexed (8), lines (4), CRC-32C of the last line (4), sum of the folding (4), number of words (4) and of blocks (4),
/// offset of the directory (8) and of the lists (8), CRC-32C of the directory (4), 0 (4), CRC-32C of the header before it
/// (4). Then the blocks of the dictionary, the directory, the lists.
///
/// The dictionary holds the folded words of titles and summaries in order of their bytes, `blockWords` to a block: how
/// many bytes are those of the word before (varint), how many more follow (varint) and these, in how many lines the word
/// is (varint); where that is one, the line (varint); else twice the bytes of its list, and one more where it is a bitmap
/// (varint), and the list's CRC-32C (4). The directory holds for each block its offset behind the header (4), its
/// CRC-32C (4), and the offset of its first list (8). A list tells the distance of each line from the one before
/// (varint), or has a bit for each line.
enum TextIndexFormat {
    static let magic = Array("KAGUTXT1".utf8)
    static let headerBytes = 64
    static let directoryEntryBytes = 16
    /// Words of a block: what is read to find one.
    static let blockWords = 64
    /// Of a longer word only so many bytes are told; lines with such words are looked at.
    static let wordBytes = 128
    /// What more lines than one in so many have, is told by a bitmap.
    static let bitmapShare = 8

    /// Tells a folding from others: an index made by another finds other words.
    static func sum(of folding: TextFolding) -> UInt32 {
        CRC32C.checksum(
            folding("L’énergie à İSTANBUL, couvre-feu; Straße ЁЛКА Bakı’nın ﬁn 日本 co-op U.S. 12,5 naïve_x"))
    }
}

/// A set of lines of one file, a bit each.
struct LineSet: Equatable {
    private(set) var words: [UInt64]

    /// No line of `count`.
    init(lines count: Int) { words = [UInt64](repeating: 0, count: (count + 63) / 64) }

    /// Adds a line, which is one of the file's.
    mutating func insert(_ line: Int) { words[line / 64] |= 1 << UInt64(line % 64) }

    func contains(_ line: Int) -> Bool { words[line / 64] & 1 << UInt64(line % 64) != 0 }

    /// Adds eight lines from `byte` × 8 on.
    mutating func insert(bits: UInt8, at byte: Int) { words[byte / 8] |= UInt64(bits) << UInt64(byte % 8 * 8) }

    mutating func formUnion(_ other: LineSet) { for index in words.indices { words[index] |= other.words[index] } }

    mutating func formIntersection(_ other: LineSet) {
        for index in words.indices { words[index] &= other.words[index] }
    }

    mutating func subtract(_ other: LineSet) { for index in words.indices { words[index] &= ~other.words[index] } }

    /// Those of `range`, in order.
    func lines(in range: Range<Int>) -> [Int] {
        var lines: [Int] = []
        guard !range.isEmpty else { return lines }
        for index in (range.lowerBound / 64)...((range.upperBound - 1) / 64) {
            var rest = words[index]
            while rest != 0 {
                let line = index * 64 + rest.trailingZeroBitCount
                if range.contains(line) { lines.append(line) }
                rest &= rest - 1
            }
        }
        return lines
    }
}
