// SPDX-License-Identifier: Apache-2.0

import KaguStore

/// What a poll that could not reach anyone means (P19).
enum UplinkVerdict: Sendable {
    /// The feed's own trouble: a failure like any other.
    case counts
    /// The uplink is down: nothing is counted.
    case ignored
    /// With this attempt the uplink is down: these records hold again, and `offline` is told.
    case wentDown(undo: [String: FeedRecord])
}
