// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguConfig
import KaguModel

/// `kagu feeds add URL`: lists a feed in `feeds.yaml` of the state directory (H3).
struct FeedsAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add a feed to the list in the state directory.",
        discussion: """
            URL is a feed, or a page that links to one: the daemon looks at it first. Where a page links to several, \
            they are printed to choose from, and nothing is added. Without a daemon the feed is added as it is. Exit \
            status 1 when nothing was added: no feed there, several, or listed already.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var answer: AnswerOptions

    @Option(help: ArgumentHelp("Its id, [a-z0-9._-]; made of the address unless given.", valueName: "id"))
    var id: String?

    @Option(help: ArgumentHelp("The title to show instead of its own.", valueName: "text"))
    var title = ""

    @Option(help: ArgumentHelp("The language it is written in, such as fr or pt-BR.", valueName: "tag"))
    var language = ""

    @Option(help: ArgumentHelp("The country it comes from, such as NC.", valueName: "code"))
    var country = ""

    @Option(name: .customLong("class"), help: ArgumentHelp("Who speaks there.", valueName: "class"))
    var sourceClass: SourceClass?

    @Option(help: ArgumentHelp("A label; may be repeated.", valueName: "tag"))
    var tag: [String] = []

    @Option(help: ArgumentHelp("Time between two polls, such as 30m; adaptive unless given.", valueName: "time"))
    var interval: String?

    @Flag(name: .customLong("alert-recent"), help: "Let recent items of the first poll alert too.")
    var alertRecent = false

    @Flag(name: .customLong("as-is"), help: "Add it without looking at it.")
    var asIs = false

    @Argument(help: "The address of a feed, or of a page that links to one.")
    var url: String

    func validate() throws {
        if let interval, (try? DurationText.parse(interval)) == nil {
            throw ValidationError(
                "--interval: \"\(interval)\" is no time; write a number and its unit, such as 30m")
        }
    }

    func run() async throws {
        let wiring = Wiring.ofProcess()
        let feed = ProposedFeed(
            url: url, id: id, title: title, language: language, country: country, sourceClass: sourceClass,
            tags: tag,
            interval: interval.flatMap { try? DurationText.parse($0) }, alertsRecent: alertRecent)
        let printer = FeedAnswerPrinter(answer.output, wiring)
        let added = try await VerbRunner(wiring, common).carryOut(AddFeed(feed, asItIs: asIs)) { state in
            let added = try await Self.add(feed, to: state)
            StandardError.write("kagu: add: no daemon runs: the feed is added as it is, nobody has looked at it\n")
            return added
        }
        if let feed = added.added { return try StandardOutput.write(printer.listed("added", [feed])) }
        try StandardOutput.write(printer.offered(added.candidates))
        StandardError.write(
            "kagu: add: \(added.candidates.count) feeds to choose from; add the one that you mean\n")
        throw ExitStatus.negative
    }

    private static func add(_ feed: ProposedFeed, to state: OfflineState) async throws -> AddFeed.Answer {
        let addition = try await state.add([feed.feed(id: feed.id ?? "", url: feed.url)])
        if let added = addition.added.first { return AddFeed.Answer(added: ListedFeed(added)) }
        guard let listed = addition.alreadyListed.first else { throw ConfigFailure(addition.problems) }
        let place = listed.location.map { " (\($0))" } ?? ""
        StandardError.write("kagu: feed \(listed.id)\(place): has this address already\n")
        throw ExitStatus.negative
    }
}

extension ListedFeed {
    /// A feed of a list, without the secrets that its address may hold.
    init(_ feed: Feed) { self.init(id: feed.id, url: ShownAddress.text(feed.url), title: feed.title) }
}
