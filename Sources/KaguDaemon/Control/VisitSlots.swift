// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Synchronization

/// How many documents operators may have fetched at a time: each may be in memory whole.
final class VisitSlots: Sendable {
    private let free: Mutex<Int>

    /// So many at a time.
    init(_ count: Int) { free = Mutex(count) }

    /// Runs `body` in a slot; throws `busy` when there is none.
    func within<Value>(_ body: () async throws -> Value) async throws -> Value {
        let isGranted = free.withLock { free in
            guard free > 0 else { return false }
            free -= 1
            return true
        }
        guard isGranted else {
            throw ControlRefusal(.busy, "control: other documents are being fetched; try again in a moment")
        }
        defer { free.withLock { $0 += 1 } }
        return try await body()
    }
}
