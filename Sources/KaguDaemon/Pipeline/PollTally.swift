// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import KaguStore
import Synchronization

/// Counts what polls came to since the start: the summary line of `--once` and the figures of STATUS.
final class PollTally: Sendable {
    /// The figures, named as in the summary line.
    struct Counts: Hashable, Sendable, CustomStringConvertible {
        /// Polls accepted with a body.
        var ok = 0
        /// Polls answered 304.
        var same = 0
        /// Other polls.
        var err = 0
        /// Items parsed.
        var items = 0
        /// Items stored as new, baseline included.
        var new = 0
        /// Hit lines written.
        var hits = 0

        /// `ok= same= err= items= new= hits=`
        var description: String { "ok=\(ok) same=\(same) err=\(err) items=\(items) new=\(new) hits=\(hits)" }
    }

    private let state = Mutex(Counts())

    /// The figures now.
    var counts: Counts { state.withLock { $0 } }

    /// Counts an accepted poll.
    func count(_ accepted: Accepted, _ recorded: RecordedPoll) {
        state.withLock { counts in
            if accepted.isUnchanged { counts.same += 1 } else { counts.ok += 1 }
            counts.items += accepted.feed?.items.count ?? 0
            counts.new += recorded.newItems
            counts.hits += recorded.hitLines
        }
    }

    /// Counts a poll that was not accepted.
    func countFailure() { state.withLock { $0.err += 1 } }
}
