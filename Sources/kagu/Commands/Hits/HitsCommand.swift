// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import KaguMatch
import KaguModel
import KaguStore

/// `kagu hits`: what was found, from the hit files and their indexes (O18, O19, O25).
struct HitsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hits",
        abstract: "Show stored hits.",
        discussion: """
            Repeats of one filter are alternatives, different filters must all hold. Times: 2026-11-22, \
            "2026-11-22 14:00", today, yesterday, -2h, "2 hours ago", @1795338843. Exit status 1 when there is none.
            """)

    /// How often the files are looked at with `-f`.
    static let followPace = Duration.milliseconds(250)

    @OptionGroup var common: CommonOptions

    @OptionGroup(title: "Filters") var filter: HitFilterOptions

    @Option(
        name: [.customShort("n"), .customLong("lines")], parsing: .unconditional,
        help: ArgumentHelp("The last N.", valueName: "count"))
    var count: Int?

    @Flag(name: [.customShort("r"), .long], help: "Newest first.")
    var reverse = false

    @Flag(name: [.short, .long], help: "Go on with new hits as they come; implies -n 10.")
    var follow = false

    @Option(name: [.short, .long], help: "short, table, json, jsonl or csv.")
    var output = OutputFormat.short

    @Option(help: ArgumentHelp("Print only the link of the N-th hit.", valueName: "N"))
    var open: Int?

    func validate() throws {
        if let count, count < 0 { throw ValidationError("-n: \(count) is negative; give how many") }
        if let open, open < 1 { throw ValidationError("--open: \(open) is no place in the list; the first is 1") }
        guard follow else { return }
        if reverse { throw ValidationError("-f shows new hits last; leave out -r") }
        if open != nil { throw ValidationError("--open ends at its hit; leave out -f") }
        if output == .json || output == .table {
            throw ValidationError(
                "-o \(output.rawValue) needs all hits before the first line; use jsonl or short with -f")
        }
    }

    func run() async throws {
        guard follow else { return try show() }
        let (query, directory, wiring) = try question()
        var printer = printer(wiring)
        try await showForEver(query, directory, &printer)
    }

    /// Shows what there is, and ends.
    func show() throws {
        let (query, directory, wiring) = try question()
        let reader = HitReader(directory: directory)
        if let open { return try printLink(number: open, query, reader) }
        var printer = printer(wiring)
        try printer.begin()
        let summary = try read(query, reader, &printer)
        StateAccess.report(summary, command: "hits")
        try printer.end()
        if query.usesIndex { StateAccess.fillIndex(directory, summary) }
        if !summary.unreadable.isEmpty { throw ExitStatus.error }
        if summary.hits == 0 {
            EmptyAnswer.tell(query, directory, command: "hits")
            throw ExitStatus.negative
        }
    }

    /// What is asked, and of which state directory.
    private func question() throws -> (HitQuery, directory: String, Wiring) {
        let wiring = Wiring.ofProcess()
        var query = try filter.query(now: WallClock.now())
        query.limit = count ?? (follow ? 10 : nil)
        query.newestFirst = reverse
        let directory = try wiring.stateDirectory(common)
        try StateAccess.requireHits(directory, command: "hits")
        if query.usesIndex { StateAccess.prepareIndex(directory, query) }
        return (query, directory, wiring)
    }

    private func printer(_ wiring: Wiring) -> HitPrinter {
        let terminal = Terminal.standardOutput(environment: wiring.environment)
        return HitPrinter(format: output, terminal: terminal, clock: filter.clock)
    }

    private func read(_ query: HitQuery, _ reader: HitReader, _ printer: inout HitPrinter) throws -> HitReadSummary
    {
        guard output.needsHits else {
            return try reader.readJoinedLines(query) { lines, count in
                try printer.add(joined: lines, count: count)
                return true
            }
        }
        return try reader.read(query) { found in
            try printer.add(found.hit, line: found.line)
            return true
        }
    }

    /// The last hits, then new ones as their lines appear, until the reader goes away or ^C.
    private func showForEver(_ query: HitQuery, _ directory: String, _ printer: inout HitPrinter) async throws {
        // Everything is written after each batch, so nothing is lost by leaving at once (O21).
        signal(SIGINT) { _ in _exit(0) }
        try printer.begin()
        var follower = HitFollower(directory: directory, query: query, last: query.limit ?? 10)
        var batch = follower.initial
        var told: [UnreadableHitFile] = []
        while true {
            if follower.unreadable != told { StateAccess.report(follower.unreadable, command: "hits") }
            told = follower.unreadable
            for found in batch { try printer.add(found.hit, line: found.line) }
            try printer.flush()
            try await Task.sleep(for: Self.followPace)
            batch = follower.next()
        }
    }

    private func printLink(number: Int, _ query: HitQuery, _ reader: HitReader) throws {
        var place = 0
        var link: String?
        let summary = reader.read(query) { found in
            place += 1
            guard place == number else { return true }
            link = found.hit.url
            return false
        }
        StateAccess.report(summary.unreadable, command: "hits")
        guard let link, !link.isEmpty else {
            let why = link == nil ? "there are \(place)" : "it has no link"
            StandardError.write("kagu: hits: --open \(number): \(why)\n")
            throw summary.unreadable.isEmpty ? ExitStatus.negative : ExitStatus.error
        }
        try StandardOutput.write(VisibleText.escaped(link) + "\n")
        if !summary.unreadable.isEmpty { throw ExitStatus.error }
    }
}

/// Whether the state can be read at all, said in one sentence.
enum StateAccess {
    /// Throws where the hit files may not be read; none at all is no error.
    static func requireHits(_ directory: String, command: String) throws {
        let hits = StateDirectory(directory).hits
        if access(hits, R_OK | X_OK) == 0 { return }
        let reason = errno
        if reason == ENOENT, access(directory, X_OK) == 0 { return }
        throw CommandFailure("\(command): \(directory): \(SystemReason.text(reason)); \(remedy(reason))")
    }

    /// Builds the indexes of sealed days that a query needs and that are not there, where this user may write them.
    static func prepareIndex(_ directory: String, _ query: HitQuery) {
        guard access(StateDirectory(directory).hits, W_OK) == 0 else { return }
        let files = HitIndexFiles(directory: directory)
        // Without an index the lines are read, which takes longer and finds the same.
        _ = try? files.makeMissing(since: query.since, until: query.until, before: WallClock.now().day)
    }

    /// How long full-text indexes are made after an answer; one that has been begun is finished.
    static let textIndexTime = Duration.seconds(2)

    /// Builds the indexes that a query has missed, after its answer, where this user may write them.
    static func fillIndex(_ directory: String, _ summary: HitReadSummary) {
        guard !summary.gaps.isEmpty || !summary.textGaps.isEmpty,
            access(StateDirectory(directory).hits, W_OK) == 0
        else { return }
        let unreadable = Set(summary.unreadable.map(\.file))
        let today = WallClock.now().day
        let gaps = summary.gaps.filter { !unreadable.contains($0.file) }
        _ = try? HitIndexFiles(directory: directory).fill(gaps, today: today)
        let textGaps = summary.textGaps.filter { !unreadable.contains($0.file) }
        guard !textGaps.isEmpty else { return }
        let end = ContinuousClock.now + textIndexTime
        _ = try? TextIndexFiles(directory: directory, folding: SearchText.fold).fill(textGaps, today: today) {
            ContinuousClock.now < end
        }
    }

    /// Tells of files that could not be read.
    static func report(_ files: [UnreadableHitFile], command: String) {
        for line in sentences(files) { StandardError.write("kagu: \(command): \(line)\n") }
    }

    /// A sentence for each file, as far as a person reads them: a whole store may belong to somebody else.
    static func sentences(_ files: [UnreadableHitFile]) -> [String] {
        let told = files.count <= 4 ? files[...] : files.prefix(3)
        let more = files.count - told.count
        return told.map { "\($0); not all of its hits are shown" }
            + (more > 0 ? ["\(more) more hit files cannot be read"] : [])
    }

    /// Tells of files that could not be read, and of lines that were skipped.
    static func report(_ summary: HitReadSummary, command: String) {
        report(summary.unreadable, command: command)
        guard summary.badLines + summary.newerLines > 0 else { return }
        StandardError.write(
            "kagu: \(command): lines skipped: \(summary.badLines) unreadable,"
                + " \(summary.newerLines) of a later version\n")
    }

    /// What to do about a state directory that cannot be read.
    static func remedy(_ reason: Int32) -> String {
        reason == EACCES
            ? "become a member of the group kagu, or give another --state-dir"
            : "give the right --state-dir, or start kagud, which makes it"
    }
}
