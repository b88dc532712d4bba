// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import KaguModel
import Synchronization

/// Replays items on all cores, a batch at a time, so that memory does not grow with their number.
struct BacktestRun {
    /// A batch is replayed when it holds so many bytes of lines, or so many items.
    static let batchBytes = ByteCount.mebibytes(8)
    static let batchItems = 4096
    /// Items that a thread takes at once.
    private static let share = 32

    /// One item to come.
    private struct Entry {
        var line: [UInt8]
        /// Whether its texts are plain already.
        var isPlain: Bool
    }

    private let comparison: BacktestComparison
    private let progress: BacktestProgress
    private var tally = BacktestTally()
    private var batch: [Entry] = []
    private var bytes = 0
    private var firstNumber = 1

    init(_ comparison: BacktestComparison, progress: BacktestProgress) {
        self.comparison = comparison
        self.progress = progress
    }

    /// Takes a line of a file.
    mutating func add(_ line: [UInt8]) {
        add(Entry(line: line, isPlain: false))
    }

    /// Takes a line of the archive.
    mutating func add(archived line: [UInt8]) {
        add(Entry(line: line, isPlain: true))
    }

    private mutating func add(_ entry: Entry) {
        batch.append(entry)
        bytes += entry.line.count
        if bytes >= Self.batchBytes.bytes || batch.count >= Self.batchItems { replay() }
    }

    /// What all items came to.
    mutating func finished() -> BacktestTally {
        replay()
        progress.end()
        return tally
    }

    /// Shares are counted apart and joined in the order of the items, so that the result does not depend on threads.
    private mutating func replay() {
        let (batch, first, comparison) = (batch, firstNumber, comparison)
        let shares = (batch.count + Self.share - 1) / Self.share
        let counted = Mutex<[BacktestTally?]>(Array(repeating: nil, count: shares))
        DispatchQueue.concurrentPerform(iterations: shares) { share in
            var tally = BacktestTally()
            let range = share * Self.share..<min((share + 1) * Self.share, batch.count)
            for index in range { Self.replay(batch[index], number: first + index, comparison, &tally) }
            counted.withLock { $0[share] = tally }
        }
        counted.withLock { tallies in
            for case let part? in tallies { tally.merge(part, limit: comparison.limit) }
        }
        firstNumber += batch.count
        self.batch.removeAll(keepingCapacity: true)
        bytes = 0
        progress.show(tally.items)
    }

    private static func replay(
        _ entry: Entry, number: Int, _ comparison: BacktestComparison, _ tally: inout BacktestTally
    ) {
        guard entry.line.contains(where: { $0 > 0x20 }) else { return }
        do {
            let input = try MatchInput.read(entry.line, number: number, mayBeEmpty: entry.isPlain)
            comparison.compare(input, isPlain: entry.isPlain, number: number, &tally)
        } catch {
            tally.add(error)
        }
    }
}

/// How far a replay is, on a terminal only (O21).
struct BacktestProgress {
    private let isShown: Bool

    init(_ isShown: Bool) { self.isShown = isShown }

    func show(_ items: Int) {
        if isShown { StandardError.write("\r\(items) items") }
    }

    func end() {
        if isShown { StandardError.write("\r\u{1B}[K") }
    }
}
