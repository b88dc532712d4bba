// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// One call of `HTTPClient.send`; its identity names it while it is under way.
final class HTTPCall: Sendable {
    let request: HTTPRequest
    private let aborted = Atomic(false)

    init(_ request: HTTPRequest) { self.request = request }

    /// Whether the caller has lost interest.
    var isAborted: Bool { aborted.load(ordering: .relaxed) }

    /// Marks that the caller has lost interest.
    func abort() { aborted.store(true, ordering: .relaxed) }
}

/// What callers want of a client, in the order in which it came. Any number of orders that come while the client is
/// busy cost it one turn on its queue.
final class CallInbox: Sendable {
    /// What one caller wants.
    enum Order: Sendable {
        /// A new transfer, whose outcome the continuation waits for.
        case start(HTTPCall, CheckedContinuation<HTTPOutcome, Never>)
        /// The end of a transfer, started or not.
        case abort(HTTPCall)
    }

    private let orders = Mutex<[Order]>([])

    /// Adds an order; true if it is the first since `take`, and the client must be told.
    func add(_ order: Order) -> Bool {
        orders.withLock { orders in
            orders.append(order)
            return orders.count == 1
        }
    }

    /// Takes all orders out.
    func take() -> [Order] {
        orders.withLock { orders in
            let all = orders
            orders = []
            return all
        }
    }
}
