// SPDX-License-Identifier: Apache-2.0

public import Dispatch
import KaguDispatch

/// Sends requests through libcurl's multi interface (P1); runs on the queue `kagu.http` and owns every connection.
///
/// It follows no redirect, keeps no cookie, retries nothing and waits for no gate: that is the callers' part. The
/// environment's proxies are ignored (S4). `shutdown` ends it; without, open connections live until it goes.
public actor HTTPClient {
    private nonisolated let executor: SerialQueueExecutor
    /// The queue `kagu.http`.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    let settings: HTTPClientSettings
    private let gauge = ByteGauge()
    private let inbox = CallInbox()
    /// One multi handle for each allow-list, because a reused connection passes no guard (S3); the one used last
    /// comes first.
    private var pools: [(addressGuard: AddressGuard, multi: CurlMulti)] = []
    private var isShutDown = false

    /// A client without connections; libcurl is initialised here at the latest. Its queue runs on `target`, if there
    /// is one.
    public init(settings: HTTPClientSettings, target: DispatchQueue? = nil) {
        executor = SerialQueueExecutor(label: "kagu.http", target: target)
        self.settings = settings
    }

    /// Sends one request and returns how it ended, at the latest after `request.limits.total`. Cancelling the task
    /// aborts the transfer, which then fails with `cancelled`.
    ///
    /// Isolated to its caller: the request goes to the queue through the inbox, together with others that come at the
    /// same time, and the outcome straight back.
    public func send(
        _ request: HTTPRequest, isolation: isolated (any Actor)? = #isolation
    ) async -> HTTPOutcome {
        let call = HTTPCall(request)
        return await withTaskCancellationHandler(
            operation: {
                _ = isolation
                return await withCheckedContinuation(isolation: isolation) { post(.start(call, $0)) }
            }, onCancel: { post(.abort(call)) }, isolation: isolation)
    }

    private nonisolated func post(_ order: CallInbox.Order) {
        guard inbox.add(order) else { return }
        executor.queue.async {
            self.assumeIsolated { $0.carryOutOrders() }
        }
    }

    private func carryOutOrders() {
        for order in inbox.take() {
            switch order {
            case .start(let call, let continuation): start(call, continuation)
            case .abort(let call): abort(call)
            }
        }
        for pool in pools { pool.multi.runStarted() }
    }

    private func start(_ call: HTTPCall, _ continuation: CheckedContinuation<HTTPOutcome, Never>) {
        guard !isShutDown, !call.isAborted else {
            let reason = isShutDown ? "the client was shut down" : "the request was cancelled"
            continuation.resume(returning: .failure(HTTPFailure(.cancelled, reason)))
            return
        }
        guard let multi = multi(for: call.request.addressGuard) else {
            continuation.resume(
                returning: .failure(HTTPFailure(.other, "no memory or descriptor for another connection pool")))
            return
        }
        multi.start(call, continuation)
    }

    private func abort(_ call: HTTPCall) {
        // Orders keep their sequence: a call that is aborted before its start finds the mark.
        call.abort()
        for pool in pools where pool.addressGuard == call.request.addressGuard {
            pool.multi.abort(call, HTTPFailure(.cancelled, "the request was cancelled"))
        }
    }

    /// Bytes of bodies that transfers under way hold now (`http.max_bodies`, S6): a body counts from its first byte
    /// until its transfer has ended, not while the caller works on it. Readable from anywhere, without waiting.
    public nonisolated var bodyBytesInFlight: Int { gauge.bytes }

    /// Aborts all transfers, which fail with `cancelled`, and closes all connections. Later requests fail so too.
    public func shutdown() {
        isShutDown = true
        for pool in pools { pool.multi.close() }
        pools = []
    }

    private func multi(for addressGuard: AddressGuard) -> CurlMulti? {
        if let index = pools.firstIndex(where: { $0.addressGuard == addressGuard && !$0.multi.isRetired }) {
            if index > 0 { pools.insert(pools.remove(at: index), at: 0) }
            let multi = pools[0].multi
            guard multi.isWorn else { return multi }
            multi.retire()
        }
        pools.removeAll { $0.multi.isClosed }
        closeIdlePool()
        guard let multi = CurlMulti(settings: settings, gauge: gauge, queue: executor.queue) else { return nil }
        pools.insert((addressGuard, multi), at: 0)
        return multi
    }

    /// Makes room for another allow-list: a pool without transfers that was not used for long goes.
    private func closeIdlePool() {
        guard pools.count >= Self.maximumPools,
            let index = pools.lastIndex(where: { $0.addressGuard != .publicOnly && $0.multi.isIdle })
        else { return }
        pools.remove(at: index).multi.close()
    }

    /// Allow-lists whose connections are kept at a time.
    private static let maximumPools = 32
}
