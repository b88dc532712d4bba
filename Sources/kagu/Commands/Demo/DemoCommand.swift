// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `kagu demo` (O29).
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "demo", abstract: "Show it.")
    func run() async throws {}
}
