// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel

/// Carries out a writing verb: through the daemon where one runs, else by itself (O11).
struct VerbRunner {
    private let wiring: Wiring
    private let common: CommonOptions
    /// The state directory.
    let directory: String

    /// For the daemon of these options.
    init(_ wiring: Wiring, _ common: CommonOptions) throws {
        self.wiring = wiring
        self.common = common
        directory = try wiring.stateDirectory(common)
    }

    /// Asks the daemon; without one, does `alone` instead. The daemon's refusals end the command.
    func carryOut<Verb: ControlVerb>(
        _ verb: Verb, alone: (OfflineState) async throws -> Verb.Answer
    ) async throws -> Verb.Answer {
        if let client = try ControlClient.connect(stateDirectory: directory) { return try Self.ask(client, verb) }
        do {
            return try await alone(OfflineState(load: { try wiring.configuration(common) }, directory: directory))
        } catch let failure as ConfigFailure {
            throw Wiring.failure("configuration", directory, failure.problems)
        }
    }

    /// Asks the daemon for what only a daemon can do.
    func ask<Verb: ControlVerb>(_ verb: Verb) throws -> Verb.Answer {
        guard let client = try ControlClient.connect(stateDirectory: directory) else {
            throw noDaemon(verb)
        }
        return try Self.ask(client, verb)
    }

    /// Asks, and does not wait for the answer.
    func order(_ verb: some ControlVerb) throws {
        guard let client = try ControlClient.connect(stateDirectory: directory) else { throw noDaemon(verb) }
        try client.send(verb)
    }

    private func noDaemon<Verb: ControlVerb>(_ verb: Verb) -> CommandFailure {
        CommandFailure(
            "\(Verb.name.rawValue): no daemon runs on \(directory), and this needs one; start kagud, or give another "
                + "--state-dir")
    }

    /// Asks, and says on standard error why it was refused: status 1 where nothing is wrong but the answer.
    private static func ask<Verb: ControlVerb>(
        _ client: borrowing ControlClient, _ verb: Verb
    ) throws -> Verb.Answer {
        do {
            return try client.ask(verb)
        } catch let refusal as ControlRefusal {
            throw status(of: refusal)
        }
    }

    /// Says why something was refused, and gives the status with which the command ends.
    static func status(of refusal: ControlRefusal) -> ExitStatus {
        StandardError.write("kagu: \(VisibleText.escaped(refusal.message))\n")
        return refusal.isNegative ? ExitStatus.negative : ExitStatus.error
    }
}

extension ControlRefusal {
    /// Whether the request was understood and carried out, with nothing to show for it (O20).
    fileprivate var isNegative: Bool {
        switch reason {
        case .exists, .nothing, .held: true
        case .malformed, .version, .verb, .unknown, .elsewhere, .configuration, .fetch, .busy, .stopping, .failed:
            false
        }
    }
}
