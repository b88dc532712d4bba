// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel
import KaguStore

/// Does to alerts and silences what operators ask for (C3, C7); the courier looks again after each change.
struct AlertDesk: Sendable {
    let daemon: Daemon
    let parts: Daemon.Parts

    /// `alerts.retry`.
    func retry(_ request: RetryAlerts) async throws -> RetryAlerts.Answer {
        try await requireReceiver(request.selection)
        let lines = try await parts.store.retry(
            request.selection, at: daemon.time.wall(), dryRun: request.dryRun)
        if !request.dryRun, !lines.isEmpty { await parts.courier.wake() }
        return lines
    }

    /// `alerts.drop`.
    func drop(_ request: DropAlerts) async throws -> DropAlerts.Answer {
        guard request.comment.contains(where: { !$0.isWhitespace }) else {
            throw ControlRefusal(.malformed, "alerts.drop: no comment; say why, it is kept with the alert")
        }
        guard request.comment.utf8.count <= AddSilence.maximumText else {
            throw ControlRefusal(
                .malformed, "alerts.drop: a comment longer than \(AddSilence.maximumText) bytes; shorten it")
        }
        try await requireReceiver(request.selection)
        let lines = try await parts.store.drop(
            request.selection, comment: request.comment, at: daemon.time.wall(), dryRun: request.dryRun)
        if !request.dryRun, !lines.isEmpty { await parts.courier.wake() }
        return lines
    }

    /// `silence.add`: durable when it is answered (R11).
    func addSilence(_ request: AddSilence, by caller: ControlCaller) async throws -> Silence {
        var random = SystemRandomNumberGenerator()
        let silence = try request.silence(
            id: Silence.newID(&random), by: caller.uid, at: daemon.time.wall(),
            read: { try LabelMatcherParser.parse($0, quotesOptional: true) })
        guard try await parts.store.addSilence(silence) else { throw ControlRefusal.tooManySilences }
        return silence
    }

    /// `silence.expire`.
    func expireSilences(_ request: ExpireSilences) async throws -> [Silence.ID] {
        let expired = try await parts.store.expireSilences(request.ids, at: daemon.time.wall())
        if let unknown = request.ids.first(where: { !expired.contains($0) }) {
            throw ControlRefusal.unknownSilence(unknown)
        }
        // What waited for nothing but the end of the silence's group timer is looked at again.
        await parts.courier.wake()
        return expired
    }

    /// A receiver that is neither configured nor owed anything is a mistyped one.
    private func requireReceiver(_ selection: AlertSelection) async throws {
        guard selection.ids.isEmpty, let name = selection.receiver else { return }
        let known = await daemon.receiverNames
        guard !known.contains(name), try await !parts.store.hasAlerts(receiver: name) else { return }
        throw ControlRefusal.unknownReceiver(name, among: known)
    }
}

extension Daemon {
    /// The receivers in force.
    var receiverNames: [String] { inForce?.config.alerts.receivers.map(\.name) ?? [] }
}
