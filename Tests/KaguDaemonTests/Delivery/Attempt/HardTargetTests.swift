// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguHTTP
import KaguLoopback
import KaguModel
import KaguStore
import KaguTestSupport
import Testing

@testable import KaguDaemon

@Suite("Targets that misbehave")
struct HardTargetTests {
    private let bench = AttemptBench()

    private func webhook(_ url: String, timeout: Duration = .seconds(1), keys: [SigningKey] = []) -> WebhookReceiver
    {
        WebhookReceiver(name: "desk", url: Secret(url), keys: keys, timeout: timeout, userAgent: "kagu/1.2.3")
    }

    @Test("a redirect is not followed, wherever it points, and counts as a failure (T12, D9)")
    func redirects() async throws {
        let trap = try LoopbackOrigin()
        let origin = try LoopbackOrigin()
        let places = [
            "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", trap.url("/"), origin.url("/hook"),
            "gopher://127.0.0.1/", "//", "",
        ]
        for place in places {
            for status in [301, 302, 303, 307, 308] {
                origin.on("/hook", .redirect(to: place, status: status))
                let result = try #require(await bench.attempt(webhook(origin.url("/hook"))))
                #expect(result.answer.answerClass == .configSuspect)
                #expect(result.record.status == status)
            }
        }
        #expect(origin.requests.count == places.count * 5)
        #expect(trap.connectionCount == 0)
    }

    @Test("loopback is reached under no spelling without being opened; connections are none (T13, D14)")
    func addresses() async throws {
        let trap = try LoopbackOrigin()
        let mail = try MailTarget()
        let spellings = [
            "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0x7f000001", "0177.0.0.1", "localhost", "0.0.0.0", "0",
            "[::ffff:127.0.0.1]", "[::1]", "[64:ff9b::7f00:1]",
        ]
        let guards = [
            AddressGuard.publicOnly,
            AddressGuard(allowing: [.block(address: [127, 0, 0, 0], prefixLength: 8)], blocksOpen: .privateSpace),
        ]
        for host in spellings {
            for addressGuard in guards {
                let receiver = webhook("http://\(host):\(trap.port)/")
                let result = try #require(await bench.attempt(receiver, guardedBy: addressGuard))
                #expect(result.answer.answerClass != .success, "\(host)")
                let letter = EmailReceiver(
                    name: "m", url: Secret("smtp://\(host):\(mail.port)"), requiresTLS: false,
                    from: "a@example.org",
                    to: ["b@example.org"], timeout: .seconds(1))
                let mailed = try #require(await bench.attempt(letter, guardedBy: addressGuard))
                #expect(mailed.answer.answerClass != .success, "\(host)")
            }
        }
        let refused = try #require(
            await bench.attempt(webhook("http://127.0.0.1:\(trap.port)/"), guardedBy: .publicOnly))
        #expect(refused.answer.reason == .blockedAddress && refused.answer.answerClass == .configSuspect)
        #expect(trap.connectionCount == 0)
        #expect(mail.connectionCount == 0)
    }

    @Test("a target that never answers, drips or hangs up costs its time and no more (T14, D13)")
    func slow() async throws {
        let origin = try LoopbackOrigin()
        origin.on("/never", .never)
        origin.on("/drip", .drip(count: 10_000, every: .milliseconds(20)))
        origin.on("/hangup", .hangUp)
        for (path, reason) in [
            ("/never", KaguAlert.Answer.Reason.timeout), ("/drip", .timeout), ("/hangup", .connect),
        ] {
            let start = ContinuousClock.now
            let result = try #require(await bench.attempt(webhook(origin.url(path))))
            #expect(result.answer.answerClass == .transient)
            #expect(result.answer.reason == reason)
            #expect(ContinuousClock.now - start < .seconds(4))
        }
    }

    @Test("of an endless body 64 KiB are read, endless headers are a failure (T14, D13)")
    func large() async throws {
        let origin = try LoopbackOrigin()
        let part = ScriptedResponse.Part([UInt8](repeating: 0x61, count: 64 << 10), repetitions: 16_384)
        origin.on("/body", ScriptedResponse(parts: [part], ending: .close))
        let head =
            "HTTP/1.1 200 OK\r\n"
            + String(repeating: "x-header: \(String(repeating: "a", count: 990))\r\n", count: 10_000)
        origin.on("/headers", ScriptedResponse(framing: .none, ending: .close, rawHead: Array(head.utf8)))
        let start = ContinuousClock.now
        let body = try #require(await bench.attempt(webhook(origin.url("/body"), timeout: .seconds(10))))
        #expect(body.answer.answerClass == .success)
        #expect(body.record.excerpt.utf8.count == DeliveryAttempt.maximumExcerptBytes)
        let headers = try #require(await bench.attempt(webhook(origin.url("/headers"), timeout: .seconds(10))))
        #expect(headers.answer.answerClass == .transient)
        #expect(headers.answer.reason == .serverError)
        #expect(ContinuousClock.now - start < .seconds(8))
    }

    @Test("all keys of a rotation sign, and each verifies by itself (T24, D15)")
    func rotation() async throws {
        let origin = try LoopbackOrigin()
        origin.on("/hook", .status(204))
        let texts = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"]
        let keys = try texts.map { try SigningKey(Secret($0)) }
        _ = try #require(await bench.attempt(webhook(origin.url("/hook"), keys: keys)))
        let request = try #require(origin.requests.first)
        for key in keys {
            let verified = StandardWebhooks.verify(
                id: request.header("webhook-id"), timestamp: request.header("webhook-timestamp"),
                signature: request.header("webhook-signature"), body: request.body, keys: [key],
                at: AttemptBench.now)
            #expect(throws: Never.self) { try verified.get() }
        }
        #expect(request.header("webhook-signature")?.split(separator: " ").count == 2)
    }
}
