// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Dispatch
import Glibc
import KaguDispatch

/// `kagu demo`: a private daemon, feeds on loopback, a receiver that verifies; no network, nothing left (O29).
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Watch kagu work: bundled feeds in, verified alerts out, within seconds.",
        discussion: """
            Runs a private daemon in a temporary directory against feeds on loopback. Exit status 1 when no alert \
            arrived.
            """)

    @Flag(help: "Leave the directory, to look at what a daemon keeps.")
    var keep = false

    func run() async throws {
        let environment = ProcessEnvironment.current()
        let data = try DemoData.ofProcess()
        let files = try DemoFiles.make(environment: environment)
        let screen = DemoScreen(terminal: .standardOutput(environment: environment))
        let work = Task { try await DemoRun(data: data, files: files, screen: screen).run() }
        let queue = DispatchQueue(label: "kagu.demo.signals")
        let signals = SignalStream([SIGINT, SIGTERM, SIGHUP], queue: queue) { _ in work.cancel() }
        let result = await work.result
        signals.cancel()
        if !keep { files.remove() }
        switch result {
        case .success(let progress):
            try screen.end(progress, files: keep ? files : nil, data)
            if progress.received == 0 { throw ExitStatus.negative }
        case .failure(is CancellationError): throw CommandFailure("demo: interrupted")
        case .failure(let error): throw error
        }
    }
}
