// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import KaguDispatch
import Synchronization

/// Owns a port of 127.0.0.1 and nowhere else, and its connections: a small HTTP/1.1 server for `kagu listen`,
/// `kagu demo` and the origins of tests, on a queue of its own.
public actor LoopbackServer {
    private nonisolated let executor: SerialQueueExecutor
    /// The queue.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Answers a request; begins on the server's queue.
    public typealias Responder = @Sendable (LoopbackRequest) async -> LoopbackAnswer

    /// The port in force; the system's choice where 0 was asked for.
    public nonisolated let port: UInt16
    private nonisolated let descriptor: Int32
    private nonisolated let accepted = Atomic(0)
    private let limits: LoopbackLimits
    private let respond: Responder
    private var sockets: EpollSet?
    private var isStopped = false
    private var connections: [Int: LoopbackConnection] = [:]

    /// Binds 127.0.0.1 on `port` (0: any free one) and answers until it is stopped; whoever starts it must stop it.
    /// Throws the number of the system call that failed.
    public static func start(
        port: UInt16 = 0, limits: LoopbackLimits = LoopbackLimits(), label: String = "kagu.loopback",
        respond: @escaping Responder
    ) throws(LoopbackError) -> LoopbackServer {
        let (descriptor, port) = try bind(port)
        let server = LoopbackServer(
            descriptor, port, limits, SerialQueueExecutor(label: label), respond)
        // On the queue: only there the sockets may be touched.
        if let failure = server.executor.queue.sync(execute: { server.assumeIsolated { $0.begin() } }) {
            close(descriptor)
            throw failure
        }
        return server
    }

    private init(
        _ descriptor: Int32, _ port: UInt16, _ limits: LoopbackLimits, _ executor: SerialQueueExecutor,
        _ respond: @escaping Responder
    ) {
        self.descriptor = descriptor
        self.port = port
        self.limits = limits
        self.executor = executor
        self.respond = respond
    }

    /// How many connections were accepted so far.
    public nonisolated var connectionCount: Int { accepted.load(ordering: .relaxed) }

    /// Takes no more connections and no more requests; answers under way get `grace`.
    public func stop(grace: Duration) async {
        stopListening()
        let end = ContinuousClock.now + grace
        for connection in connections.values where !connection.isAnswering { connection.close() }
        while connections.values.contains(where: \.isAnswering), ContinuousClock.now < end {
            try? await Task.sleep(for: .milliseconds(5))
        }
        closeAll()
    }

    /// Closes the port and all connections in a moment.
    public nonisolated func stop() {
        executor.queue.async {
            self.assumeIsolated { server in
                server.stopListening()
                server.closeAll()
            }
        }
    }

    private func stopListening() {
        guard !isStopped else { return }
        isStopped = true
        sockets?.remove(descriptor)
        close(descriptor)
    }

    private func closeAll() {
        for connection in connections.values { connection.close() }
        sockets?.cancel()
        sockets = nil
    }

    /// Begins to accept; its sockets hold the server until it is stopped. Gives what the system has refused.
    private func begin() -> LoopbackError? {
        do throws(EpollError) {
            let sockets = try EpollSet(queue: executor.queue) { sockets in
                sockets.poll { number, _ in self.assumeIsolated { $0.isReady(number) } }
            }
            try sockets.add(descriptor, for: .readable, number: 0)
            self.sockets = sockets
            return nil
        } catch {
            return LoopbackError(number: error.number)
        }
    }

    /// Connections count from 1; 0 is the port.
    private func isReady(_ number: Int) {
        if number == 0 { acceptAll() } else { connections[number]?.read() }
    }

    private func acceptAll() {
        while !isStopped {
            // accept4 is not in Swift's Glibc.
            let accepted = Glibc.accept(descriptor, nil, nil)
            guard accepted >= 0 else {
                // One that went away before it was taken.
                if errno == EINTR || errno == ECONNABORTED { continue }
                return errno == EAGAIN ? () : rest()
            }
            _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
            _ = fcntl(accepted, F_SETFL, O_NONBLOCK)
            guard connections.count < limits.connections else {
                close(accepted)
                continue
            }
            welcome(accepted)
        }
    }

    /// Without a descriptor, or memory, for a client that waits, the port would be ready again and again.
    private func rest() {
        sockets?.remove(descriptor)
        executor.queue.asyncAfter(deadline: .now() + .milliseconds(100)) { [weak self] in
            self?.assumeIsolated { $0.listenAgain() }
        }
    }

    private func listenAgain() {
        guard !isStopped, let sockets else { return }
        do throws(EpollError) { try sockets.add(descriptor, for: .readable, number: 0) } catch { rest() }
    }

    private func welcome(_ client: Int32) {
        guard let sockets else { return }
        var yes: Int32 = 1
        setsockopt(client, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        let number = accepted.add(1, ordering: .relaxed).newValue
        let connection = LoopbackConnection(
            descriptor: client, number: number, limits: limits, queue: executor.queue, sockets: sockets,
            receive: { [weak self] request in self?.assumeIsolated { $0.answer(request) } },
            closed: { [weak self] in self?.assumeIsolated { $0.connections[number] = nil } })
        connections[number] = connection
        connection.start()
    }

    private func answer(_ request: LoopbackRequest) {
        Task {
            let answer = await respond(request)
            connections[request.connection]?.send(answer)
        }
    }

    private static func bind(_ port: UInt16) throws(LoopbackError) -> (descriptor: Int32, port: UInt16) {
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let descriptor = socket(AF_INET, Int32(kind), 0)
        guard descriptor >= 0 else { throw LoopbackError(number: errno) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { address in
            // A sockaddr_in is a sockaddr to the socket calls.
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                Glibc.bind(descriptor, address, length) == 0 && listen(descriptor, 1024) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isListening else {
            let number = errno
            close(descriptor)
            throw LoopbackError(number: number)
        }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }
}

/// Why a server could not listen.
public struct LoopbackError: Error, Hashable, CustomStringConvertible {
    /// `errno`.
    public let number: Int32

    /// An error of that number.
    public init(number: Int32) { self.number = number }

    /// The system's wording.
    public var description: String { "cannot listen on 127.0.0.1: \(String(cString: strerror(number)))" }
}
