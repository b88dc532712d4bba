// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguConfig
import KaguMatch
import KaguModel

/// `kagu watches check`: everything that is wrong or odd in the watch files, in one run (M56–M58).
struct WatchesCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the watch files.",
        discussion: """
            Prints every error and every warning with file, line, column and remedy. Exit status 1 on errors; \
            warnings alone are fine.
            """)

    @OptionGroup var source: WatchSourceOptions

    @Option(name: [.short, .long], help: "short or json.")
    var output = AnswerFormat.short

    @Argument(
        help: "Watch files, directories or globs instead of the configuration's.", completion: .file())
    var paths: [String] = []

    func run() throws {
        let wiring = Wiring.ofProcess()
        let check = WatchCheck(try source.reading(wiring, paths: paths))
        switch output {
        case .short:
            let paint = Paint(Terminal.standardOutput(environment: wiring.environment).usesColour)
            try StandardOutput.write(check.text(paint))
        case .json: try StandardOutput.write(check.json + "\n")
        }
        if !check.errors.isEmpty { throw ExitStatus.negative }
    }
}

/// What a check of watch files found.
struct WatchCheck {
    /// What was read.
    let reading: WatchReading
    /// By place.
    let errors: [ConfigProblem]
    /// By place.
    let warnings: [ConfigProblem]

    /// Compiles what could be read, so that mistakes of shape do not hide mistakes of meaning.
    init(_ reading: WatchReading) {
        self.reading = reading
        let compiled = Matcher.problems(of: reading.watchlist, isWhole: reading.unreadableFiles.isEmpty)
        var excerpts = SourceExcerpts()
        let problems = (reading.problems + compiled).map { excerpts.filled($0) }.sortedByPlace()
        errors = problems.filter { $0.severity == .error }
        warnings = problems.filter { $0.severity == .warning }
    }

    /// Errors, warnings, then one line in sum.
    func text(_ paint: Paint) -> String {
        let problems = (errors + warnings).map { ProblemText(paint: paint).text($0) }.joined()
        return problems + (problems.isEmpty ? "" : "\n") + summary(paint) + "\n"
    }

    private func summary(_ paint: Paint) -> String {
        let list = reading.watchlist
        let parts = [
            Plural.text(reading.files.count, "file"),
            Plural.text(list.entities.count, "entity", plural: "entities"),
            Plural.text(list.groups.count, "group"), Plural.text(list.topics.count, "topic"),
            Plural.text(list.watches.count, "watch", plural: "watches"),
        ]
        let verdict =
            errors.isEmpty ? paint("fine", .green) : paint(Plural.text(errors.count, "error"), .red)
        let odd = warnings.isEmpty ? "" : ", " + paint(Plural.text(warnings.count, "warning"), .yellow)
        return "\(parts.joined(separator: ", ")): \(verdict)\(odd)"
    }

    /// `{"files":[…],"errors":[…],"warnings":[…]}`; a problem is `{file,line,column,message,excerpt}`.
    var json: String {
        var json = JSONWriter()
        json.object { json in
            json.member("files", reading.files)
            json.member("errors", array: { json in errors.forEach { Self.write($0, &json) } })
            json.member("warnings", array: { json in warnings.forEach { Self.write($0, &json) } })
        }
        return json.text
    }

    private static func write(_ problem: ConfigProblem, _ json: inout JSONWriter) {
        json.object { json in
            json.member("file", ifPresent: problem.location?.file)
            if let place = problem.location, place.line > 0 { json.member("line", place.line) }
            if let place = problem.location, place.column > 0 { json.member("column", place.column) }
            json.member("message", problem.message)
            json.member("excerpt", ifPresent: problem.excerpt)
        }
    }
}
