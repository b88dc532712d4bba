// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguHTTP
import KaguLoopback
import KaguTestSupport
import Testing

/// What a failure says of the uplink: nobody reached, somebody answered, or neither.
@Suite("How far a failed request came")
struct ContactTests {
    private let soon = HTTPLimits(
        bodyBytes: 1 << 20, overflow: .fails, headerBytes: 64 << 10, total: .milliseconds(700),
        connect: .milliseconds(300))

    private func failure(of outcome: HTTPOutcome) throws -> HTTPFailure {
        guard case .failure(let failure) = outcome else { throw ContactError.answered }
        return failure
    }

    @Test("a closed port is unreachable and named as refused (P19)")
    func closedPort() async throws {
        let fetching = try Fetching()
        fetching.origin.stop()
        try await Task.sleep(for: .milliseconds(50))
        let failure = try failure(of: await fetching.get("/"))
        #expect(failure.kind == .connect)
        #expect(failure.isUnreachable && !failure.hasAnswered)
        #expect(failure.message.contains("connection refused"))
        await fetching.end()
    }

    @Test("a name that does not resolve is unreachable (P19)")
    func unresolvable() async throws {
        let client = HTTPClient(settings: HTTPClientSettings(userAgent: "kagu"))
        let failure = try failure(
            of: await client.send(HTTPRequest(url: "http://kagu-no-such-host.invalid/", limits: .poll())))
        #expect(failure.kind == .dns)
        #expect(failure.isUnreachable && !failure.hasAnswered)
        await client.shutdown()
    }

    @Test("a peer that takes no connection in time is unreachable (P19)")
    func connectTimeout() async throws {
        let fetching = try Fetching()
        let peer = try DeafPeer()
        let failure = try failure(
            of: await fetching.client.send(
                HTTPRequest(
                    url: "http://127.0.0.1:\(peer.port)/", limits: soon, addressGuard: Fetching.loopback)))
        #expect(failure.kind == .timeout)
        #expect(failure.isUnreachable && !failure.hasAnswered)
        await fetching.end()
    }

    @Test("a peer that says nothing is neither unreachable nor an answer, on a new connection and a kept one (P19)")
    func silence() async throws {
        let fetching = try Fetching()
        fetching.origin.on("/never", .never)
        fetching.origin.on("/hangup", .hangUp)
        fetching.origin.on("/ok", .text("ok"))
        for isKept in [false, true] {
            if isKept { _ = try await fetching.get("/ok").answer() }
            let failure = try failure(of: await fetching.get("/never", limits: soon))
            #expect(failure.kind == .timeout)
            #expect(!failure.isUnreachable && !failure.hasAnswered, "kept: \(isKept)")
        }
        let failure = try failure(of: await fetching.get("/hangup", limits: soon))
        #expect(failure.kind == .noAnswer)
        #expect(!failure.isUnreachable && !failure.hasAnswered)
        await fetching.end()
    }

    @Test(
        "any byte of an answer counts as one (P19)",
        arguments: ["HTTP/1.1 20", "HTTP/1.1 200 OK\r\nConte", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"],
        [ScriptedResponse.Ending.silence, .reset])
    func begun(_ head: String, _ ending: ScriptedResponse.Ending) async throws {
        let fetching = try Fetching()
        fetching.origin.on(
            "/",
            ScriptedResponse(
                parts: [.init([], pause: .milliseconds(100))], framing: .none, ending: ending,
                rawHead: Array(head.utf8)))
        let failure = try failure(of: await fetching.get("/", limits: soon))
        #expect(failure.hasAnswered && !failure.isUnreachable, "\(failure.message)")
        await fetching.end()
    }

    @Test("limits of ours that end an answer do not unmake it (P19)")
    func overLimit() async throws {
        let fetching = try Fetching()
        fetching.origin.on("/", .text("0123456789", headers: ["X": "0123456789"]))
        for limits in [HTTPLimits.poll(body: 5), .poll(headers: 20)] {
            #expect(try failure(of: await fetching.get("/", limits: limits)).hasAnswered)
        }
        await fetching.end()
    }

    @Test("an address that the guard refuses says nothing of the uplink (P19)")
    func refused() async throws {
        let fetching = try Fetching()
        let failure = try failure(of: await fetching.client.send(HTTPRequest(url: fetching.origin.url("/"))))
        #expect(failure.kind == .blockedAddress)
        #expect(!failure.isUnreachable && !failure.hasAnswered)
        await fetching.end()
    }

    @Test("an answer in another protocol is an answer, and no refused URL (P19)")
    func foreignProtocol() async throws {
        let fetching = try Fetching()
        fetching.origin.on("/", ScriptedResponse(framing: .none, ending: .cut, rawHead: Array("220 smtp\r\n".utf8)))
        let failure = try failure(of: await fetching.get("/"))
        #expect(failure.kind == .other)
        #expect(failure.hasAnswered && !failure.isUnreachable)
        await fetching.end()
    }
}

private enum ContactError: Error { case answered }

/// A listener on 127.0.0.1 whose queue of connections is full: the kernel drops whoever else comes.
final class DeafPeer {
    let port: Int
    private var descriptors: [Int32] = []

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        descriptors.append(listener)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 0) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        try #require(isListening)
        port = Int(UInt16(bigEndian: address.sin_port))
        for _ in 0..<4 {
            let guest = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
            descriptors.append(guest)
            _ = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(guest, $0, length) }
            }
        }
    }

    deinit { for descriptor in descriptors { close(descriptor) } }
}
