// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import KaguConfig
import KaguModel
import KaguStore

/// `kagu silence`: hits that nobody wants to be told of for a while (R11, C7).
struct SilenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "silence", abstract: "Tell nobody of certain hits for a while.",
        subcommands: [SilenceAddCommand.self, SilenceListCommand.self, SilenceExpireCommand.self])
}

/// `kagu silence add MATCHER…`.
struct SilenceAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Silence hits for a while; prints the silence's id.",
        discussion: """
            A matcher is label, operation and value as in routes, quotes optional: watch=gib, 'severity!="critical"', \
            'feed=~"ria|tass"'. All must hold. Hits are stored as ever; what would have been told of them while the \
            silence lasts is not told later either.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp("What is silenced.", valueName: "matcher"))
    var matchers: [String] = []

    @Option(
        name: .customLong("for"), help: ArgumentHelp("How long, as in 2h, 90min or 3d.", valueName: "span"))
    var span: String?

    @Option(
        name: [.customShort("U"), .long], parsing: .unconditional,
        help: ArgumentHelp("Until then.", valueName: "time"))
    var until: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("From then on; at once unless given.", valueName: "time"))
    var from: String?

    @Option(help: "Why.")
    var comment: String

    @Flag(help: "Read times in UTC instead of local time.")
    var utc = false

    @Option(name: [.short, .long], help: "short or json.")
    var output = AnswerFormat.short

    func validate() throws {
        if matchers.isEmpty {
            throw ValidationError(
                "a silence needs a matcher, as in watch=gib: without one it would silence everything")
        }
        if (span == nil) == (until == nil) { throw ValidationError("say how long: --for 2h, or --until TIME") }
    }

    func run() async throws {
        let wiring = Wiring.ofProcess()
        let request = try request(at: WallClock.now())
        let silence = try await VerbRunner(wiring, common).carryOut(request) { try await $0.add(request) }
        switch output {
        case .short: try StandardOutput.write(silence.id + "\n")
        case .json: try StandardOutput.write(SilencePrinter.json(silence) + "\n")
        }
    }

    private func request(at now: Instant) throws -> AddSilence {
        let starts = try MomentOption.instant(from, "--from", utc: utc)
        var ends = try MomentOption.instant(until, "--until", utc: utc)
        if let span {
            // From its beginning, wherever that lies.
            do {
                let length = try TimeExpression.parse("+\(span)", now: now, clock: .utc) - now
                ends = (starts.map { max($0, now) } ?? now) + length
            } catch {
                throw CommandFailure("--for: \"\(VisibleText.escaped(span))\" is no span; write 90min, 2h or 3d")
            }
        }
        return AddSilence(
            matchers: matchers, starts: starts, ends: ends ?? now, author: UserName.ofProcess(), comment: comment)
    }
}

/// `kagu silence list`.
struct SilenceListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List silences that are in force or to come.",
        discussion: "Exit status 1 when there is none.")

    @OptionGroup var common: CommonOptions

    @Flag(help: "Those that are over too.")
    var expired = false

    @OptionGroup var list: ListOptions

    func run() throws {
        let wiring = Wiring.ofProcess()
        let now = WallClock.now()
        let silences =
            try StateSnapshot.existing(try wiring.stateDirectory(common))?
            .silences(includingExpired: expired, at: now) ?? []
        let terminal = Terminal.standardOutput(environment: wiring.environment)
        try list.show(silences, SilencePrinter(terminal: terminal, clock: list.clock, now: now).list)
    }
}

/// `kagu silence expire ID…`.
struct SilenceExpireCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "expire", abstract: "End silences now.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var answer: AnswerOptions

    @Argument(help: "Ids.")
    var ids: [String]

    func run() async throws {
        let wiring = Wiring.ofProcess()
        let request = ExpireSilences(ids)
        let expired = try await VerbRunner(wiring, common).carryOut(request) { state in
            try StateSnapshot.require(state.directory)
            return try await state.alerts { store in
                let expired = try await store.expireSilences(ids, at: WallClock.now())
                if let unknown = ids.first(where: { !expired.contains($0) }) {
                    throw ControlRefusal.unknownSilence(unknown)
                }
                return expired
            }
        }
        try StandardOutput.write(FeedAnswerPrinter(answer.output, wiring).ids("expired", expired))
    }
}

extension OfflineState {
    /// Adds a silence without a daemon (O11).
    func add(_ request: AddSilence) async throws -> Silence {
        // Root becomes the owner of the directory before it writes, and is still who asked.
        let user = getuid()
        return try await alerts(makesDirectory: true) { store in
            var random = SystemRandomNumberGenerator()
            let silence = try request.silence(
                id: Silence.newID(&random), by: user, at: WallClock.now(),
                read: { try LabelMatcherParser.parse($0, quotesOptional: true) })
            guard try await store.addSilence(silence) else { throw ControlRefusal.tooManySilences }
            return silence
        }
    }
}

/// Who types.
enum UserName {
    /// The name behind sudo, else that of the process's user; empty where it has none.
    static func ofProcess() -> String {
        if getuid() == 0, let name = getenv("SUDO_USER") { return String(cString: name) }
        guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else { return "" }
        return String(cString: name)
    }
}
