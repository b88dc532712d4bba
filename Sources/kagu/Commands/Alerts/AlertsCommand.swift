// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguModel

/// `kagu alerts`: what was sent, what waits, what was given up (C1–C3).
struct AlertsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alerts", abstract: "Show alerts, try them again, give them up.",
        subcommands: [
            AlertsListCommand.self, AlertsShowCommand.self, AlertsRetryCommand.self, AlertsDropCommand.self,
        ])
}

/// A moment on the command line.
struct MomentOption {
    /// Reads `--since` and its like (O18); nil where it was not given.
    static func instant(_ text: String?, _ name: String, utc: Bool) throws -> Instant? {
        guard let text else { return nil }
        do {
            return try TimeExpression.parse(text, now: WallClock.now(), clock: utc ? .utc : .local)
        } catch {
            throw CommandFailure("\(name): \(error)")
        }
    }
}
