// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import KaguDispatch
import KaguModel

/// Owns the control socket and its connections (queue `kagu.control`, O11); knows nothing of what is asked.
actor ControlServer {
    nonisolated let executor = SerialQueueExecutor(label: "kagu.control")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Answers one request; runs outside the actor.
    typealias Answer = @Sendable (_ line: [UInt8], _ caller: ControlCaller) async -> [UInt8]

    private let path: String
    private let limits: ControlLimits
    private let answer: Answer
    private var sockets: EpollSet?
    private var socket: ControlSocket?
    private var connections: [Int: ControlConnection] = [:]
    private var lastNumber = 0
    private var answering: [Int: Task<Void, Never>] = [:]

    /// A server for `path`; `answer` gets each request's line without its line end, and gives the reply's with it.
    init(path: String, limits: ControlLimits = ControlLimits(), answer: @escaping Answer) {
        self.path = path
        self.limits = limits
        self.answer = answer
    }

    /// Listens from now on. Throws with the reason; nothing is open then.
    func start() throws(ControlSocketError) {
        let sockets: EpollSet
        do throws(EpollError) {
            sockets = try EpollSet(queue: executor.queue) { [weak self] sockets in
                sockets.poll { number, _ in self?.assumeIsolated { $0.isReady(number) } }
            }
        } catch {
            throw ControlSocketError(path: path, number: error.number)
        }
        socket = try ControlSocket(path: path, queue: executor.queue, sockets: sockets) { [weak self] descriptor in
            guard let self else {
                close(descriptor)
                return
            }
            assumeIsolated { $0.welcome(descriptor) }
        }
        self.sockets = sockets
    }

    /// Takes no more connections and reads no more requests; what is being answered goes on.
    func stopListening() {
        socket?.close()
        socket = nil
        for (number, connection) in connections where answering[number] == nil { connection.end() }
    }

    /// Ends: what is being answered gets `grace`, then every connection is closed.
    func stop(grace: Duration) async {
        stopListening()
        let end = ContinuousClock.now + grace
        while !connections.isEmpty, ContinuousClock.now < end {
            try? await Task.sleep(for: .milliseconds(10))
        }
        for task in answering.values { task.cancel() }
        for connection in connections.values { connection.end() }
        sockets?.cancel()
        sockets = nil
    }

    /// Connections now.
    var connectionCount: Int { connections.count }

    /// Connections count from 1.
    private func isReady(_ number: Int) {
        if number == ControlSocket.number { socket?.accept() } else { connections[number]?.isReady() }
    }

    private func welcome(_ descriptor: Int32) {
        guard let sockets, socket != nil, connections.count < limits.connections else {
            // One try that does not block: whoever asks for so many connections need not hear why they are closed.
            let line = ControlCoding.line(
                of: ControlRefusal(.busy, "control: \(limits.connections) connections are open; try again"))
            _ = send(descriptor, line, line.count, Int32(MSG_NOSIGNAL))
            close(descriptor)
            return
        }
        lastNumber += 1
        let number = lastNumber
        let connection = ControlConnection(
            descriptor: descriptor, number: number, limits: limits, queue: executor.queue, sockets: sockets,
            hasRoom: { [weak self] in self?.assumeIsolated { $0.hasRoom } ?? false },
            tell: { [weak self] event in self?.assumeIsolated { $0.heard(event, from: number) } })
        connections[number] = connection
        connection.start()
    }

    private var hasRoom: Bool {
        connections.values.reduce(0) { $0 + $1.bufferedBytes } <= limits.buffered.bytes
    }

    private func heard(_ event: ControlConnection.Event, from number: Int) {
        guard let connection = connections[number] else { return }
        switch event {
        case .ended: connections[number] = nil
        case .unusable(let refusal): connection.send(ControlCoding.line(of: refusal))
        case .line(let line):
            let caller = connection.caller
            answering[number] = Task { [answer] in
                let reply = await answer(line, caller)
                finish(number, reply)
            }
        }
    }

    private func finish(_ number: Int, _ reply: [UInt8]) {
        answering[number] = nil
        connections[number]?.send(reply)
    }
}
