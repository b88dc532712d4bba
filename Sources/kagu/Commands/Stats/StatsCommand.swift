// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import KaguModel
import KaguStore

/// `kagu stats`: how much there is of what (O26).
struct StatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Count items, hits, stories and outlets.",
        discussion: """
            The filters are those of kagu hits. Items are all that the feeds brought, known for the whole and by feed, day \
            and hour; the share of successful polls is that of all feeds, or of the last polls of the feeds asked for. \
            Exit status 1 when there is no hit.
            """)

    @OptionGroup var common: CommonOptions

    @OptionGroup(title: "Filters") var filter: HitFilterOptions

    @Option(help: "watch, entity, topic, feed, class, lang, country, day or hour.")
    var by: HitGrouping?

    @Option(name: [.short, .long], help: "short, table, json, jsonl or csv.")
    var output = OutputFormat.short

    func run() throws {
        let wiring = Wiring.ofProcess()
        let query = try filter.query(now: WallClock.now())
        let directory = try wiring.stateDirectory(common)
        try StateAccess.requireHits(directory, command: "stats")
        StateAccess.prepareIndex(directory, query)
        let clock = filter.clock
        let counts = HitReader(directory: directory).statistics(query, by: by) { StatsReport.label($0, by, clock) }
        StateAccess.report(counts.summary, command: "stats")
        let polls = try PollFacts.read(directory, query)
        let report = StatsReport(counts, by: by, polls: polls, clock: clock)
        let terminal = Terminal.standardOutput(environment: wiring.environment)
        try StandardOutput.write(report.text(output, terminal: terminal))
        StateAccess.fillIndex(directory, counts.summary)
        if !counts.summary.unreadable.isEmpty { throw ExitStatus.error }
        if counts.total.hits == 0 {
            EmptyAnswer.tell(query, directory, command: "stats")
            throw ExitStatus.negative
        }
    }
}

/// What the database knows of the polls of a period.
struct PollFacts: Hashable {
    /// By hour; of all feeds. Empty where feeds were asked for.
    var hours: [PollHour] = []
    /// By feed, as far as their last polls go.
    var feeds: [String: PollCounts] = [:]
    /// The sum of what counts.
    var total = PollCounts()

    /// Reads them; nothing where there is no database, or class, language or country narrow the feeds in a way that only
    /// hits know.
    static func read(_ directory: String, _ query: HitQuery) throws -> PollFacts {
        var facts = PollFacts()
        guard query.classes.isEmpty, query.langs.isEmpty, query.countries.isEmpty,
            let reader = try StateSnapshot.reader(directory)
        else { return facts }
        if query.feeds.isEmpty {
            facts.hours = try reader.pollHours(since: query.since, until: query.until)
            facts.feeds = try reader.recentPolls(since: query.since, until: query.until)
            facts.total = facts.hours.map(\.counts).reduce(PollCounts(), +)
        } else {
            facts.feeds = try reader.recentPolls(since: query.since, until: query.until)
                .filter { query.feeds.contains($0.key) }
            facts.total = facts.feeds.values.reduce(PollCounts(), +)
        }
        return facts
    }
}
