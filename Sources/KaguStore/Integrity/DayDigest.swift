// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguBytes
import KaguModel

/// The digest of a sealed day's file: of its plain content, so that compressing the file leaves it valid (O27).
struct DayDigest: Hashable, Sendable {
    /// How much of the content it covers, from the beginning.
    var bytes: Int
    /// SHA-256.
    var sha256: [UInt8]

    /// Reads the first `bytes` of a file, a mebibyte at a time; nil where it is shorter.
    init?(of reader: borrowing LineReader, bytes: Int) {
        guard bytes <= reader.size else { return nil }
        var hash = SHA256()
        var start = 0
        while start < bytes {
            let block = reader.bytes(start..<min(bytes, start + 1 << 20))
            guard !block.isEmpty else { return nil }
            hash.update(block)
            start += block.count
        }
        self.init(bytes: bytes, sha256: hash.finalize())
    }

    init(bytes: Int, sha256: [UInt8]) {
        self.bytes = bytes
        self.sha256 = sha256
    }

    /// Those of all days that have one.
    static func all(_ database: Database) throws -> [HitFileName: DayDigest] {
        let select = try PreparedStatement(database, "SELECT day, part, bytes, sha256 FROM day_digest")
        var digests: [HitFileName: DayDigest] = [:]
        while try select.step() {
            let name = HitFileName(day: CivilDate(daysSinceEpoch: select.int(0)), part: select.int(1))
            digests[name] = DayDigest(bytes: select.int(2), sha256: select.blob(3))
        }
        return digests
    }

    /// Adds or replaces a day's.
    static func set(_ digest: DayDigest, of name: HitFileName, _ database: Database) throws {
        let upsert = try PreparedStatement(
            database, "INSERT OR REPLACE INTO day_digest (day, part, bytes, sha256) VALUES (?, ?, ?, ?)")
        upsert.bind(name.day.daysSinceEpoch, at: 1)
        upsert.bind(name.part, at: 2)
        upsert.bind(digest.bytes, at: 3)
        upsert.bind(digest.sha256, at: 4)
        try upsert.run()
    }
}
