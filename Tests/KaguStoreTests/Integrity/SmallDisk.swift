// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguTestSupport

/// A file system of some megabytes, in memory: its end can be reached, and it can be made read-only.
final class SmallDisk {
    let path: String
    private let directory: TemporaryDirectory
    private var ballast: String { path + "/ballast" }

    struct Failure: Error { let number: Int32 }

    /// Whether this process may mount.
    static let isPossible: Bool = {
        guard let disk = try? SmallDisk(megabytes: 1) else { return false }
        return access(disk.path, W_OK) == 0
    }()

    init(megabytes: Int) throws {
        directory = try TemporaryDirectory("kagu-disk")
        path = directory.path("disk")
        mkdir(path, 0o755)
        guard mount("kagu-test", path, "tmpfs", 0, "size=\(megabytes)m") == 0 else { throw Failure(number: errno) }
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

    /// Takes all space but so many bytes.
    func fill(leaving bytes: Int) throws {
        var status = statvfs()
        statvfs(path, &status)
        let free = Int(status.f_bavail) * Int(status.f_frsize)
        let descriptor = open(ballast, O_WRONLY | O_CREAT, 0o600)
        defer { close(descriptor) }
        let number = posix_fallocate(descriptor, 0, off_t(free - bytes))
        guard number == 0 else { throw Failure(number: number) }
    }

    /// Gives the space back.
    func empty() { unlink(ballast) }

    func remount(readOnly: Bool) throws {
        let flags = UInt(MS_REMOUNT) | (readOnly ? UInt(MS_RDONLY) : 0)
        guard mount("kagu-test", path, "tmpfs", flags, nil) == 0 else { throw Failure(number: errno) }
    }
}
