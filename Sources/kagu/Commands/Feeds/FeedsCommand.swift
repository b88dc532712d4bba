// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `kagu feeds`: the feeds and how they are doing, and what can be done to them (O28).
struct FeedsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feeds", abstract: "Show the feeds and how they are doing; add, remove, poll and pause them.",
        subcommands: [
            FeedsListCommand.self, FeedsShowCommand.self, FeedsEventsCommand.self, FeedsAddCommand.self,
            FeedsRemoveCommand.self, FeedsDiscoverCommand.self, FeedsPollCommand.self, FeedsPauseCommand.self,
            FeedsResumeCommand.self, FeedsTestCommand.self, FeedsImportCommand.self, FeedsExportCommand.self,
        ])
}
