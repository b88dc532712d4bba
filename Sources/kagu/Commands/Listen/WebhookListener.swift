// SPDX-License-Identifier: Apache-2.0

import FlyingFox
import FoundationEssentials
import KaguAlert
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
    /// The status of every answer. Not 204, which the server would send with a content-length.
    var status = 200
    /// `retry-after`, as given.
    var retryAfter: String?
}

/// Receives webhooks on loopback and hands them on in the order of their arrival (C9).
struct WebhookListener: Sendable {
    /// A larger body is refused with 413; messages have 256 KiB at most.
    static let maximumBody = ByteCount.mebibytes(1)

    /// The address that a receiver is given.
    var url: String { "http://127.0.0.1:\(server.port)/" }

    private let server: LoopbackServer

    /// Binds 127.0.0.1 on `port`; `receive` gets every message before it is answered.
    static func start(
        port: UInt16, answer: CannedAnswer, receive: @escaping @Sendable (ReceivedRequest) async -> Void
    ) async throws -> WebhookListener {
        let server = try await LoopbackServer.start(port: port) { request in
            guard request.method == .POST else {
                return HTTPResponse(
                    statusCode: .methodNotAllowed, headers: HTTPHeaders([HTTPHeader("allow"): "POST"]))
            }
            guard let body = await bodyBytes(request) else { return HTTPResponse(statusCode: .payloadTooLarge) }
            await receive(
                ReceivedRequest(
                    id: request.headers[HTTPHeader(StandardWebhooks.idHeader)],
                    timestamp: request.headers[HTTPHeader(StandardWebhooks.timestampHeader)],
                    signature: request.headers[HTTPHeader(StandardWebhooks.signatureHeader)], body: body,
                    received: WallClock.now()))
            return response(answer)
        }
        return WebhookListener(server: server)
    }

    /// Lets answers in flight go out, then ends.
    func stop() async { await server.stop() }

    private static func bodyBytes(_ request: HTTPRequest) async -> [UInt8]? {
        var bytes: [UInt8] = []
        do {
            for try await chunk in request.bodySequence {
                bytes.append(contentsOf: chunk)
                guard bytes.count <= maximumBody.bytes else { return nil }
            }
        } catch {
            return nil
        }
        return bytes
    }

    private static func response(_ answer: CannedAnswer) -> HTTPResponse {
        var headers = HTTPHeaders()
        if let retryAfter = answer.retryAfter { headers.setValues([retryAfter], for: HTTPHeader("retry-after")) }
        return HTTPResponse(statusCode: HTTPStatusCode(answer.status, phrase: ""), headers: headers)
    }
}
