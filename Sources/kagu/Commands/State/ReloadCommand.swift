// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguModel

/// `kagu reload`: the running daemon reads its configuration again (O5).
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Let the daemon read its configuration again.",
        discussion: """
            Like SIGHUP and systemctl reload. With --wait the command ends when the new configuration is in force, \
            or with status 2 and the first problem when it is refused; the old one then stays.
            """)

    @OptionGroup var common: CommonOptions

    @Flag(help: "Wait for the outcome.")
    var wait = false

    func run() throws {
        let wiring = Wiring.ofProcess()
        let daemon = try VerbRunner(wiring, common)
        guard wait else { return try daemon.order(Reload()) }
        let taken = try daemon.ask(Reload())
        let watches = Plural.text(taken.watches, "watch", plural: "watches")
        try StandardOutput.write("reloaded: \(Plural.text(taken.feeds, "feed")), \(watches)\n")
    }
}
