// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel

/// Lines of a file or pipe, one at a time, so that a running pipe gets its answers at once.
struct LineStream: ~Copyable {
    /// A longer line ends the run.
    static let maximumLine = ByteCount.mebibytes(32)

    private let descriptor: Int32
    private let closes: Bool
    private let name: String
    private var buffer: [UInt8] = []
    private var start = 0
    private var searched = 0
    private var isAtEnd = false

    /// Opens `argument`; `-` and nil are standard input.
    init(_ argument: String?) throws {
        let path = argument == "-" ? nil : argument
        name = path ?? "standard input"
        closes = path != nil
        descriptor = path.map { open($0, O_RDONLY | O_CLOEXEC) } ?? STDIN_FILENO
        guard descriptor >= 0 else {
            throw CommandFailure(
                "read: \(name): \(SystemReason.text(errno)); give a readable file, or - for standard input")
        }
    }

    deinit { if closes { close(descriptor) } }

    /// Whether `next` would have to wait for the system.
    var needsRead: Bool { !isAtEnd && buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) == nil }

    /// The next line without its line end (LF or CR LF); the last one may lack it. Nil at the end.
    mutating func next() throws -> [UInt8]? {
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = buffer[start..<end]
                start = end + 1
                searched = start
                return Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
            }
            searched = buffer.count
            if isAtEnd {
                guard start < buffer.count else { return nil }
                defer { start = buffer.count }
                return Array(buffer[start...])
            }
            try fill()
        }
    }

    private mutating func fill() throws {
        buffer.removeFirst(start)
        searched -= start
        start = 0
        guard buffer.count <= Self.maximumLine.bytes else {
            throw CommandFailure("read: \(name): a line is longer than \(Self.maximumLine); split it")
        }
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = read(descriptor, &chunk, chunk.count)
        if count < 0, errno == EINTR { return }
        guard count >= 0 else {
            throw CommandFailure("read: \(name): \(SystemReason.text(errno)); give a readable file")
        }
        if count == 0 { isAtEnd = true }
        buffer.append(contentsOf: chunk[..<count])
    }
}
