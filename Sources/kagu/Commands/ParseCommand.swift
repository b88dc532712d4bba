// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguFeed
import KaguModel

/// `kagu parse`: what the daemon would read in a document (F1).
struct ParseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parse",
        abstract: "Read a feed document and print it as one JSON object.",
        discussion: """
            The parser is the daemon's own. Exit status 0 for a feed, its problems listed in the output; 1 when the \
            input is no feed, with the reason on standard error; 2 when it cannot be read.
            """)

    @Option(
        name: .customLong("content-type"),
        help: ArgumentHelp("The Content-Type it was sent with.", valueName: "type"))
    var contentType: String?

    @Option(help: ArgumentHelp("The address it was fetched from, for relative links.", valueName: "url"))
    var base: String?

    @Argument(help: "The document; - is standard input.", completion: .file())
    var file: String

    func run() throws {
        let limits = ParseLimits()
        let bytes = try InputFile(file).read(limit: ByteCount(bytes: limits.bodyBytes))
        let feed: ParsedFeed
        do {
            feed = try FeedParser.parse(bytes, context: ParseContext(contentType: contentType, baseURL: base))
        } catch {
            StandardError.write("kagu: parse: \(InputFile(file).name): \(error)\n")
            throw ExitStatus.negative
        }
        try StandardOutput.write(feed.json() + [UInt8(ascii: "\n")])
    }
}
