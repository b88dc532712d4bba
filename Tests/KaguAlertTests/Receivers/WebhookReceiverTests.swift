// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import Testing

@Suite("Webhook receiver")
struct WebhookReceiverTests {
    private let id = AlertID(at: Instant(seconds: 1_795_338_811), randomness: [1, 2, 3])
    private let body = Array(#"{"type":"kagu.test"}"#.utf8)
    private let now = Instant(milliseconds: 1_795_338_843_900)

    private func receiver(
        keys: [String] = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], headers: [OutgoingHTTP.Header] = []
    ) throws -> WebhookReceiver {
        WebhookReceiver(
            name: "desk", url: Secret("https://hooks.example.org/kagu"),
            keys: try keys.map { try SigningKey(Secret($0)) }, headers: headers, userAgent: "kagu/1.2.3")
    }

    private func names(_ request: OutgoingHTTP) -> [String] { request.headers.map(\.name) }

    private func request(_ receiver: WebhookReceiver, at instant: Instant? = nil) throws -> OutgoingHTTP {
        let requests = receiver.requests(BoundAlert(id: id, body: body), at: instant ?? now)
        guard requests.count == 1, case .http(let request) = requests[0] else { throw NoRequest() }
        return request
    }

    private struct NoRequest: Error {}

    private func value(_ name: String, _ request: OutgoingHTTP) -> String? {
        request.headers.first { $0.name == name }?.value.revealed
    }

    @Test("an attempt posts the frozen body with id, whole seconds and signature (W1, D4)")
    func request() throws {
        let receiver = try receiver(headers: [.init("X-Team", Secret("media"))])
        let request = try request(receiver)
        #expect(request.method == .post)
        #expect(request.url.revealed == "https://hooks.example.org/kagu")
        #expect(request.body == body)
        #expect(request.timeout == .seconds(15))
        #expect(
            names(request) == [
                "content-type", "user-agent", "webhook-id", "webhook-timestamp", "webhook-signature", "X-Team",
            ])
        #expect(value("content-type", request) == "application/json")
        #expect(value("user-agent", request) == "kagu/1.2.3")
        #expect(value("webhook-id", request) == id.description)
        #expect(value("webhook-timestamp", request) == "1795338843")
        let verified = StandardWebhooks.verify(
            id: value("webhook-id", request), timestamp: value("webhook-timestamp", request),
            signature: value("webhook-signature", request), body: request.body, keys: receiver.keys, at: now)
        #expect(verified == .success(VerifiedMessage(id: id.description, sentAt: Instant(seconds: 1_795_338_843))))
    }

    @Test("a later attempt changes timestamp and signature alone (D4)")
    func laterAttempt() throws {
        let receiver = try receiver()
        let first = try request(receiver)
        let second = try request(receiver, at: now + .seconds(300))
        #expect(first.body == second.body)
        let changed = zip(first.headers, second.headers).filter { $0 != $1 }.map(\.0.name)
        #expect(changed == ["webhook-timestamp", "webhook-signature"])
    }

    @Test("without keys the request goes unsigned, with its timestamp (W1)")
    func unsigned() throws {
        let request = try request(receiver(keys: []))
        #expect(names(request) == ["content-type", "user-agent", "webhook-id", "webhook-timestamp"])
    }

    @Test("headers that kagu sets are not the operator's to set, a user agent is (W1)")
    func reservedHeaders() throws {
        let headers = ["Webhook-Id", "HOST", "content-length", "Content-Type", "webhook-x", "User-Agent"]
        #expect(headers.map(WebhookReceiver.reserves) == [true, true, true, true, true, false])
        let receiver = try receiver(keys: [], headers: headers.map { .init($0, Secret("x")) })
        let request = try request(receiver)
        #expect(names(request) == ["content-type", "webhook-id", "webhook-timestamp", "User-Agent"])
    }

    @Test("nothing that prints a request shows its URL or headers (D15, V4)")
    func secrecy() throws {
        let request = try request(receiver(headers: [.init("Authorization", Secret("Bearer t0ken"))]))
        var dumped = ""
        dump(request, to: &dumped)
        #expect(!dumped.contains("t0ken") && !dumped.contains("hooks.example.org"))
        #expect(!"\(request)".contains("t0ken") && !"\(request)".contains("hooks.example.org"))
    }

    @Test("an outcome is judged as that of a signed request only where it was signed (D9)")
    func judging() throws {
        let outcome = AttemptOutcome.answered(status: 401, date: now + .seconds(4000))
        let alert = BoundAlert(id: id, body: body)
        #expect(try receiver().judge(outcome, of: alert, at: now).answerClass == .clockSuspect)
        #expect(try receiver(keys: []).judge(outcome, of: alert, at: now).answerClass == .configSuspect)
    }
}
