// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguModel
import KaguStore

/// `kagu alerts list`: alerts, and hits that are owed without an alert (C1).
struct AlertsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List alerts, the oldest first.",
        discussion: """
            States: waiting (owed, not bound to a message yet), pending (a message that is tried), parked (given up \
            for now), delivered, suppressed (ended untold), dropped. What waits or was suppressed is listed by the id \
            of its hit. Exit status 1 when there is none.
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("Only in that state; may be repeated.", valueName: "state"))
    var state: [DeliveryState] = []

    @Option(help: ArgumentHelp("Only to this receiver.", valueName: "name"))
    var receiver: String?

    @Option(
        name: [.customShort("S"), .long], parsing: .unconditional,
        help: ArgumentHelp("Only since then.", valueName: "time"))
    var since: String?

    @Option(help: ArgumentHelp("Only what tells of this story.", valueName: "id"))
    var story: String?

    @Option(name: [.customShort("n"), .long], help: ArgumentHelp("The last so many.", valueName: "count"))
    var lines = 100

    @OptionGroup var list: ListOptions

    func validate() throws {
        if lines < 1 { throw ValidationError("-n \(lines): ask for at least 1") }
    }

    func run() throws {
        let wiring = Wiring.ofProcess()
        let query = AlertQuery(
            states: state, receiver: receiver, since: try MomentOption.instant(since, "--since", utc: list.utc),
            story: story, limit: lines)
        let rows = try StateSnapshot.existing(try wiring.stateDirectory(common))?.alertRows(query) ?? []
        let terminal = Terminal.standardOutput(environment: wiring.environment)
        let printer = AlertRowPrinter(terminal: terminal, clock: list.clock, now: WallClock.now())
        try list.show(rows, printer.list)
    }
}

/// How a row of `kagu alerts list` looks (C1).
struct AlertRowPrinter {
    let terminal: Terminal
    let clock: CivilClock
    let now: Instant

    /// The printer of a form.
    func list(_ format: OutputFormat) -> ListPrinter<AlertRow> {
        ListPrinter(
            format: format, terminal: terminal, short: short,
            header: ["ID", "STATE", "RECEIVER", "AGE", "TRIES", "NEXT", "LAST", "TITLE"], flexible: [7, 6, 2],
            cells: cells, members: Self.write,
            names: [
                "id", "state", "receiver", "route", "reason", "created", "attempts", "next_attempt", "last_result",
                "title", "story", "hits",
            ], values: Self.values)
    }

    private func short(_ row: AlertRow) -> String {
        let paint = Paint(terminal.usesColour)
        var parts = [
            row.id, paint(row.state.name, row.state.style), VisibleText.escaped(row.receiver),
            AgeText.relative(row.created, at: now),
        ]
        if row.attempts > 0 { parts.append(Plural.text(row.attempts, "attempt")) }
        if let next = row.nextAttempt {
            parts.append("\(row.state == .waiting ? "bound" : "next") \(clock.civil(at: next).description)")
        }
        if !row.reason.isEmpty { parts.append("(\(VisibleText.escaped(row.reason)))") }
        // The last decision about what was suppressed is that it was, which the reason has said.
        if !row.lastResult.isEmpty, row.reason.isEmpty || !row.lastResult.hasSuffix(row.reason) {
            parts.append("last: \(VisibleText.escaped(row.lastResult))")
        }
        var line = parts.joined(separator: " ")
        if !row.title.isEmpty { line += ": " + paint(VisibleText.escaped(row.title), .bold) }
        if row.hits > 1 { line += " (\(row.hits) hits)" }
        return line
    }

    private func cells(_ row: AlertRow) -> [String] {
        [
            row.id, row.state.name, VisibleText.escaped(row.receiver), AgeText.span(now - row.created),
            String(row.attempts), row.nextAttempt.map { clock.civil(at: $0).description } ?? "-",
            VisibleText.escaped(row.lastResult.isEmpty ? row.reason : row.lastResult),
            VisibleText.escaped(row.title),
        ]
    }

    private static func write(_ row: AlertRow, _ json: inout JSONWriter) {
        json.member("id", row.id)
        json.member("state", row.state.name)
        json.member("receiver", row.receiver)
        json.member("route", ifPresent: row.route)
        json.member("reason", ifPresent: row.reason)
        json.member("created", row.created)
        json.member("attempts", row.attempts)
        json.member("next_attempt", row.nextAttempt)
        json.member("last_result", ifPresent: row.lastResult)
        json.member("title", ifPresent: row.title)
        json.member("story", ifPresent: row.story)
        json.member("hits", row.hits)
    }

    private static func values(_ row: AlertRow) -> [String] {
        [
            row.id, row.state.name, row.receiver, row.route, row.reason, row.created.description,
            String(row.attempts), row.nextAttempt?.description ?? "", row.lastResult, row.title, row.story ?? "",
            String(row.hits),
        ]
    }
}

extension DeliveryState {
    /// How a state is set off.
    var style: Paint.Style {
        switch self {
        case .waiting, .suppressed: .dim
        case .pending: .yellow
        case .parked, .dropped: .red
        case .delivered: .green
        }
    }
}
