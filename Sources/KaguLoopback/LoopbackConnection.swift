// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import KaguDispatch

/// Confined to the server's queue. One accepted connection: reads a request, is told the answer, sends it, and so on
/// until one side closes. A client that half-closes before its answer gets none.
final class LoopbackConnection {
    private let descriptor: Int32
    private let number: Int
    private let limits: LoopbackLimits
    private let sockets: EpollSet
    private var timer: DeadlineTimer?
    private let receive: (LoopbackRequest) -> Void
    private let closed: () -> Void

    private var reader: RequestReader
    private var state = State.waiting
    private var steps: [Step] = []
    private var output: [UInt8] = []
    private var sent = 0
    /// The wait before the next look at a full socket, and all of these waits without a byte sent.
    private var stall: (pause: Duration, sum: Duration) = (.zero, .zero)

    /// Pieces that are read before other connections have their turn.
    private static let readsAtOnce = 16

    private enum State {
        /// No byte of a request is there.
        case waiting
        /// A request has begun.
        case reading
        /// A request is with its owner, or its answer goes out.
        case answering
        /// The last answer is out; what the client still sends is thrown away, so that it can read that answer.
        case draining
        case closed
    }

    /// What is left to do of an answer.
    private enum Step {
        case wait(Duration)
        case send([UInt8])
        /// The piece, that many more times.
        case piece(LoopbackAnswer.Piece, left: Int)
        case end(LoopbackAnswer.Ending)
    }

    /// Serves an accepted descriptor, which must not block, and closes it in the end; `closed` runs then. `receive`
    /// gets each request, and the next one only after `send`. Its owner calls `start`, and `read` when `sockets` names its
    /// number.
    init(
        descriptor: Int32, number: Int, limits: LoopbackLimits, queue: DispatchQueue, sockets: EpollSet,
        receive: @escaping (LoopbackRequest) -> Void, closed: @escaping () -> Void
    ) {
        self.descriptor = descriptor
        self.number = number
        self.limits = limits
        self.receive = receive
        self.closed = closed
        reader = RequestReader(limits: limits)
        self.sockets = sockets
        timer = DeadlineTimer(queue: queue) { [weak self] in self?.timeIsUp() }
    }

    /// Begins to read; closes at once where the kernel has no room for the watch.
    func start() {
        guard (try? sockets.add(descriptor, for: .readable, number: number)) != nil else { return close() }
        timer?.schedule(after: limits.idleTime)
    }

    /// Whether a request is with its owner, or its answer is on its way.
    var isAnswering: Bool { state == .answering }

    /// Sends an answer to the request that was received last.
    func send(_ answer: LoopbackAnswer) {
        guard state == .answering, steps.isEmpty else { return }
        steps = [.end(answer.ending)] + answer.pieces.reversed().map { .piece($0, left: $0.repetitions) }
        play()
    }

    /// Closes the connection; once.
    func close() {
        guard state != .closed else { return }
        state = .closed
        timer?.cancel()
        sockets.remove(descriptor)
        _ = Glibc.close(descriptor)
        closed()
    }

    // MARK: Reading

    /// Reads what there is.
    func read() {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        // Who sends without end may not keep the queue: its owner calls again.
        for _ in 0..<Self.readsAtOnce where state != .closed {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 {
                if state != .draining { reader.append(buffer[..<count]) }
                // A client that sends requests ahead may not fill the memory.
                guard reader.bufferedBytes <= 2 * (limits.headBytes + limits.bodyBytes) else { return close() }
                if state == .waiting || state == .reading { takeRequest() }
                continue
            }
            if count < 0, errno == EINTR { continue }
            if count == 0 || errno != EAGAIN { return close() }
            return
        }
    }

    /// Hands on the next request, if it is complete.
    private func takeRequest() {
        do {
            guard let request = try reader.next(connection: number) else { return waitForMore() }
            state = .answering
            timer?.disarm()
            receive(request)
        } catch {
            refuse(error.status)
        }
    }

    private func waitForMore() {
        if reader.expectsContinue {
            reader.continued()
            let line = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
            // Nothing else waits in this socket; a client that gets no leave sends its body after a moment.
            _ = Glibc.send(descriptor, line, line.count, Int32(MSG_NOSIGNAL))
        }
        // The time of a request counts from its first byte.
        guard state == .waiting, reader.hasBegun else { return }
        state = .reading
        timer?.schedule(after: limits.requestTime)
    }

    private func refuse(_ status: Int) {
        state = .answering
        timer?.disarm()
        send(.refusal(status))
    }

    private func timeIsUp() {
        switch state {
        case .waiting, .draining: close()
        case .reading: refuse(408)
        case .answering: play()
        case .closed: break
        }
    }

    // MARK: Answering

    /// Goes on with the answer until it must wait: for the time, or for room in the socket.
    private func play() {
        while state == .answering {
            guard flush() else { return }
            guard let step = steps.popLast() else { return }
            switch step {
            case .wait(let delay):
                timer?.schedule(after: delay)
                return
            case .send(let bytes):
                output += bytes
            case .piece(let piece, let left):
                guard left > 0 else { continue }
                if left > 1 { steps.append(.piece(piece, left: left - 1)) }
                steps.append(.send(piece.bytes))
                if piece.pause > .zero { steps.append(.wait(piece.pause)) }
            case .end(let ending):
                return end(ending)
            }
        }
    }

    private func end(_ ending: LoopbackAnswer.Ending) {
        switch ending {
        case .keepAlive:
            state = .waiting
            timer?.schedule(after: limits.idleTime)
            takeRequest()
        case .close:
            // Bytes that are not read when the descriptor closes would reset the connection under the answer.
            state = .draining
            shutdown(descriptor, Int32(SHUT_WR))
            timer?.schedule(after: .seconds(1))
        case .reset:
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
            close()
        case .silence:
            timer?.disarm()
        }
    }

    /// Writes what the socket takes; true when all is written. Else `play` runs again when there may be room.
    private func flush() -> Bool {
        while sent < output.count {
            let count = output.withUnsafeBytes { bytes in
                // The range ends with the array, so `send` reads inside of it.
                Glibc.send(
                    descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                sent += count
                stall = (.zero, .zero)
            } else if errno == EAGAIN {
                waitForRoom()
                return false
            } else if errno != EINTR {
                close()
                return false
            }
        }
        output.removeAll(keepingCapacity: true)
        sent = 0
        return true
    }

    private func waitForRoom() {
        guard stall.sum < limits.stallTime else { return close() }
        stall.pause = min(max(stall.pause * 2, .milliseconds(1)), .milliseconds(50))
        stall.sum += stall.pause
        timer?.schedule(after: stall.pause)
    }
}
