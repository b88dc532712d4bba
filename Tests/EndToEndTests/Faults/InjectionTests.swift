// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import KaguModel
import KaguStore
import KaguTestSupport
import Testing

/// `strace -e inject=` on the real binary: SIGKILL at each write, sync and rename of one hit's way, and failing syncs
/// (T2, T5). Where ptrace or strace is not to be had, the tests are reported as skipped.
@Suite("Injected system calls", .serialized, .enabled(if: Strace.works || Soak.isOn, "strace cannot trace here"))
struct InjectionTests {
    /// A newsroom whose baseline is known and which has one item that is news; its state is put back for each fault.
    private struct Cycle {
        let room: Newsroom
        private let template: String
        private var told = 0

        init() async throws {
            room = try Newsroom()
            template = room.directory.path("template")
            room.publish("courier", [("1", "Nothing here")])
            try room.configure(feeds: ["courier"])
            #expect(try Strace.run(room, []) == 0)
            room.publish("courier", [("1", "Nothing here"), ("2", "Blue Lagoon in uproar")])
            // The feed is due again.
            try await Task.sleep(for: .milliseconds(1_100))
            try FileManager.default.moveItem(atPath: room.statePath, toPath: template)
        }

        mutating func begin() throws {
            try? FileManager.default.removeItem(atPath: room.statePath)
            try FileManager.default.copyItem(atPath: template, toPath: room.statePath)
            told = room.alerts().count
        }

        /// After whatever happened: undisturbed rounds, then the hit is there once, told, and nothing else is wrong.
        func finish(_ what: String, mayRepeatLine: Bool = false) async throws {
            for round in 0..<4 {
                if round > 1 { try await Task.sleep(for: .milliseconds(1_100)) }
                #expect(try Strace.run(room, []) == 0, "\(what)")
                if try !room.hits().isEmpty && room.alerts().count > told { break }
            }
            let hits = try room.hits()
            #expect(
                Set(hits.map(\.title)) == ["Blue Lagoon in uproar"] && Set(hits.map(\.id)).count == 1, "\(what)")
            // Lines whose sync failed stand in the day's next file once more (O37).
            #expect(hits.count == 1 || mayRepeatLine, "\(what)")
            let alerts = room.alerts()[told...]
            #expect(!alerts.isEmpty && alerts.count <= 2, "\(what)")
            #expect(Set(alerts.map(\.id)).count == 1 && Set(alerts.map(\.body)).count == 1, "\(what)")
            for request in room.receiver.requests(for: "/hook").suffix(alerts.count) {
                #expect(try room.verificationFailure(request) == nil, "\(what)")
            }
            let report = try StateVerifier(directory: room.statePath).run()
            #expect(report.isSound, "\(what): \(report.findings)")
        }
    }

    @Test(
        "killed at every call of one cycle from hit to acknowledgement: once stored, told, the same id (T2)",
        arguments: ["fdatasync", "fsync", "pwrite64", "ftruncate", "rename,renameat,renameat2", "write"])
    func kills(calls: String) async throws {
        var cycle = try await Cycle()
        var index = 1
        while true {
            try cycle.begin()
            // Counted for each thread by itself, as strace does: the first that gets so far is killed with all others.
            let status = try Strace.run(cycle.room, ["-e", "inject=\(calls):signal=KILL:when=\(index)"])
            try await cycle.finish("\(calls) \(index)")
            if status == 0 { break }
            index += 1
            #expect(index < 400)
        }
        // Nothing is renamed on this way.
        #expect(index > 1 || calls.hasPrefix("rename"))
    }

    @Test("each sync of the cycle fails once with EIO: nothing is claimed that is not there (O37, T5)")
    func failingSyncs() async throws {
        var cycle = try await Cycle()
        for index in 1...6 {
            try cycle.begin()
            _ = try Strace.run(cycle.room, ["-e", "inject=fdatasync:error=EIO:when=\(index)"])
            try await cycle.finish("fdatasync EIO \(index)", mayRepeatLine: true)
        }
    }

    @Test("writes fail with ENOSPC from some index on: nothing lost, nothing doubled (O36, T6)")
    func noSpace() async throws {
        var cycle = try await Cycle()
        for index in Soak.isOn ? Array(1...40) : [1, 4, 9] {
            try cycle.begin()
            _ = try Strace.run(cycle.room, ["-e", "inject=pwrite64:error=ENOSPC:when=\(index)+"])
            try await cycle.finish("pwrite64 ENOSPC \(index)+")
        }
    }
}

/// Runs `kagud --once` under strace.
enum Strace {
    static let path = "/usr/bin/strace"

    static let works: Bool = {
        guard access(path, X_OK) == 0 else { return false }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = ["-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync", "/bin/true"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// One round; without injections the daemon runs by itself. A negative status is the signal that ended it.
    static func run(_ room: Newsroom, _ injections: [String]) throws -> Int32 {
        let process = Process()
        let daemon = ["--once", "--config", room.configPath, "--log-level", "critical"]
        if injections.isEmpty {
            process.executableURL = BuiltProducts.url("kagud")
            process.arguments = daemon
        } else {
            process.executableURL = URL(filePath: path)
            let traced = injections.last?.dropFirst("inject=".count).prefix { $0 != ":" } ?? ""
            process.arguments =
                ["-f", "-qq", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=\(traced)"] + injections
                + [BuiltProducts.url("kagud").path] + daemon
        }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationReason == .uncaughtSignal ? -process.terminationStatus : process.terminationStatus
    }
}
