// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguBytes
import KaguModel

/// The calls that make lines durable, so that tests can make them fail (T4–T6).
struct DurableCalls: Sendable {
    /// As write(2).
    var write: @Sendable (Int32, UnsafeRawBufferPointer) -> Int = { Glibc.write($0, $1.baseAddress, $1.count) }
    /// As fdatasync(2).
    var sync: @Sendable (Int32) -> Int32 = { fdatasync($0) }
    /// As fsync(2), of a directory.
    var syncDirectory: @Sendable (Int32) -> Int32 = { fsync($0) }
    /// As ftruncate(2).
    var truncate: @Sendable (Int32, Int) -> Int32 = { ftruncate($0, off_t($1)) }
}

/// Appends hit lines to the file of their day and makes them durable (O35, O37).
///
/// Confined to the store's queue. Owns the descriptor of the file last written.
final class HitLog {
    private let directory: String
    private let calls: DurableCalls
    private var file: OpenFile?
    /// Files that may end with bytes that were never synced, or with a part of a line: nothing is added to them.
    private var closed: Set<HitFileName> = []

    /// The file being appended to.
    private struct OpenFile {
        var name: HitFileName
        var descriptor: Int32
        var end: Int
        var lastSeen: Instant?
    }

    /// A log in `directory` (`hits/`), which exists.
    init(directory: String, calls: DurableCalls = DurableCalls()) {
        self.directory = directory
        self.calls = calls
    }

    deinit { closeFile() }

    /// Appends the hits' lines and syncs them; a hit's `seen` is moved forward where it would lie before the last
    /// line of its file. When it throws, the lines of the first hits have been added that `locations` tells: those of
    /// whole days.
    func append(_ hits: inout [Hit], into locations: inout [HitLocation]) throws(StoreError) {
        locations.reserveCapacity(hits.count)
        var start = 0
        while start < hits.count {
            let day = hits[start].seen.day
            var end = start + 1
            while end < hits.count, hits[end].seen.day == day { end += 1 }
            locations += try append(&hits, start..<end, day: day)
            start = end
        }
    }

    /// The end of the file last written, for the index's watermark.
    var watermark: (name: HitFileName, end: Int)? { file.map { ($0.name, $0.end) } }

    /// Closes the file last written.
    func closeFile() {
        if let file { close(file.descriptor) }
        file = nil
    }

    private func append(_ hits: inout [Hit], _ range: Range<Int>, day: CivilDate) throws(StoreError)
        -> [HitLocation]
    {
        var target = try open(day)
        var batch: [UInt8] = []
        batch.reserveCapacity(range.count * 1024)
        var lines: [(offset: Int, length: Int, crc: UInt32)] = []
        for index in range {
            if let last = target.lastSeen, last > hits[index].seen { hits[index].seen = last }
            target.lastSeen = hits[index].seen
            let line = hits[index].line
            lines.append((batch.count, line.count, CRC32C.checksum(line)))
            batch += line
            batch.append(UInt8(ascii: "\n"))
        }
        target = try persist(batch, to: target)
        let base = target.end - batch.count
        return lines.map {
            HitLocation(file: target.name, offset: base + $0.offset, length: $0.length, crc: $0.crc)
        }
    }

    /// Closes the file where it is this one: it is about to be compressed or removed.
    func release(_ name: HitFileName) {
        if file?.name == name { closeFile() }
    }

    /// Writes and syncs a batch. After a failed sync the pages may be lost while the kernel calls them clean, so the
    /// descriptor is never synced again: the batch, which is all since the last good sync, goes to the day's next
    /// file (O37).
    private func persist(_ batch: [UInt8], to target: OpenFile) throws(StoreError) -> OpenFile {
        var target = target
        try write(batch, to: target)
        if calls.sync(target.descriptor) != 0 {
            let number = errno
            closed.insert(target.name)
            if number == ENOSPC || number == EDQUOT {
                _ = calls.truncate(target.descriptor, target.end)
                closeFile()
                throw .diskFull(path: "\(directory)/\(target.name)")
            }
            closeFile()
            let lastSeen = target.lastSeen
            target = try create(HitFileName(day: target.name.day, part: target.name.part + 1))
            target.lastSeen = lastSeen
            file = target
            try write(batch, to: target)
            guard calls.sync(target.descriptor) == 0 else {
                let failure = SystemError.failure(errno, path: "\(directory)/\(target.name)", doing: "sync")
                closed.insert(target.name)
                closeFile()
                throw failure
            }
        }
        target.end += batch.count
        file = target
        return target
    }

    /// One write in the usual case; a part of a line that a failure leaves behind is cut off again.
    private func write(_ batch: [UInt8], to target: OpenFile) throws(StoreError) {
        var written = 0
        while written < batch.count {
            let count = batch.withUnsafeBytes {
                calls.write(target.descriptor, UnsafeRawBufferPointer(rebasing: $0[written...]))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                let failure = SystemError.failure(errno, path: "\(directory)/\(target.name)", doing: "write")
                if calls.truncate(target.descriptor, target.end) != 0 { closed.insert(target.name) }
                closeFile()
                throw failure
            }
            written += count
        }
    }

    /// The day's last file, or the one after it where nothing may be added to that one.
    private func open(_ day: CivilDate) throws(StoreError) -> OpenFile {
        if let file, file.name.day == day { return file }
        closeFile()
        let last = HitFileName.list(in: directory).last { $0.day == day }
        var name = last ?? HitFileName(day: day)
        if let last, !takesLines(last) { name.part += 1 }
        var opened = try create(name)
        if let last, opened.lastSeen == nil { opened.lastSeen = lastSeen(last) }
        file = opened
        return opened
    }

    /// Whether lines may be added to a file: not to one that is compressed, nor to one whose last line may be torn.
    private func takesLines(_ name: HitFileName) -> Bool {
        guard !closed.contains(name), let reader = LineReader("\(directory)/\(name)"), !reader.isCompressed else {
            return false
        }
        return reader.endOfWholeLines(before: reader.size) == reader.size
    }

    private func create(_ name: HitFileName) throws(StoreError) -> OpenFile {
        let path = "\(directory)/\(name)"
        let isNew = access(path, F_OK) != 0
        let descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw SystemError.failure(errno, path: path, doing: "open") }
        if isNew, let failure = syncDirectory() {
            close(descriptor)
            // A file that may have no name after a power cut is no place for lines.
            unlink(path)
            throw failure
        }
        let end = Int(lseek(descriptor, 0, SEEK_END))
        return OpenFile(name: name, descriptor: descriptor, end: end, lastSeen: end > 0 ? lastSeen(name) : nil)
    }

    private func syncDirectory() -> StoreError? {
        let descriptor = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return SystemError.failure(errno, path: directory, doing: "open") }
        defer { close(descriptor) }
        return calls.syncDirectory(descriptor) == 0
            ? nil : SystemError.failure(errno, path: directory, doing: "sync")
    }

    private func lastSeen(_ name: HitFileName) -> Instant? {
        guard let reader = LineReader("\(directory)/\(name)") else { return nil }
        var seen: Instant?
        reader.backward(0..<reader.endOfWholeLines(before: reader.size)) { line in
            seen = HitLine.seen(line.bytes)
            return seen == nil
        }
        return seen
    }
}
