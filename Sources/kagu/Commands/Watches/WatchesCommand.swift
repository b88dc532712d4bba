// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `kagu watches`: what the watch files say, whether it is sound, and whether it finds what it should (M53).
struct WatchesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watches", abstract: "List, check, test and draw the watches.",
        subcommands: [
            WatchesListCommand.self, WatchesCheckCommand.self, WatchesTestCommand.self, WatchesGraphCommand.self,
        ])
}
