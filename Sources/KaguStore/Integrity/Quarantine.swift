// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel

/// `quarantine/`: what could not be read, as it was found (O35, O38).
struct Quarantine {
    /// Kept for 30 days,
    static let keptTime: Duration = .seconds(30 * 86_400)
    /// and at most so many bytes of it, the newest (O42).
    static let keptBytes = 256 << 20

    private let path: String

    /// That of a state directory.
    init(_ directory: StateDirectory) { path = directory.quarantine }

    /// Keeps a copy of bytes, synced.
    func keep(_ bytes: [UInt8], as name: String) throws(StoreError) {
        let path = "\(path)/\(name)"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw SystemError.failure(errno, path: path, doing: "open") }
        defer { close(descriptor) }
        guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            throw SystemError.failure(errno, path: path, doing: "write")
        }
    }

    /// Moves a file here under a name of its own; nothing where there is none.
    func take(_ file: String, as name: String) throws(StoreError) {
        guard access(file, F_OK) == 0 else { return }
        guard rename(file, "\(path)/\(name)") == 0 else {
            throw SystemError.failure(errno, path: file, doing: "move to quarantine")
        }
        try DayCompression.syncDirectory(of: "\(path)/\(name)")
    }

    /// Removes what is older than 30 days, and the oldest beyond 256 MiB; gives the number of files removed (O42).
    func expire(at now: Instant) -> Int {
        var kept = 0
        var removed = 0
        for file in Self.files(in: path).sorted(by: { $0.changed > $1.changed }) {
            kept += file.bytes
            guard now - file.changed > Self.keptTime || kept > Self.keptBytes else { continue }
            if unlink("\(path)/\(file.name)") == 0 { removed += 1 }
        }
        return removed
    }

    /// A file in a directory.
    struct File {
        var name: String
        var bytes: Int
        var changed: Instant
    }

    /// The plain files of a directory.
    static func files(in path: String) -> [File] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var files: [File] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            var status = stat()
            guard stat("\(path)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            files.append(
                File(
                    name: name, bytes: Int(status.st_size), changed: Instant(seconds: Int64(status.st_mtim.tv_sec)))
            )
        }
        return files
    }
}
