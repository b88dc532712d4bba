// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import Synchronization

@testable import KaguDaemon
@testable import KaguStore

/// Targets without a network: they answer as a test says, at once or later, and note every request.
final class FakeTargets: Sendable {
    /// A request as a target saw it.
    struct Request: Sendable {
        let receiver: String
        let id: String
        let reason: String
        let type: String
        let body: [UInt8]
        let editing: String?
        /// On the monotonic clock.
        let at: Duration
        let wall: Instant
        let isSuccess: Bool

        var text: String { String(decoding: body, as: UTF8.self) }

        /// How many hits a body tells of: `hit` of W2 is one, a story's totals and a digest's say it themselves.
        var hits: Int {
            guard type != "kagu.hit" else { return 1 }
            guard type != "kagu.story" else { return text.components(of: "\"id\":\"h_") }
            return text.number(after: "\"hits\":") ?? 0
        }
    }

    /// An answer and how long it takes.
    struct Reply: Sendable {
        var outcome: AttemptOutcome
        var after: Duration = .zero
        var remoteID: String?
        var editTargetIsGone = false

        static let ok = Reply(outcome: .answered(status: 200))
        static func status(_ status: Int, floor: Duration = .zero, date: Instant? = nil) -> Reply {
            Reply(outcome: .answered(status: status, floor: floor, date: date))
        }
        static let hangs = Reply(outcome: .failed(.timeout), after: .seconds(15))
    }

    private struct State {
        var rules: [String: @Sendable (Request) -> Reply] = [:]
        var requests: [Request] = []
        var waiting: [(due: Duration, resume: CheckedContinuation<Void, Never>)] = []
    }

    private let time: VirtualTime
    private let state = Mutex(State())

    init(_ time: VirtualTime) { self.time = time }

    /// From now on `receiver` answers like this; those without a rule answer 200.
    func on(_ receiver: String, _ rule: @escaping @Sendable (Request) -> Reply) {
        state.withLock { $0.rules[receiver] = rule }
    }

    func on(_ receiver: String, _ reply: Reply) { on(receiver) { _ in reply } }

    func requests(_ receiver: String? = nil) -> [Request] {
        state.withLock { $0.requests.filter { receiver == nil || $0.receiver == receiver } }
    }

    /// Requests that succeeded.
    func taken(_ receiver: String) -> [Request] { requests(receiver).filter(\.isSuccess) }

    /// Requests that wait for their answer.
    var parked: Int { state.withLock { $0.waiting.count } }
    var nextAnswer: Duration? { state.withLock { $0.waiting.map(\.due).min() } }

    /// Gives the answers whose time has come.
    func answerDue() {
        let due = state.withLock { state in
            let due = state.waiting.filter { $0.due <= time.now }
            state.waiting.removeAll { $0.due <= time.now }
            return due
        }
        for waiting in due { waiting.resume.resume() }
    }

    func send(_ attempt: DeliveryAttempt) async -> DeliveryAttempt.Result? {
        let began = time.wall
        let name = attempt.alert.receiver
        let plain = Request(
            receiver: name, id: attempt.alert.id, reason: attempt.alert.reason, type: attempt.alert.type,
            body: attempt.alert.body, editing: attempt.editing, at: time.now, wall: began, isSuccess: false)
        let rule = state.withLock { $0.rules[name] }
        let reply = rule.map { $0(plain) } ?? .ok
        var answer = KaguAlert.Answer(reply.outcome, isSigned: true, at: began + reply.after)
        answer.remoteID = reply.remoteID
        let request = Request(
            receiver: name, id: plain.id, reason: plain.reason, type: plain.type, body: plain.body,
            editing: plain.editing, at: plain.at, wall: began, isSuccess: answer.answerClass == .success)
        state.withLock { $0.requests.append(request) }
        if reply.after > .zero {
            await withCheckedContinuation { continuation in
                state.withLock { $0.waiting.append((time.now + reply.after, continuation)) }
            }
        }
        return attempt.result(answer, excerpt: "", began: began, isPostedAnew: reply.editTargetIsGone)
    }
}

extension String {
    /// How often `part` occurs.
    func components(of part: String) -> Int {
        var (count, rest) = (0, self[...])
        while let range = rest.firstRange(of: part) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }

    /// The number behind the first `part`.
    func number(after part: String) -> Int? {
        guard let range = firstRange(of: part) else { return nil }
        return Int(self[range.upperBound...].prefix(while: \.isNumber))
    }
}
