// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguStore

/// Tells how receivers stand, tries them out, enables and disables them (C4–C6).
struct ReceiverDesk: Sendable {
    let daemon: Daemon
    let parts: Daemon.Parts

    /// `receivers.list`.
    func list() async throws -> ListReceivers.Answer {
        try await parts.courier.receiverStatuses().map(ReceiverLine.init)
    }

    /// `receivers.test`.
    func test(_ request: TestReceiver) async throws -> TestReceiver.Answer {
        let kind: Alert.Kind =
            switch request.message {
            case .test: .test
            case .hit: .hit
            case .story: .story
            case .digest: .digest
            case .feed: .feed
            }
        switch await parts.courier.test(request.receiver, kind: kind) {
        case .unknownReceiver:
            throw ControlRefusal.unknownReceiver(request.receiver, among: await daemon.receiverNames)
        case .cancelled: throw ControlRefusal(.stopping, "receivers.test: the daemon stops")
        case .attempted(let isSuccess, let attempt, _):
            return TestReceiver.Answer(
                isSuccess: isSuccess, id: attempt.alertID, status: attempt.status, outcome: attempt.classification,
                latency: attempt.duration.milliseconds, excerpt: attempt.excerpt)
        }
    }

    /// `receivers.set`: all of them, or none.
    func set(_ request: SetReceiver) async throws -> SetReceiver.Answer {
        let known = await daemon.receiverNames
        if let unknown = request.receivers.first(where: { !known.contains($0) }) {
            throw ControlRefusal.unknownReceiver(unknown, among: known)
        }
        guard request.comment.utf8.count <= AddSilence.maximumText else {
            throw ControlRefusal(
                .malformed, "receivers.set: a comment longer than \(AddSilence.maximumText) bytes; shorten it")
        }
        for name in request.receivers {
            try await parts.courier.setEnabled(name, request.isEnabled, comment: request.comment)
        }
        return try await list().filter { request.receivers.contains($0.name) }
    }
}

extension ReceiverLine {
    /// How the courier sees it.
    init(_ status: ReceiverStatus) {
        self.init(
            name: status.name, type: status.kind.rawValue, host: status.host, state: status.state.rawValue,
            since: status.since, waiting: status.waiting, parked: status.parked, oldest: status.oldest,
            lastSuccess: status.lastSuccess, lastError: status.lastError, cause: status.cause)
    }
}
