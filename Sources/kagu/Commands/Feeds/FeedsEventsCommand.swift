// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import KaguModel
import KaguStore

/// `kagu feeds events`: what happened to feeds and to the uplink (H4, I5, I6, P19, P24).
struct FeedsEventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Show what happened to feeds: failures, recoveries, gaps, moves.",
        discussion: """
            Kinds: \(FeedEvent.Kind.allCases.map(\.rawValue).joined(separator: ", ")). The oldest comes first. Exit \
            status 1 when there is none.
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("Only of this feed.", valueName: "id"))
    var feed: String?

    @Option(name: [.customShort("n"), .long], help: ArgumentHelp("The last so many.", valueName: "count"))
    var lines = 20

    @OptionGroup var list: ListOptions

    func validate() throws {
        if lines < 1 { throw ValidationError("-n \(lines): ask for at least 1") }
    }

    func run() throws {
        let wiring = Wiring.ofProcess()
        let directory = try wiring.stateDirectory(common)
        let events = try StateSnapshot.existing(directory)?.events(feedID: feed, limit: lines).reversed() ?? []
        let terminal = Terminal.standardOutput(environment: wiring.environment)
        try list.show(events, FeedEventPrinter(terminal: terminal, clock: list.clock).list)
    }
}

/// Prints events in one of the forms of O19.
struct FeedEventPrinter {
    let terminal: Terminal
    let clock: CivilClock

    /// The printer of a form.
    func list(_ format: OutputFormat) -> ListPrinter<FeedEvent> {
        ListPrinter(
            format: format, terminal: terminal, short: short, header: ["TIME", "KIND", "FEED", "TEXT"],
            flexible: [3, 2], cells: cells, members: Self.writeMembers,
            names: ["at", "kind", "feed", "state", "text"], values: Self.values)
    }

    /// One line.
    func short(_ event: FeedEvent) -> String {
        let paint = Paint(terminal.usesColour)
        var parts = [clock.civil(at: event.at).description, paint(event.kind.rawValue, event.kind.style)]
        // The text begins with the feed's id.
        parts.append(VisibleText.escaped(event.text))
        return parts.joined(separator: " ")
    }

    private func cells(_ event: FeedEvent) -> [String] {
        [
            clock.civil(at: event.at).description, event.kind.rawValue, event.feedID,
            VisibleText.escaped(event.text),
        ]
    }

    /// One object; absent members left out.
    static func write(_ event: FeedEvent, _ json: inout JSONWriter) {
        json.object { writeMembers(event, &$0) }
    }

    private static func writeMembers(_ event: FeedEvent, _ json: inout JSONWriter) {
        json.member("at", event.at)
        json.member("kind", event.kind.rawValue)
        json.member("feed", ifPresent: event.feedID)
        json.member("state", ifPresent: event.state?.rawValue)
        json.member("text", event.text)
    }

    private static func values(_ event: FeedEvent) -> [String] {
        [event.at.description, event.kind.rawValue, event.feedID, event.state?.rawValue ?? "", event.text]
    }
}

extension FeedEvent.Kind {
    fileprivate var style: Paint.Style {
        switch self {
        case .failing, .gone, .offline: .red
        case .silent, .gap: .yellow
        case .recovered, .online: .green
        case .migration, .moved: .cyan
        }
    }
}
