// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Synchronization

/// How many documents operators may have fetched at a time: each may be in memory whole. Others wait their turn.
final class VisitSlots: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>
    private let maximumWaiting: Int

    /// So many at a time, and so many who wait.
    init(_ count: Int, waiting: Int) {
        state = Mutex(State(free: count))
        maximumWaiting = waiting
    }

    /// Runs `body` in a slot; throws `busy` when too many wait already.
    func within<Value>(_ body: () async throws -> Value) async throws -> Value {
        guard await take() else {
            throw ControlRefusal(.busy, "control: many documents are being fetched; try again in a moment")
        }
        defer { giveBack() }
        return try await body()
    }

    private func take() async -> Bool {
        let isFull = state.withLock { $0.free == 0 && $0.waiting.count >= maximumWaiting }
        guard !isFull else { return false }
        await withCheckedContinuation { continuation in
            let isGranted = state.withLock { state in
                guard state.free == 0 else {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isGranted { continuation.resume() }
        }
        return true
    }

    private func giveBack() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume()
    }
}
