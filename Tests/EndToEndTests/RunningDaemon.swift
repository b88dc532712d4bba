// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Synchronization
import Testing

/// A `kagud` of this build, started by a test and ended with it.
final class RunningDaemon: Sendable {
    private struct State {
        var process: Process
        var status: Int32?
    }

    private let state: Mutex<State>
    private let log: URL
    private let output: URL

    /// Starts `kagud` with `arguments`; its stderr and stdout go to files in `directory`.
    init(_ arguments: [String], logs directory: String, environment: [String: String] = [:]) throws {
        log = URL(filePath: "\(directory)/kagud-\(UUID().uuidString).log")
        output = log.appendingPathExtension("out")
        for file in [log, output] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
        let process = Process()
        process.executableURL = BuiltProducts.url("kagud")
        process.arguments = arguments
        var inherited = ProcessInfo.processInfo.environment
        for name in ["NOTIFY_SOCKET", "JOURNAL_STREAM"] { inherited[name] = nil }
        process.environment = inherited.merging(environment) { $1 }
        process.standardError = try FileHandle(forWritingTo: log)
        process.standardOutput = try FileHandle(forWritingTo: output)
        state = Mutex(State(process: process))
        try process.run()
    }

    deinit {
        state.withLock { if $0.process.isRunning { kill($0.process.processIdentifier, SIGKILL) } }
    }

    var logText: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }
    var outputText: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }

    func send(_ signal: Int32) {
        _ = state.withLock { kill($0.process.processIdentifier, signal) }
    }

    /// Waits for the daemon to end; nil after `limit`. A daemon killed by a signal gives its negative number.
    func exitStatus(within limit: Duration = .seconds(20)) async -> Int32? {
        await eventually(within: limit) { self.state.withLock { !$0.process.isRunning } }
        return state.withLock { state in
            guard !state.process.isRunning else { return nil }
            let status = state.process.terminationStatus
            return state.process.terminationReason == .uncaughtSignal ? -status : status
        }
    }

    /// Waits until the log holds `text`.
    @discardableResult
    func logs(_ text: String, within limit: Duration = .seconds(20)) async -> Bool {
        await eventually(within: limit) { self.logText.contains(text) }
    }
}

/// Where this build's executables lie: beside the test bundle that runs.
enum BuiltProducts {
    static func url(_ name: String) -> URL {
        let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(filePath: bundle).deletingLastPathComponent().appending(path: name)
    }

    /// Runs an executable to its end and gives its status and what it printed.
    static func run(_ name: String, _ arguments: [String]) throws -> (status: Int32, output: String, errors: String)
    {
        let process = Process()
        process.executableURL = url(name)
        process.arguments = arguments
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        let complained = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (
            process.terminationStatus, String(decoding: printed, as: UTF8.self),
            String(decoding: complained, as: UTF8.self)
        )
    }
}

/// Looks every 20 ms whether `condition` holds; false after `limit`.
@discardableResult
func eventually(within limit: Duration = .seconds(20), _ condition: () -> Bool) async -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if condition() { return true }
        try? await Task.sleep(for: .milliseconds(20))
    }
    return condition()
}
