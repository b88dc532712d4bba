// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A file system of some megabytes, in memory: its end can be reached, and it can be made read-only. Unmounted when the
/// object is released.
public final class SmallDisk: Sendable {
    /// Where it is mounted, without a trailing slash.
    public let path: String
    private let directory: TemporaryDirectory
    private var ballast: String { path + "/ballast" }

    /// What the system refused (errno).
    public struct Failure: Error { let number: Int32 }

    /// Whether this process may mount.
    public static let isPossible: Bool = {
        guard let disk = try? SmallDisk(megabytes: 1) else { return false }
        return access(disk.path, W_OK) == 0
    }()

    /// Mounts an empty one; throws where the system refuses.
    public init(megabytes: Int) throws {
        directory = try TemporaryDirectory("kagu-disk")
        path = directory.path("disk")
        mkdir(path, 0o755)
        guard mount("kagu-test", path, "tmpfs", 0, "size=\(megabytes)m") == 0 else { throw Failure(number: errno) }
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

    /// Takes all space but so many bytes.
    public func fill(leaving bytes: Int) throws {
        var status = statvfs()
        statvfs(path, &status)
        let free = Int(status.f_bavail) * Int(status.f_frsize)
        let descriptor = open(ballast, O_WRONLY | O_CREAT, 0o600)
        defer { close(descriptor) }
        let number = posix_fallocate(descriptor, 0, off_t(free - bytes))
        guard number == 0 else { throw Failure(number: number) }
    }

    /// Gives the space back.
    public func empty() { unlink(ballast) }

    /// Makes it read-only, or writable again.
    public func remount(readOnly: Bool) throws {
        let flags = UInt(MS_REMOUNT) | (readOnly ? UInt(MS_RDONLY) : 0)
        guard mount("kagu-test", path, "tmpfs", flags, nil) == 0 else { throw Failure(number: errno) }
    }
}
