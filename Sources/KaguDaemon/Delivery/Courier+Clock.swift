// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguStore
import Logging

/// A wall clock that is set: waits are lengths of time, so that they move with it; quiet hours and the times of digests
/// are times of day, so that they do not (R9, T22, T32).
extension Courier {
    /// The least that counts as a step; less is drift that is being corrected.
    static let clockStep: Duration = .seconds(5)
    /// Nothing is due later than that, unless the clock that said so was wrong: longer than any schedule or interval.
    static let farthestDeadline: Duration = .seconds(40 * 86_400)

    /// Notices that the wall clock was set since the last look, and moves what waits along.
    func followClock() async throws(StoreError) {
        let now = (wall: time.wall(), uptime: time.monotonic())
        guard let last = lastLook else {
            try await store.makeDue(after: now.wall + Self.farthestDeadline, at: now.wall)
            for name in breakers.keys { breakers[name]?.forgetFuture(at: now.wall) }
            lastLook = now
            return
        }
        let step = (now.wall - last.wall) - (now.uptime - last.uptime)
        guard step > Self.clockStep || step < .zero - Self.clockStep else {
            lastLook = now
            return
        }
        // Where it fails, the step is seen again.
        try await store.shiftDeadlines(by: step)
        lastLook = now
        for name in breakers.keys { breakers[name]?.shift(by: step) }
        for key in bound.keys { bound[key]?.shift(by: step) }
        for key in sent.keys { sent[key]?.shift(by: step) }
        try await store.setReceivers(breakers.map { ReceiverRecord($0.key, $0.value.health) }, at: now.wall)
        logger.notice("clock: the wall clock was set by \(step); alerts keep their waits")
    }
}
