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
    private let fault: ReadFault
    /// The size of the content when the file was opened.
    let size: Int

    /// Opens a file, or where that has been compressed, `path.gz`; nil where neither is there, or can be read.
    init?(_ path: String) {
        do {
            guard let reader = try Self.open(path) else { return nil }
            self = reader
        } catch {
            return nil
        }
    }

    /// The same; nil where neither is there. Throws where one is there and cannot be read.
    static func open(_ path: String) throws(StoreError) -> LineReader? {
        var isCompressed = path.hasSuffix(HitFileName.compressedSuffix)
        var descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT, !isCompressed {
            isCompressed = true
            descriptor = Glibc.open(path + HitFileName.compressedSuffix, O_RDONLY | O_CLOEXEC)
        }
        guard descriptor >= 0 else {
            let number = errno
            if number == ENOENT { return nil }
            throw .file(path: path, reason: "open: \(SystemError.text(number))")
        }
        do throws(StoreError) {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else {
                throw .file(path: path, reason: "open: \(SystemError.text(errno))")
            }
            guard status.st_mode & S_IFMT == S_IFREG else { throw .file(path: path, reason: "open: it is no file") }
            let content = isCompressed ? DayContent(descriptor, fileBytes: Int(status.st_size)) : nil
            guard !isCompressed || content != nil else {
                throw .file(path: path + HitFileName.compressedSuffix, reason: "open: it is no gzip file")
            }
            return LineReader(descriptor, content, bytes: Int(status.st_size))
        } catch {
            close(descriptor)
            throw error
        }
    }

    private init(_ descriptor: Int32, _ content: DayContent?, bytes: Int) {
        self.descriptor = descriptor
        self.content = content
        fault = ReadFault()
        size = content?.size ?? bytes
    }

    /// Why the file could not be read to its end, in words; nil while it could.
    var failure: String? {
        (fault.number ?? content?.fault.number).map { "read: \(SystemError.text($0))" }
    }

    /// What of the file could not be read so far, in words: a failure, or damage of a compressed file; nil while all could.
    var problem: String? {
        failure
            ?? content?.damaged.map {
                "compressed data is damaged: bytes \($0.lowerBound) to \($0.upperBound) of the day cannot be read"
            }
    }

    /// Whether the file is compressed.
    var isCompressed: Bool { content != nil }

    /// The stretches of a compressed file that are damaged; each is looked at.
    func damage() -> [Range<Int>] { content?.damage() ?? [] }

    deinit { close(descriptor) }

    /// The bytes of a range; fewer at the end of the file.
    func bytes(_ range: Range<Int>) -> [UInt8] {
        content?.bytes(range) ?? DayContent.read(descriptor, range, fault)
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
            guard rest.count <= Self.maximumLineBytes else {
                // Given cut; what follows it is read all the same.
                let next = self.lineStart(after: lineStart + rest.count, limit: size)
                guard next < size || bytes((size - 1)..<size).last == 10 else { return lineStart }
                let line = Line(offset: lineStart, bytes: rest[..<Self.maximumLineBytes])
                (lineStart, buffer, bufferStart) = (next, [], next)
                guard try body(line) else { return lineStart }
                continue
            }
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

    /// Whether whole lines end at `offset`, and behind it is nothing, or a line without its end. Of a compressed day, whose
    /// end is dear to read, only whether it ends there.
    func endsWhole(at offset: Int) -> Bool {
        offset == size || (!isCompressed && offset < size && endOfWholeLines(before: size) == offset)
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

/// Why a file could not be read to its end.
///
/// Confined to the reader that owns it.
final class ReadFault {
    /// The first error number that pread(2) gave.
    var number: Int32?
}
