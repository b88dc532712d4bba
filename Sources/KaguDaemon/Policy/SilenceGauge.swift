// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// How long a feed is usually quiet, and from when on its quiet is strange (H4 `silent`).
///
/// A gap is the time between two polls that brought new items: what the reader sees of a publisher's rhythm,
/// whatever dates the items bear.
struct SilenceGauge: Hashable, Sendable {
    /// Fewer gaps say nothing.
    static let fewestGaps = 10
    /// So many of the newest are kept.
    static let keptGaps = 64
    /// Shorter quiet is never strange.
    static let shortest: Duration = .seconds(3 * 24 * 60 * 60)

    /// Gaps in minutes, oldest first.
    private(set) var gaps: [Int]
    /// Whether the silence has been told, so that its end is too.
    var isTold: Bool

    /// A gauge with known gaps in minutes.
    init(gaps: [Int] = [], isTold: Bool = false) {
        self.gaps = gaps
        self.isTold = isTold
    }

    /// New items have come, `gap` after those before.
    mutating func note(_ gap: Duration) {
        guard gap >= .zero else { return }
        gaps.append(Int(gap.milliseconds / 60_000))
        if gaps.count > Self.keptGaps { gaps.removeFirst(gaps.count - Self.keptGaps) }
    }

    /// The quiet from which on the feed is silent: max(3 d, 5 × the 95th percentile of the gaps, by nearest rank);
    /// nil while fewer than 10 are known.
    var limit: Duration? {
        guard gaps.count >= Self.fewestGaps else { return nil }
        let rank = (gaps.count * 95 + 99) / 100
        return max(Self.shortest, .seconds(5 * 60 * gaps.sorted()[rank - 1]))
    }

    /// Whether a feed without news for `quiet` is silent.
    func isSilent(after quiet: Duration) -> Bool {
        guard quiet > Self.shortest, let limit else { return false }
        return quiet > limit
    }
}
