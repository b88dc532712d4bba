// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import KaguConfig
import KaguModel

/// `kagu watches test`: do the watches find what the examples say they must (M60, M61)?
struct WatchesTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run example sentences against the watches.",
        discussion: """
            An example is a line of JSON: {id,kind,lang,text,title,feed,must,not,checks,why}; must and not name \
            entities, groups, topics and watches. Kinds match and near are run. Exit status 1 when one fails, 2 when \
            a line is no example.
            """)

    @OptionGroup var source: WatchSourceOptions

    @Option(name: [.short, .long], help: "short or json.")
    var output = AnswerFormat.short

    @Argument(help: "Example files (default: examples/*.jsonl beside the watch files).", completion: .file())
    var files: [String] = []

    func run() throws {
        let wiring = Wiring.ofProcess()
        let reading = try source.sound(wiring)
        // Told apart from a mistake in an example: first the files alone.
        _ = try source.matcher(reading.watchlist)
        let paths = files.isEmpty ? Self.defaultFiles(beside: reading.files) : files
        guard !paths.isEmpty else {
            throw CommandFailure(
                "watches test: no examples/*.jsonl beside \(reading.files.first ?? "the watch files"); "
                    + "write one, or name a FILE")
        }
        var examples = ExampleSet()
        for path in paths { try examples.read(path) }
        let trial = try ExampleTrial(
            reading.watchlist, examples, feeds: FeedDirectory(feeds(wiring)), now: WallClock.now())
        var report = ExampleReport(examples)
        for (place, example) in examples.examples { report.add(trial.run(place, example)) }
        switch output {
        case .short:
            let paint = Paint(Terminal.standardOutput(environment: wiring.environment).usesColour)
            try StandardOutput.write(report.text(paint))
        case .json: try StandardOutput.write(report.json + "\n")
        }
        if report.status != .fine { throw report.status }
    }

    /// What an example's `feed` may name beyond hosts; none where the lists cannot be read.
    private func feeds(_ wiring: Wiring) -> [Feed] {
        source.watches.isEmpty ? (try? wiring.configuration(source.common))?.feeds ?? [] : []
    }

    /// `examples/*.jsonl` beside each watch file, in the order of the files.
    static func defaultFiles(beside watchFiles: [String]) -> [String] {
        var directories: [String] = []
        for file in watchFiles {
            let directory = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
            if !directories.contains(directory) { directories.append(directory) }
        }
        return directories.flatMap { directory in
            DirectoryNames.list(directory + "examples").filter { $0.hasSuffix(".jsonl") }
                .map { "\(directory)examples/\($0)" }
        }
    }
}

/// The names in a directory.
enum DirectoryNames {
    /// Sorted; none where it cannot be read. Hidden ones are left out.
    static func list(_ path: String) -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}
