// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel

/// The reader of standard output has gone away, as `head` does: success (O21).
struct ClosedPipe: Error {}

/// Data goes here and nothing else (O21).
enum StandardOutput {
    /// Writes all of `text`; throws `ClosedPipe` when nobody reads any more.
    static func write(_ text: String) throws { try write(Array(text.utf8)) }

    /// Writes all of `bytes`; throws `ClosedPipe` when nobody reads any more.
    static func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

    /// Writes all of `bytes`; throws `ClosedPipe` when nobody reads any more.
    static func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard let failure = Descriptor.write(bytes, to: STDOUT_FILENO) else { return }
        if failure == EPIPE { throw ClosedPipe() }
        throw CommandFailure(
            "write: on standard output: \(SystemReason.text(failure)); free space, or write elsewhere")
    }
}

/// Progress, warnings and errors; a reader that went away does not matter here.
enum StandardError {
    /// Writes all of `text`, as far as anybody reads it.
    static func write(_ text: String) {
        _ = Descriptor.write(Array(text.utf8), to: STDERR_FILENO)
    }
}

/// The system's words for an error number.
enum SystemReason {
    /// Lower case, without a full stop.
    static func text(_ code: Int32) -> String {
        strerror(code).map { String(cString: $0).lowercased() } ?? "error \(code)"
    }
}

/// Lines collected up to 64 KiB, so that a long listing is not one system call a line.
struct OutputBuffer {
    /// The size above which the lines go out.
    static let limit = ByteCount.kibibytes(64)

    private var bytes: [UInt8] = []

    /// Adds a line, which must not contain its line end.
    mutating func line(_ line: some Sequence<UInt8>) throws {
        bytes.append(contentsOf: line)
        bytes.append(UInt8(ascii: "\n"))
        if bytes.count >= Self.limit.bytes { try flush() }
    }

    /// Adds a line, which must not contain its line end.
    mutating func line(_ line: String) throws { try self.line(line.utf8) }

    /// Adds a line that `append` makes behind what is there, without its line end.
    mutating func line(_ append: (inout [UInt8]) -> Void) throws {
        append(&bytes)
        bytes.append(UInt8(ascii: "\n"))
        if bytes.count >= Self.limit.bytes { try flush() }
    }

    /// Adds text as it is.
    mutating func raw(_ text: String) throws { try raw(text.utf8) }

    /// Adds bytes as they are; many go out without being copied.
    mutating func raw(_ added: some Sequence<UInt8>) throws {
        let isWritten: Void? = try added.withContiguousStorageIfAvailable { added in
            guard added.count >= Self.limit.bytes else { return bytes.append(contentsOf: added) }
            try flush()
            try StandardOutput.write(UnsafeRawBufferPointer(added))
        }
        if isWritten == nil { bytes.append(contentsOf: added) }
        if bytes.count >= Self.limit.bytes { try flush() }
    }

    /// Writes what is there; where that fails, it is given up.
    mutating func flush() throws {
        guard !bytes.isEmpty else { return }
        defer { bytes.removeAll(keepingCapacity: true) }
        try StandardOutput.write(bytes)
    }
}

/// Whole writes to a file descriptor.
enum Descriptor {
    /// Writes everything; the error number when that was not possible.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
        bytes.withUnsafeBytes { write($0, to: descriptor) }
    }

    /// Writes everything; the error number when that was not possible.
    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
        var offset = 0
        while offset < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: offset), bytes.count - offset)
            if count < 0 {
                if errno == EINTR { continue }
                return errno
            }
            offset += count
        }
        return nil
    }

    /// Reads to the end, at most `limit`; throws the error number, EFBIG above the limit.
    static func readAll(_ descriptor: Int32, limit: ByteCount) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError(code: errno) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= limit.bytes else { throw SystemError(code: EFBIG) }
        }
    }
}

/// An error number of the system.
struct SystemError: Error, Hashable, CustomStringConvertible {
    /// The number, as in errno(3).
    let code: Int32

    /// The system's words, lower case.
    var description: String { SystemReason.text(code) }
}

/// What a command reads: a file, or standard input for `-` and for nothing.
struct InputFile {
    /// The name for messages.
    let name: String
    private let path: String?

    /// `-` and nil are standard input.
    init(_ argument: String?) {
        path = argument == "-" ? nil : argument
        name = path ?? "standard input"
    }

    /// All bytes; throws a `CommandFailure` that names the file. Above `limit` it is refused.
    func read(limit: ByteCount) throws -> [UInt8] {
        let descriptor = path.map { open($0, O_RDONLY | O_CLOEXEC) } ?? STDIN_FILENO
        guard descriptor >= 0 else {
            throw CommandFailure(
                "read: \(name): \(SystemReason.text(errno)); give a readable file, or - for standard input")
        }
        defer { if path != nil { close(descriptor) } }
        do {
            return try Descriptor.readAll(descriptor, limit: limit)
        } catch  where error.code == EFBIG {
            throw CommandFailure("read: \(name): larger than \(limit); split it")
        } catch {
            throw CommandFailure("read: \(name): \(error); give a readable file, or - for standard input")
        }
    }
}
