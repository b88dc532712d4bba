// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguDispatch
import KaguTestSupport
import Synchronization
import Testing

@testable import KaguDaemon

/// Clients that end abruptly, and a system without descriptors.
@Suite("The control socket under abrupt ends (O11)")
struct ControlServerEndsTests {
    /// How a client ends.
    enum Ending: CaseIterable {
        case closes, linger, shutsDown, leavesUnread
    }

    /// Connects, sends half a line or a whole one, and ends.
    private static func visit(_ path: String, _ ending: Ending, whole: Bool) {
        let flags = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, flags, 0)
        defer { close(descriptor) }
        UnixSocketAddress(path: path)?.withSocketAddress { _ = Glibc.connect(descriptor, $0, $1) }
        let text = Array((whole ? "ping\n" : "{\"version\":").utf8)
        _ = send(descriptor, text, text.count, Int32(MSG_NOSIGNAL))
        switch ending {
        case .closes: break
        case .linger:
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        case .shutsDown: shutdown(descriptor, Int32(SHUT_RDWR))
        case .leavesUnread:
            // What the server has sent and nobody read makes the end a reset (ECONNRESET).
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            poll(&wait, 1, 2)
        }
    }

    @Test("hundreds of clients that end half-way, cut off or reset, harm nobody: the next one is answered")
    func abrupt() async throws {
        let directory = try TemporaryDirectory("control")
        let path = directory.path("control")
        let server = ControlServer(path: path) { line, _ in line + [0x0A] }
        try await server.start()
        await withTaskGroup { group in
            for lane in 0..<4 {
                group.addTask { @concurrent in
                    for number in 0..<150 {
                        let ending = Ending.allCases[(number + lane) % Ending.allCases.count]
                        Self.visit(path, ending, whole: number % 3 == 0)
                    }
                }
            }
        }
        #expect(await soon(within: .seconds(5)) { await server.connectionCount == 0 })
        let client = try RawClient(path)
        await client.send("ping\n")
        #expect(await client.receive() == "ping\n")
        await server.stop(grace: .zero)
    }

    @Test("the descriptors of clients that have gone are given back")
    func descriptors() async throws {
        let directory = try TemporaryDirectory("control")
        let path = directory.path("control")
        let server = ControlServer(path: path) { line, _ in line + [0x0A] }
        try await server.start()
        for number in 0..<100 { Self.visit(path, .closes, whole: number % 2 == 0) }
        #expect(await soon(within: .seconds(5)) { await server.connectionCount == 0 })
        // A descriptor that stayed open would keep its client waiting for the end.
        let client = try RawClient(path)
        client.finishSending()
        #expect(await client.receive(within: .seconds(2)) == "")
        await server.stop(grace: .zero)
    }

    @Test(
        "without a descriptor the start fails with its reason, and leaves no socket; with one more each it succeeds"
    )
    func noDescriptor() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory("control")
            let warm = ControlServer(path: directory.path("warm")) { _, _ in [] }
            try await warm.start()
            let path = directory.path("control")
            // The set, and the listening socket.
            for left in 0..<2 {
                let scarce = ScarceDescriptors(left: left)
                let server = ControlServer(path: path) { line, _ in line + [0x0A] }
                let error = await #expect(throws: ControlSocketError.self) { try await server.start() }
                guard error == ControlSocketError(path: path, number: EMFILE) else { exit(EXIT_FAILURE) }
                _ = consume scarce
                guard access(path, F_OK) != 0 else { exit(EXIT_FAILURE) }
                // What was opened comes back a moment later.
                try await Task.sleep(for: .milliseconds(300))
            }
            let server = ControlServer(path: path) { line, _ in line + [0x0A] }
            try await server.start()
            let client = try RawClient(path)
            // A client that waits while there is none is taken when there is one again.
            let scarce = ScarceDescriptors(left: 1)
            let waiting = try RawClient(path)
            await waiting.send("later\n")
            try await Task.sleep(for: .milliseconds(100))
            _ = consume scarce
            guard await waiting.receive() == "later\n" else { exit(EXIT_FAILURE) }
            await client.send("ping\n")
            guard await client.receive() == "ping\n" else { exit(EXIT_FAILURE) }
        }
    }
}
