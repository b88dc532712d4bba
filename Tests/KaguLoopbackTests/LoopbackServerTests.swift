// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguTestSupport
import Synchronization
import Testing

@testable import KaguLoopback

@Suite("The loopback server (C9)")
struct LoopbackServerTests {
    private func server(
        _ limits: LoopbackLimits = LoopbackLimits(),
        respond: @escaping LoopbackServer.Responder = { $0.answer(200, body: $0.body) }
    ) throws -> LoopbackServer {
        try LoopbackServer.start(limits: limits, respond: respond)
    }

    @Test("a connection serves request after request until the client asks for its end")
    func keepAlive() async throws {
        let server = try server()
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nabGET / HTTP/1.1\r\nHost: x\r\n")
        #expect(client.receive(until: "ab") == "HTTP/1.1 200 \r\ncontent-length: 2\r\n\r\nab")
        client.send("Connection: close\r\n\r\n")
        #expect(client.receiveAll() == "HTTP/1.1 200 \r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        #expect(server.connectionCount == 1)
    }

    @Test("HEAD, 204 and 304 have no body, and no length that HEAD and 200 would not have; controls become spaces")
    func bodiless() async throws {
        let server = try server { request in
            request.answer(Int(request.path.dropFirst()) ?? 200, headers: [("a", "b\r\nc: d")], body: [0x61])
        }
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        client.send("GET /204 HTTP/1.1\r\nHost: x\r\n\r\nGET /304 HTTP/1.1\r\nHost: x\r\n\r\n")
        client.send("HEAD /200 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(
            client.receiveAll() == "HTTP/1.1 204 \r\na: b  c: d\r\n\r\nHTTP/1.1 304 \r\na: b  c: d\r\n\r\n"
                + "HTTP/1.1 200 \r\na: b  c: d\r\ncontent-length: 1\r\nconnection: close\r\n\r\n")
    }

    @Test("bad input gets its status and the end, also where the client has more to send")
    func refused() async throws {
        var limits = LoopbackLimits()
        limits.bodyBytes = 1000
        let server = try server(limits) { _ in
            Issue.record("a refused request was handed on")
            return .refusal(500)
        }
        defer { server.stop() }
        let bad = try RawClient(port: server.port)
        bad.send("nonsense\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(bad.receiveAll() == "HTTP/1.1 400 \r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        let large = try RawClient(port: server.port)
        large.send(
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + String(repeating: "a", count: 9000))
        #expect(large.receiveAll().hasPrefix("HTTP/1.1 413 \r\n"))
    }

    @Test("a client that waits for leave to send its body gets it once (RFC 9110 §10.1.1)")
    func expectContinue() async throws {
        let server = try server()
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        client.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        #expect(client.receive(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
        client.send("a")
        client.send("bc")
        #expect(client.receive(until: "abc") == "HTTP/1.1 200 \r\ncontent-length: 3\r\n\r\nabc")
    }

    @Test("a slow request is 408, a silent connection is closed, both in their time")
    func times() async throws {
        var limits = LoopbackLimits()
        limits.requestTime = .milliseconds(150)
        limits.idleTime = .milliseconds(100)
        let server = try server(limits)
        defer { server.stop() }
        let slow = try RawClient(port: server.port)
        slow.send("GET / HT")
        let silent = try RawClient(port: server.port)
        #expect(silent.receiveAll() == "")
        #expect(slow.receiveAll().hasPrefix("HTTP/1.1 408 \r\n"))
    }

    @Test("a client that takes nothing of its answer is given up")
    func stalled() async throws {
        var limits = LoopbackLimits()
        limits.stallTime = .milliseconds(100)
        let server = try server(limits) { _ in
            LoopbackAnswer([.init([UInt8](repeating: 0x61, count: 1 << 20), repetitions: 64)], ending: .keepAlive)
        }
        defer { server.stop() }
        let client = try RawClient(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        try await Task.sleep(for: .milliseconds(1000))
        #expect(client.receiveAll().utf8.count < 64 << 20)
    }

    @Test("connections above the limit are closed at once, those below are served")
    func crowd() async throws {
        var limits = LoopbackLimits()
        limits.connections = 2
        let server = try server(limits)
        defer { server.stop() }
        let clients = [try RawClient(port: server.port), try RawClient(port: server.port)]
        for client in clients {
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200 \r\n"))
        }
        let surplus = try RawClient(port: server.port)
        #expect(surplus.receiveAll() == "")
        #expect(server.connectionCount == 2)
    }

    @Test("the end waits for answers under way, and not for idle connections")
    func graceful() async throws {
        let isAsked = Atomic(false)
        let server = try server { request in
            isAsked.store(true, ordering: .relaxed)
            try? await Task.sleep(for: .milliseconds(100))
            return request.answer(200)
        }
        let idle = try RawClient(port: server.port)
        let client = try RawClient(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        while !isAsked.load(ordering: .relaxed) { try await Task.sleep(for: .milliseconds(1)) }
        await server.stop(grace: .seconds(10))
        #expect(client.receiveAll().hasPrefix("HTTP/1.1 200 \r\n"))
        #expect(idle.receiveAll() == "")
        #expect(throws: LoopbackError.self) { try RawClient(port: server.port) }
    }

    @Test("a port in use is an error with the system's reason")
    func occupied() async throws {
        let server = try server()
        defer { server.stop() }
        #expect(throws: LoopbackError(number: EADDRINUSE)) {
            try LoopbackServer.start(port: server.port) { $0.answer(200) }
        }
    }

    @Test("without a descriptor for the port or for its watch the start is an error, and the port is free again")
    func noDescriptor() async {
        await #expect(processExitsWith: .success) {
            // libdispatch takes its own with the first.
            let warm = try LoopbackServer.start { $0.answer(200) }
            for left in 0..<2 {
                let scarce = ScarceDescriptors(left: left)
                do throws(LoopbackError) {
                    _ = try LoopbackServer.start { $0.answer(200) }
                    exit(EXIT_FAILURE)
                } catch {
                    guard error == LoopbackError(number: EMFILE) else { exit(EXIT_FAILURE) }
                }
                _ = consume scarce
            }
            let client = try RawClient(port: warm.port)
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            guard client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200 ") else { exit(EXIT_FAILURE) }
        }
    }

    @Test("hundreds of clients that end abruptly harm nobody: the next one is answered")
    func abrupt() async throws {
        var limits = LoopbackLimits()
        limits.connections = 1000
        let server = try server(limits)
        defer { server.stop() }
        for number in 0..<400 {
            let client = try RawClient(port: server.port)
            client.send(number % 3 == 0 ? "GET / HTTP/1.1\r\nHost: x\r\n\r\n" : "GET / HT")
            if number % 2 == 0 { client.resets() }
        }
        let client = try RawClient(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
    }
}

/// A client that sends bytes as they are; it waits 20 s at most for an answer.
private final class RawClient {
    private let descriptor: Int32

    init(port: UInt16) throws(LoopbackError) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var time = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        let descriptor = descriptor
        let isConnected = withUnsafePointer(to: &address) { address in
            // A sockaddr_in is a sockaddr to the socket calls.
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { throw LoopbackError(number: errno) }
    }

    deinit { close(descriptor) }

    func send(_ text: String) {
        _ = Glibc.send(descriptor, Array(text.utf8), text.utf8.count, Int32(MSG_NOSIGNAL))
    }

    /// Lets its end be a reset.
    func resets() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
    }

    /// What comes until it ends with `end`, or until there is no more.
    func receive(until end: String) -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while recv(descriptor, &byte, 1, 0) == 1 {
            bytes.append(byte)
            if bytes.suffix(end.utf8.count).elementsEqual(end.utf8) { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    func receiveAll() -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while case let count = recv(descriptor, &chunk, chunk.count, 0), count > 0 { bytes += chunk[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
