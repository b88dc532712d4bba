// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Reads the lines of a file in either direction, a block at a time; a line without an end is not given.
///
/// A day that has been compressed is read under its plain name, with the offsets that its lines had (O42).
/// Owns its descriptor. Lines are read up to `maximumLineBytes`; a longer one is given cut, which no reader of hits
/// takes for a hit.
struct LineReader: ~Copyable {
    /// A line without its newline, and where it begins.
    struct Line {
        var offset: Int
        var bytes: ArraySlice<UInt8>
    }

    /// 64 MiB, far beyond the longest hit line.
    static let maximumLineBytes = 64 << 20
    private static let blockBytes = 256 << 10

    private let descriptor: Int32
    /// What the file holds, where it is compressed.
    private let content: DayContent?
    /// The size of the content when the file was opened.
    let size: Int

    /// Opens a file, or where that has been compressed, `path.gz`; nil where neither can be read.
    init?(_ path: String) {
        var isCompressed = path.hasSuffix(HitFileName.compressedSuffix)
        var descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT, !isCompressed {
            isCompressed = true
            descriptor = open(path + HitFileName.compressedSuffix, O_RDONLY | O_CLOEXEC)
        }
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            close(descriptor)
            return nil
        }
        let content = isCompressed ? DayContent(descriptor, fileBytes: Int(status.st_size)) : nil
        guard !isCompressed || content != nil else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        self.content = content
        size = content?.size ?? Int(status.st_size)
    }

    /// Whether the file is compressed.
    var isCompressed: Bool { content != nil }

    /// The stretches of a compressed file that are damaged; each is looked at.
    func damage() -> [Range<Int>] { content?.damage() ?? [] }

    deinit { close(descriptor) }

    /// The bytes of a range; fewer at the end of the file.
    func bytes(_ range: Range<Int>) -> [UInt8] {
        content?.bytes(range) ?? DayContent.read(descriptor, range)
    }

    /// Gives the lines that begin in `range`, in order, until `body` returns false. What follows the last
    /// newline of the file is not given; its offset is returned (the range's end where lines end there).
    @discardableResult
    func forward(_ range: Range<Int>, _ body: (Line) throws -> Bool) rethrows -> Int {
        var lineStart = range.lowerBound
        var buffer: [UInt8] = []
        var bufferStart = lineStart
        while lineStart < range.upperBound {
            // Lines that lie in the buffer whole.
            var cursor = lineStart - bufferStart
            while lineStart < range.upperBound, let end = Self.newline(in: buffer, from: cursor) {
                let line = Line(offset: lineStart, bytes: buffer[(lineStart - bufferStart)..<end])
                lineStart = bufferStart + end + 1
                cursor = end + 1
                guard try body(line) else { return lineStart }
            }
            guard lineStart < range.upperBound else { break }
            let rest = Array(buffer[(lineStart - bufferStart)...])
            guard rest.count <= Self.maximumLineBytes else { return lineStart }
            let more = bytes((lineStart + rest.count)..<(lineStart + rest.count + max(Self.blockBytes, rest.count)))
            guard !more.isEmpty else { return lineStart }
            buffer = rest + more
            bufferStart = lineStart
        }
        return lineStart
    }

    /// Gives the whole lines that lie in `range` (whose bounds are line starts) in reverse until `body` returns
    /// false.
    func backward(_ range: Range<Int>, _ body: (Line) throws -> Bool) rethrows {
        var end = range.upperBound
        while end > range.lowerBound {
            var width = Self.blockBytes
            var start = max(range.lowerBound, end - width)
            var block = bytes(start..<end)
            // Grow until the block holds the start of its last line.
            while start > range.lowerBound, Self.lineStarts(block, isAtLineStart: false).isEmpty {
                width *= 2
                start = max(range.lowerBound, end - width)
                block = bytes(start..<end)
            }
            let starts = Self.lineStarts(block, isAtLineStart: start == range.lowerBound)
            guard let first = starts.first else { return }
            for (index, lineStart) in starts.enumerated().reversed() {
                let lineEnd = (index + 1 < starts.count ? starts[index + 1] : block.count) - 1
                guard try body(Line(offset: start + lineStart, bytes: block[lineStart..<lineEnd])) else { return }
            }
            end = start + first
        }
    }

    /// The offset just behind the last newline before `end`.
    func endOfWholeLines(before end: Int) -> Int {
        var end = end
        while end > 0 {
            let start = max(0, end - Self.blockBytes)
            let block = bytes(start..<end)
            if let last = block.lastIndex(of: UInt8(ascii: "\n")) { return start + last + 1 }
            end = start
        }
        return 0
    }

    /// The start of the line after the first newline at or behind `offset`; `limit` where there is none before it.
    func lineStart(after offset: Int, limit: Int) -> Int {
        var start = offset
        while start < limit {
            let block = bytes(start..<min(limit, start + 16 << 10))
            guard !block.isEmpty else { return limit }
            if let end = Self.newline(in: block, from: 0) { return start + end + 1 }
            start += block.count
        }
        return limit
    }

    private static func newline(in bytes: [UInt8], from start: Int) -> Int? {
        guard start < bytes.count else { return nil }
        return bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress, let found = memchr(base + start, 10, buffer.count - start) else {
                return nil
            }
            return UnsafeRawPointer(found) - base
        }
    }

    private static func lineStarts(_ block: [UInt8], isAtLineStart: Bool) -> [Int] {
        var starts = isAtLineStart && !block.isEmpty ? [0] : []
        var cursor = 0
        while let end = newline(in: block, from: cursor), end + 1 < block.count {
            starts.append(end + 1)
            cursor = end + 1
        }
        return starts
    }
}
