// SPDX-License-Identifier: Apache-2.0

import Dispatch
import KaguDispatch

/// Sends requests through libcurl's multi interface (P1); runs on the queue `kagu.http` and owns every connection.
///
/// It follows no redirect, keeps no cookie, retries nothing and waits for no gate: that is the callers' part. The
/// environment's proxies are ignored (S4). `shutdown` ends it; without, open connections live until it goes.
public actor HTTPClient {
    private nonisolated let executor = SerialQueueExecutor(label: "kagu.http")
    /// The queue `kagu.http`.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let settings: HTTPClientSettings
    private let gauge = ByteGauge()
    /// One multi handle for each allow-list, because a reused connection passes no guard (S3).
    private var multis: [AddressGuard: CurlMulti] = [:]
    /// The guards of `multis`, least recently used first.
    private var recency: [AddressGuard] = []
    private var lastID: UInt64 = 0
    private var isShutDown = false

    /// A client without connections; libcurl is initialised here at the latest.
    public init(settings: HTTPClientSettings) {
        self.settings = settings
    }

    /// Sends one request and returns how it ended, at the latest after `request.limits.total`. Cancelling the task
    /// aborts the transfer, which then fails with `cancelled`.
    public func send(_ request: HTTPRequest) async -> HTTPOutcome {
        lastID += 1
        let id = lastID
        return await withTaskCancellationHandler {
            await perform(request, id: id)
        } onCancel: {
            executor.queue.async {
                self.assumeIsolated { $0.abort(id, of: request.addressGuard) }
            }
        }
    }

    /// Waits for a request's outcome. A method of its own, so that the continuation's closure runs here for
    /// certain: as a closure inside the cancellation handler's it ran on the default executor (Swift 6.3.1).
    private func perform(_ request: HTTPRequest, id: UInt64) async -> HTTPOutcome {
        await withCheckedContinuation { continuation in
            if let failure = start(request, id: id, continuation: continuation) {
                continuation.resume(returning: .failure(failure))
            }
        }
    }

    private func start(
        _ request: HTTPRequest, id: UInt64, continuation: CheckedContinuation<HTTPOutcome, Never>
    ) -> HTTPFailure? {
        // A cancellation that comes after this line finds the transfer started: `abort` runs on this queue.
        guard !isShutDown, !Task.isCancelled else {
            return HTTPFailure(.cancelled, isShutDown ? "the client was shut down" : "the request was cancelled")
        }
        guard let multi = multi(for: request.addressGuard) else {
            return HTTPFailure(.other, "no memory or descriptor for another connection pool")
        }
        multi.start(request, id: id, continuation: continuation)
        return nil
    }

    /// Bytes of bodies that transfers under way hold now (`http.max_bodies`, S6).
    public var bodyBytesInFlight: Int { gauge.bytes }

    /// Aborts all transfers, which fail with `cancelled`, and closes all connections. Later requests fail so too.
    public func shutdown() {
        isShutDown = true
        for multi in multis.values { multi.close() }
        multis = [:]
        recency = []
    }

    private func abort(_ id: UInt64, of addressGuard: AddressGuard) {
        multis[addressGuard]?.abort(id, HTTPFailure(.cancelled, "the request was cancelled"))
    }

    private func multi(for addressGuard: AddressGuard) -> CurlMulti? {
        if let multi = multis[addressGuard] {
            if multis.count > 1, recency.last != addressGuard {
                recency.removeAll { $0 == addressGuard }
                recency.append(addressGuard)
            }
            return multi
        }
        closeIdlePool()
        let multi = CurlMulti(settings: settings, gauge: gauge, queue: executor.queue)
        multis[addressGuard] = multi
        if multi != nil { recency.append(addressGuard) }
        return multi
    }

    /// Makes room for another allow-list: the least recently used pool without transfers goes.
    private func closeIdlePool() {
        guard multis.count >= Self.maximumPools,
            let index = recency.firstIndex(where: { $0 != .publicOnly && multis[$0]?.isIdle == true })
        else { return }
        multis.removeValue(forKey: recency.remove(at: index))?.close()
    }

    /// Allow-lists whose connections are kept at a time.
    private static let maximumPools = 32
}
