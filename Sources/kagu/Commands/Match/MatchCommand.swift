// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguConfig
import KaguMatch
import KaguModel

/// `kagu match`: JSON lines in, what the watches find in them out (M51, M59).
struct MatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "match",
        abstract: "Match JSON lines against the watches.",
        discussion: """
            Reads {id,title,summary,content,url,feed,lang,published}, one object a line; prints one line for each, \
            in order. Exit status 1 when nothing was found, 2 when a line could not be read.
            """)

    @OptionGroup var common: CommonOptions

    @Option(
        help: ArgumentHelp(
            "Watch files instead of the configuration's: a file, directory or glob; may be repeated.",
            valueName: "glob"))
    var watches: [String] = []

    @Flag(help: "Add rejected mentions, topics below their threshold, the truth of every watch, and plain texts.")
    var explain = false

    @Argument(help: "The lines; - or nothing is standard input.", completion: .file())
    var file: String?

    func run() throws {
        let wiring = Wiring.ofProcess()
        var feeds: [Feed] = []
        let matcher: Matcher
        if watches.isEmpty || common.config != nil {
            let config = try wiring.configuration(common)
            feeds = config.feeds
            matcher =
                try watches.isEmpty
                ? Wiring.matcher(config.watchlist, from: config.path ?? "") : wiring.matcher(watches)
        } else {
            matcher = try wiring.matcher(watches)
        }
        var run = MatchRun(
            matcher: matcher, feeds: FeedDirectory(feeds), explaining: explain, now: WallClock.now())
        var lines = try LineStream(file)
        var output = OutputBuffer()
        while true {
            if lines.needsRead { try output.flush() }
            guard let line = try lines.next() else { break }
            if let answer = run.answer(line) { try output.line(answer) }
        }
        try output.flush()
        if run.status != .fine { throw run.status }
    }
}

/// The lines of one run and what came of them.
struct MatchRun {
    private let matcher: Matcher
    private let feeds: FeedDirectory
    private let isExplaining: Bool
    private let now: Instant
    private var lineNumber = 0
    private var foundCount = 0
    private var mistakeCount = 0

    /// A run at `now`, which decides the class of feeds for items without a date.
    init(matcher: Matcher, feeds: FeedDirectory, explaining: Bool, now: Instant) {
        self.matcher = matcher
        self.feeds = feeds
        isExplaining = explaining
        self.now = now
    }

    /// 2 after a line that could not be read, 1 when nothing was found in any (M59).
    var status: ExitStatus { mistakeCount > 0 ? .error : foundCount > 0 ? .fine : .negative }

    /// The line to print for a line read; nil for an empty one.
    mutating func answer(_ line: [UInt8]) -> [UInt8]? {
        lineNumber += 1
        guard line.contains(where: { $0 > 0x20 }) else { return nil }
        do {
            let input = try MatchInput.read(line, number: lineNumber)
            let text = PlainFields(input)
            let result = matcher.match(feeds.document(input, text, now: now), explaining: isExplaining)
            if !(result.watches.isEmpty && result.entities.isEmpty && result.topics.isEmpty) { foundCount += 1 }
            return MatchLine.found(result, id: input.id, explaining: isExplaining, plain: text.changed)
        } catch {
            mistakeCount += 1
            return MatchLine.mistake(error)
        }
    }
}
