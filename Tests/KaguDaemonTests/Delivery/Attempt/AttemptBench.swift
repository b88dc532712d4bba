// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguHTTP
import KaguModel
import KaguStore
import KaguTestSupport
import Testing

@testable import KaguDaemon

/// One attempt over loopback: a message frozen by its receiver, sent by the real client, judged.
struct AttemptBench {
    static let now = Instant(milliseconds: 1_795_338_843_000)
    static let id = AlertID(at: now, randomness: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    let time = TimeSource(wall: { AttemptBench.now }, monotonic: { .zero }, random: { 0 })
    let client = HTTPClient(settings: HTTPClientSettings(userAgent: "kagu/1.2.3"))

    /// Loopback opens only as a single address (D14).
    static let loopback = AddressGuard(
        allowing: [.block(address: [127, 0, 0, 1], prefixLength: 32)], blocksOpen: .privateSpace)

    static func target(_ url: String, timeout: Duration = .seconds(5)) -> HTTPTarget {
        HTTPTarget(
            name: "desk", url: Secret(url), token: Secret("t0ken"), timeout: timeout, userAgent: "kagu/1.2.3")
    }

    static func message(_ hit: Hit, severity: Severity? = nil) -> AlertMessage {
        var hit = hit
        if let severity { hit.severity = severity }
        return AlertMessage(
            id: id, receiver: "desk", route: "urgent", reason: .new, boundAt: now,
            content: .hit(hit, group: AlertGroup(route: "urgent", labels: [])))
    }

    /// What came of one attempt at a message; nil: it was cancelled.
    func attempt(
        _ receiver: any Receiver, _ message: AlertMessage = message(.make(title: "A title")),
        editing: String? = nil, guardedBy addressGuard: AddressGuard = loopback
    ) async -> DeliveryAttempt.Result? {
        let record = AlertRecord(
            id: message.id.description, receiver: message.receiver, route: message.route,
            type: message.content.kind.rawValue, reason: message.reason.rawValue,
            body: receiver.body(message).bytes,
            created: message.boundAt)
        let attempt = DeliveryAttempt(
            alert: record, id: message.id, editing: editing,
            receiver: CourierReceiver(receiver: receiver, addressGuard: addressGuard), time: time)
        return await attempt.run(client)
    }
}
