// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguBytes
import KaguModel

/// The index of one hit file, opened for reading: a header, and sections of which as much is read as is asked for.
///
/// Confined to the call that opened it; owns its descriptor. What it gives is checked: a part whose checksum is wrong, or
/// that lies beyond the file, reads as nil, and the index then counts as missing.
final class HitIndex {
    /// Bytes of the hit file that are indexed, from its beginning.
    let coveredBytes: Int
    /// How many lines lie there.
    let lines: Int
    /// How many of them are hits.
    let hits: Int
    /// Of the first hit.
    let firstSeen: Instant
    /// Of the last hit.
    let lastSeen: Instant
    /// Whether every id and story is in the form of `HitIdentity`.
    let hasPlainIDs: Bool
    /// Whether hits are in order of `seen`, and of the file's day.
    let isOrdered: Bool

    /// Where a section lies.
    struct Entry {
        var width: Int
        var offset: Int
        var bytes: Int
        var checksum: UInt32
        var elements: Int
    }

    /// Read at once when the index is opened: in most days all that comes before the columns.
    private static let frontBytes = 16 << 10

    private let descriptor: Int32
    private let size: Int
    /// The file's beginning, or all of an index that is in memory only.
    private let front: [UInt8]
    private var entries: [IndexFormat.Section: Entry] = [:]

    /// Opens the index at `path`; nil where there is none, or its header is damaged or of another version.
    convenience init?(path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        let size = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
        self.init(
            descriptor: descriptor, size: size, front: DayContent.read(descriptor, 0..<min(size, Self.frontBytes)))
    }

    /// An index that is in memory only.
    convenience init?(bytes: [UInt8]) { self.init(descriptor: -1, size: bytes.count, front: bytes) }

    private init?(descriptor: Int32, size: Int, front: [UInt8]) {
        self.descriptor = descriptor
        self.size = size
        self.front = front
        var cursor = IndexCursor(front)
        guard cursor.raw(8)?.elementsEqual(IndexFormat.magic) == true, let covered = cursor.fixed(UInt64.self),
            let lines = cursor.fixed(UInt32.self), let hits = cursor.fixed(UInt32.self),
            let first = cursor.fixed(Int64.self), let last = cursor.fixed(Int64.self),
            let flags = cursor.fixed(UInt32.self), let count = cursor.fixed(UInt32.self),
            let tableSum = cursor.fixed(UInt32.self), cursor.fixed(UInt64.self) != nil,
            let headerSum = cursor.fixed(UInt32.self),
            headerSum == CRC32C.checksum(front[..<(IndexFormat.headerBytes - 4)]), covered < 1 << 48, count < 64,
            let table = cursor.raw(Int(count) * IndexFormat.entryBytes), CRC32C.checksum(table) == tableSum
        else {
            if descriptor >= 0 { close(descriptor) }
            return nil
        }
        coveredBytes = Int(covered)
        self.lines = Int(lines)
        self.hits = Int(hits)
        firstSeen = Instant(milliseconds: first)
        lastSeen = Instant(milliseconds: last)
        hasPlainIDs = flags & IndexFormat.hasPlainIDs != 0
        isOrdered = flags & IndexFormat.isOrdered != 0
        var rows = IndexCursor(Array(table))
        for _ in 0..<count {
            guard let kind = rows.fixed(UInt32.self), let width = rows.fixed(UInt32.self),
                let offset = rows.fixed(UInt64.self), let bytes = rows.fixed(UInt64.self),
                let checksum = rows.fixed(UInt32.self), let elements = rows.fixed(UInt32.self)
            else { break }
            // One that does not lie in the file is none.
            guard let section = IndexFormat.Section(rawValue: kind), bytes < 1 << 40, offset < 1 << 40,
                Int(offset + bytes) <= size
            else { continue }
            entries[section] = Entry(
                width: Int(width), offset: Int(offset), bytes: Int(bytes), checksum: checksum,
                elements: Int(elements))
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Where a section lies; nil where there is none.
    func entry(_ section: IndexFormat.Section) -> Entry? { entries[section] }

    /// Bytes of the index file, unchecked; nil where they are not all there.
    func bytes(at offset: Int, count: Int) -> ArraySlice<UInt8>? {
        guard offset >= 0, count >= 0, offset <= size - count else { return nil }
        if offset + count <= front.count { return front[offset..<(offset + count)] }
        guard descriptor >= 0 else { return nil }
        let bytes = DayContent.read(descriptor, offset..<(offset + count))
        return bytes.count == count ? bytes[...] : nil
    }

    // MARK: Sections that are read whole

    /// The lines whose story is not that of their id, in order.
    func stories() -> [(line: Int, key: UInt64)]? {
        guard var cursor = cursor(.stories), cursor.count % 12 == 0 else { return nil }
        var stories: [(line: Int, key: UInt64)] = []
        stories.reserveCapacity(cursor.count / 12)
        while let line = cursor.fixed(UInt32.self), let key = cursor.fixed(UInt64.self) {
            guard line < lines, Int(line) > stories.last?.line ?? -1 else { return nil }
            stories.append((Int(line), key))
        }
        return stories
    }

    /// The first line of each quarter of an hour, and the number of lines.
    func quarters() -> [Int]? {
        guard var cursor = cursor(.quarters), cursor.count == 97 * 4 else { return nil }
        let starts = (0..<97).compactMap { _ in cursor.fixed(UInt32.self).map(Int.init) }
        guard zip(starts, starts.dropFirst()).allSatisfy({ $0 <= $1 }), starts.last == lines else { return nil }
        return starts
    }

    /// Ids of watches, entities and topics, by number.
    func names() -> [String]? { texts(.names)?.map { String(decoding: $0, as: UTF8.self) } }

    /// The feed objects by number.
    func feedList() -> [IndexedFeed]? { texts(.feedList)?.map(IndexedFeed.init) }

    /// The kinds of lines by number.
    func kindList() -> [IndexedKind]? { texts(.kindList)?.map(IndexedKind.init) }

    /// The sets of a column by number: numbers of names.
    func sets(_ section: IndexFormat.Section, names: Int) -> [[Int]]? {
        guard var cursor = cursor(section) else { return nil }
        return cursor.sets(limit: names)
    }

    /// The texts of a list.
    func texts(_ section: IndexFormat.Section) -> [ArraySlice<UInt8>]? {
        guard var cursor = cursor(section) else { return nil }
        return cursor.texts()
    }

    /// A section that has one checksum; nil where it is missing or damaged.
    func cursor(_ section: IndexFormat.Section) -> IndexCursor? {
        guard let entry = entries[section], let bytes = bytes(at: entry.offset, count: entry.bytes),
            CRC32C.checksum(bytes) == entry.checksum
        else { return nil }
        return IndexCursor(Array(bytes))
    }
}

/// A feed as lines name it.
struct IndexedFeed: Hashable {
    var id = ""
    var sourceClass = ""
    var country = ""

    /// Reads the object of a line.
    init(_ object: ArraySlice<UInt8>) {
        object.withUnsafeBytes { bytes in
            var cursor = LineCursor(bytes)
            guard cursor.skip("{\"id\":\""), let id = cursor.string(), cursor.skip(",\"title\":\""),
                cursor.string() != nil, cursor.skip(",\"class\":\""), let sourceClass = cursor.string()
            else { return }
            self.id = HitLineScan.text(bytes, id) ?? ""
            self.sourceClass = HitLineScan.text(bytes, sourceClass) ?? ""
            if cursor.skip(",\"country\":\""), let country = cursor.string() {
                self.country = HitLineScan.text(bytes, country) ?? ""
            }
        }
    }
}

/// What else is known of a line.
struct IndexedKind: Hashable {
    /// What a line is.
    enum Line: Hashable { case hit, baseline, newer, bad }

    var line = Line.bad
    var severity: Severity?
    var lang = ""

    /// Reads a kind of the index.
    init(_ text: ArraySlice<UInt8>) {
        let parts = text.split(separator: 0, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard parts.count == 3 else {
            if parts == ["newer"] { line = .newer }
            return
        }
        line = parts[0] == "b" ? .baseline : .hit
        severity = Severity(rawValue: parts[1])
        lang = parts[2]
    }

    /// Whether the line is a hit.
    var isHit: Bool { line == .hit || line == .baseline }
}
