// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Prints hits in one of the forms of O19, in the order in which they come.
struct HitPrinter {
    private let format: OutputFormat
    private let terminal: Terminal
    private let clock: CivilClock
    private var line: HitLineText
    private var output = OutputBuffer()
    private var table = Table(header: HitColumns.tableHeader, flexible: HitColumns.flexible)
    private var count = 0

    /// A printer for standard output.
    init(format: OutputFormat, terminal: Terminal, clock: CivilClock) {
        self.format = format
        self.terminal = terminal
        self.clock = clock
        line = HitLineText(paint: Paint(terminal.usesColour), clock: clock)
    }

    /// What comes before the first hit.
    mutating func begin() throws {
        switch format {
        case .json: try output.raw("[")
        case .csv: try output.raw(CSVRow.line(HitColumns.csvHeader))
        case .short, .table, .jsonl: break
        }
    }

    /// One hit; `line` is its line as the file has it.
    mutating func add(_ hit: Hit, line bytes: some Sequence<UInt8>) throws {
        switch format {
        case .json, .jsonl: return try add(line: bytes)
        case .short: try output.line { line.append(hit, to: &$0) }
        case .table: table.add(HitColumns.tableCells(hit, clock: clock))
        case .csv: try output.raw(CSVRow.line(HitColumns.csvCells(hit)))
        }
        count += 1
    }

    /// One hit as the file has it, for json and jsonl.
    mutating func add(line bytes: some Sequence<UInt8>) throws {
        count += 1
        if format == .json { try output.raw(count == 1 ? "\n" : ",\n") }
        if format == .json { try output.raw(bytes) } else { try output.line(bytes) }
    }

    /// `count` hits as the file has them, for json and jsonl: a newline between two, none behind the last.
    mutating func add(joined lines: ArraySlice<UInt8>, count added: Int) throws {
        guard format == .json, added > 1 else {
            count += added - 1
            return try add(line: lines)
        }
        for line in lines.split(separator: UInt8(ascii: "\n")) { try add(line: line) }
    }

    /// What comes after the last hit; a table without rows prints nothing.
    mutating func end() throws {
        switch format {
        case .json: try output.raw(count == 0 ? "]\n" : "\n]\n")
        case .table where count > 0:
            for line in table.lines(columns: terminal.isTerminal ? terminal.columns : nil) { try output.line(line) }
        case .short, .table, .jsonl, .csv: break
        }
        try output.flush()
    }

    /// Writes what is there.
    mutating func flush() throws { try output.flush() }
}

/// The columns of `-o table` and `-o csv`.
enum HitColumns {
    static let tableHeader = ["SEEN", "SEVERITY", "SCORE", "FEED", "LANG", "TITLE", "WATCHES"]
    /// Title, then watches, then feed give way on a narrow terminal.
    static let flexible = [5, 6, 3]
    /// The names of W2, members of `feed` with a full stop.
    static let csvHeader = [
        "id", "seen", "published", "feed.id", "feed.title", "feed.class", "feed.country", "url", "title", "summary",
        "lang", "watches", "entities", "topics", "severity", "score", "story", "revision", "baseline",
    ]

    static func tableCells(_ hit: Hit, clock: CivilClock) -> [String] {
        [
            clock.civil(at: hit.seen).description, hit.severity.rawValue, String(hit.score),
            VisibleText.escaped(hit.feed.title.isEmpty ? hit.feed.id : hit.feed.title),
            VisibleText.escaped(hit.lang),
            VisibleText.escaped(hit.title), VisibleText.escaped(hit.watches.joined(separator: " ")),
        ]
    }

    /// Lists are joined with spaces: no id holds one.
    static func csvCells(_ hit: Hit) -> [String] {
        [
            hit.id, hit.seen.description, hit.published?.description ?? "", hit.feed.id, hit.feed.title,
            hit.feed.sourceClass.rawValue, hit.feed.country ?? "", hit.url, hit.title, hit.summary, hit.lang,
            hit.watches.joined(separator: " "), hit.entities.joined(separator: " "),
            hit.topics.map { "\($0.id)=\($0.score)" }.joined(separator: " "), hit.severity.rawValue,
            String(hit.score), hit.story, String(hit.revision), hit.baseline ? "true" : "false",
        ]
    }
}
