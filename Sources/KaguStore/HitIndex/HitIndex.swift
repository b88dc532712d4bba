// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguBytes
import KaguModel

/// The index of one hit file, opened for reading: a header, and columns that are read when they are asked for.
///
/// Confined to the call that opened it; owns its descriptor. A section whose checksum is wrong reads as nil: the index
/// then counts as missing.
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

    private struct Entry {
        var width: Int
        var offset: Int
        var count: Int
        var checksum: UInt32
    }

    private let descriptor: Int32
    private let memory: [UInt8]
    private var entries: [IndexFormat.Section: Entry] = [:]

    /// Opens the index at `path`; nil where there is none, or its header is damaged or of another version.
    convenience init?(path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        self.init(descriptor: descriptor, memory: [])
    }

    /// An index that is in memory only.
    convenience init?(bytes: [UInt8]) { self.init(descriptor: -1, memory: bytes) }

    private init?(descriptor: Int32, memory: [UInt8]) {
        self.descriptor = descriptor
        self.memory = memory
        let head = Self.bytes(descriptor, memory, 0, 4096)
        var cursor = IndexCursor(head)
        guard cursor.raw(8).map(Array.init) == IndexFormat.magic, let covered = cursor.fixed(UInt64.self),
            let lines = cursor.fixed(UInt32.self), let hits = cursor.fixed(UInt32.self),
            let first = cursor.fixed(Int64.self), let last = cursor.fixed(Int64.self),
            let flags = cursor.fixed(UInt32.self), let count = cursor.fixed(UInt32.self),
            let tableSum = cursor.fixed(UInt32.self), cursor.fixed(UInt64.self) != nil,
            let headerSum = cursor.fixed(UInt32.self),
            headerSum == CRC32C.checksum(head[..<(IndexFormat.headerBytes - 4)]), covered < 1 << 48, count < 64,
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
        var rows = IndexCursor(Array(table))
        for _ in 0..<count {
            guard let kind = rows.fixed(UInt32.self), let width = rows.fixed(UInt32.self),
                let offset = rows.fixed(UInt64.self), let bytes = rows.fixed(UInt64.self),
                let checksum = rows.fixed(UInt32.self), rows.fixed(UInt32.self) != nil
            else { break }
            guard let section = IndexFormat.Section(rawValue: kind), bytes < 1 << 40, offset < 1 << 40 else {
                continue
            }
            entries[section] = Entry(
                width: Int(width), offset: Int(offset), count: Int(bytes), checksum: checksum)
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    // MARK: Sections

    /// Whether the bytes of every section are those that were written. Reads them all.
    var isSound: Bool { entries.keys.allSatisfy { bytes($0) != nil } }

    /// A column of numbers, one a line.
    func column(_ section: IndexFormat.Section) -> [UInt32]? {
        guard let entry = entries[section], let bytes = bytes(section), bytes.count == lines * entry.width else {
            return nil
        }
        return [UInt32](unsafeUninitializedCapacity: lines) { out, count in
            bytes.withUnsafeBytes { raw in
                switch entry.width {
                case 1: for index in 0..<lines { out.initializeElement(at: index, to: UInt32(raw[index])) }
                case 2:
                    for index in 0..<lines {
                        let value = raw.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
                        out.initializeElement(at: index, to: UInt32(UInt16(littleEndian: value)))
                    }
                default:
                    for index in 0..<lines {
                        let value = raw.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
                        out.initializeElement(at: index, to: UInt32(littleEndian: value))
                    }
                }
            }
            count = lines
        }
    }

    /// Length and checksum of the last line, as the index has them; their columns are not read whole, nor checked.
    func lastLine() -> (length: Int, checksum: UInt32)? {
        func last(_ section: IndexFormat.Section) -> UInt32? {
            guard let entry = entries[section], lines > 0, [1, 2, 4].contains(entry.width),
                entry.count == lines * entry.width
            else { return nil }
            let start = entry.offset + entry.count - entry.width
            let bytes = Self.bytes(descriptor, memory, start, entry.width)
            guard bytes.count == entry.width else { return nil }
            return bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
        guard let length = last(.lengths), let checksum = last(.checksums) else { return nil }
        return (Int(length), checksum)
    }

    /// The first 64 bits of each line's id; 0 for a line that is no hit.
    func ids() -> [UInt64]? {
        guard let bytes = bytes(.ids), bytes.count == lines * 8 else { return nil }
        return bytes.withUnsafeBytes { raw in
            (0..<lines).map { UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)) }
        }
    }

    /// The lines whose story is not that of their id.
    func stories() -> [(line: Int, key: UInt64)]? {
        guard let bytes = bytes(.stories), bytes.count % 12 == 0 else { return nil }
        var cursor = IndexCursor(bytes)
        var stories: [(line: Int, key: UInt64)] = []
        stories.reserveCapacity(bytes.count / 12)
        while let line = cursor.fixed(UInt32.self), let key = cursor.fixed(UInt64.self) {
            guard line < lines else { return nil }
            stories.append((Int(line), key))
        }
        return stories
    }

    /// The first line of each quarter of an hour, and the number of lines.
    func quarters() -> [Int]? {
        guard let bytes = bytes(.quarters), bytes.count == 97 * 4 else { return nil }
        var cursor = IndexCursor(bytes)
        let starts = (0..<97).compactMap { _ in cursor.fixed(UInt32.self).map(Int.init) }
        guard zip(starts, starts.dropFirst()).allSatisfy({ $0 <= $1 }), starts.last == lines else { return nil }
        return starts
    }

    /// Ids of watches, entities and topics, by number.
    func names() -> [String]? {
        texts(.names)?.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The feed objects by number.
    func feedList() -> [IndexedFeed]? { texts(.feedList)?.map(IndexedFeed.init) }

    /// The kinds of lines by number.
    func kindList() -> [IndexedKind]? { texts(.kindList)?.map(IndexedKind.init) }

    /// The sets of a column by number: numbers of names.
    func sets(_ section: IndexFormat.Section, names: Int) -> [[Int]]? {
        guard let bytes = bytes(section) else { return nil }
        var cursor = IndexCursor(bytes)
        return cursor.sets(limit: names)
    }

    private func texts(_ section: IndexFormat.Section) -> [ArraySlice<UInt8>]? {
        guard let bytes = bytes(section) else { return nil }
        var cursor = IndexCursor(bytes)
        return cursor.texts()
    }

    /// The bytes of a section; nil where it is missing or damaged.
    private func bytes(_ section: IndexFormat.Section) -> [UInt8]? {
        guard let entry = entries[section] else { return nil }
        let bytes = Self.bytes(descriptor, memory, entry.offset, entry.count)
        guard bytes.count == entry.count, CRC32C.checksum(bytes) == entry.checksum else { return nil }
        return bytes
    }

    private static func bytes(_ descriptor: Int32, _ memory: [UInt8], _ offset: Int, _ count: Int) -> [UInt8] {
        guard descriptor >= 0 else {
            return Array(memory[min(offset, memory.count)..<min(offset + count, memory.count)])
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return [] }
        let end = min(offset + count, Int(status.st_size))
        guard offset < end else { return [] }
        return [UInt8](unsafeUninitializedCapacity: end - offset) { buffer, got in
            got = 0
            while got < end - offset {
                let more = pread(
                    descriptor, buffer.baseAddress.map { $0 + got }, end - offset - got, off_t(offset + got))
                if more < 0 && errno == EINTR { continue }
                guard more > 0 else { return }
                got += more
            }
        }
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
