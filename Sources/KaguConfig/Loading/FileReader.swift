// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel

/// Reads whole files under a limit; the one place of this module that opens them.
enum FileReader {
    /// A configuration, feed or watch file above this size is refused.
    static let maximumBytes = ByteCount.mebibytes(32)

    /// Why a file gave nothing.
    enum Failure: Error {
        /// It does not exist.
        case missing
        /// The system's reason, lower case.
        case refused(String)
        /// More than `limit`.
        case tooLarge(limit: ByteCount)
    }

    /// The bytes of a regular file or pipe, and whether everybody may read it.
    static func read(
        _ path: String, limit: ByteCount = maximumBytes
    ) throws(Failure) -> (bytes: [UInt8], isWorldReadable: Bool) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw errno == ENOENT ? .missing : .refused(reason(errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .refused(reason(errno)) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw .refused("it is a directory") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(max(0, min(Int(status.st_size), limit.bytes)) + 1)
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .refused(reason(errno)) }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= limit.bytes else { throw .tooLarge(limit: limit) }
        }
        return (bytes, status.st_mode & S_IROTH != 0)
    }

    /// Whether something is there.
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Whether nothing is there for certain: not where we may not look.
    static func isAbsent(_ path: String) -> Bool {
        access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR)
    }

    /// Whether two paths lead to one file.
    static func same(_ left: String, _ right: String) -> Bool {
        var (first, second) = (stat(), stat())
        guard left != right else { return true }
        return stat(left, &first) == 0 && stat(right, &second) == 0 && first.st_dev == second.st_dev
            && first.st_ino == second.st_ino
    }

    /// Whether a directory is there.
    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// What the system says of an error, lower case.
    static func reason(_ code: Int32) -> String {
        strerror(code).map { String(cString: $0).lowercased() } ?? "error \(code)"
    }
}
