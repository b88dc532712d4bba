// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The file `reserve`: space that is given up when the disk is full, so that acknowledgements can still be recorded
/// (O36).
///
/// Confined to the store's queue.
struct SpaceReserve: Sendable {
    /// 8 MiB.
    static let bytes = 8 << 20

    /// The file.
    let path: String
    /// What the disk has left; replaced by tests.
    var free: @Sendable (String) -> Int? = Self.freeBytes

    /// Whether the whole reserve is there.
    var isHeld: Bool {
        var status = stat()
        // Blocks, not length: a sparse file reserves nothing.
        return stat(path, &status) == 0 && Int(status.st_blocks) * 512 >= Self.bytes
    }

    /// The bytes left on its file system.
    var freeBytes: Int? { free(path) }

    /// Allocates the reserve where it is missing, and proves on the way that the directory can be written and synced.
    func take() throws(StoreError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw SystemError.failure(errno, path: path, doing: "open") }
        defer { close(descriptor) }
        var number = posix_fallocate(descriptor, 0, off_t(Self.bytes))
        if number == 0 {
            let probe: [UInt8] = [0]
            number = pwrite(descriptor, probe, 1, 0) == 1 && fdatasync(descriptor) == 0 ? 0 : errno
        }
        guard number == 0 else {
            unlink(path)
            throw SystemError.failure(number, path: path, doing: "reserve space")
        }
    }

    /// Gives the space back to the disk.
    func release() { unlink(path) }

    /// What a user without privileges may still write beside `path`; nil where the file system does not tell.
    static func freeBytes(beside path: String) -> Int? {
        let directory = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        var status = statvfs()
        guard statvfs(directory, &status) == 0 else { return nil }
        return Int(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
    }
}
