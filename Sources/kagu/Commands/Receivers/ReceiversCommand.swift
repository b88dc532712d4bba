// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguAlert
import KaguConfig
import KaguModel
import KaguStore

/// `kagu receivers`: how they stand; try them out; enable and disable them (C4–C6).
struct ReceiversCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receivers", abstract: "List receivers, try them out, enable and disable them.",
        subcommands: [
            ReceiversListCommand.self, ReceiversTestCommand.self, ReceiversEnableCommand.self,
            ReceiversDisableCommand.self,
        ])
}

/// `kagu receivers list` (C4).
struct ReceiversListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the receivers with their state.",
        discussion: """
            States: ok, suspect (it refuses messages: somebody has to change something), open (it cannot be reached), \
            disabled. Addresses are never shown, for most targets they are the credential. Exit status 1 when there \
            is none.
            """)

    @OptionGroup var common: CommonOptions

    @OptionGroup var list: ListOptions

    func run() async throws {
        let wiring = Wiring.ofProcess()
        let lines = try await VerbRunner(wiring, common).carryOut(ListReceivers()) { state in
            try state.receivers()
        }
        let terminal = Terminal.standardOutput(environment: wiring.environment)
        let printer = ReceiverPrinter(terminal: terminal, clock: list.clock, now: WallClock.now())
        try list.show(lines, printer.list)
    }
}

/// `kagu receivers test NAME` (C5).
struct ReceiversTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Send one test message to a receiver, now.",
        discussion: """
            One attempt, past caps and quiet hours; it needs the daemon. Exit status 0 only when the receiver took \
            it, else 1.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The receiver's name.")
    var name: String

    @Option(help: ArgumentHelp("A sample of that type: hit, story, digest or feed.", valueName: "type"))
    var type: TestReceiver.Message = .test

    @Option(name: [.short, .long], help: "short or json.")
    var output = AnswerFormat.short

    func run() throws {
        let wiring = Wiring.ofProcess()
        let answer = try VerbRunner(wiring, common).ask(TestReceiver(name, message: type))
        let paint = Paint(Terminal.standardOutput(environment: wiring.environment).usesColour)
        try StandardOutput.write(ReceiverPrinter.text(of: answer, name, output, paint))
        if !answer.isSuccess { throw ExitStatus.negative }
    }
}

/// `kagu receivers enable NAME…` (C6).
struct ReceiversEnableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable",
        abstract: "Send to receivers again.",
        discussion: "Its parked alerts stay parked: kagu alerts retry --receiver NAME makes them due.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var answer: AnswerOptions

    @Argument(help: "Names.")
    var names: [String]

    @Option(help: "Why.")
    var comment = ""

    func run() async throws {
        try await SetReceiver(names, isEnabled: true, comment: comment).run(common, answer)
    }
}

/// `kagu receivers disable NAME…` (C6).
struct ReceiversDisableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable",
        abstract: "Send nothing to receivers until they are enabled.",
        discussion: "What is pending is parked. What comes meanwhile is kept for them; it survives a restart.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var answer: AnswerOptions

    @Argument(help: "Names.")
    var names: [String]

    @Option(help: "Why; it is shown by kagu receivers list.")
    var comment = ""

    func run() async throws {
        try await SetReceiver(names, isEnabled: false, comment: comment).run(common, answer)
    }
}

extension SetReceiver {
    /// Enables or disables, and says how the receivers stand then.
    fileprivate func run(_ common: CommonOptions, _ answer: AnswerOptions) async throws {
        let wiring = Wiring.ofProcess()
        let lines = try await VerbRunner(wiring, common).carryOut(self) { try await $0.set(self) }
        let terminal = Terminal.standardOutput(environment: wiring.environment)
        let printer = ReceiverPrinter(terminal: terminal, clock: .local, now: WallClock.now())
        try StandardOutput.write(printer.list(answer.output == .json ? .json : .short).text(lines))
    }
}

extension OfflineState {
    /// The receivers of the configuration with what the store knows of them. Hosts are shown as far as the address may
    /// be read by who asks.
    func receivers() throws -> [ReceiverLine] {
        let settings = try load().alerts.receivers
        let reader = try StateSnapshot.reader(directory)
        let records = try reader?.receiverRecords() ?? []
        let standings = try reader?.receiverStandings() ?? []
        return settings.map { receiver in
            let health = records.first { $0.name == receiver.name }?.health ?? ReceiverHealth()
            let standing = standings.first { $0.receiver == receiver.name }
            return ReceiverLine(
                name: receiver.name, type: receiver.kind.rawValue, host: receiver.host,
                state: health.state.rawValue,
                since: health.since, waiting: standing?.pending ?? 0, parked: standing?.parked ?? 0,
                oldest: standing?.oldest, lastSuccess: health.lastSuccess, lastError: health.error,
                cause: health.cause)
        }.sorted { $0.name < $1.name }
    }

    /// Enables or disables without a daemon (O11).
    func set(_ request: SetReceiver) async throws -> [ReceiverLine] {
        let known = try load().alerts.receivers.map(\.name)
        if let unknown = request.receivers.first(where: { !known.contains($0) }) {
            throw VerbRunner.status(of: .unknownReceiver(unknown, among: known))
        }
        let now = WallClock.now()
        try await locked { store in
            let records = try await store.receiverRecords()
            for name in request.receivers {
                var breaker = Breaker(records.first { $0.name == name }?.health ?? ReceiverHealth())
                var effect: ReceiverEffect?
                if request.isEnabled {
                    // A breaker that is closed by hand has closed (D10, D11).
                    if breaker.isProbing { effect = .recovered(dissolvingOver: Breaker.singlesAfterOutage) }
                    breaker.enable(at: now)
                } else {
                    effect = .parked(reason: "receiver_disabled")
                    breaker.disable(byOperator: request.comment, at: now)
                }
                try await store.setReceivers(
                    [ReceiverRecord(name, breaker.health)], effect: effect, at: now)
            }
        }
        return try receivers().filter { request.receivers.contains($0.name) }
    }
}

extension ReceiverSettings {
    /// The host of its address; empty where the address is not known here.
    fileprivate var host: String {
        let text = url.revealed
        guard let scheme = text.firstRange(of: "://") else { return "" }
        var place = text[scheme.upperBound...].prefix { !"/?#".contains($0) }
        if let at = place.lastIndex(of: "@") { place = place[place.index(after: at)...] }
        if place.hasPrefix("["), let end = place.firstIndex(of: "]") { return String(place[...end]) }
        return String(place.prefix { $0 != ":" })
    }
}
