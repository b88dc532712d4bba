// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import KaguConfig
import KaguMatch
import KaguModel
import KaguStore

/// `kagu backtest`: what a change of the watch files gains and loses on items of the past (M54).
struct BacktestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest",
        abstract: "Replay items under old and new watch files.",
        discussion: """
            Prints for each watch the items gained and lost with the alias responsible, the hits that each alias alone \
            brings, and the aliases that never fired. Items are JSON lines as for kagu match. Exit status 1 when \
            nothing matched under either, 2 when a line could not be read.
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("The watch files as they were: a file, directory or glob.", valueName: "dir"))
    var old: String

    @Option(help: ArgumentHelp("The watch files to try: a file, directory or glob.", valueName: "dir"))
    var new: String

    @Option(
        name: [.customShort("S"), .long], parsing: .unconditional,
        help: ArgumentHelp(
            "Only items published (of a FILE) or stored since; undated ones stay.", valueName: "time"))
    var since: String?

    @Flag(help: "Read times in UTC instead of local time.")
    var utc = false

    @Option(
        help: ArgumentHelp("List so many gained and lost items of each watch; all are counted.", valueName: "count")
    )
    var limit = 20

    @Option(name: [.short, .long], help: "short or json.")
    var output = AnswerFormat.short

    @Argument(help: "The items; - is standard input. Without it those that kagu keeps.", completion: .file())
    var file: String?

    func validate() throws {
        if limit < 0 { throw ValidationError("--limit: \(limit) is negative; give how many") }
    }

    func run() throws {
        let wiring = Wiring.ofProcess()
        let now = WallClock.now()
        let from = try since.map { text in
            do {
                return try TimeExpression.parse(text, now: now, clock: utc ? .utc : .local)
            } catch {
                throw CommandFailure("--since: \(error)")
            }
        }
        let comparison = BacktestComparison(
            old: try wiring.matcher([old]), new: try wiring.matcher([new]), feeds: FeedDirectory(try feeds(wiring)),
            since: file == nil ? nil : from, now: now, limit: limit)
        var isWhole = true
        var run = BacktestRun(comparison, progress: BacktestProgress(isatty(STDERR_FILENO) == 1))
        if let file {
            var lines = try LineStream(file)
            while let line = try lines.next() { run.add(line) }
        } else {
            isWhole = try replayArchive(since: from, wiring, &run)
        }
        try finish(run.finished(), comparison, wiring)
        // A part of the archive is no answer for scripts.
        if !isWhole { throw ExitStatus.error }
    }

    /// Replays what the archive keeps; false where a file of it could not be read to its end.
    private func replayArchive(since: Instant?, _ wiring: Wiring, _ run: inout BacktestRun) throws -> Bool {
        let directory = try wiring.stateDirectory(common)
        let archive = ArchiveReader(directory: directory)
        guard !archive.days.isEmpty else {
            throw CommandFailure(
                "backtest: \(directory) keeps no texts of items (store.retention.items); "
                    + "give a FILE of JSON lines, as for kagu match")
        }
        let summary = archive.read(since: since) { line in
            run.add(archived: Array(line))
            return true
        }
        for problem in summary.problems { StandardError.write("kagu: backtest: \(problem)\n") }
        if summary.badLines > 0 {
            StandardError.write("kagu: backtest: \(summary.badLines) lines of the archive skipped: no items\n")
        }
        return summary.problems.isEmpty
    }

    private func finish(_ tally: BacktestTally, _ comparison: BacktestComparison, _ wiring: Wiring) throws {
        for mistake in tally.mistakes { StandardError.write("kagu: backtest: \(mistake)\n") }
        if tally.mistakeCount > tally.mistakes.count {
            StandardError.write(
                "kagu: backtest: \(tally.mistakeCount - tally.mistakes.count) more lines not read\n")
        }
        let report = BacktestReport(tally, comparison)
        switch output {
        case .short:
            let paint = Paint(Terminal.standardOutput(environment: wiring.environment).usesColour)
            try StandardOutput.write(report.text(paint))
        case .json: try StandardOutput.write(report.json + "\n")
        }
        if tally.mistakeCount > 0 { throw ExitStatus.error }
        if tally.watches.values.allSatisfy({ $0.old + $0.new == 0 }) { throw ExitStatus.negative }
    }

    /// The listed feeds, for classes and countries; none without a configuration.
    private func feeds(_ wiring: Wiring) throws -> [Feed] {
        if common.config == nil, access(Wiring.defaultConfiguration, R_OK) != 0 { return [] }
        return try wiring.configuration(common).feeds
    }
}
