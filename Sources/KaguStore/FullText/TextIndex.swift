// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguBytes

/// The full-text index of one hit file, opened for reading; of it no more is read than a question needs.
///
/// Confined to the call that opened it; owns its descriptor. A part whose checksum is wrong reads as nil, and the index
/// then counts as missing.
final class TextIndex {
    /// Bytes of the hit file that are indexed, from its beginning.
    let coveredBytes: Int
    /// How many lines lie there.
    let lines: Int
    /// CRC-32C of the last of them.
    let lastChecksum: UInt32
    /// Tells the folding of its words.
    let foldingSum: UInt32

    private let descriptor: Int32
    private let size: Int
    private let directory: IndexCursor
    private let directoryOffset: Int
    private let listsOffset: Int
    private let blocks: Int

    /// Opens the index at `path`; nil where there is none, or its header or directory is damaged.
    init?(path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        let size = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
        let head = DayContent.read(descriptor, 0..<min(size, TextIndexFormat.headerBytes))
        var cursor = IndexCursor(head)
        guard cursor.raw(8)?.elementsEqual(TextIndexFormat.magic) == true, let covered = cursor.fixed(UInt64.self),
            let lines = cursor.fixed(UInt32.self), let lastChecksum = cursor.fixed(UInt32.self),
            let foldingSum = cursor.fixed(UInt32.self), cursor.fixed(UInt32.self) != nil,
            let blocks = cursor.fixed(UInt32.self), let directoryOffset = cursor.fixed(UInt64.self),
            let listsOffset = cursor.fixed(UInt64.self), let directorySum = cursor.fixed(UInt32.self),
            cursor.fixed(UInt32.self) != nil, cursor.fixed(UInt32.self) == CRC32C.checksum(head.dropLast(4)),
            covered < 1 << 48, directoryOffset <= listsOffset, listsOffset <= UInt64(size),
            Int(listsOffset - directoryOffset) == Int(blocks) * TextIndexFormat.directoryEntryBytes,
            directoryOffset >= UInt64(TextIndexFormat.headerBytes)
        else {
            close(descriptor)
            return nil
        }
        let directory = DayContent.read(descriptor, Int(directoryOffset)..<Int(listsOffset))
        guard directory.count == Int(listsOffset - directoryOffset), CRC32C.checksum(directory) == directorySum
        else {
            close(descriptor)
            return nil
        }
        coveredBytes = Int(covered)
        self.lines = Int(lines)
        self.lastChecksum = lastChecksum
        self.foldingSum = foldingSum
        self.descriptor = descriptor
        self.size = size
        self.directory = IndexCursor(directory)
        self.directoryOffset = Int(directoryOffset)
        self.listsOffset = Int(listsOffset)
        self.blocks = Int(blocks)
    }

    deinit { close(descriptor) }

    /// A word of the dictionary.
    private struct Entry {
        var word: [UInt8]
        var count: Int
        /// The line, where there is one only.
        var line = 0
        /// Where its list lies in the file.
        var list = 0..<0
        var isBitmap = false
        var checksum: UInt32 = 0
    }

    /// The lines with a word, or with any that begins with it; nil where the index is damaged.
    func lines(with word: ArraySlice<UInt8>, isPrefix: Bool) -> LineSet? {
        var found = LineSet(lines: lines)
        guard blocks > 0 else { return found }
        var low = 0
        var high = blocks
        while high - low > 1 {
            let middle = (low + high) / 2
            var first: [UInt8]?
            guard
                read(
                    block: middle,
                    { entry in
                        first = entry.word
                        return false
                    }), let first
            else { return nil }
            if word.lexicographicallyPrecedes(first) { high = middle } else { low = middle }
        }
        var goesOn = true
        var isWhole = true
        while goesOn, low < blocks {
            let couldRead = read(block: low) { entry in
                if entry.word.elementsEqual(word) || isPrefix && entry.word.starts(with: word) {
                    isWhole = add(entry, to: &found)
                    goesOn = isWhole && isPrefix
                } else if word.lexicographicallyPrecedes(entry.word) {
                    goesOn = false
                }
                return goesOn
            }
            guard couldRead, isWhole else { return nil }
            low += 1
        }
        return found
    }

    /// Whether all of it is as it was written. Reads it whole.
    var isSound: Bool {
        var set = LineSet(lines: lines)
        for block in 0..<blocks {
            var isWhole = true
            guard
                read(
                    block: block,
                    { entry in
                        isWhole = add(entry, to: &set)
                        return isWhole
                    }), isWhole
            else { return false }
        }
        return true
    }

    /// Gives the words of a block until `body` returns false; false where the block is damaged.
    private func read(block: Int, _ body: (Entry) -> Bool) -> Bool {
        let entryBytes = TextIndexFormat.directoryEntryBytes
        guard let offset: UInt32 = directory.fixed(at: block * entryBytes),
            let checksum: UInt32 = directory.fixed(at: block * entryBytes + 4),
            let lists: UInt64 = directory.fixed(at: block * entryBytes + 8)
        else { return false }
        let start = TextIndexFormat.headerBytes + Int(offset)
        let next: UInt32? = directory.fixed(at: (block + 1) * entryBytes)
        let end = next.map { TextIndexFormat.headerBytes + Int($0) } ?? directoryOffset
        guard start < end, end <= directoryOffset, lists < 1 << 40 else { return false }
        let bytes = DayContent.read(descriptor, start..<end)
        guard bytes.count == end - start, CRC32C.checksum(bytes) == checksum else { return false }
        var cursor = IndexCursor(bytes)
        var word: [UInt8] = []
        var list = listsOffset + Int(lists)
        while !cursor.isAtEnd {
            guard let shared = cursor.varint(), shared <= word.count, let more = cursor.varint(),
                let suffix = cursor.raw(more), let count = cursor.varint()
            else { return false }
            word.removeLast(word.count - shared)
            word += suffix
            var entry = Entry(word: word, count: count)
            if count == 1 {
                guard let line = cursor.varint() else { return false }
                entry.line = line
            } else {
                guard let width = cursor.varint(), let sum = cursor.fixed(UInt32.self) else { return false }
                (entry.list, entry.isBitmap, entry.checksum) = (list..<(list + width / 2), width & 1 == 1, sum)
                list += width / 2
            }
            guard body(entry) else { return true }
        }
        return true
    }

    /// Adds the lines of a word; false where they are damaged.
    private func add(_ entry: Entry, to set: inout LineSet) -> Bool {
        guard entry.count != 1 else {
            guard entry.line < lines else { return false }
            set.insert(entry.line)
            return true
        }
        guard entry.list.upperBound <= size else { return false }
        let bytes = DayContent.read(descriptor, entry.list)
        guard bytes.count == entry.list.count, CRC32C.checksum(bytes) == entry.checksum else { return false }
        guard !entry.isBitmap else {
            guard bytes.count == (lines + 7) / 8 else { return false }
            for (place, bits) in bytes.enumerated() { set.insert(bits: bits, at: place) }
            return true
        }
        var cursor = IndexCursor(bytes)
        var line = 0
        while let step = cursor.varint() {
            line += step
            guard line < lines else { return false }
            set.insert(line)
        }
        return cursor.isAtEnd
    }
}
