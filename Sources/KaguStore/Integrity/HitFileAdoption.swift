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
        /// Those that could not be read to their end.
        var unreadable: [UnreadableHitFile] = []
    }

    /// Indexes the files that the index knows nothing of, those of the two newest days aside: a batch may lie on both sides
    /// of a midnight. Whoever started since has indexed what a crash had left of an older one, or claimed its file. Files of
    /// days to come, which a clock that was wrong has left, make no other one old.
    func run(_ queue: DatabaseQueue) throws -> Summary {
        let files = HitFileName.list(in: directory.hits)
        let marks = try queue.inDatabase(HitTable.watermarks)
        guard let newest = files.map(\.day).last(where: { $0 <= now.day }) ?? files.last?.day else {
            return Summary()
        }
        let foreign = files.filter { marks[$0] == nil && $0.day.daysSinceEpoch < newest.daysSinceEpoch - 1 }
        guard !foreign.isEmpty else { return Summary() }
        return try queue.inDatabase { database in
            var summary = Summary()
            try database.inTransaction(.immediate) {
                summary = try index(foreign, among: files, database)
                return .commit
            }
            return summary
        }
    }

    private func index(
        _ foreign: [HitFileName], among files: [HitFileName], _ database: Database
    ) throws -> Summary {
        var days: Set<CivilDate> = []
        var summary = Summary()
        for name in foreign {
            // One that cannot be read waits for a start that can.
            guard let reader = try? LineReader.open("\(directory.hits)/\(name)") else { continue }
            let end = reader.endOfWholeLines(before: reader.size)
            guard reader.failure == nil else { continue }
            try HitTable.setWatermark(end, of: name, database)
            days.insert(name.day)
            summary.files += 1
        }
        guard !days.isEmpty else { return summary }
        let before = try HitTable.count(database)
        var index = IndexRebuild(directory, at: now, believesIndexFiles: true)
        index.report = { report(OpeningProgress(.index, share: $0)) }
        // A day is indexed as a whole, with what is known of it.
        let unreadable = try index.add(files.filter { days.contains($0.day) }, database)
        for file in unreadable where foreign.contains(file.file) {
            summary.unreadable.append(file)
            // What is damaged stays so; what could not be read is tried again.
            if !file.isDamaged { try HitTable.forget(file.file, database) }
        }
        summary.hits = try HitTable.count(database) - before
        return summary
    }
}
