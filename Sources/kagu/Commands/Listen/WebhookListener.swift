// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguLoopback
import KaguModel

/// A message as it came in.
struct ReceivedRequest: Hashable, Sendable {
    /// `webhook-id`, where given.
    var id: String?
    /// `webhook-timestamp`, where given.
    var timestamp: String?
    /// `webhook-signature`, where given.
    var signature: String?
    /// The raw body, which the signature covers.
    var body: [UInt8]
    /// When it had arrived.
    var received: Instant
}

/// How `kagu listen` answers (C9).
struct CannedAnswer: Hashable, Sendable {
    /// The status of every answer.
    var status = 200
    /// `retry-after`, as given.
    var retryAfter: String?
}

/// Receives webhooks on loopback and hands them on in the order of their arrival (C9).
struct WebhookListener: Sendable {
    /// The address that a receiver is given.
    var url: String { "http://127.0.0.1:\(server.port)/" }

    private let server: LoopbackServer

    /// Binds 127.0.0.1 on `port`; `receive` gets every message before it is answered. Throws a sentence.
    static func start(
        port: UInt16, answer: CannedAnswer, receive: @escaping @Sendable (ReceivedRequest) async -> Void
    ) throws(CommandFailure) -> WebhookListener {
        let headers = answer.retryAfter.map { [(name: "retry-after", value: $0)] } ?? []
        let server = try LoopbackPort.serve(port) { request in
            guard request.method == "POST" else { return request.answer(405, headers: [("allow", "POST")]) }
            await receive(
                ReceivedRequest(
                    id: request.header(StandardWebhooks.idHeader),
                    timestamp: request.header(StandardWebhooks.timestampHeader),
                    signature: request.header(StandardWebhooks.signatureHeader), body: request.body,
                    received: WallClock.now()))
            return request.answer(answer.status, headers: headers)
        }
        return WebhookListener(server: server)
    }

    /// Lets answers in flight go out, then ends.
    func stop() async { await LoopbackPort.stop(server) }
}

/// The servers of `kagu listen` and `kagu demo`.
enum LoopbackPort {
    /// Binds 127.0.0.1 on `port` and answers until `stop`; a body above 1 MiB is refused with 413 (messages have
    /// 256 KiB at most). Throws a sentence when the port cannot be had.
    static func serve(
        _ port: UInt16, respond: @escaping LoopbackServer.Responder
    ) throws(CommandFailure) -> LoopbackServer {
        do {
            return try LoopbackServer.start(port: port, respond: respond)
        } catch {
            throw CommandFailure(
                "listen: 127.0.0.1:\(port): \(SystemReason.text(error.number)); choose another --port")
        }
    }

    /// Lets answers in flight go out for a second, then ends.
    static func stop(_ server: LoopbackServer) async { await server.stop(grace: .seconds(1)) }
}
