// SPDX-License-Identifier: Apache-2.0

/// How one poll is to be made.
struct PollOrder: Hashable, Sendable {
    /// Sends no validators (P13).
    var isFull = false
    /// The uplink is down: a failure to reach anyone does not count (P19).
    var isProbe = false
}
