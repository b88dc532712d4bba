// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguModel

/// Takes in day files of the past that came from elsewhere, a backup or another server: their hits are known from then
/// on, and nobody is told of them. What a crash leaves untold lies in the newest files (D1), which are not for this.
struct HitFileAdoption {
    /// The state directory, whose lock is held.
    let directory: StateDirectory
    /// The start's time.
    let now: Instant
    /// Hears of work that takes long.
    var report: OpeningReport = { _ in }

    /// What was taken in.
    struct Summary: Hashable, Sendable {
        var files = 0
        var hits = 0
    }

    /// Indexes the files of all days of which the index knows none, the two newest days aside.
    func run(_ queue: DatabaseQueue) throws -> Summary {
        let files = HitFileName.list(in: directory.hits)
        let marks = try queue.inDatabase(HitTable.watermarks)
        let knownDays = Set(marks.keys.map(\.day))
        guard let newest = files.map(\.day).max() else { return Summary() }
        // A batch may lie on both sides of a midnight.
        let foreign = files.filter {
            !knownDays.contains($0.day) && $0.day.daysSinceEpoch < newest.daysSinceEpoch - 1
        }
        guard !foreign.isEmpty else { return Summary() }
        return try queue.inDatabase { database in
            var summary = Summary()
            try database.inTransaction(.immediate) {
                var readable: [HitFileName] = []
                for name in foreign {
                    // One that cannot be read waits for a start that can.
                    guard let reader = try? LineReader.open("\(directory.hits)/\(name)") else { continue }
                    try HitTable.setWatermark(reader.endOfWholeLines(before: reader.size), of: name, database)
                    readable.append(name)
                }
                var index = IndexRebuild(directory, at: now, believesIndexFiles: true)
                index.report = { report(OpeningProgress(.index, share: $0)) }
                summary = Summary(files: readable.count, hits: try index.add(readable, database).hits)
                return .commit
            }
            return summary
        }
    }
}
