// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import KaguDispatch

/// Confined to the origin's queue. One accepted connection: reads requests, plays the script's answers in order.
final class OriginConnection {
    private let descriptor: Int32
    private let number: Int
    private let script: OriginScript
    private let source: any DispatchSourceRead
    private var timer: DeadlineTimer?
    private let closed: () -> Void
    private var isClosed = false

    private var input: [UInt8] = []
    private var output: [UInt8] = []
    private var sent = 0
    private var steps: [Step] = []
    private var isAnswering = false

    /// What is left to do of an answer.
    private enum Step {
        case wait(Duration)
        case send([UInt8])
        /// The part, framed as a chunk or not, that many more times.
        case part(ScriptedResponse.Part, isChunk: Bool, left: Int)
        case end(ScriptedResponse.Ending)
    }

    /// Serves an accepted descriptor, and closes it in the end; `closed` runs then.
    init(
        descriptor: Int32, number: Int, script: OriginScript, queue: DispatchQueue, closed: @escaping () -> Void
    ) {
        self.descriptor = descriptor
        self.number = number
        self.script = script
        self.closed = closed
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        timer = DeadlineTimer(queue: queue) { [weak self] in self?.play() }
        source.setEventHandler { [weak self] in self?.read() }
        source.setCancelHandler { [descriptor] in _ = Glibc.close(descriptor) }
        source.activate()
    }

    deinit { source.cancel() }

    /// Closes the connection; once.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        timer?.cancel()
        source.cancel()
        closed()
    }

    private func read() {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while !isClosed {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 {
                input += buffer[..<count]
                continue
            }
            if count == 0 || (errno != EAGAIN && errno != EINTR) { return close() }
            break
        }
        takeRequest()
    }

    /// Answers the next complete request, unless an answer is under way.
    private func takeRequest() {
        guard !isAnswering, !isClosed, let headEnd = endOfHead(),
            let request = request(headEnd: headEnd)
        else { return }
        isAnswering = true
        steps = Self.steps(of: script.answer(to: request))
        play()
    }

    /// The position after the blank line.
    private func endOfHead() -> Int? {
        guard input.count >= 4 else { return nil }
        for end in 4...input.count where input[end - 1] == 0x0A {
            if input[end - 4..<end].elementsEqual([0x0D, 0x0A, 0x0D, 0x0A]) { return end }
        }
        return nil
    }

    private func request(headEnd: Int) -> RecordedRequest? {
        let head = Array(input[..<(headEnd - 2)])
        let words = head.prefix { $0 != 0x0D }.split(separator: 0x20)
        let draft = makeRequest(words, head: head, body: [])
        let length = draft.header("Content-Length").flatMap { Int($0) } ?? 0
        guard input.count >= headEnd + length else { return nil }
        let body = Array(input[headEnd..<headEnd + length])
        input.removeFirst(headEnd + length)
        return makeRequest(words, head: head, body: body)
    }

    private func makeRequest(_ words: [ArraySlice<UInt8>], head: [UInt8], body: [UInt8]) -> RecordedRequest {
        RecordedRequest(
            time: script.now(), uptime: .now, connection: number,
            method: words.isEmpty ? "" : String(decoding: words[0], as: UTF8.self),
            target: words.count > 1 ? String(decoding: words[1], as: UTF8.self) : "", head: head, body: body)
    }

    private static func steps(of response: ScriptedResponse) -> [Step] {
        var steps: [Step] = [.wait(response.delay), .send(response.head)]
        var isChunked = false
        if case .chunked = response.framing { isChunked = true }
        for part in response.parts { steps.append(.part(part, isChunk: isChunked, left: part.repetitions)) }
        switch response.ending {
        case .keepAlive, .close:
            if isChunked { steps.append(.send(Array("0\r\n\r\n".utf8))) }
        case .cut, .reset, .silence: break
        }
        steps.append(.end(response.ending))
        return steps.reversed()
    }

    /// Goes on with the answer until it must wait: for the time, or for room in the socket.
    private func play() {
        while !isClosed {
            guard flush() else {
                timer?.schedule(after: .milliseconds(1))
                return
            }
            guard !isClosed, let step = steps.popLast() else { return }
            switch step {
            case .wait(let delay):
                if delay > .zero {
                    timer?.schedule(after: delay)
                    return
                }
            case .send(let bytes):
                output += bytes
            case .part(let part, let isChunk, let left):
                guard left > 0 else { continue }
                if left > 1 { steps.append(.part(part, isChunk: isChunk, left: left - 1)) }
                steps.append(.send(isChunk ? Self.chunk(part.bytes) : part.bytes))
                if part.delay > .zero { steps.append(.wait(part.delay)) }
            case .end(let ending):
                end(ending)
                return
            }
        }
    }

    private static func chunk(_ bytes: [UInt8]) -> [UInt8] {
        bytes.isEmpty ? [] : Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [0x0D, 0x0A]
    }

    private func end(_ ending: ScriptedResponse.Ending) {
        switch ending {
        case .keepAlive:
            isAnswering = false
            takeRequest()
        case .close, .cut:
            close()
        case .reset:
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
            close()
        case .silence:
            break
        }
    }

    /// Writes what the socket takes; true when all is written.
    private func flush() -> Bool {
        while sent < output.count {
            let count = output.withUnsafeBytes { bytes in
                // The range ends with the array, so `send` reads inside of it.
                Glibc.send(
                    descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                sent += count
            } else if errno == EAGAIN {
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
}
