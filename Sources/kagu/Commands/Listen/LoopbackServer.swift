// SPDX-License-Identifier: Apache-2.0

import FlyingFox
import FlyingSocks
import FoundationEssentials
import Glibc

/// An HTTP server on 127.0.0.1 and nowhere else, for `kagu listen` and `kagu demo`.
struct LoopbackServer: Sendable {
    /// The port in force; the system's choice where 0 was asked for.
    let port: UInt16

    private let server: HTTPServer
    private let task: Task<Void, any Error>

    /// Binds and serves until `stop`. Throws a sentence when the port cannot be had.
    static func start(
        port: UInt16, handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
    ) async throws -> LoopbackServer {
        try refuseOccupied(port)
        let address = try sockaddr_in.inet(ip4: "127.0.0.1", port: port)
        let server = HTTPServer(
            address: address, logger: .disabled, handler: ClosureHTTPHandler { request in await handler(request) })
        let task = Task { try await server.run() }
        do {
            try await server.waitUntilListening(timeout: 5)
        } catch {
            task.cancel()
            throw CommandFailure("listen: 127.0.0.1:\(port): the port could not be opened; choose another --port")
        }
        guard case .ip4(_, let bound) = await server.listeningAddress else {
            task.cancel()
            throw CommandFailure(
                "listen: 127.0.0.1:\(port): the port could not be found out; choose another --port")
        }
        return LoopbackServer(port: bound, server: server, task: task)
    }

    /// Stops accepting, lets answers in flight go out for a second, ends.
    func stop() async {
        await server.stop(timeout: 1)
        task.cancel()
    }

    /// The server only reports a bind error after its start-up time-out, so it is tried here first.
    private static func refuseOccupied(_ port: UInt16) throws {
        guard port > 0 else { return }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        let address = try sockaddr_in.inet(ip4: "127.0.0.1", port: port)
        guard address.withSockAddr({ bind(descriptor, $0, $1) }) == 0 else {
            throw CommandFailure("listen: 127.0.0.1:\(port): \(SystemReason.text(errno)); choose another --port")
        }
    }
}
