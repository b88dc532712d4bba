// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Where things lie in the state directory (O33).
public struct StateDirectory: Hashable, Sendable {
    /// The directory itself.
    public let path: String

    /// The layout of `path`.
    public init(_ path: String) { self.path = path }

    /// Feed states, seen items, outbox and the index over the hits.
    public var database: String { "\(path)/state.sqlite" }
    /// The hit files.
    public var hits: String { "\(path)/hits" }
    /// The texts of all items, by day.
    public var items: String { "\(path)/items" }
    /// What could not be read.
    public var quarantine: String { "\(path)/quarantine" }
    /// Databases of older versions.
    public var backup: String { "\(path)/backup" }
    /// Space that is given up when the disk is full (O36).
    public var reserve: String { "\(path)/reserve" }
    /// The daemon's lock.
    public var lock: String { "\(path)/lock" }

    /// Makes the directories that are missing, the state directory itself included, but not its parent.
    func prepare() throws(StoreError) {
        for directory in [path, hits, quarantine, backup] {
            if mkdir(directory, 0o750) != 0, errno != EEXIST {
                let number = errno
                if number == ENOSPC || number == EDQUOT { throw .diskFull(path: path) }
                throw .unusable(path: path, reason: "\(directory) cannot be made: \(SystemError.text(number))")
            }
            guard access(directory, R_OK | W_OK | X_OK) == 0 else {
                throw .unusable(path: path, reason: "\(directory) cannot be written: \(SystemError.text(errno))")
            }
        }
    }
}

/// The lock of the one daemon that may write (O39); released when the last reference goes.
final class StateLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock, or tells who has it.
    init(_ directory: StateDirectory) throws(StoreError) {
        let descriptor = open(directory.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            let number = errno
            if number == ENOSPC || number == EDQUOT { throw .diskFull(path: directory.path) }
            throw .unusable(path: directory.path, reason: "lock cannot be opened: \(SystemError.text(number))")
        }
        // `kagu status` takes the lock for an instant to see whether a daemon holds it.
        var isLocked = flock(descriptor, LOCK_EX | LOCK_NB) == 0
        for _ in 0..<5 where !isLocked {
            usleep(40_000)
            isLocked = flock(descriptor, LOCK_EX | LOCK_NB) == 0
        }
        guard isLocked else {
            let pid = Self.pid(in: descriptor)
            close(descriptor)
            throw .locked(path: directory.path, pid: pid)
        }
        let text = Array("\(getpid())\n".utf8)
        ftruncate(descriptor, 0)
        pwrite(descriptor, text, text.count, 0)
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    private static func pid(in descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes[..<count].prefix { $0 > 0x20 }, as: UTF8.self))
    }
}

/// The kernel's words for an error number.
enum SystemError {
    /// `errno` in words.
    static func text(_ number: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 128)
        // The XSI variant, which is what Swift imports: 0, and the text in the buffer.
        guard strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self).lowercased()
    }

    /// The store's error for a failed call on a file.
    static func failure(_ number: Int32, path: String, doing what: String) -> StoreError {
        switch number {
        case ENOSPC, EDQUOT: .diskFull(path: path)
        case EROFS: .unusable(path: path, reason: text(number))
        default: .file(path: path, reason: "\(what): \(text(number))")
        }
    }
}
