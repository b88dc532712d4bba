// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguModel

/// `kagu feeds discover URL`: the feeds of a page and its site (H3).
struct FeedsDiscoverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discover",
        abstract: "Look for the feeds of a page and its site.",
        discussion: """
            The running daemon looks at the address itself, at the links of the page, and at the news sitemaps that \
            robots.txt names; it adds nothing. Exit status 1 when there is none.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var answer: AnswerOptions

    @Argument(help: "The address of a page.")
    var url: String

    func run() throws {
        let wiring = Wiring.ofProcess()
        let found = try VerbRunner(wiring, common).ask(DiscoverFeeds(url))
        try StandardOutput.write(FeedAnswerPrinter(answer.output, wiring).offered(found))
        if found.isEmpty { throw ExitStatus.negative }
    }
}
