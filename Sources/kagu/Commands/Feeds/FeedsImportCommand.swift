// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguBytes
import KaguConfig
import KaguModel

/// `kagu feeds import FILE.opml`: lists the feeds of another reader (H2).
struct FeedsImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Add the feeds of an OPML file to the list in the state directory.",
        discussion: """
            Folders become tags. Prints what was added, what was listed already, and what could not be used. Exit \
            status 1 when something could not be used, or the file has no feeds.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var answer: AnswerOptions

    @Argument(help: "The file; - is standard input.", completion: .file(extensions: ["opml", "xml"]))
    var file: String

    func run() async throws {
        let wiring = Wiring.ofProcess()
        let input = InputFile(file)
        let bytes = try input.read(limit: ControlProtocol.maximumDocument)
        let document = ImportFeeds(file: input.name, document: Base64.encode(bytes))
        let imported = try await VerbRunner(wiring, common).carryOut(document) { state in
            let (feeds, problems) = OPML.read(bytes, file: input.name)
            guard !feeds.isEmpty else {
                let why = problems.first.map(\.message) ?? "no feeds; outlines need an xmlUrl"
                StandardError.write("kagu: import: \(input.name): \(VisibleText.escaped(why))\n")
                throw ExitStatus.negative
            }
            let addition = try await state.add(feeds)
            let errors = (problems + addition.problems).filter { $0.severity == .error }
            return ImportFeeds.Answer(
                added: addition.added.map(ListedFeed.init), duplicates: addition.alreadyListed.map(ListedFeed.init),
                unusable: errors.map { problem in
                    problem.location.map { "\($0): \(problem.message)" } ?? problem.message
                })
        }
        try StandardOutput.write(FeedAnswerPrinter(answer.output, wiring).imported(imported))
        StandardError.write(
            "kagu: import: \(imported.added.count) added, \(imported.duplicates.count) listed already, "
                + "\(imported.unusable.count) unusable\n")
        if !imported.unusable.isEmpty { throw ExitStatus.negative }
    }
}

/// `kagu feeds export`: all feeds as OPML (H2).
struct FeedsExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Print all feeds as OPML.",
        discussion:
            "What kagu alone knows of a feed is in kagu: attributes; headers are left out, they may be secrets.")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let config = try Wiring.ofProcess().configuration(common)
        try StandardOutput.write(OPML.write(config.feeds))
    }
}
