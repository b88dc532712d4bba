// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import KaguConfig
import KaguMatch
import KaguModel

/// `kagu explain`: why an item is a hit, or is none (M52, M55).
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell why an item matched, or did not.",
        discussion: """
            ITEM is a hit's id or its beginning, or a stored item's URL or id. The text is matched anew with the \
            watch files as they are now. In the tree + holds and - does not. Exit status 2 where the text is not kept.
            """)

    @OptionGroup var source: WatchSourceOptions

    @Option(help: ArgumentHelp("A watch's id, whether it matched or not; may be repeated.", valueName: "id"))
    var watch: [String] = []

    @Option(
        name: .customLong("item"),
        help: ArgumentHelp(
            "Explain the first line of a file instead, as kagu match reads it; - is standard input.",
            valueName: "file"),
        completion: .file())
    var file: String?

    @Flag(help: "Show every part of an expression, also alternatives that change nothing.")
    var all = false

    @Flag(help: "Show times in UTC instead of local time.")
    var utc = false

    @Option(name: [.short, .long], help: "short or json.")
    var output = AnswerFormat.short

    @Argument(help: "A hit's id or its beginning, an item's URL or an item's id.")
    var item: String?

    func validate() throws {
        if (item == nil) == (file == nil) {
            throw ValidationError(
                item == nil ? "give an ITEM, or a text with --item" : "give ITEM or --item, not both")
        }
    }

    func run() throws {
        let wiring = Wiring.ofProcess()
        let reading = try source.sound(wiring)
        let matcher = try source.matcher(reading.watchlist)
        let known = reading.watchlist.watches.map(\.id)
        for id in watch where !known.contains(id) {
            throw CommandFailure("explain: there is no watch \"\(id)\"\(Suggestion.clause(for: id, among: known))")
        }
        // Feed lists with a mistake in them are no reason to explain nothing.
        let config =
            source.watches.isEmpty || source.common.config != nil
            ? try? wiring.configuration(source.common) : nil
        let explanation = Explanation(
            try subject(wiring, config), matcher, asked: watch,
            filesWritten: reading.files.compactMap(Self.written).max())
        let telling = try explanation.subject.hit.flatMap { hit in
            try HitTelling(hit, directory: try wiring.stateDirectory(source.common), config: config)
        }
        switch output {
        case .short:
            let terminal = Terminal.standardOutput(environment: wiring.environment)
            let paint = Paint(terminal.usesColour)
            let clock: CivilClock = utc ? .utc : .local
            let printer = ExplanationPrinter(paint: paint, clock: clock, showsAll: all)
            let alerts = telling?.lines(paint, clock).map { $0 + "\n" }.joined() ?? ""
            try StandardOutput.write(printer.text(explanation) + alerts)
        case .json:
            try StandardOutput.write(ExplanationRecord(explanation: explanation, telling: telling).json + "\n")
        }
    }

    private func subject(_ wiring: Wiring, _ config: Config?) throws -> ExplainSubject {
        let feeds = FeedDirectory(config?.feeds ?? [])
        guard let item else { return ExplainSubject(try read(), feeds: feeds, now: WallClock.now()) }
        let directory = try wiring.stateDirectory(source.common)
        try StateAccess.requireHits(directory, command: "explain")
        let search = SubjectSearch(
            directory: directory, feeds: feeds, strippedParameters: Set(config?.strippedParameters ?? []))
        return try search.subject(item)
    }

    private func read() throws -> MatchInput {
        var lines = try LineStream(file)
        var number = 0
        while let line = try lines.next() {
            number += 1
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            do {
                return try MatchInput.read(line, number: number)
            } catch {
                throw CommandFailure("explain: \(InputFile(file).name): \(error.description)")
            }
        }
        throw CommandFailure("explain: \(InputFile(file).name): no item; write one JSON object on a line")
    }

    /// When a file was written.
    private static func written(_ path: String) -> Instant? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Instant(
            milliseconds: Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000)
    }
}
