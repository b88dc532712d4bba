// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import KaguModel
import KaguStore

/// Which alerts a verb means (C3).
struct AlertSelectionOptions: ParsableArguments {
    @Argument(help: "Ids, or the beginnings of ids.")
    var ids: [String] = []

    @Option(help: ArgumentHelp("All of this receiver instead.", valueName: "name"))
    var receiver: String?

    @Option(
        name: [.customShort("S"), .long], parsing: .unconditional,
        help: ArgumentHelp("With --receiver: only those bound since then.", valueName: "time"))
    var since: String?

    @Option(help: ArgumentHelp("With --receiver: only pending or parked ones.", valueName: "state"))
    var state: [OpenState] = []

    @Flag(name: .customLong("dry-run"), help: "Only tell which they would be.")
    var dryRun = false

    @Option(name: [.short, .long], help: "short or json.")
    var output = AnswerFormat.short

    /// A state that an operator can still change.
    enum OpenState: String, ExpressibleByArgument, CaseIterable {
        case pending, parked
    }

    func validate() throws {
        guard ids.isEmpty != (receiver == nil) else {
            throw ValidationError(
                ids.isEmpty ? "name alerts, or give --receiver" : "give ids or --receiver, not both")
        }
        if !ids.isEmpty, since != nil || !state.isEmpty {
            throw ValidationError("--since and --state choose among the alerts of a --receiver; give no ids")
        }
    }

    /// The selection, with ids made whole. Throws without a state directory.
    func selection(_ directory: String) throws -> AlertSelection {
        try StateSnapshot.require(directory)
        guard !ids.isEmpty else {
            return AlertSelection(
                receiver: receiver, since: try MomentOption.instant(since, "--since", utc: false),
                states: state.map(\.rawValue))
        }
        let reader = try StateSnapshot.reader(directory)
        return AlertSelection(ids: try ids.map { try reader?.alertID(beginning: $0) ?? $0 })
    }
}

/// `kagu alerts retry`: due now, attempts from zero, same id and body (C3).
struct AlertsRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Try alerts again now.",
        discussion: "Their attempts are counted from zero; id and body stay. Exit status 1 when there is none.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var chosen: AlertSelectionOptions

    func run() async throws {
        let wiring = Wiring.ofProcess()
        let daemon = try VerbRunner(wiring, common)
        let request = RetryAlerts(try chosen.selection(daemon.directory), dryRun: chosen.dryRun)
        let lines = try await daemon.carryOut(request) { state in
            try await state.alerts {
                try await $0.retry(request.selection, at: WallClock.now(), dryRun: request.dryRun)
            }
        }
        let verb = chosen.dryRun ? "would be due now:" : "due now:"
        try StandardOutput.write(AlertLineText.text(verb, lines, chosen.output))
        if lines.isEmpty { throw ExitStatus.negative }
    }
}

/// `kagu alerts drop`: given up for good (C3).
struct AlertsDropCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Give alerts up for good.",
        discussion: """
            Asks on a terminal when more than \(mostUnasked) are meant; elsewhere --yes is needed for that. Exit \
            status 1 when there is none.
            """)

    /// More than these are dropped only after a question.
    static let mostUnasked = 10

    @OptionGroup var common: CommonOptions
    @OptionGroup var chosen: AlertSelectionOptions

    @Option(help: "Why; it is kept with the alert.")
    var comment: String

    @Flag(help: "Do not ask.")
    var yes = false

    func run() async throws {
        let wiring = Wiring.ofProcess()
        let daemon = try VerbRunner(wiring, common)
        let selection = try chosen.selection(daemon.directory)
        if !chosen.dryRun, !yes {
            let count = try await carryOut(DropAlerts(selection, comment: comment, dryRun: true), daemon).count
            if count > Self.mostUnasked { try Self.ask(count) }
        }
        let lines = try await carryOut(
            DropAlerts(selection, comment: comment, dryRun: chosen.dryRun), daemon)
        let verb = chosen.dryRun ? "would be dropped:" : "dropped:"
        try StandardOutput.write(AlertLineText.text(verb, lines, chosen.output))
        if lines.isEmpty { throw ExitStatus.negative }
    }

    private func carryOut(_ request: DropAlerts, _ daemon: VerbRunner) async throws -> [AlertLine] {
        try await daemon.carryOut(request) { state in
            guard comment.contains(where: { !$0.isWhitespace }) else {
                throw CommandFailure("alerts drop: no comment; say why, it is kept with the alert")
            }
            return try await state.alerts {
                try await $0.drop(
                    request.selection, comment: request.comment, at: WallClock.now(), dryRun: request.dryRun)
            }
        }
    }

    /// Throws unless a person at a terminal agrees.
    private static func ask(_ count: Int) throws {
        guard isatty(STDIN_FILENO) == 1 else {
            throw CommandFailure("alerts drop: \(count) alerts are meant; give --yes, or --dry-run to see them")
        }
        StandardError.write("kagu: drop \(count) alerts for good? [y/N] ")
        let answer = readLine()?.lowercased() ?? ""
        guard ["y", "yes"].contains(answer) else {
            StandardError.write("kagu: nothing was dropped\n")
            throw ExitStatus.negative
        }
    }
}

/// Prints what a verb did something to.
enum AlertLineText {
    /// A line for each, or an array.
    static func text(_ verb: String, _ lines: [AlertLine], _ format: AnswerFormat) -> String {
        switch format {
        case .short:
            return lines.map { line in
                "\(verb) \(line.id) to \(VisibleText.escaped(line.receiver)), was \(line.state)"
                    + (line.title.isEmpty ? "" : ": \(VisibleText.escaped(line.title))") + "\n"
            }.joined()
        case .json:
            var json = JSONWriter()
            json.array { json in
                for line in lines {
                    json.object { json in
                        json.member("id", line.id)
                        json.member("receiver", line.receiver)
                        json.member("state", line.state)
                        json.member("title", ifPresent: line.title)
                    }
                }
            }
            return json.text + "\n"
        }
    }
}

extension OfflineState {
    /// Changes alerts by itself; a refusal is said as the daemon's would be.
    func alerts<Value>(
        makesDirectory: Bool = false, _ body: (Store) async throws -> Value
    ) async throws -> Value {
        do {
            return try await locked(makesDirectory: makesDirectory, body)
        } catch let refusal as ControlRefusal {
            throw VerbRunner.status(of: refusal)
        }
    }
}
