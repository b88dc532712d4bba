// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import KaguModel
import KaguStore

/// Follows the day files as they grow (`-f`, O18): through midnight, a daemon's restart and a cut torn tail.
///
/// It looks at sizes four times a second and reads only what was added, up to the last whole line.
struct HitFollower {
    /// How often the sizes are looked at.
    static let interval = Duration.milliseconds(250)
    /// Read at a time from one file.
    static let maximumRead = ByteCount.mebibytes(4)

    private let path: String
    private let query: HitQuery
    private var offsets: [HitFileName: Int] = [:]
    private var oldestDay: CivilDate?
    private var skipped: Set<String> = []

    /// A follower of the hits of a state directory that `query` accepts.
    init(directory: String, query: HitQuery) {
        path = StateDirectory(directory).hits
        self.query = query
    }

    /// Begins after what the files hold now.
    mutating func markEnd() {
        for file in HitFileName.list(in: path) {
            offsets[file] = Self.wholeLines("\(path)/\(file)")
            oldestDay = max(oldestDay ?? file.day, file.day)
        }
    }

    /// Hits that have been shown already.
    mutating func skip(_ ids: Set<String>) { skipped.formUnion(ids) }

    /// Gives new hits for ever; `afterBatch` runs when there are no more for now.
    mutating func run(
        _ body: (Hit, ArraySlice<UInt8>) throws -> Void, afterBatch: () throws -> Void
    ) async throws {
        while true {
            if try readNew(body) > 0 { try afterBatch() }
            try await Task.sleep(for: Self.interval)
        }
    }

    /// Gives the hits of the lines that were added since the last call; how many it gave.
    mutating func readNew(_ body: (Hit, ArraySlice<UInt8>) throws -> Void) throws -> Int {
        var count = 0
        for file in HitFileName.list(in: path) where file.day >= oldestDay ?? file.day {
            var offset = offsets[file] ?? 0
            while true {
                let added = Self.read("\(path)/\(file)", from: offset)
                guard let end = added.lastIndex(of: UInt8(ascii: "\n")) else { break }
                for line in added[...end].split(separator: UInt8(ascii: "\n")) {
                    guard let hit = Self.decode(line), query.accepts(hit), skipped.insert(hit.id).inserted else { continue }
                    try body(hit, line)
                    count += 1
                }
                offset += end + 1
            }
            offsets[file] = offset
        }
        return count
    }

    /// A line of this version; nil for a bad or later one (O38, O41).
    private static func decode(_ line: ArraySlice<UInt8>) -> Hit? {
        struct Version: Decodable { var v: Int }
        let data = Data(line)
        guard let version = try? JSONDecoder().decode(Version.self, from: data), version.v <= Hit.version else { return nil }
        return try? JSONDecoder().decode(Hit.self, from: data)
    }

    private static func read(_ path: String, from offset: Int) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, Int(status.st_size) > offset else { return [] }
        let length = min(Int(status.st_size) - offset, maximumRead.bytes)
        return [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            count = max(0, pread(descriptor, buffer.baseAddress, length, off_t(offset)))
        }
    }

    /// The size of a file up to its last whole line, looking back 4 MiB at most.
    private static func wholeLines(_ path: String) -> Int {
        var status = stat()
        guard stat(path, &status) == 0 else { return 0 }
        let size = Int(status.st_size)
        let start = max(0, size - maximumRead.bytes)
        let tail = read(path, from: start)
        return tail.lastIndex(of: UInt8(ascii: "\n")).map { start + $0 + 1 } ?? size
    }
}
