// SPDX-License-Identifier: Apache-2.0

public import KaguModel
import Synchronization

/// A clock that stands still until a test moves it. May be used from anywhere.
public final class ManualClock: Sendable {
    private struct State {
        var now: Instant
        var sleepers: [(until: Instant, wake: CheckedContinuation<Void, Never>)] = []
    }

    private let state: Mutex<State>

    /// A clock that stands at `start`: 2026-11-22T09:00:00Z unless said otherwise.
    public init(_ start: Instant = Instant(seconds: 1_795_338_000)) {
        state = Mutex(State(now: start))
    }

    /// Where it stands.
    public var now: Instant { state.withLock { $0.now } }

    /// How many tasks sleep on it.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Moves it, also backward, and wakes who has slept long enough, the earliest first.
    public func advance(by duration: Duration) { set(to: now + duration) }

    /// Puts it to an instant, also an earlier one, and wakes who has slept long enough.
    public func set(to instant: Instant) {
        let due = state.withLock { state in
            state.now = instant
            let due = state.sleepers.filter { $0.until <= instant }.sorted { $0.until < $1.until }
            state.sleepers.removeAll { $0.until <= instant }
            return due.map(\.wake)
        }
        for sleeper in due { sleeper.resume() }
    }

    /// Returns once the clock has reached `instant`. Not cancellable.
    public func sleep(until instant: Instant) async {
        await withCheckedContinuation { continuation in
            let isDue = state.withLock { state in
                if state.now >= instant { return true }
                state.sleepers.append((instant, continuation))
                return false
            }
            if isDue { continuation.resume() }
        }
    }

    /// Returns once the clock has moved by `duration`.
    public func sleep(for duration: Duration) async { await sleep(until: now + duration) }
}
