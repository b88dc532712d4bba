// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import KaguDispatch
import KaguModel

/// Confined to its queue. One connection to the control socket: reads one line, is told the reply, writes it and
/// closes. Never blocks; every step has a limit, so that a client that is slow, silent or gone costs a slot for some
/// seconds and nothing else.
final class ControlConnection {
    /// What a connection tells its owner; each at most once.
    enum Event {
        /// The request, without its line end.
        case line([UInt8])
        /// There will be none: the request is too long, too slow or cut. The owner may still reply.
        case unusable(ControlRefusal)
        /// The descriptor is closed, or will be in a moment: the owner may forget the connection.
        case ended
    }

    /// Who is at the other end.
    let caller: ControlCaller
    private let descriptor: Int32
    private let number: Int
    private let limits: ControlLimits
    private let queue: DispatchQueue
    private let sockets: EpollSet
    private let hasRoom: () -> Bool
    private let tell: (Event) -> Void
    private var timer: DeadlineTimer?
    private var request: [UInt8] = []
    private var reply: ArraySlice<UInt8> = []
    private var watched: EpollSet.Events = []
    private var isEnded = false

    /// Owns `descriptor`, which must not block; its owner calls `isReady` when `sockets` names `number`. `hasRoom` says
    /// whether more may be read for now.
    init(
        descriptor: Int32, number: Int, limits: ControlLimits, queue: DispatchQueue, sockets: EpollSet,
        hasRoom: @escaping () -> Bool, tell: @escaping (Event) -> Void
    ) {
        self.descriptor = descriptor
        self.number = number
        self.limits = limits
        self.queue = queue
        self.sockets = sockets
        self.hasRoom = hasRoom
        self.tell = tell
        caller = ControlCaller(of: descriptor)
    }

    deinit {
        if !isEnded { close(descriptor) }
    }

    /// Bytes of the request that are in memory.
    var bufferedBytes: Int { request.count }

    /// Begins to read.
    func start() {
        guard watch(for: .readable) else { return }
        arm(limits.requestTime) { connection in
            let seconds = connection.limits.requestTime.components.seconds
            connection.giveUp("no complete line within \(seconds) s; send one line of JSON")
        }
    }

    /// Goes on with what it waits for.
    func isReady() {
        if watched == .readable { readSome() } else if watched == .writable { writeSome() }
    }

    /// Writes `line`, which has its line end, and closes.
    func send(_ line: [UInt8]) {
        guard !isEnded else { return }
        reply = line[...]
        arm(limits.replyTime) { $0.end() }
        writeSome()
    }

    /// Closes, whatever is under way.
    func end() {
        guard !isEnded else { return }
        isEnded = true
        timer?.cancel()
        timer = nil
        (request, reply) = ([], [])
        stopWatching()
        close(descriptor)
        tell(.ended)
    }

    // MARK: Reading

    /// Reads until there is nothing more for now, or the request is there.
    private func readSome() {
        while watched == .readable, readChunk() {}
    }

    /// Whether there may be more.
    private func readChunk() -> Bool {
        var failure: Int32 = 0
        var count = 0
        let chunk = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, initialized in
            count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            failure = errno
            initialized = max(0, count)
        }
        if count < 0 {
            if failure != EAGAIN, failure != EINTR { end() }
            return failure == EINTR
        }
        if count == 0 {
            if request.isEmpty { end() } else { giveUp("it does not end with a line end") }
            return false
        }
        take(chunk)
        return true
    }

    private func take(_ chunk: [UInt8]) {
        let newline = chunk.firstIndex(of: UInt8(ascii: "\n"))
        request += chunk[..<(newline ?? chunk.endIndex)]
        guard request.count <= limits.request.bytes else { return giveUp("longer than \(limits.request)") }
        guard hasRoom() else {
            let refusal = ControlRefusal(.busy, "control: too many requests at once; try again")
            return finishReading(.unusable(refusal))
        }
        guard newline != nil else { return }
        let line = request
        request = []
        finishReading(.line(line))
    }

    private func giveUp(_ reason: String) {
        request = []
        finishReading(.unusable(ControlRefusal(.malformed, "control: no usable request: \(reason)")))
    }

    private func finishReading(_ event: Event) {
        stopWatching()
        timer?.disarm()
        tell(event)
    }

    // MARK: Writing

    private func writeSome() {
        while !reply.isEmpty {
            let count = reply.withUnsafeBytes { bytes in
                Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                reply = reply.dropFirst(count)
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                _ = watch(for: .writable)
                return
            default: return end()
            }
        }
        end()
    }

    // MARK: Waiting

    /// Waits for one of the two; ends where the kernel has no room for the watch.
    private func watch(for events: EpollSet.Events) -> Bool {
        guard watched != events else { return true }
        stopWatching()
        guard (try? sockets.add(descriptor, for: events, number: number)) != nil else {
            end()
            return false
        }
        watched = events
        return true
    }

    /// While it is answered, nothing is watched: a client that has gone would be told again and again.
    private func stopWatching() {
        if !watched.isEmpty { sockets.remove(descriptor) }
        watched = []
    }

    private func arm(_ limit: Duration, _ late: @escaping (ControlConnection) -> Void) {
        timer?.cancel()
        let timer = DeadlineTimer(queue: queue) { [weak self] in self.map { late($0) } }
        timer.schedule(after: limit, leeway: .milliseconds(50))
        self.timer = timer
    }
}
