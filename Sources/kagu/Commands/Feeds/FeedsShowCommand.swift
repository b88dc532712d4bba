// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguConfig
import KaguModel

/// `kagu feeds show ID`: everything that is known of one feed (O28).
struct FeedsShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show all that is known of a feed.",
        discussion: "Its settings, its state, its last 20 polls and its last events. Needs no daemon.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var answer: AnswerOptions

    @Flag(help: "Show times in UTC instead of local time.")
    var utc = false

    @Argument(help: "An id or address.")
    var feed: String

    func run() throws {
        let wiring = Wiring.ofProcess()
        let config = try wiring.configuration(common)
        guard
            let found = config.feeds.first(where: { $0.id == feed })
                ?? config.feeds.first(where: { $0.url == feed })
        else { throw ControlRefusal.unknownFeed(feed, among: config.feeds.map(\.id)) }
        let now = WallClock.now()
        let detail = try FeedDetail(
            found, try StateSnapshot.reader(config.store.directory), hostGroups: config.poll.hostGroups, now: now)
        let printer = FeedDetailPrinter(
            paint: Paint(Terminal.standardOutput(environment: wiring.environment).usesColour),
            clock: utc ? .utc : .local, now: now)
        switch answer.output {
        case .short: try StandardOutput.write(printer.text(detail))
        case .json: try StandardOutput.write(printer.json(detail) + "\n")
        }
    }
}
