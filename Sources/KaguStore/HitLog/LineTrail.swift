// SPDX-License-Identifier: Apache-2.0

import KaguBytes

/// The last lines of a file that have been read, by which is seen whether they still are what they were: a batch that
/// could not be written or synced is cut off again, and others come to lie in its place (O36, O37).
struct LineTrail: Sendable {
    /// So many bytes of the file are looked at again, at least where so many have been read.
    static let bytes = 256 << 10

    /// Where the first of these lines begins.
    private var start: Int
    /// Where each ends, its newline included, and its CRC-32C.
    private var lines: [(end: Int, checksum: UInt32)] = []

    /// No line before `start`, which is the start of one.
    init(at start: Int) { self.start = start }

    /// The last whole lines of a file.
    init(endOf reader: borrowing LineReader) {
        let end = reader.endOfWholeLines(before: reader.size)
        start = end
        let from = max(0, end - Self.bytes)
        let first = from == 0 ? 0 : reader.lineStart(after: from, limit: end)
        start = first
        reader.forward(first..<end) { line in
            add(line)
            return true
        }
    }

    /// Where the next line begins.
    var end: Int { lines.last?.end ?? start }

    /// Adds the line that begins at `end`.
    mutating func add(_ line: LineReader.Line) {
        // Behind a line that was given cut.
        if line.offset != end { self = LineTrail(at: line.offset) }
        lines.append((line.offset + line.bytes.count + 1, CRC32C.checksum(line.bytes)))
        guard end - start > 2 * Self.bytes else { return }
        let old = lines.prefix { end - $0.end >= Self.bytes }
        start = old.last?.end ?? start
        lines.removeFirst(old.count)
    }

    /// Forgets the lines that are not there any more, and tells where reading goes on. Where none of them is there, that
    /// is the line at `floor`, or the one after it, or the end of the file where that lies before it.
    mutating func resume(in reader: borrowing LineReader, floor: Int) -> Int {
        let first = max(0, start - 1)
        let bytes = reader.bytes(first..<max(first, min(end, reader.size)))
        var lineStart = start - first
        var whole = 0
        // The newline before them belongs to what must be there.
        if start == 0 || bytes.first == 0x0A {
            for line in lines {
                let lineEnd = line.end - first
                guard lineEnd <= bytes.count, bytes[lineEnd - 1] == 0x0A,
                    CRC32C.checksum(bytes[lineStart..<(lineEnd - 1)]) == line.checksum
                else { break }
                whole += 1
                lineStart = lineEnd
            }
            guard whole == 0, !lines.isEmpty, start > 0 else {
                lines.removeLast(lines.count - whole)
                return end
            }
        }
        let place = min(floor, reader.endOfWholeLines(before: reader.size))
        self = LineTrail(at: place == 0 ? 0 : reader.lineStart(after: place - 1, limit: reader.size))
        return start
    }
}
