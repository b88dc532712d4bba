// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel

/// The name of an archive file: `2026-11-22.jsonl` while its day lasts, `2026-11-22.jsonl.gz` once it is sealed (O33).
struct ArchiveFileName: Hashable, Comparable, CustomStringConvertible {
    /// The UTC day on which its items were seen.
    var day: CivilDate
    /// Whether it is compressed and takes no more lines.
    var isSealed = false

    /// A file of a day.
    init(day: CivilDate, isSealed: Bool = false) {
        self.day = day
        self.isSealed = isSealed
    }

    /// Reads a name; nil for other files.
    init?(_ name: String) {
        let stem = name.hasSuffix(".gz") ? name.dropLast(3) : name[...]
        guard stem.hasSuffix(".jsonl"), let day = CivilDate(stem.dropLast(6)) else { return nil }
        self.init(day: day, isSealed: stem.endIndex != name.endIndex)
    }

    /// The name.
    var description: String { "\(day).jsonl\(isSealed ? ".gz" : "")" }

    /// By day; what is sealed came first.
    static func < (left: Self, right: Self) -> Bool {
        (left.day, left.isSealed ? 0 : 1) < (right.day, right.isSealed ? 0 : 1)
    }

    /// The archive files of a directory in order; none where it does not exist.
    static func list(in directory: String) -> [ArchiveFileName] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [ArchiveFileName] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let file = ArchiveFileName(name) { names.append(file) }
        }
        return names.sorted()
    }
}
