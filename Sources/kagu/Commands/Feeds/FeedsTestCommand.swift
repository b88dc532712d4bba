// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import KaguBytes
import KaguConfig
import KaguFeed
import KaguMatch
import KaguModel

/// `kagu feeds test FILE|URL`: reads a document as a poll would, matches it, and stores nothing (O28).
struct FeedsTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Try a feed: what is it, what is in it, what would be found?",
        discussion: """
            A URL is fetched by the running daemon; a file needs none. Watches are those of the configuration, where \
            there is one. Exit status 0 for a feed, 1 for anything else.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var answer: AnswerOptions

    @Option(
        name: .customLong("content-type"),
        help: ArgumentHelp("The Content-Type that a file was sent with.", valueName: "type"))
    var contentType: String?

    @Option(name: [.customShort("n"), .long], help: ArgumentHelp("Print so many items.", valueName: "count"))
    var lines = 10

    @Argument(help: "A file, - for standard input, or a URL.", completion: .file())
    var source: String

    func run() throws {
        let wiring = Wiring.ofProcess()
        let document = try source.contains("://") ? fetched(wiring) : local()
        let trial = FeedTrial(document, matcher: try matcher(wiring))
        let printer = FeedTrialPrinter(
            paint: Paint(Terminal.standardOutput(environment: wiring.environment).usesColour), itemCount: lines)
        switch answer.output {
        case .short: try StandardOutput.write(printer.text(trial))
        case .json: try StandardOutput.write(printer.json(trial) + "\n")
        }
        if !trial.isFeed { throw ExitStatus.negative }
    }

    private func local() throws -> FeedTrial.Document {
        let bytes = try InputFile(source).read(limit: ByteCount(bytes: ParseLimits().bodyBytes))
        return FeedTrial.Document(name: InputFile(source).name, url: nil, contentType: contentType, body: bytes)
    }

    private func fetched(_ wiring: Wiring) throws -> FeedTrial.Document {
        let answer = try VerbRunner(wiring, common).ask(FetchDocument(source))
        guard let body = Base64.decode(answer.body) else {
            throw CommandFailure(
                "test: the daemon's answer could not be read; install kagu and kagud of one release")
        }
        return FeedTrial.Document(
            name: ShownAddress.text(source), url: answer.url, contentType: answer.contentType, body: body)
    }

    /// The configuration's watches; none where there is no configuration.
    private func matcher(_ wiring: Wiring) throws -> Matcher? {
        if common.config == nil, access(Wiring.defaultConfiguration, R_OK) != 0 { return nil }
        let config = try wiring.configuration(common)
        return try Wiring.matcher(config.watchlist, from: config.path ?? "")
    }
}
