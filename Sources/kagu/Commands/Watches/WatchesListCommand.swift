// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguConfig
import KaguModel

/// `kagu watches list`: every watch with its expression (M53).
struct WatchesListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the watches.",
        discussion: "In the order of the files. Exit status 1 when there is none.")

    @OptionGroup var source: WatchSourceOptions

    @Option(name: [.short, .long], help: "short, table, json, jsonl or csv.")
    var output = OutputFormat.short

    func run() throws {
        let wiring = Wiring.ofProcess()
        let watches = try source.sound(wiring).watchlist.watches
        let terminal = Terminal.standardOutput(environment: wiring.environment)
        try StandardOutput.write(WatchListPrinter(format: output, terminal: terminal).text(watches))
        if watches.isEmpty { throw ExitStatus.negative }
    }
}

/// Prints watches in one of the forms of O19.
struct WatchListPrinter {
    let format: OutputFormat
    let terminal: Terminal

    /// The keys of the watch file (M5), and where the watch is written.
    static let columns = [
        "id", "title", "severity", "threshold", "enabled", "when", "unless", "fields", "lang", "class", "country",
        "feeds", "note", "defined_at",
    ]

    /// The whole listing.
    func text(_ watches: [Watch]) -> String {
        switch format {
        case .short: watches.map { short($0) + "\n" }.joined()
        case .table: table(watches)
        case .json: watches.isEmpty ? "[]\n" : "[\n" + watches.map(Self.json).joined(separator: ",\n") + "\n]\n"
        case .jsonl: watches.map { Self.json($0) + "\n" }.joined()
        case .csv: ([Self.columns] + watches.map(Self.cells)).map(CSVRow.line).joined()
        }
    }

    /// Severity, id, title, then the expression on the rest of the line.
    private func short(_ watch: Watch) -> String {
        let paint = Paint(terminal.usesColour)
        var parts = [
            paint(watch.severity.rawValue + String(repeating: " ", count: 8 - watch.severity.rawValue.count), .dim),
            paint(watch.id, .bold), paint(VisibleText.escaped(watch.title), .cyan) + ":",
            VisibleText.escaped(Self.line(watch.when)),
        ]
        if let unless = watch.unless { parts.append("unless \(VisibleText.escaped(Self.line(unless)))") }
        if watch.threshold > 0 { parts.append("(score \(watch.threshold))") }
        if !watch.isEnabled { parts.insert(paint("disabled", .yellow), at: 1) }
        return parts.joined(separator: " ")
    }

    private func table(_ watches: [Watch]) -> String {
        guard !watches.isEmpty else { return "" }
        var table = Table(
            header: ["SEVERITY", "ID", "TITLE", "THRESHOLD", "ENABLED", "WHEN"], flexible: [5, 2, 1])
        for watch in watches {
            table.add([
                watch.severity.rawValue, watch.id, VisibleText.escaped(watch.title), String(watch.threshold),
                watch.isEnabled ? "yes" : "no", VisibleText.escaped(Self.line(watch.when)),
            ])
        }
        return table.lines(columns: terminal.isTerminal ? terminal.columns : nil).map { $0 + "\n" }.joined()
    }

    private static func json(_ watch: Watch) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("id", watch.id)
            json.member("title", watch.title)
            json.member("severity", watch.severity.rawValue)
            json.member("threshold", watch.threshold)
            json.member("enabled", watch.isEnabled)
            json.member("when", line(watch.when))
            json.member("unless", ifPresent: watch.unless.map(line))
            for (name, values) in lists(watch) where !values.isEmpty { json.member(name, values) }
            json.member("note", ifPresent: watch.note)
            json.member("defined_at", "\(watch.location)")
        }
        return json.text
    }

    private static func cells(_ watch: Watch) -> [String] {
        [
            watch.id, watch.title, watch.severity.rawValue, String(watch.threshold),
            watch.isEnabled ? "true" : "false", line(watch.when), watch.unless.map(line) ?? "",
        ] + lists(watch).map { $0.values.joined(separator: " ") } + [watch.note, "\(watch.location)"]
    }

    private static func lists(_ watch: Watch) -> [(name: String, values: [String])] {
        [
            ("fields", watch.fields.map(\.rawValue)), ("lang", watch.languages),
            ("class", watch.classes.map(\.rawValue)), ("country", watch.countries), ("feeds", watch.feeds),
        ]
    }

    /// An expression on one line.
    static func line(_ expression: ExpressionSource) -> String {
        expression.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
