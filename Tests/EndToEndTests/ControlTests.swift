// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import KaguModel
import KaguTestSupport
import Testing

@Suite("The running daemon and its control socket")
struct ControlTests {
    @Test("status tells what only the daemon knows; the socket goes with it; then the files are asked (O11, O24)")
    func status() async throws {
        let room = try Newsroom()
        room.publish("courier", [("1", "The Blue Lagoon is calm")])
        try room.configure(feeds: ["courier"])
        let daemon = try room.start()
        #expect(await daemon.logs("ready"))
        #expect(await eventually { (try? room.hits().count) == 1 })
        #expect(FileManager.default.fileExists(atPath: "\(room.statePath)/control"))
        let running = try room.kagu("status", "-o", "json")
        #expect(running.status == 0, "\(running.errors)")
        let report = try #require(JSONSerialization.jsonObject(with: Data(running.output.utf8)) as? [String: Any])
        #expect(report["health"] as? String == "healthy" && report["watches"] as? Int == 1)
        #expect(report["hits_since_start"] as? Int == 1 && report["config"] as? String == room.configPath)
        let polls = try #require(report["polls"] as? [String: Any])
        #expect(polls["offline"] as? Bool == false && polls["accepted"] as? Int == 1)
        #expect(try room.kagu("status").output.contains("since the start 1 with a document"))

        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
        #expect(!FileManager.default.fileExists(atPath: "\(room.statePath)/control"))
        let stopped = try room.kagu("status")
        #expect(stopped.status == 2 && stopped.output.contains("not running"))
    }

    @Test("a daemon that was killed leaves its socket, and the next one replaces it (O11, O39)")
    func staleSocket() async throws {
        let room = try Newsroom()
        try room.configure(feeds: [])
        let first = try room.start()
        #expect(await first.logs("ready"))
        first.send(SIGKILL)
        #expect(await first.exitStatus() == -SIGKILL)
        #expect(FileManager.default.fileExists(atPath: "\(room.statePath)/control"))
        #expect(try room.kagu("status").status == 2)
        let second = try room.start()
        #expect(await second.logs("ready"))
        #expect(try room.kagu("status").status == 0)
        second.send(SIGTERM)
        #expect(await second.exitStatus() == 0)
    }

    @Test("reload --wait ends with the outcome; the old configuration stays on a problem (O5)")
    func reload() async throws {
        let room = try Newsroom()
        room.publish("courier", [("1", "The Blue Lagoon is calm")])
        try room.configure(feeds: ["courier"])
        let daemon = try room.start()
        #expect(await daemon.logs("ready"))
        try room.configure(feeds: ["courier"], extra: "nonsense: true")
        let refused = try room.kaguOnState("reload", "--wait")
        #expect(refused.status == 2 && refused.errors.contains("nonsense"))
        #expect(try room.kaguOnState("status").output.contains("reload refused"))
        try room.configure(feeds: ["courier"], watch: "sea")
        let taken = try room.kagu("reload", "--wait")
        #expect(taken.status == 0 && taken.output == "reloaded: 1 feed, 1 watch\n", "\(taken.errors)")
        #expect(try room.kagu("reload").status == 0)
        #expect(try room.kagu("status").status == 0)
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
        #expect(daemon.logText.contains("control: user \(getuid()) asks: reload"))
    }

    @Test("commands that need a daemon say so where none runs, and exit 2 (O11, O20)")
    func noDaemon() throws {
        let room = try Newsroom()
        try room.configure(feeds: ["courier"])
        for command in [
            ["feeds", "poll", "courier"], ["feeds", "discover", "http://127.0.0.1/"],
            ["feeds", "test", "http://127.0.0.1/"], ["reload"],
        ] {
            let ran = try room.kagu(command)
            #expect(ran.status == 2 && ran.output.isEmpty)
            #expect(ran.errors.contains("no daemon runs on \(room.statePath)"), "\(ran.errors)")
        }
    }

    @Test("a hostile client does not keep the daemon from polling, answering and stopping (O11)")
    func hostile() async throws {
        let room = try Newsroom()
        room.publish("courier", [("1", "Nothing here")])
        try room.configure(feeds: ["courier"])
        let daemon = try room.start()
        #expect(await daemon.logs("ready"))
        var descriptors: [Int32] = []
        for _ in 0..<300 {
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            descriptors.append(descriptor)
            #expect(Self.connect(descriptor, to: "\(room.statePath)/control"))
            let bytes = Array("{\"version\":1,\"verb\":".utf8)
            _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        }
        let requests = room.origin.requests.count
        #expect(await room.origin.waitForRequests(requests + 2))
        #expect(try room.kagu("feeds", "poll", "courier").errors.contains("connections are open"))
        for descriptor in descriptors { close(descriptor) }
        #expect(await eventually { (try? room.kagu("feeds", "poll", "courier", "--wait").status) == 0 })
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus(within: .seconds(12)) == 0)
    }

    private static func connect(_ descriptor: Int32, to path: String) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        return withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}

extension Newsroom {
    /// Runs `kagu` with this configuration.
    func kagu(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
        try kagu(arguments)
    }

    /// Runs `kagu` with this configuration.
    func kagu(_ arguments: [String]) throws -> (status: Int32, output: String, errors: String) {
        try BuiltProducts.run("kagu", arguments + ["--config", configPath])
    }

    /// Runs `kagu` with the state directory alone: the configuration may be broken.
    func kaguOnState(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
        try BuiltProducts.run("kagu", arguments + ["--state-dir", statePath])
    }
}
