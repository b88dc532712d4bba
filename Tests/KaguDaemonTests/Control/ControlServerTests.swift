// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguDaemon

@Suite("The control socket, and what clients may do to it (O11)")
struct ControlServerTests {
    /// A server that answers every line with its length and the caller's user.
    final class Room {
        let directory: TemporaryDirectory
        let path: String
        let server: ControlServer

        init(_ limits: ControlLimits = ControlLimits()) async throws {
            directory = try TemporaryDirectory("control")
            path = directory.path("control")
            server = ControlServer(path: path, limits: limits) { line, caller in
                Array("\(line.count) bytes from \(caller.uid)\n".utf8)
            }
            try await server.start()
        }

        /// Whether a client that behaves is answered.
        func isServing() async throws -> Bool {
            let client = try RawClient(path)
            await client.send("ping\n")
            return await client.receive() == "4 bytes from \(getuid())\n"
        }

        func isEmpty() async -> Bool { await soon { await server.connectionCount == 0 } }
    }

    private static var quick: ControlLimits {
        var limits = ControlLimits()
        limits.requestTime = .milliseconds(300)
        limits.replyTime = .milliseconds(300)
        return limits
    }

    @Test("a line is answered with a line, the caller is known, and the connection is closed")
    func answers() async throws {
        let room = try await Room()
        #expect(try await room.isServing())
        #expect(await room.isEmpty())
    }

    @Test("owner and group may connect, nobody else, whatever the umask")
    func mode() async throws {
        let room = try await Room()
        var status = stat()
        #expect(lstat(room.path, &status) == 0)
        #expect(status.st_mode & S_IFMT == S_IFSOCK)
        #expect(status.st_mode & 0o777 == 0o660)
    }

    @Test("a socket that a killed daemon left is replaced; a file that is no socket is not")
    func stale() async throws {
        let room = try await Room()
        // A second name for the socket file keeps it after the first server has removed its own.
        let left = room.directory.path("left")
        #expect(link(room.path, left) == 0)
        await room.server.stop(grace: .zero)
        #expect(await soon { (try? RawClient(left)) == nil })
        let next = ControlServer(path: left) { _, _ in Array("here\n".utf8) }
        try await next.start()
        let client = try RawClient(left)
        await client.send("\n")
        #expect(await client.receive() == "here\n")
        await next.stop(grace: .zero)

        let file = try room.directory.write("mine", to: "file")
        let refused = ControlServer(path: file) { _, _ in [] }
        await #expect(
            throws: ControlSocketError(path: file, reason: "is there already and no socket; move it away")
        ) {
            try await refused.start()
        }
        #expect(try room.directory.text("file") == "mine")
    }

    @Test("the path is removed at stop, and a path that is too long is told with its remedy")
    func paths() async throws {
        let room = try await Room()
        await room.server.stop(grace: .seconds(1))
        #expect(access(room.path, F_OK) != 0)
        let long = room.directory.path(String(repeating: "x", count: 120))
        let server = ControlServer(path: long) { _, _ in [] }
        let error = await #expect(throws: ControlSocketError.self) { try await server.start() }
        #expect(error?.description.hasSuffix("may have; choose a shorter store.dir") ?? false)
    }

    @Test("a client that says nothing, or never ends its line, loses its slot after a while")
    func slow() async throws {
        let room = try await Room(Self.quick)
        let silent = try RawClient(room.path)
        let endless = try RawClient(room.path)
        await endless.send("{\"version\":")
        #expect(await silent.receive()?.contains("no complete line within 0 s") ?? false)
        #expect(await endless.receive()?.contains("\"reason\":\"malformed\"") ?? false)
        #expect(await room.isEmpty())
        #expect(try await room.isServing())
    }

    @Test("a line of 100 MB is cut off at the limit, and the client told why")
    func huge() async throws {
        let room = try await Room()
        let client = try RawClient(room.path)
        let block = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        var sent = 0
        for _ in 0..<100 {
            let count = await client.send(block, within: .seconds(2))
            sent += count
            if count < block.count { break }
        }
        #expect(sent <= ControlProtocol.maximumRequest.bytes + (2 << 20))
        let reply = await client.receive() ?? ""
        #expect(reply.contains("longer than 8MiB"), "\(reply)")
        #expect(await room.isEmpty())
        #expect(try await room.isServing())
    }

    @Test("a line of some megabytes is taken: feed lists are long")
    func long() async throws {
        let room = try await Room()
        let client = try RawClient(room.path)
        await client.send([UInt8](repeating: UInt8(ascii: "x"), count: 7_000_000) + [UInt8(ascii: "\n")])
        #expect(await client.receive() == "7000000 bytes from \(getuid())\n")
    }

    @Test("requests that are being read share a limit: many long ones at once are refused, not kept")
    func together() async throws {
        var limits = ControlLimits()
        limits.buffered = .mebibytes(2)
        let room = try await Room(limits)
        let clients = try (0..<4).map { _ in try RawClient(room.path) }
        for client in clients { await client.send([UInt8](repeating: 0x20, count: 900_000)) }
        var refused = 0
        for client in clients {
            if await client.receive(within: .milliseconds(300))?.contains("\"reason\":\"busy\"") ?? false {
                refused += 1
            }
        }
        #expect((1...2).contains(refused))
        #expect(try await room.isServing())
    }

    @Test("1,000 connections: those beyond the limit are told and closed, and the slots come back")
    func crowd() async throws {
        let room = try await Room(Self.quick)
        var clients: [RawClient] = []
        for _ in 0..<1000 {
            if let client = try? RawClient(room.path) { clients.append(client) }
        }
        #expect(clients.count > 32)
        #expect(await room.server.connectionCount <= 32)
        let last = await clients[clients.count - 1].receive()
        #expect(last?.contains("connections are open; try again") ?? false)
        clients = []
        #expect(await room.isEmpty())
        #expect(try await room.isServing())
    }

    @Test("a client that is gone before its answer, or half-way through its request, harms nobody")
    func gone() async throws {
        let room = try await Room()
        for text in ["ping\n", "pi", ""] {
            let client = try RawClient(room.path)
            await client.send(text)
        }
        // Long before its time is up.
        #expect(await soon(within: .seconds(3)) { await room.server.connectionCount == 0 })
        #expect(try await room.isServing())
    }

    @Test("a client that has said that no more will come is answered all the same")
    func halfClosed() async throws {
        let room = try await Room()
        let client = try RawClient(room.path)
        await client.send("ping\n")
        client.finishSending()
        #expect(await client.receive() == "4 bytes from \(getuid())\n")
        let cut = try RawClient(room.path)
        await cut.send("pin")
        cut.finishSending()
        #expect(await cut.receive()?.contains("does not end with a line end") ?? false)
    }

    @Test("a client that never reads a long answer loses its slot after a while")
    func neverReads() async throws {
        let directory = try TemporaryDirectory("control")
        let path = directory.path("control")
        let server = ControlServer(path: path, limits: Self.quick) { _, _ in
            [UInt8](repeating: 0x20, count: 8 << 20)
        }
        try await server.start()
        let client = try RawClient(path)
        await client.send("\n")
        #expect(await soon { await server.connectionCount == 1 })
        #expect(await soon { await server.connectionCount == 0 })
        // What was in flight can still be read, and no more.
        #expect(await client.receive()?.utf8.count ?? .max < 8 << 20)
        await server.stop(grace: .zero)
    }

    @Test("a long answer arrives whole")
    func longAnswer() async throws {
        let directory = try TemporaryDirectory("control")
        let path = directory.path("control")
        let server = ControlServer(path: path) { _, _ in [UInt8](repeating: 0x20, count: 8 << 20) + [0x0A] }
        try await server.start()
        let client = try RawClient(path)
        await client.send("\n")
        #expect(await client.receive()?.utf8.count == (8 << 20) + 1)
        await server.stop(grace: .zero)
    }

    @Test("what is being answered at stop gets its answer; then nobody is served")
    func stop() async throws {
        let directory = try TemporaryDirectory("control")
        let path = directory.path("control")
        let server = ControlServer(path: path) { _, _ in
            try? await Task.sleep(for: .milliseconds(200))
            return Array("late\n".utf8)
        }
        try await server.start()
        let client = try RawClient(path)
        await client.send("\n")
        let silent = try RawClient(path)
        #expect(await soon { await server.connectionCount == 2 })
        try await Task.sleep(for: .milliseconds(50))
        await server.stop(grace: .seconds(5))
        #expect(await client.receive() == "late\n")
        #expect(await silent.receive() == "")
        #expect(await soon { (try? RawClient(path)) == nil })
    }
}
