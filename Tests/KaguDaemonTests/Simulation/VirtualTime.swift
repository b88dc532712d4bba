// SPDX-License-Identifier: Apache-2.0

import Dispatch
import KaguDispatch
import KaguModel
import Synchronization

@testable import KaguDaemon

/// Clocks, timers and randomness that stand still until a simulation moves them (P29).
final class VirtualTime: Sendable {
    private struct State {
        var uptime: Duration = .seconds(1000)
        /// What the wall clock showed at uptime zero; a step of the wall clock changes it.
        var epoch: Instant
        var timers: [Int: Timer] = [:]
        var lastTimer = 0
        var generator: SplitMix
    }

    private struct Timer {
        var queue: DispatchQueue
        var fire: @Sendable () -> Void
        var deadline: Duration?
    }

    private let state: Mutex<State>

    init(start: Instant, seed: UInt64) {
        state = Mutex(State(epoch: start - .seconds(1000), generator: SplitMix(state: seed)))
    }

    var now: Duration { state.withLock { $0.uptime } }
    var wall: Instant { state.withLock { $0.epoch + $0.uptime } }

    /// The clocks for one daemon.
    var source: TimeSource {
        TimeSource(
            wall: { self.wall }, monotonic: { self.now },
            random: { self.state.withLock { Double($0.generator.next() >> 11) * 0x1p-53 } },
            timer: { queue, fire in VirtualTimer(self, self.add(queue, fire)) })
    }

    /// The deadline of the timer that fires next.
    var nextDeadline: Duration? { state.withLock { $0.timers.values.compactMap(\.deadline).min() } }

    /// Moves the clocks, never backward, and fires what has come due by then.
    func advance(to uptime: Duration) {
        let due = state.withLock { state in
            state.uptime = max(state.uptime, uptime)
            let due = state.timers.filter { $0.value.deadline.map { $0 <= state.uptime } ?? false }
            for id in due.keys { state.timers[id]?.deadline = nil }
            return due.values.map { ($0.queue, $0.fire) }
        }
        for (queue, fire) in due { queue.async(execute: fire) }
    }

    /// Sets the wall clock forward or back; no other clock notices.
    func stepWall(by step: Duration) { state.withLock { $0.epoch = $0.epoch + step } }

    private func add(_ queue: DispatchQueue, _ fire: @escaping @Sendable () -> Void) -> Int {
        state.withLock { state in
            state.lastTimer += 1
            state.timers[state.lastTimer] = Timer(queue: queue, fire: fire)
            return state.lastTimer
        }
    }

    fileprivate func set(_ id: Int, after delay: Duration?) {
        state.withLock { state in state.timers[id]?.deadline = delay.map { state.uptime + $0 } }
    }

    fileprivate func remove(_ id: Int) { state.withLock { $0.timers[id] = nil } }
}

/// A timer that fires when its `VirtualTime` comes to its deadline.
private final class VirtualTimer: DeadlineTiming {
    private let time: VirtualTime
    private let id: Int

    init(_ time: VirtualTime, _ id: Int) {
        self.time = time
        self.id = id
    }

    deinit { time.remove(id) }

    func schedule(after delay: Duration, leeway: Duration) { time.set(id, after: delay) }
    func disarm() { time.set(id, after: nil) }
    func cancel() { time.remove(id) }
}

/// A seeded generator (SplitMix64), so that a failing run can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
