// SPDX-License-Identifier: Apache-2.0

import KaguDispatch

/// Holds what the demo's receiver got until it is shown; on the queue `kagu.demo.inbox`.
actor DemoInbox {
    nonisolated let executor = SerialQueueExecutor(label: "kagu.demo.inbox")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private var waiting: [ReceivedRequest] = []

    /// Adds a message.
    func put(_ request: ReceivedRequest) { waiting.append(request) }

    /// Everything since the last call, in the order of arrival.
    func take() -> [ReceivedRequest] {
        defer { waiting = [] }
        return waiting
    }
}
