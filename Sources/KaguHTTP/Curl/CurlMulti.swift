// SPDX-License-Identifier: Apache-2.0

import CCurl
import Dispatch
import KaguDispatch
import KaguModel

/// Confined to its queue. One `CURLM*` driven by `curl_multi_socket_action`: its sockets in `CurlSockets`, its
/// timeout in one timer, its transfers by call.
///
/// Connections are reused among the transfers of one multi handle only, and a reused connection never reaches the
/// address guard: hence one multi handle for each allow-list (S3).
final class CurlMulti {
    private let handle: UnsafeMutableRawPointer
    private let queue: DispatchQueue
    private let settings: HTTPClientSettings
    private let gauge: ByteGauge
    private var transfers: [ObjectIdentifier: CurlTransfer] = [:]
    private var spares: [CurlTransfer] = []

    private var sockets: CurlSockets?
    private var timer: DeadlineTimer?
    /// Stands for a timeout of zero after many in a row: others on the queue have their turn first.
    private let kick: any DispatchSourceUserDataAdd
    /// Whether libcurl wants to be called again at once.
    private var isDue = false
    private var deadline: ContinuousClock.Instant?
    private var armedDeadline: ContinuousClock.Instant?
    /// Whether it takes no more requests, and closes when the last of its transfers has ended.
    private(set) var isRetired = false
    /// Whether it is closed.
    private(set) var isClosed = false

    /// A multi handle without transfers; nil when libcurl or the kernel has no room for one.
    init?(settings: HTTPClientSettings, gauge: ByteGauge, queue: DispatchQueue) {
        guard CurlLibrary.isReady, let handle = curl_multi_init() else { return nil }
        self.handle = handle
        self.queue = queue
        self.settings = settings
        self.gauge = gauge
        kick = DispatchSource.makeUserDataAddSource(queue: queue)
        kick.setEventHandler { [weak self] in self?.runTimeouts() }
        kick.activate()
        timer = DeadlineTimer(queue: queue) { [weak self] in self?.timerFired() }
        sockets = try? CurlSockets(queue: queue) { [weak self] in self?.socketsReady() }
        guard sockets != nil else { return nil }

        // Unretained is right: libcurl calls back only inside calls that this object makes, and `close` ends that.
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = kagu_multi_set_socket_function(handle, reportSocket)
        _ = kagu_multi_set_pointer(handle, CURLMOPT_SOCKETDATA, context)
        _ = kagu_multi_set_timer_function(handle, reportTimeout)
        _ = kagu_multi_set_pointer(handle, CURLMOPT_TIMERDATA, context)
        _ = kagu_multi_set_long(handle, CURLMOPT_MAXCONNECTS, settings.maximumIdleConnections)
    }

    deinit { close() }

    /// Whether no transfer is under way.
    var isIdle: Bool { transfers.isEmpty }

    /// Whether another should take its place. libcurl 7.88 keeps an empty record of each host whose connection it
    /// closed to make room, and walks them all for the next one, as it does the names looked up lately.
    var isWorn: Bool { (sockets?.openedCount ?? 0) >= Self.usefulConnections }

    /// Ends it as soon as no transfer is under way.
    func retire() {
        isRetired = true
        closeIfRetired()
    }

    private func closeIfRetired() {
        if isRetired, transfers.isEmpty { close() }
    }

    /// Starts a request, which waits for `runStarted`; `continuation` gets its outcome, on the queue.
    func start(_ call: HTTPCall, _ continuation: CheckedContinuation<HTTPOutcome, Never>) {
        dispatchPrecondition(condition: .onQueue(queue))
        guard !isClosed, let transfer = spares.popLast() ?? makeTransfer() else {
            continuation.resume(returning: .failure(HTTPFailure(.other, "no memory for another transfer")))
            return
        }
        transfer.begin(call, continuation)
        let isGuarding = settings.guardsAddresses && settings.proxy == nil
        if let failure = transfer.prepare(call.request, isGuarding: isGuarding) {
            transfer.finish(.failure(failure))
            return
        }
        transfers[ObjectIdentifier(call)] = transfer
        // Only arms the timeout; libcurl does its work when it is called next.
        if curl_multi_add_handle(handle, transfer.handle) != CURLM_OK {
            transfers[ObjectIdentifier(call)] = nil
            transfer.finish(.failure(HTTPFailure(.other, "libcurl refused the transfer")))
        }
    }

    /// Lets the requests started since the last call go out: they share one call of libcurl.
    func runStarted() {
        if isDue { runTimeouts() }
    }

    private func makeTransfer() -> CurlTransfer? {
        guard let sockets else { return nil }
        return CurlTransfer(
            settings: settings, roots: TLSRoots(certificateFile: settings.certificateFile), gauge: gauge,
            sockets: sockets)
    }

    /// Ends a request before its time; nothing happens if it has ended.
    func abort(_ call: HTTPCall, _ failure: HTTPFailure) {
        abort(ObjectIdentifier(call), failure)
    }

    private func abort(_ id: ObjectIdentifier, _ failure: HTTPFailure) {
        guard let transfer = transfers.removeValue(forKey: id) else { return }
        curl_multi_remove_handle(handle, transfer.handle)
        transfer.finish(.failure(failure))
        closeIfRetired()
    }

    /// Aborts all transfers, closes all connections and releases the handles. Sources fire no more.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        for id in transfers.keys { abort(id, HTTPFailure(.cancelled, "the client was shut down")) }
        spares = []
        curl_multi_cleanup(handle)
        kick.cancel()
        timer?.cancel()
        sockets?.cancel()
    }

    // MARK: What drives libcurl

    private func socketsReady() {
        guard !isClosed, let sockets else { return }
        // A few rounds spare the way through Dispatch; then others on the queue have their turn.
        for _ in 0..<Self.roundsPerWake {
            let count = sockets.poll { socket, action in
                var running: Int32 = 0
                curl_multi_socket_action(handle, socket, action, &running)
            }
            if count == 0 { break }
            settle()
            if isClosed { return }
        }
        runStarted()
    }

    private func timerFired() {
        armedDeadline = nil
        guard !isClosed, let deadline else { return }
        let now = ContinuousClock.now
        if deadline > now {
            arm(deadline, now: now)
        } else {
            self.deadline = nil
            runTimeouts()
        }
    }

    private func runTimeouts() {
        guard !isClosed else { return }
        for _ in 0..<Self.roundsPerWake {
            isDue = false
            var running: Int32 = 0
            curl_multi_socket_action(handle, CURL_SOCKET_BAD, 0, &running)
            settle()
            if isClosed || !isDue { return }
        }
        kick.add(data: 1)
    }

    /// Hands over the transfers that have ended.
    private func settle() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(handle, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            let code = message.pointee.data.result
            guard let context = kagu_easy_get_string(easy, CURLINFO_PRIVATE) else { continue }
            // CURLOPT_PRIVATE was set to the transfer itself, which `transfers` holds.
            let transfer = Unmanaged<CurlTransfer>.fromOpaque(UnsafeRawPointer(context)).takeUnretainedValue()
            if let call = transfer.call { transfers[ObjectIdentifier(call)] = nil }
            let outcome = transfer.outcome(code)
            curl_multi_remove_handle(handle, easy)
            transfer.finish(outcome)
            if transfer.isReusable, spares.count < Self.maximumSpares { spares.append(transfer) }
        }
        closeIfRetired()
    }

    private func arm(_ deadline: ContinuousClock.Instant, now: ContinuousClock.Instant) {
        if let armedDeadline, armedDeadline <= deadline { return }
        armedDeadline = deadline
        timer?.schedule(after: deadline - now)
    }

    /// libcurl wants to be called in that many milliseconds; -1: not at all. Never calls libcurl: this runs inside
    /// one of its calls.
    fileprivate func timeoutChanged(_ milliseconds: Int) {
        isDue = false
        if milliseconds < 0 {
            deadline = nil
        } else if milliseconds == 0 {
            deadline = nil
            isDue = true
        } else {
            let now = ContinuousClock.now
            let wanted = now + .milliseconds(milliseconds)
            deadline = wanted
            arm(wanted, now: now)
        }
    }

    fileprivate func socketChanged(_ socket: curl_socket_t, _ action: Int32) {
        sockets?.watch(socket, for: action)
    }

    private static let roundsPerWake = 16
    private static let maximumSpares = 64
    private static let usefulConnections = 1000
}

/// The multi handle that a callback belongs to.
private func multi(_ context: UnsafeMutableRawPointer?) -> CurlMulti? {
    // The context was set to the object that owns the CURLM*.
    context.map { Unmanaged<CurlMulti>.fromOpaque($0).takeUnretainedValue() }
}

private let reportSocket: curl_socket_callback = { _, socket, action, context, _ in
    multi(context)?.socketChanged(socket, action)
    return 0
}

private let reportTimeout: curl_multi_timer_callback = { _, milliseconds, context in
    multi(context)?.timeoutChanged(milliseconds)
    return 0
}
