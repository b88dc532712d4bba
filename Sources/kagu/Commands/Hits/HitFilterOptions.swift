// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguMatch
import KaguModel
import KaguStore

/// The filters of O25; repeats of one flag are alternatives, different flags must all hold.
struct HitFilterOptions: ParsableArguments {
    @Option(
        name: [.customShort("S"), .long], parsing: .unconditional,
        help: ArgumentHelp("Seen at or after.", valueName: "time"))
    var since: String?

    @Option(
        name: [.customShort("U"), .long], parsing: .unconditional,
        help: ArgumentHelp("Seen before.", valueName: "time"))
    var until: String?

    @Flag(help: "Read and show times in UTC instead of local time.")
    var utc = false

    @Option(help: ArgumentHelp("A watch's id.", valueName: "id"))
    var watch: [String] = []

    @Option(help: ArgumentHelp("An entity's id.", valueName: "id"))
    var entity: [String] = []

    @Option(help: ArgumentHelp("A topic's id.", valueName: "id"))
    var topic: [String] = []

    @Option(help: ArgumentHelp("A feed's id.", valueName: "id"))
    var feed: [String] = []

    @Option(name: .customLong("class"), help: "Who speaks in the feed.")
    var sourceClass: [SourceClass] = []

    @Option(help: ArgumentHelp("The item's language, such as fr.", valueName: "code"))
    var lang: [String] = []

    @Option(help: ArgumentHelp("The feed's country, such as FR.", valueName: "code"))
    var country: [String] = []

    @Option(help: "That severity and above.")
    var severity: Severity?

    @Option(help: ArgumentHelp("A story's id.", valueName: "id"))
    var story: String?

    @Option(
        help: ArgumentHelp(
            "What title or summary hold: words, \"phrases\", word*, AND, OR, NOT, NEAR(a b, 5), title: word.",
            valueName: "expression"))
    var text: String?

    @Flag(help: "Include what was there already at a feed's first poll.")
    var baseline = false

    /// The wall clock by which times are read and shown.
    var clock: CivilClock { utc ? .utc : .local }

    /// The query, without a limit; throws a sentence about a time that cannot be read.
    func query(now: Instant) throws -> HitQuery {
        var query = HitQuery()
        query.since = try time(since, "--since", now)
        query.until = try time(until, "--until", now)
        query.watches = watch
        query.entities = entity
        query.topics = topic
        query.feeds = feed
        query.classes = sourceClass
        query.langs = lang.map { $0.lowercased() }
        query.countries = country.map { $0.uppercased() }
        query.minimumSeverity = severity
        query.story = story
        query.text = try text.map(Self.textQuery)
        query.includesBaseline = baseline
        return query
    }

    /// Reads an expression of `--text`, with the matcher's folding.
    static func textQuery(_ expression: String) throws -> TextQuery {
        do {
            return try TextQuery(expression, folding: SearchText.fold)
        } catch {
            throw CommandFailure("--text: \(VisibleText.escaped("\(error)"))")
        }
    }

    private func time(_ text: String?, _ flag: String, _ now: Instant) throws -> Instant? {
        guard let text else { return nil }
        do {
            return try TimeExpression.parse(text, now: now, clock: clock)
        } catch {
            throw CommandFailure("\(flag): \(error)")
        }
    }
}
