// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguModel

/// `kagu feeds remove ID…`: takes feeds out of `feeds.yaml` of the state directory (H3).
struct FeedsRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Take feeds out of the list in the state directory.",
        discussion: """
            All of them, or none: for a feed of another list the file and the line are named. Its hits stay; its \
            items are forgotten after 90 days.
            """)

    @OptionGroup var named: NamedFeeds

    func run() async throws {
        let wiring = Wiring.ofProcess()
        let removed = try await VerbRunner(wiring, named.common).carryOut(RemoveFeeds(named.feeds)) { state in
            try await state.remove(named.feeds).map(ListedFeed.init)
        }
        try StandardOutput.write(FeedAnswerPrinter(named.answer.output, wiring).listed("removed", removed))
    }
}
