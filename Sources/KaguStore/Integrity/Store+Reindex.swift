// SPDX-License-Identifier: Apache-2.0

import GRDB
public import KaguModel

/// What `kagu reindex` has done (O27).
public struct ReindexSummary: Hashable, Sendable, Encodable {
    /// Hits indexed, each once.
    public internal(set) var hits = 0
    /// Lines whose id stands in an earlier line (O37).
    public internal(set) var repeatedLines = 0
    /// Lines that are no hits; copied to `quarantine/`.
    public internal(set) var badLines = 0
    /// Lines of a later version, left alone.
    public internal(set) var newerLines = 0
    /// Rows whose line is in no file any more.
    public internal(set) var removedRows = 0
    /// Files that could not be read, or not to their end, with the reason. The rows of their days have been kept.
    public internal(set) var unreadable: [String] = []
}

extension Store {
    /// Makes the index anew from the hit files, its rows and the index files (B16, and with a `folding` B17), under the lock (O27). Deliveries are
    /// neither written nor removed but for settled ones of hits that no file holds, so that nothing is told again; lines
    /// that wait to be routed by the next start still do. Blocks.
    ///
    /// Throws `locked` where a daemon runs, and what `open` throws.
    public static func reindex(
        directory path: String, at now: Instant, folding: TextFolding? = nil
    ) throws(StoreError) -> ReindexSummary {
        let directory = StateDirectory(path)
        try directory.prepare()
        let lock = try StateLock(directory)
        defer { withExtendedLifetime(lock) {} }
        let opened = try DatabaseRescue(directory: directory, now: now, believesIndexFiles: false).open()
        let queue = opened.queue
        do {
            // A database that was lost or damaged has just got a new index.
            let summary =
                try opened.index
                ?? queue.inDatabase { database in
                    var rebuild = IndexRebuild(directory, at: now, believesIndexFiles: false)
                    var summary = IndexRebuild.Summary()
                    try database.inTransaction(.immediate) {
                        summary = try rebuild.run(database)
                        return .commit
                    }
                    return summary
                }
            try queue.close()
            if let failure = summary.unwritten { throw failure }
            // Those of all days have just been made, the running one too; what is left belongs to days that have gone.
            try HitIndexFiles(hits: directory.hits).refresh(before: now.day)
            if let folding { try TextIndexFiles(hits: directory.hits, folding: folding).refresh(before: now.day) }
            return ReindexSummary(
                hits: summary.hits, repeatedLines: summary.repeatedLines, badLines: summary.badLines,
                newerLines: summary.newerLines, removedRows: summary.removedRows,
                unreadable: summary.unreadable.map(\.description))
        } catch {
            throw StoreError(error, path: directory.database)
        }
    }
}
