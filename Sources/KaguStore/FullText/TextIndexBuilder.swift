// SPDX-License-Identifier: Apache-2.0

import KaguBytes
import KaguModel

/// Gathers the full-text index of a hit file from its lines, in order.
///
/// Lists grow in one arena, in chained chunks that double up to 256 bytes, as the pools of Lucene's in-memory postings do:
/// beside the words it takes about the memory of the finished file.
struct TextIndexBuilder {
    /// What is known of a word.
    private struct Word {
        var count = 0
        var firstLine = 0
        var lastLine = -1
        /// The list behind the first line: first chunk, place to write at, and end of the last chunk.
        var head = -1
        var place = 0
        var end = 0
        var chunkBytes = 4
    }

    private let folding: TextFolding
    private var interner = ByteInterner()
    private var words: [Word] = []
    private var arena: [UInt8] = []
    private(set) var lines = 0
    private(set) var coveredBytes = 0
    private(set) var textBytes = 0
    private var lastChecksum: UInt32 = 0

    init(folding: @escaping TextFolding) { self.folding = folding }

    /// Adds a line without its newline, hit or not.
    mutating func add(_ line: ArraySlice<UInt8>) {
        let texts = HitTexts(line)
        if let texts {
            textBytes += texts.title.utf8.count + texts.summary.utf8.count
            add(folding(texts.title))
            if !texts.summary.isEmpty { add(folding(texts.summary)) }
        }
        lastChecksum = CRC32C.checksum(line)
        coveredBytes += line.count + 1
        lines += 1
    }

    private mutating func add(_ folded: [UInt8]) {
        folded.withUnsafeBytes { bytes in
            var start = 0
            while start < bytes.count {
                var end = start
                while end < bytes.count, bytes[end] != 0x20 { end += 1 }
                if end > start {
                    let most = min(end, start + TextIndexFormat.wordBytes)
                    add(UnsafeRawBufferPointer(rebasing: bytes[start..<most]))
                }
                start = end + 1
            }
        }
    }

    private mutating func add(_ word: UnsafeRawBufferPointer) {
        let (number, isNew) = interner.number(of: word)
        if isNew { words.append(Word(firstLine: lines)) }
        let last = words[number].lastLine
        guard last != lines else { return }
        words[number].count += 1
        words[number].lastLine = lines
        guard last >= 0 else { return }
        var rest = lines - last
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80, to: number)
            rest >>= 7
        }
        append(UInt8(rest), to: number)
    }

    private mutating func append(_ byte: UInt8, to number: Int) {
        if words[number].place == words[number].end { addChunk(to: number) }
        arena[words[number].place] = byte
        words[number].place += 1
    }

    /// A chunk ends with four bytes for the place of the next.
    private mutating func addChunk(to number: Int) {
        let start = arena.count
        let bytes = words[number].chunkBytes
        arena.append(contentsOf: repeatElement(0, count: bytes + 4))
        if words[number].head < 0 {
            words[number].head = start
        } else {
            let link = words[number].end
            for place in 0..<4 { arena[link + place] = UInt8(truncatingIfNeeded: start >> (place * 8)) }
        }
        words[number].place = start
        words[number].end = start + bytes
        words[number].chunkBytes = min(256, bytes * 2)
    }

    // MARK: Result

    /// The file's bytes.
    func finish() -> [UInt8] {
        let order = (0..<interner.count).sorted { interner[$0].lexicographicallyPrecedes(interner[$1]) }
        var blocks = IndexBytes()
        var lists = IndexBytes(reserving: arena.count)
        var directory = IndexBytes()
        for start in stride(from: 0, to: order.count, by: TextIndexFormat.blockWords) {
            let offset = blocks.bytes.count
            let listOffset = lists.bytes.count
            var before: ArraySlice<UInt8> = []
            for number in order[start..<min(order.count, start + TextIndexFormat.blockWords)] {
                let word = interner[number]
                let shared = zip(before, word).prefix { $0 == $1 }.count
                blocks.varint(shared)
                blocks.varint(word.count - shared)
                blocks.raw(word.dropFirst(shared))
                before = word
                write(words[number], &blocks, &lists)
            }
            directory.fixed(UInt32(offset))
            directory.fixed(CRC32C.checksum(blocks.bytes[offset...]))
            directory.fixed(UInt64(listOffset))
        }
        var file = IndexBytes(
            reserving: TextIndexFormat.headerBytes + blocks.bytes.count + directory.bytes.count + lists.bytes.count)
        file.raw(TextIndexFormat.magic)
        file.fixed(UInt64(coveredBytes))
        file.fixed(UInt32(lines))
        file.fixed(lastChecksum)
        file.fixed(TextIndexFormat.sum(of: folding))
        file.fixed(UInt32(order.count))
        file.fixed(UInt32(directory.bytes.count / TextIndexFormat.directoryEntryBytes))
        file.fixed(UInt64(TextIndexFormat.headerBytes + blocks.bytes.count))
        file.fixed(UInt64(TextIndexFormat.headerBytes + blocks.bytes.count + directory.bytes.count))
        file.fixed(CRC32C.checksum(directory.bytes))
        file.fixed(UInt32(0))
        file.fixed(CRC32C.checksum(file.bytes))
        file.raw(blocks.bytes)
        file.raw(directory.bytes)
        file.raw(lists.bytes)
        return file.bytes
    }

    private func write(_ word: Word, _ blocks: inout IndexBytes, _ lists: inout IndexBytes) {
        blocks.varint(word.count)
        guard word.count > 1 else { return blocks.varint(word.firstLine) }
        let start = lists.bytes.count
        let isBitmap = word.count > lines / TextIndexFormat.bitmapShare
        if isBitmap {
            var bits = [UInt8](repeating: 0, count: (lines + 7) / 8)
            var line = word.firstLine
            bits[line / 8] |= 1 << UInt8(line % 8)
            var step = 0
            var shift = 0
            for byte in list(of: word) {
                step |= Int(byte & 0x7F) << shift
                shift += 7
                guard byte < 0x80 else { continue }
                line += step
                (step, shift) = (0, 0)
                bits[line / 8] |= 1 << UInt8(line % 8)
            }
            lists.raw(bits)
        } else {
            lists.varint(word.firstLine)
            lists.raw(list(of: word))
        }
        blocks.varint((lists.bytes.count - start) * 2 + (isBitmap ? 1 : 0))
        blocks.fixed(CRC32C.checksum(lists.bytes[start...]))
    }

    /// The bytes of a list behind its first line.
    private func list(of word: Word) -> [UInt8] {
        var bytes: [UInt8] = []
        var start = word.head
        var size = 4
        while start >= 0 {
            let end = start + size
            guard end != word.end else {
                bytes += arena[start..<word.place]
                break
            }
            bytes += arena[start..<end]
            start = (0..<4).reduce(0) { $0 | Int(arena[end + $1]) << ($1 * 8) }
            size = min(256, size * 2)
        }
        return bytes
    }
}

/// Title and summary of a line.
struct HitTexts {
    let title: String
    let summary: String

    /// Nil where the line is no hit.
    init?(_ line: ArraySlice<UInt8>) {
        let scanned: (String, String)? = line.withUnsafeBytes { bytes in
            guard let scan = HitLineScan(bytes), let title = HitLineScan.text(bytes, scan.title),
                let summary = HitLineScan.text(bytes, scan.summary)
            else { return nil }
            return (title, summary)
        }
        if let scanned {
            (title, summary) = scanned
            return
        }
        // A line of another hand is read as any JSON.
        guard case .hit(let hit) = HitLine(line, decoder: HitPass.makeDecoder()) else { return nil }
        (title, summary) = (hit.title, hit.summary)
    }
}
