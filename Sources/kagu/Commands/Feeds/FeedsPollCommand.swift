// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguModel

/// `kagu feeds poll ID…`: polls feeds now (P13).
struct FeedsPollCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "poll",
        abstract: "Poll feeds now.",
        discussion: """
            What a publisher has asked for is respected, and so is the distance between two requests to one host. \
            Exit status 1 with --wait when one of them was not accepted, or is held.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var answer: AnswerOptions

    @Flag(help: "Ask for the whole document, whatever has been fetched before.")
    var full = false

    @Flag(help: "Wait, and print what came of it.")
    var wait = false

    @Flag(help: "Show times in UTC instead of local time.")
    var utc = false

    @Argument(help: "Ids or addresses.")
    var feeds: [String]

    func run() throws {
        let wiring = Wiring.ofProcess()
        let printer = FeedAnswerPrinter(answer.output, wiring)
        let polled = try VerbRunner(wiring, common).ask(PollFeeds(feeds, full: full, wait: wait))
        guard wait else { return try StandardOutput.write(printer.ids("ordered", feeds)) }
        try StandardOutput.write(printer.polled(polled, utc ? .utc : .local))
        if polled.contains(where: { !$0.isFine }) { throw ExitStatus.negative }
    }
}

extension PolledFeed {
    /// Whether it was polled and accepted.
    fileprivate var isFine: Bool { outcome == .polled && state?.isHealthy ?? false }
}
