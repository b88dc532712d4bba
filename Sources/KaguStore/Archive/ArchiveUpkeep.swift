// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguBytes
public import KaguModel

/// Seals the archive's past days and removes those beyond their age (O33, O42). Meant to be called once a day, and
/// at start; works on files that the store no longer writes, beside it.
public struct ArchiveUpkeep: Sendable {
    private let directory: String

    /// The upkeep of a state directory's archive.
    public init(directory path: String) { directory = StateDirectory(path).items }

    /// What one pass has done.
    public struct Summary: Hashable, Sendable {
        /// Days that were compressed.
        public var sealed = 0
        /// Files that were removed.
        public var removed = 0
        /// What went wrong, one sentence each; the next pass tries again.
        public var problems: [String] = []
    }

    /// Compresses the days before that of `now`, and removes those of which every item is older than `retention`;
    /// zero removes all. Blocks for as long as compressing takes: about a second for 50 MB.
    @concurrent
    public func run(at now: Instant, retention: Duration) async -> Summary {
        var summary = Summary()
        // Polls that ended before midnight may be stored a little after it.
        let today = (now - .seconds(600)).day
        removeLeftovers()
        for name in ArchiveFileName.list(in: directory) {
            let age = now - CivilDate(daysSinceEpoch: name.day.daysSinceEpoch + 1).start
            if retention == .zero || age > retention {
                summary.removed += unlink("\(directory)/\(name)") == 0 ? 1 : 0
            } else if !name.isSealed, name.day < today {
                do {
                    try seal(name.day)
                    summary.sealed += 1
                } catch {
                    summary.problems.append("\(directory)/\(name): \(error)")
                }
            }
        }
        return summary
    }

    /// Compresses a day under another name, which then takes the place of both files. Lines that came after the day
    /// was sealed (the clock was set back) join the others.
    private func seal(_ day: CivilDate) throws(StoreError) {
        let open = "\(directory)/\(ArchiveFileName(day: day))"
        let sealed = "\(directory)/\(ArchiveFileName(day: day, isSealed: true))"
        let partial = sealed + Self.partialSuffix
        do {
            try compress([sealed, open], into: partial)
            try sync(partial)
        } catch {
            unlink(partial)
            throw error
        }
        guard rename(partial, sealed) == 0 else { throw SystemError.failure(errno, path: sealed, doing: "rename") }
        unlink(open)
    }

    private func compress(_ sources: [String], into path: String) throws(StoreError) {
        do throws(GzipFileError) {
            let writer = try GzipFileWriter(path)
            for source in sources where access(source, F_OK) == 0 {
                let reader = try GzipFileReader(source)
                var last: UInt8?
                while case let block = try reader.read(upTo: Self.blockBytes), !block.isEmpty {
                    try writer.write(block)
                    last = block.last
                }
                // A line that a kill has cut must not swallow the one that follows.
                if let last, last != UInt8(ascii: "\n") { try writer.write([UInt8(ascii: "\n")]) }
            }
            try writer.finish()
        } catch {
            let number = errno
            if error == .cannotWrite { throw SystemError.failure(number, path: path, doing: "write") }
            throw .file(path: path, reason: "\(error)")
        }
    }

    private func sync(_ path: String) throws(StoreError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError.failure(errno, path: path, doing: "open") }
        defer { close(descriptor) }
        chmod(path, 0o640)
        guard fsync(descriptor) == 0 else { throw SystemError.failure(errno, path: path, doing: "sync") }
    }

    /// What a pass that was killed has left.
    private func removeLeftovers() {
        for name in ArchiveFileName.list(in: directory) where !name.isSealed {
            unlink("\(directory)/\(ArchiveFileName(day: name.day, isSealed: true))\(Self.partialSuffix)")
        }
    }

    private static let partialSuffix = ".partial"
    private static let blockBytes = 1 << 20
}
