// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguBytes
import KaguModel

/// Compresses one day's file into members of whole lines (O42). The file is read only; a new one stands beside it,
/// complete and synced, when `run` returns.
///
/// A kill at any moment leaves the plain file, or both files, or the compressed one alone: the plain one is removed
/// only after the name of the other is durable, and where both are left, the next pass makes the second one anew.
struct DayCompression {
    /// A member holds about so many plain bytes; more where one line is longer.
    static let memberBytes = 256 << 10
    private static let partialSuffix = ".partial"

    /// The plain file.
    let path: String
    private var compressed: String { path + HitFileName.compressedSuffix }
    private var partial: String { compressed + Self.partialSuffix }

    /// Compresses the file, and gives the number of plain bytes that it took.
    func run() throws(StoreError) -> Int {
        guard let reader = LineReader(path), !reader.isCompressed else {
            throw .file(path: path, reason: "open: cannot be read")
        }
        guard reader.endOfWholeLines(before: reader.size) == reader.size else {
            throw .file(path: path, reason: "compress: it ends with a part of a line; the next start mends it")
        }
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw SystemError.failure(errno, path: partial, doing: "open") }
        defer { close(descriptor) }
        do throws(StoreError) {
            try write(reader, to: descriptor)
            guard fsync(descriptor) == 0 else { throw SystemError.failure(errno, path: partial, doing: "sync") }
            try check(reader)
        } catch {
            unlink(partial)
            throw error
        }
        return reader.size
    }

    /// Puts the compressed file in the plain one's place; the caller knows that nobody has added a line meanwhile.
    func replacePlainFile() throws(StoreError) {
        guard rename(partial, compressed) == 0 else {
            throw SystemError.failure(errno, path: compressed, doing: "rename")
        }
        try Self.syncDirectory(of: path)
        guard unlink(path) == 0 else { throw SystemError.failure(errno, path: path, doing: "remove") }
    }

    /// Removes what a pass that was killed, or came to nothing, has left.
    func abandon() { unlink(partial) }

    /// Syncs the directory in which a file lies.
    static func syncDirectory(of path: String) throws(StoreError) {
        let directory = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError.failure(errno, path: directory, doing: "open") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw SystemError.failure(errno, path: directory, doing: "sync") }
    }

    private func write(_ reader: borrowing LineReader, to descriptor: Int32) throws(StoreError) {
        var start = 0
        while start < reader.size {
            var end = min(reader.size, start + Self.memberBytes)
            if end < reader.size { end = reader.lineStart(after: end - 1, limit: reader.size) }
            let plain = reader.bytes(start..<end)
            let member = plain.count == end - start ? GzipMembers.member(plain) : []
            guard !member.isEmpty else { throw .file(path: path, reason: "read: \(SystemError.text(errno))") }
            try write(member, to: descriptor)
            start = end
        }
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) throws(StoreError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, bytes.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw SystemError.failure(errno, path: partial, doing: "write") }
            written += count
        }
    }

    /// Evidence is not removed on trust: what was written is read back and compared.
    private func check(_ reader: borrowing LineReader) throws(StoreError) {
        let wrong = StoreError.file(path: partial, reason: "compress: what was written reads back differently")
        let descriptor = open(partial, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError.failure(errno, path: partial, doing: "open") }
        defer { close(descriptor) }
        let fileBytes = Int(lseek(descriptor, 0, SEEK_END))
        guard let content = DayContent(descriptor, fileBytes: fileBytes), content.size == reader.size else {
            throw wrong
        }
        var start = 0
        while start < reader.size {
            let end = min(reader.size, start + 1 << 20)
            guard content.bytes(start..<end) == reader.bytes(start..<end) else { throw wrong }
            start = end
        }
    }
}
