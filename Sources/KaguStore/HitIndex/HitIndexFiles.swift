// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguBytes
public import KaguModel

/// The index files beside the hit files: `hits/YYYY-MM-DD.idx` for `YYYY-MM-DD.jsonl`, compressed or not. They can be
/// deleted at any time and are rebuilt from the hit files (O27, O33); nothing is synced.
///
/// Blocks; owns nothing between calls.
public struct HitIndexFiles: Sendable {
    /// What a rebuild has read.
    public struct Summary: Hashable, Sendable {
        /// Hit files.
        public var files = 0
        /// Their lines.
        public var lines = 0
        /// Lines that are hits.
        public var hits = 0
        /// Bytes of the hit files.
        public var hitBytes = 0
        /// Bytes of the index files.
        public var indexBytes = 0
    }

    /// `hits/` of a state directory.
    let path: String

    /// The index files of a state directory.
    public init(directory: String) { path = StateDirectory(directory).hits }

    init(hits path: String) { self.path = path }

    /// The name of a hit file's index: `2026-11-22.idx`, `2026-11-22.1.idx`.
    public static func name(of file: HitFileName) -> String {
        file.part == 0 ? "\(file.day).idx" : "\(file.day).\(file.part).idx"
    }

    /// Builds the index of a hit file anew and puts it in the place of the old one. Throws where it cannot be written;
    /// a hit file that is not there loses its index.
    @discardableResult
    public func rebuild(_ file: HitFileName) throws(StoreError) -> Summary {
        let target = "\(path)/\(Self.name(of: file))"
        guard let reader = LineReader("\(path)/\(file)") else {
            // A file that is there and cannot be read keeps what index it has; who reads it is told.
            let names = ["\(path)/\(file)", "\(path)/\(file)" + HitFileName.compressedSuffix]
            if names.allSatisfy({ access($0, F_OK) != 0 && errno == ENOENT }) { unlink(target) }
            return Summary()
        }
        var builder = HitIndexBuilder(day: file.day)
        reader.forward(0..<reader.size) { line in
            builder.add(line.bytes)
            return true
        }
        // What could not be read now may be read later: an index that leaves it out would hide it for ever.
        guard reader.problem == nil else { return Summary() }
        let bytes = builder.finish()
        try Self.replace(target, bytes)
        return Summary(
            files: 1, lines: builder.lines, hits: builder.hits, hitBytes: reader.size, indexBytes: bytes.count)
    }

    /// Builds the indexes of all hit files of days before `day`, and not before `from`, that lack a whole one.
    /// Deletes indexes without a hit file. `progress` is told of each file before it is read; it may stop the work by
    /// returning false.
    @discardableResult
    public func refresh(
        before day: CivilDate, from: CivilDate? = nil, progress: (HitFileName) -> Bool = { _ in true }
    ) throws(StoreError) -> Summary {
        var summary = Summary()
        let files = HitFileName.list(in: path)
        removeOrphans(files, suffix: ".idx", name: Self.name)
        for file in files where file.day < day && from.map({ $0 <= file.day }) ?? true {
            guard !isWhole(file) else { continue }
            guard progress(file) else { break }
            let one = try rebuild(file)
            summary.files += one.files
            summary.lines += one.lines
            summary.hits += one.hits
            summary.hitBytes += one.hitBytes
            summary.indexBytes += one.indexBytes
        }
        return summary
    }

    /// Builds the indexes that are missing for days of a period before `day`: what a question would need is read once,
    /// not for the answer and then again for the index.
    public func makeMissing(since: Instant?, until: Instant?, before day: CivilDate) throws(StoreError) {
        for file in HitFileName.list(in: path)
        where file.day < day && since.map({ $0.day <= file.day }) ?? true
            && until.map({ file.day.start < $0 }) ?? true
        {
            if HitIndex(path: "\(path)/\(Self.name(of: file))") == nil { try rebuild(file) }
        }
    }

    /// Builds the indexes of the files of `day` and later, which still grow, where too much lies behind their end.
    public func catchUp(from day: CivilDate) throws(StoreError) {
        var summary = HitReadSummary()
        for file in HitFileName.list(in: path) where file.day >= day {
            guard let reader = LineReader("\(path)/\(file)") else { continue }
            summary.noteGap(of: open(file, of: reader), file, reader)
        }
        try fill(summary.gaps, today: day)
    }

    /// Builds the indexes that were missed in answering.
    public func fill(_ gaps: Set<IndexGap>, today: CivilDate) throws(StoreError) {
        for gap in gaps.sorted(by: { $0.file < $1.file }) where gap.isWorthAnIndex(today: today) {
            try rebuild(gap.file)
        }
    }

    /// Whether a hit file has an index over all of its bytes.
    public func isWhole(_ file: HitFileName) -> Bool {
        guard let reader = LineReader("\(path)/\(file)"), let index = open(file, of: reader) else { return false }
        return reader.endsWhole(at: index.coveredBytes)
    }

    /// The index of a hit file; nil where there is none that can be read, or it is of other lines: lines that could not be
    /// synced are cut off again (O36), and what comes in their place differs in the last line that the index knows.
    func open(_ file: HitFileName, of reader: borrowing LineReader) -> HitIndex? {
        guard let index = HitIndex(path: "\(path)/\(Self.name(of: file))"), index.coveredBytes <= reader.size else {
            return nil
        }
        // A day that is compressed does not change, and its end is dear to read.
        guard !reader.isCompressed, index.lines > 0 else { return index }
        guard var rows = IndexRows(index), let last = rows.places(of: [index.lines - 1])?.first,
            last.end + 1 == index.coveredBytes
        else { return nil }
        let line = reader.bytes(last.start..<index.coveredBytes)
        return line.last == 0x0A && CRC32C.checksum(line.dropLast()) == last.checksum ? index : nil
    }

    /// Deletes what lies beside hit files that have gone: files whose names end with `suffix`, and are made by `name`.
    func removeOrphans(_ files: [HitFileName], suffix: String, name nameOf: (HitFileName) -> String) {
        let wanted = Set(files.map(nameOf))
        guard let stream = opendir(path) else { return }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            // What a question left that was broken off while it made an index.
            if name.hasSuffix(".new"), name.contains("\(suffix)."), isOld("\(path)/\(name)") {
                unlink("\(path)/\(name)")
            }
            guard name.hasSuffix(suffix), HitFileName(name.dropLast(suffix.count) + ".jsonl") != nil,
                !wanted.contains(name)
            else { continue }
            unlink("\(path)/\(name)")
        }
    }

    /// Whether a file was last written a day ago.
    private func isOld(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && time(nil) - status.st_mtim.tv_sec > 86_400
    }

    /// Puts a file in the place of another, whole or not at all.
    static func replace(_ target: String, _ bytes: [UInt8]) throws(StoreError) {
        let temporary = "\(target).\(getpid()).new"
        // Whoever owns the directory may have put a link there, and root may be asking.
        unlink(temporary)
        let descriptor = Glibc.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw SystemError.failure(errno, path: temporary, doing: "open") }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                write(descriptor, $0.baseAddress.map { $0 + written }, bytes.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                let failure = SystemError.failure(errno, path: temporary, doing: "write")
                close(descriptor)
                unlink(temporary)
                throw failure
            }
            written += count
        }
        // Of the directory's owner, so that what root has built the daemon can read.
        var status = stat()
        if geteuid() == 0, stat(String(target[..<(target.lastIndex(of: "/") ?? target.startIndex)]), &status) == 0 {
            _ = fchown(descriptor, status.st_uid, status.st_gid)
        }
        close(descriptor)
        guard rename(temporary, target) == 0 else {
            let failure = SystemError.failure(errno, path: target, doing: "rename")
            unlink(temporary)
            throw failure
        }
    }
}
