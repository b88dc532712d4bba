// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Replaces whole files; the one place of this module that writes.
enum FileWriter {
    /// The system's reason, lower case.
    struct Refusal: Error {
        let reason: String
    }

    /// Puts `bytes` in the place of the file, which may be missing: a crash at any moment leaves the old or the new
    /// one whole. A symbolic link stays one; what it points to is replaced.
    static func replace(_ path: String, with bytes: [UInt8], mode: mode_t) throws(Refusal) {
        let target = resolved(path)
        let temporary = target + ".new"
        // What a crash has left.
        unlink(temporary)
        do {
            try write(bytes, to: temporary, mode: mode)
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, target) == 0 else {
            let refusal = refusal()
            unlink(temporary)
            throw refusal
        }
        try syncDirectory(of: target)
    }

    private static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(Refusal) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw refusal() }
        defer { close(descriptor) }
        // The umask has its say only in `open`.
        guard fchmod(descriptor, mode) == 0 else { throw refusal() }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw refusal() }
            written += count
        }
        guard fsync(descriptor) == 0 else { throw refusal() }
    }

    /// A rename lasts once the directory has been synced.
    private static func syncDirectory(of path: String) throws(Refusal) {
        let directory = FilePath.directory(of: path)
        let descriptor = open(directory.isEmpty ? "." : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw refusal() }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw refusal() }
    }

    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    private static func refusal() -> Refusal { Refusal(reason: FileReader.reason(errno)) }
}
