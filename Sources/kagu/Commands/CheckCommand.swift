// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguConfig
import KaguMatch
import KaguModel

/// `kagu check`: all problems of all files in one run (O23, M56).
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the configuration, the feed lists and the watches.",
        discussion:
            "Prints every problem with file, line, column and remedy, then the warnings. Exit status 1 on problems."
    )

    @OptionGroup var common: CommonOptions

    @Flag(help: "Print the effective configuration, secrets hidden.")
    var dump = false

    @Argument(help: "The configuration, as --config (default: /etc/kagu/kagu.yaml).", completion: .file())
    var file: String?

    func validate() throws {
        if file != nil, common.config != nil {
            throw ValidationError("give the configuration once: FILE or --config")
        }
    }

    func run() throws {
        let path = file ?? common.config ?? Wiring.defaultConfiguration
        let outcome = CheckOutcome.of(path: path, stateDirectory: common.stateDirectory, Wiring.ofProcess().loader)
        let paint = Paint(Terminal.standardOutput(environment: ProcessEnvironment.current()).usesColour)
        let report = CheckReport(outcome: outcome, path: path, paint: paint)
        if dump, let config = outcome.config {
            try StandardOutput.write(config.yamlDump)
            StandardError.write(report.problemText)
        } else {
            try StandardOutput.write(report.text)
        }
        if !outcome.isFine { throw ExitStatus.negative }
    }
}

/// What a check found.
struct CheckOutcome {
    /// The configuration, where it could be loaded.
    var config: Config?
    /// Errors, sorted by place.
    var errors: [ConfigProblem]
    /// What is odd but usable, sorted by place.
    var warnings: [ConfigProblem]

    /// Whether the daemon would run with it.
    var isFine: Bool { errors.isEmpty }

    /// Loads and compiles; never throws, problems are its result.
    static func of(path: String, stateDirectory: String?, _ loader: ConfigLoader) -> CheckOutcome {
        var outcome = CheckOutcome(config: nil, errors: [], warnings: [])
        do {
            let config = try loader.load(path: path, stateDirectory: stateDirectory, feedPatterns: [])
            outcome.config = config
            outcome.add(config.warnings + config.warningsOfIdleKeys)
            outcome.add(NetworkFileSystem.warnings(stateDirectory: config.store.directory))
            outcome.compile(config.watchlist)
        } catch {
            outcome.add(error.problems)
            // Mistakes of shape do not hide mistakes of meaning: all are told in one run (M56).
            let reading = loader.readWatches(ofConfiguration: path)
            outcome.compile(reading.watchlist, isWhole: reading.unreadableFiles.isEmpty)
        }
        return outcome
    }

    private mutating func compile(_ watchlist: Watchlist, isWhole: Bool = true) {
        var excerpts = SourceExcerpts()
        add(Matcher.problems(of: watchlist, isWhole: isWhole).map { excerpts.filled($0) })
    }

    /// Adds problems under their severity and keeps each list sorted by place; places that are equal keep order.
    mutating func add(_ problems: [ConfigProblem]) {
        for problem in problems {
            switch problem.severity {
            case .error: errors.append(problem)
            case .warning: warnings.append(problem)
            }
        }
        errors = errors.sortedByPlace()
        warnings = warnings.sortedByPlace()
    }
}
