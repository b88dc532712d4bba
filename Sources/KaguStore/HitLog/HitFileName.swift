// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguBytes
public import KaguModel

/// The name of a hit file: `2026-11-22.jsonl`, or `2026-11-22.1.jsonl` for the file that follows one whose sync
/// failed (O35, O37). Ordered by day, then part: the order in which lines were written.
///
/// A compressed day has `.gz` behind its name, and is the same file to whom it is named to (O42).
public struct HitFileName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The UTC day of its lines' `seen`.
    public var day: CivilDate
    /// 0, and one more after each failed sync.
    public var part: Int

    /// A file of a day.
    public init(day: CivilDate, part: Int = 0) {
        self.day = day
        self.part = part
    }

    /// What follows the name of a compressed file.
    public static let compressedSuffix = ".gz"

    /// Reads a name, that of a compressed file too; nil for other files.
    public init?(_ name: String) {
        let ending = ".jsonl".utf8
        var bytes = name.utf8[...]
        let suffix = Self.compressedSuffix.utf8
        if bytes.suffix(suffix.count).elementsEqual(suffix) { bytes = bytes.dropLast(suffix.count) }
        guard bytes.suffix(ending.count).elementsEqual(ending) else { return nil }
        let stem = bytes.dropLast(ending.count)
        guard let day = CivilDate(Substring(stem.prefix(10))) else { return nil }
        self.init(day: day)
        let rest = stem.dropFirst(10)
        guard let dot = rest.first else { return }
        guard dot == UInt8(ascii: "."), let part = Int(Substring(rest.dropFirst())), part > 0 else { return nil }
        self.part = part
    }

    /// The name.
    public var description: String { part == 0 ? "\(day).jsonl" : "\(day).\(part).jsonl" }

    /// Day, then part.
    public static func < (left: HitFileName, right: HitFileName) -> Bool {
        (left.day, left.part) < (right.day, right.part)
    }

    /// The hit files of a directory in order; none where it does not exist.
    public static func list(in directory: String) -> [HitFileName] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [HitFileName] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let file = HitFileName(name) { names.append(file) }
        }
        // A day that is being compressed has two files for an instant.
        return Set(names).sorted()
    }
}

/// Where a hit's line lies.
struct HitLocation: Hashable, Sendable {
    /// The file.
    var file: HitFileName
    /// Of the line's first byte.
    var offset: Int
    /// Of the line without its newline.
    var length: Int
    /// CRC-32C of these bytes.
    var crc: UInt32

    init(file: HitFileName, offset: Int, length: Int, crc: UInt32) {
        self.file = file
        self.offset = offset
        self.length = length
        self.crc = crc
    }

    /// Of a line that has been read.
    init(_ line: LineReader.Line, in file: HitFileName) {
        self.init(
            file: file, offset: line.offset, length: line.bytes.count, crc: CRC32C.checksum(line.bytes))
    }
}
