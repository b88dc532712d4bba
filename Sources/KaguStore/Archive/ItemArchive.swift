// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel

/// Appends the lines of new items to the file of their day (O33).
///
/// Confined to the store's queue. Owns the descriptor of the file last written. Lines are written before the
/// transaction that makes their items known, so that a kill loses none, but they are not synced: evidence is in the
/// hit files, and a power cut may cost the archive its last seconds. A line may stand twice where a poll was repeated
/// after a kill; readers drop repeated ids.
final class ItemArchive {
    private let directory: String
    private var file: OpenFile?

    private struct OpenFile {
        var day: CivilDate
        var descriptor: Int32
        var path: String
    }

    /// An archive in `directory` (`items/`), which is made with the first line.
    init(directory: String) { self.directory = directory }

    deinit { closeFile() }

    /// Appends whole lines to the file of `day`. When it throws, none of them stands there.
    func append(_ lines: [UInt8], day: CivilDate) throws(StoreError) {
        guard !lines.isEmpty else { return }
        let target = try open(day)
        let end = lseek(target.descriptor, 0, SEEK_END)
        var written = 0
        while written < lines.count {
            let count = lines.withUnsafeBytes {
                write(target.descriptor, $0.baseAddress.map { $0 + written }, lines.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                let failure = SystemError.failure(errno, path: target.path, doing: "write")
                ftruncate(target.descriptor, end)
                closeFile()
                throw failure
            }
            written += count
        }
    }

    /// Closes the file last written.
    func closeFile() {
        if let file { close(file.descriptor) }
        file = nil
    }

    private func open(_ day: CivilDate) throws(StoreError) -> OpenFile {
        if let file, file.day == day, Self.isLinked(file.descriptor) { return file }
        closeFile()
        if mkdir(directory, 0o750) != 0, errno != EEXIST {
            throw SystemError.failure(errno, path: directory, doing: "make")
        }
        let path = "\(directory)/\(ArchiveFileName(day: day))"
        let descriptor = Glibc.open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw SystemError.failure(errno, path: path, doing: "open") }
        Self.cutTornLine(descriptor, path)
        let opened = OpenFile(day: day, descriptor: descriptor, path: path)
        file = opened
        return opened
    }

    /// Whether the file has a name: a day that is sealed loses its own, and one that is written again after a step of
    /// the clock begins a new file.
    private static func isLinked(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_nlink > 0
    }

    /// A line that a kill has left without its end goes: its poll is repeated.
    private static func cutTornLine(_ descriptor: Int32, _ path: String) {
        let end = lseek(descriptor, 0, SEEK_END)
        var last: UInt8 = 0
        guard end > 0, pread(descriptor, &last, 1, end - 1) == 1, last != UInt8(ascii: "\n"),
            let reader = LineReader(path)
        else { return }
        ftruncate(descriptor, off_t(reader.endOfWholeLines(before: Int(end))))
    }
}
