// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Names in a directory, and its removal.
enum DirectoryListing {
    /// Every name but `.` and `..`, sorted.
    static func names(_ path: String) throws -> [String] {
        guard let directory = opendir(path) else {
            throw CommandFailure("read: \(path): \(SystemReason.text(errno)); give a readable directory")
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a directory with all it holds; links are removed, never followed.
    static func remove(_ path: String) {
        for name in (try? names(path)) ?? [] {
            let child = "\(path)/\(name)"
            var status = stat()
            guard lstat(child, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR { remove(child) } else { unlink(child) }
        }
        rmdir(path)
    }
}
