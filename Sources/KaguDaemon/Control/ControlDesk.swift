// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel
import KaguStore
import Logging

/// Answers requests of the control socket: reads the line, has its verb carried out, and tells the journal who
/// asked for what (O11). Runs in the pool.
struct ControlDesk: Sendable {
    let daemon: Daemon
    let parts: Daemon.Parts
    let logger: Logger
    private let visits: VisitSlots

    init(daemon: Daemon, parts: Daemon.Parts, logger: Logger, limits: ControlLimits = ControlLimits()) {
        self.daemon = daemon
        self.parts = parts
        self.logger = logger
        visits = VisitSlots(limits.fetches, waiting: limits.waitingFetches)
    }

    /// Answers one line, which lacks its line end, with one that has it.
    @concurrent
    func answer(_ line: [UInt8], _ caller: ControlCaller) async -> [UInt8] {
        let verb: ControlVerbName
        do {
            verb = try ControlCoding.verb(of: line)
        } catch {
            return ControlCoding.line(of: error)
        }
        let search = FeedSearchDesk(daemon: daemon, parts: parts, visits: visits)
        let lists = FeedListDesk(daemon: daemon, parts: parts, search: search)
        let polls = FeedPollDesk(daemon: daemon, parts: parts)
        let alerts = AlertDesk(daemon: daemon, parts: parts)
        let receivers = ReceiverDesk(daemon: daemon, parts: parts)
        switch verb {
        case .addFeed: return await carryOut(line, caller, { LoggedAddress($0.feed.url).description }, lists.add)
        case .removeFeeds: return await carryOut(line, caller, { Self.names($0.feeds) }, lists.remove)
        case .importFeeds: return await carryOut(line, caller, { String($0.file.prefix(200)) }, lists.importFeeds)
        case .pollFeeds: return await carryOut(line, caller, { Self.names($0.feeds) }, polls.poll)
        case .pauseFeeds: return await carryOut(line, caller, { Self.names($0.feeds) }, polls.pause)
        case .resumeFeeds: return await carryOut(line, caller, { Self.names($0.feeds) }, polls.resume)
        case .discoverFeeds:
            return await carryOut(line, caller, { LoggedAddress($0.url).description }, search.discover)
        case .fetch: return await carryOut(line, caller, { LoggedAddress($0.url).description }, search.fetch)
        case .retryAlerts: return await carryOut(line, caller, { $0.selection.inWords }, alerts.retry)
        case .dropAlerts:
            return await carryOut(
                line, caller, { "\($0.selection.inWords): \($0.comment.prefix(200))" }, alerts.drop)
        case .listReceivers:
            return await carryOut(line, caller, { (_: ListReceivers) in "" }, { _ in try await receivers.list() })
        case .testReceiver: return await carryOut(line, caller, { String($0.receiver.prefix(100)) }, receivers.test)
        case .setReceiver:
            return await carryOut(
                line, caller, { "\(Self.names($0.receivers)): \($0.isEnabled ? "enable" : "disable")" },
                receivers.set)
        case .addSilence:
            return await carryOut(
                line, caller, { Self.names($0.matchers) }, { try await alerts.addSilence($0, by: caller) })
        case .expireSilences: return await carryOut(line, caller, { Self.names($0.ids) }, alerts.expireSilences)
        case .reload:
            return await carryOut(line, caller, { (_: Reload) in "" }, { _ in try await daemon.reloadNow(parts) })
        case .status:
            return await carryOut(line, caller, { (_: DaemonStatus) in "" }, { _ in await daemon.status(parts) })
        }
    }

    private func carryOut<Verb: ControlVerb>(
        _ line: [UInt8], _ caller: ControlCaller, _ subject: (Verb) -> String,
        _ body: (Verb) async throws -> Verb.Answer
    ) async -> [UInt8] {
        do {
            let arguments: Verb = try ControlCoding.arguments(of: line)
            note(Verb.name, subject(arguments), caller)
            return ControlCoding.line(of: ControlReply<Verb.Answer>.answer(try await body(arguments)))
        } catch {
            let refusal = ControlRefusal(error)
            logger.log(
                level: refusal.reason == .failed ? .error : .debug,
                "control: \(Verb.name.rawValue): \(refusal.message)")
            return ControlCoding.line(of: ControlReply<Verb.Answer>.refusal(refusal))
        }
    }

    private func note(_ verb: ControlVerbName, _ subject: String, _ caller: ControlCaller) {
        logger.log(
            level: verb.isWriting ? .notice : .debug,
            "control: user \(caller.uid) asks: \(verb.rawValue)\(subject.isEmpty ? "" : " \(subject)")",
            metadata: ["uid": "\(caller.uid)", "pid": "\(caller.pid)"])
    }

    /// Some ids or addresses, as far as they fit a line.
    private static func names(_ feeds: [String]) -> String {
        let shown = feeds.prefix(10).map { name in
            name.contains("://") ? LoggedAddress(name).description : String(name.prefix(100))
        }
        return shown.joined(separator: " ")
            + (feeds.count > shown.count ? " and \(feeds.count - shown.count) more" : "")
    }
}

extension AlertSelection {
    /// Which alerts, as far as they fit a line of the journal.
    fileprivate var inWords: String {
        guard ids.isEmpty else {
            return ids.prefix(10).map { String($0.prefix(40)) }.joined(separator: " ")
                + (ids.count > 10 ? " and \(ids.count - 10) more" : "")
        }
        return "of receiver \(receiver.map { String($0.prefix(100)) } ?? "-")"
    }
}

extension ControlRefusal {
    /// Why something could not be done, for who asked.
    init(_ error: any Error) {
        switch error {
        case let refusal as ControlRefusal: self = refusal
        case let failure as ConfigFailure:
            let problems = failure.problems.filter { $0.severity == .error }
            let first = problems.first.map(\.oneLine) ?? "the configuration is not valid"
            let more = problems.count > 1 ? " (and \(problems.count - 1) more; kagu check shows all)" : ""
            self.init(.configuration, first + more)
        case is CancellationError: self.init(.stopping, "the daemon stops")
        default: self.init(.failed, "\(error)")
        }
    }
}

extension ConfigProblem {
    /// Place and message without the excerpt.
    var oneLine: String { location.map { "\($0): \(message)" } ?? message }
}
