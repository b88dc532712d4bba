// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel

/// File systems whose locks and syncs cannot be relied on (O23): SQLite's journal and the daemon's lock need both.
enum NetworkFileSystem {
    /// Types as proc_pid_mountinfo(5) prints them; plain FUSE is not among them, it is local as often as not.
    private static let types: Set<String> = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "lustre", "afs", "coda", "fuse.sshfs",
        "fuse.glusterfs", "fuse.rclone", "fuse.s3fs",
    ]

    /// The type of the network file system that an absolute path lies on, by the mounts of /proc/self/mountinfo; nil
    /// where it is local. Of mounts at one place the last counts.
    static func type(of path: String, mounts: String) -> String? {
        var best: (length: Int, type: String) = (-1, "")
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 6, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count else { continue }
            // Spaces in names are written \040.
            let mount = fields[4].split(separator: "\\040", omittingEmptySubsequences: false).joined(separator: " ")
            guard mount == "/" || path == mount || path.hasPrefix(mount + "/") else { continue }
            if mount.utf8.count >= best.length { best = (mount.utf8.count, String(fields[dash + 1])) }
        }
        return types.contains(best.type) ? best.type : nil
    }

    /// A warning where the state directory, or the nearest directory above it that exists, lies on one.
    static func warnings(stateDirectory: String) -> [ConfigProblem] {
        guard let bytes = try? InputFile("/proc/self/mountinfo").read(limit: .mebibytes(4)) else { return [] }
        guard let type = type(of: existing(stateDirectory), mounts: String(decoding: bytes, as: UTF8.self)) else {
            return []
        }
        return [
            ConfigProblem(
                "store.dir: \(stateDirectory) lies on a network file system (\(type)), where locks and syncs may not "
                    + "hold; use a local disk", at: nil, severity: .warning)
        ]
    }

    /// The path without links; of the nearest directory above where there is nothing yet.
    private static func existing(_ path: String) -> String {
        var path = path
        while true {
            if let real = realpath(path, nil) {
                defer { free(real) }
                return String(cString: real)
            }
            guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
            path = String(path[..<slash])
        }
    }
}
