// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import KaguModel
import KaguTestSupport
import Testing

/// The state directory under a real daemon: locked, read-only, full, read by the group (T6, T7, T28, T34).
@Suite("State directory")
struct StateDirectoryTests {
    @Test("a second daemon on one directory exits 75 and names the first (O39, T28)")
    func lock() async throws {
        let room = try Newsroom()
        room.publish("courier", [("1", "The Blue Lagoon is calm")])
        try room.configure(feeds: ["courier"])
        let daemon = try room.start()
        #expect(await daemon.logs("ready"))
        let pid = try room.directory.text("state/lock").trimmingCharacters(in: .whitespacesAndNewlines)
        let second = try room.start()
        #expect(await second.exitStatus() == 75)
        #expect(second.logText.contains("in use by process \(pid)"))
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
    }

    @Test(
        "a read-only directory is refused at start with 74 (O40, T7)",
        .enabled(if: SmallDisk.isPossible, "cannot mount here"))
    func readOnly() async throws {
        let disk = try SmallDisk(megabytes: 32)
        let room = try Newsroom()
        room.publish("courier", [("1", "The Blue Lagoon is calm")])
        try room.configure(feeds: ["courier"])
        try disk.remount(readOnly: true)
        let daemon = try room.start(["--state-dir", disk.path + "/state"])
        #expect(await daemon.exitStatus() == 74)
        #expect(daemon.logText.contains("read-only file system"))
    }

    @Test(
        "a full disk stops polling, is told, and polling resumes by itself; nothing is lost or doubled (O36, T6)",
        .enabled(if: SmallDisk.isPossible, "cannot mount here"))
    func full() async throws {
        let disk = try SmallDisk(megabytes: 32)
        let room = try Newsroom()
        room.publish("courier", [("1", "The Blue Lagoon is calm")])
        try room.configure(feeds: ["courier"], store: "dir: \(disk.path)/state, min_free: 4MiB")
        let socket = try NotifySocket(path: room.directory.path("notify"))
        let daemon = try room.start(environment: ["NOTIFY_SOCKET": socket.path])
        #expect(await room.origin.waitForRequests(2))
        try disk.fill(leaving: 1 << 20)
        room.publish("courier", [("1", "The Blue Lagoon is calm"), ("2", "Blue Lagoon in uproar")])
        #expect(await daemon.logs("no space left on the device"))
        #expect(await eventually { access("\(disk.path)/state/reserve", F_OK) != 0 })
        let requests = room.origin.requests(for: "/courier").count
        try await Task.sleep(for: .seconds(2.5))
        // A poll that was in flight may end; none begins.
        #expect(room.origin.requests(for: "/courier").count <= requests + 1)
        disk.empty()
        #expect(await daemon.logs("polling goes on", within: .seconds(45)))
        #expect(await eventually { room.alerts().count == 1 })
        #expect(access("\(disk.path)/state/reserve", F_OK) == 0)
        #expect(socket.received.contains { $0.contains("STATUS=storage: ") && $0.contains("polling has stopped") })
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
        let verify = try BuiltProducts.run("kagu", ["verify", "--state-dir", "\(disk.path)/state"])
        #expect(verify.status == 0 && verify.output.contains("2 hits"), "\(verify.output)")
    }

    @Test(
        "on a disk that is full at start kagud waits, says what it needs, and begins when there is space (O36, T6)",
        .enabled(if: SmallDisk.isPossible, "cannot mount here"))
    func fullAtStart() async throws {
        let disk = try SmallDisk(megabytes: 32)
        let room = try Newsroom()
        room.publish("courier", [("1", "The Blue Lagoon is calm")])
        try room.configure(feeds: ["courier"], store: "dir: \(disk.path)/state, min_free: 4MiB")
        try disk.fill(leaving: 0)
        let socket = try NotifySocket(path: room.directory.path("notify"))
        let daemon = try room.start(environment: ["NOTIFY_SOCKET": socket.path])
        #expect(await daemon.logs("the disk is full: 0 MiB are free, kagud needs 12 MiB"))
        #expect(await eventually { socket.received.contains { $0.contains("STATUS=storage: ") } })
        #expect(socket.received.contains { $0.contains("EXTEND_TIMEOUT_USEC=90000000") })
        #expect(!socket.received.contains { $0.contains("READY=1") })
        let once = try room.start(["--once"])
        #expect(await once.exitStatus() == 74)
        disk.empty()
        #expect(await daemon.logs("ready", within: .seconds(45)))
        #expect(await room.origin.waitForRequests(1))
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
    }

    @Test(
        "store.min_free follows a reload: polling stops above what is free, and goes on below it (O5, O36)",
        .enabled(if: SmallDisk.isPossible, "cannot mount here"))
    func reloadedLimit() async throws {
        let disk = try SmallDisk(megabytes: 48)
        let room = try Newsroom()
        room.publish("courier", [("1", "The Blue Lagoon is calm")])
        func limit(_ size: String) throws {
            try room.configure(feeds: ["courier"], store: "dir: \(disk.path)/state, min_free: \(size)")
        }
        try limit("4MiB")
        let daemon = try room.start()
        #expect(await room.origin.waitForRequests(2))
        try limit("1GiB")
        daemon.send(SIGHUP)
        #expect(await daemon.logs("polling has stopped", within: .seconds(10)))
        try limit("4MiB")
        daemon.send(SIGHUP)
        #expect(await daemon.logs("polling goes on", within: .seconds(10)))
        let requests = room.origin.requests(for: "/courier").count
        #expect(await eventually { room.origin.requests(for: "/courier").count > requests })
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
    }

    @Test(
        "a member of the group reads hits and state while the daemon runs, after a stop and after a kill (O34, T34)",
        .enabled(if: geteuid() == 0 && access("/usr/bin/setpriv", X_OK) == 0, "needs root and setpriv"))
    func group() async throws {
        let room = try Newsroom()
        chmod(room.directory.path, 0o755)
        room.publish("courier", [("1", "The Blue Lagoon is calm")])
        try room.configure(feeds: ["courier"])
        for signal in [nil, SIGTERM, SIGKILL] {
            let daemon = try room.start()
            #expect(await daemon.logs("ready"))
            #expect(await eventually { (try? room.hits().count) == 1 })
            if let signal {
                daemon.send(signal)
                _ = await daemon.exitStatus()
            }
            for arguments in [["hits", "--baseline"], ["verify"]] {
                let result = try asMember(arguments + ["--state-dir", room.statePath])
                #expect(result.status == 0, "\(arguments), signal \(signal ?? 0): \(result.output)")
            }
            daemon.send(SIGKILL)
            _ = await daemon.exitStatus()
        }
    }

    /// Runs `kagu` as another user of the group that owns the state.
    private func asMember(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/setpriv")
        process.arguments =
            ["--reuid=65534", "--regid=\(getegid())", "--clear-groups", BuiltProducts.url("kagu").path] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
