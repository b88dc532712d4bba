// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguDispatch
import KaguModel
import KaguTestSupport
import Testing

@testable import kagu

@Suite("How kagu finds its daemon (O11)")
struct ControlClientTests {
    @Test("without socket and lock there is no daemon; a lock without a socket is told")
    func absent() throws {
        let directory = try TemporaryDirectory()
        var isThere = false
        if let client = try ControlClient.connect(stateDirectory: directory.path) { isThere = !client.path.isEmpty }
        #expect(!isThere)
        let lock = open(try directory.write("4711\n", to: "lock"), O_RDWR)
        defer { close(lock) }
        #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
        let failure = #expect(throws: CommandFailure.self) {
            _ = try ControlClient.connect(stateDirectory: directory.path)
        }
        #expect(failure?.description.contains("nobody listens, though process 4711 holds") ?? false)
    }

    @Test("a state directory whose socket path is too long is told with its remedy")
    func tooLong() throws {
        let directory = try TemporaryDirectory()
        let long = directory.path(String(repeating: "x", count: 100))
        let lock = open(try directory.write("1\n", to: String(repeating: "x", count: 100) + "/lock"), O_RDWR)
        defer { close(lock) }
        #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
        let failure = #expect(throws: CommandFailure.self) { _ = try ControlClient.connect(stateDirectory: long) }
        #expect(failure?.description.hasSuffix("choose a shorter store.dir") ?? false)
    }

    @Test("a daemon that ends before it answers, or answers nonsense, is told")
    func broken() throws {
        for (answer, words) in [("", "ended before it answered"), ("nonsense\n", "not a line of JSON")] {
            let directory = try TemporaryDirectory()
            let listener = try Self.listen(directory.path("control"))
            defer { close(listener) }
            guard let client = try ControlClient.connect(stateDirectory: directory.path) else {
                Issue.record("no connection")
                return
            }
            let connection = accept(listener, nil, nil)
            _ = write(connection, answer, answer.utf8.count)
            shutdown(connection, Int32(SHUT_WR))
            let message: String
            do {
                _ = try client.ask(DaemonStatus())
                message = ""
            } catch {
                message = "\(error)"
            }
            close(connection)
            #expect(message.contains(words), "\(message)")
        }
    }

    @Test("a daemon that never answers is given up after the patience asked for")
    func silent() throws {
        let directory = try TemporaryDirectory()
        let listener = try Self.listen(directory.path("control"))
        defer { close(listener) }
        guard let client = try ControlClient.connect(stateDirectory: directory.path) else {
            Issue.record("no connection")
            return
        }
        var message = ""
        do {
            _ = try client.ask(DaemonStatus(), patience: .seconds(1))
        } catch {
            message = "\(error)"
        }
        #expect(message.hasSuffix("the daemon does not answer; look into its journal"))
    }

    private static func listen(_ path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var isBound = false
        try #require(UnixSocketAddress(path: path)).withSocketAddress { isBound = bind(descriptor, $0, $1) == 0 }
        #expect(isBound && Glibc.listen(descriptor, 8) == 0)
        return descriptor
    }
}
