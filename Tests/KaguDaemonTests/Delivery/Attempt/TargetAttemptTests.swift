// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguHTTP
import KaguModel
import KaguStore
import KaguTestSupport
import Testing

@testable import KaguDaemon

@Suite("Attempts at targets")
struct TargetAttemptTests {
    private let bench = AttemptBench()

    @Test("every type delivers over the wire, and ids of messages come back (W5–W12, D16)")
    func delivered() async throws {
        let slack = try SlackTarget().listen()
        let mattermost = try MattermostTarget().listen()
        let discord = try DiscordTarget().listen()
        let teams = try TeamsTarget().listen()
        let ntfy = try NtfyTarget(token: "t0ken").listen()
        let matrix = try MatrixTarget(token: "t0ken").listen()
        let telegram = try TelegramTarget(token: "t0ken").listen()
        let alertmanager = try AlertmanagerTarget().listen()
        let receivers: [(any Receiver, LoopbackOrigin, String?)] = [
            (SlackReceiver(AttemptBench.target(slack.url("/services/T/B/x"))), slack, nil),
            (MattermostReceiver(AttemptBench.target(mattermost.url("/hooks/x"))), mattermost, nil),
            (
                DiscordReceiver(AttemptBench.target(discord.url("/api/webhooks/1/token"))), discord,
                "1176000000000000000"
            ),
            (TeamsReceiver(AttemptBench.target(teams.url("/workflows/x?sig=y"))), teams, nil),
            (NtfyReceiver(AttemptBench.target(ntfy.url("")), topic: "kagu"), ntfy, "id1"),
            (MatrixReceiver(AttemptBench.target(matrix.url("/")), room: "!abc:example.org"), matrix, "$event0"),
            (TelegramReceiver(AttemptBench.target(telegram.url("")), chat: "-1001"), telegram, "1"),
            (
                AlertmanagerReceiver(AttemptBench.target(alertmanager.url("/"))), alertmanager,
                AttemptBench.id.description
            ),
        ]
        for (receiver, origin, remote) in receivers {
            let result = try #require(await bench.attempt(receiver))
            #expect(result.verdict == .delivered(remoteID: remote), "\(receiver.kind): \(result.record.excerpt)")
            #expect(origin.requests.count == 1)
            #expect(origin.requests.first?.header("user-agent") == "kagu/1.2.3")
            #expect(origin.requests.first?.header("expect") == nil)
        }
    }

    @Test("an edit changes the message; one whose message is gone is posted anew, within the attempt (D16, W7)")
    func edits() async throws {
        let target = DiscordTarget()
        let origin = try target.listen()
        let receiver = DiscordReceiver(AttemptBench.target(origin.url("/api/webhooks/1/token")))
        let first = try #require(await bench.attempt(receiver))
        guard case .delivered(let remote?) = first.verdict else { return #expect(Bool(false)) }
        let later = AttemptBench.message(.make(title: "Another title"))
        let edit = try #require(await bench.attempt(receiver, later, editing: remote))
        #expect(edit.verdict == .delivered(remoteID: remote))
        #expect(target.messages.count == 1)
        #expect(String(decoding: target.messages[0], as: UTF8.self).contains("Another title"))
        target.deleteMessages()
        let anew = try #require(await bench.attempt(receiver, later, editing: "5"))
        #expect(anew.verdict == .delivered(remoteID: "1176000000000000000"))
        #expect(origin.requests.map(\.method) == ["POST", "PATCH", "PATCH", "POST"])
    }

    @Test("telegram's refusal of the markup is answered with plain text, once, within the attempt (W11)")
    func plainText() async throws {
        let target = TelegramTarget(token: "t0ken")
        let origin = try target.listen()
        let receiver = TelegramReceiver(AttemptBench.target(origin.url("")), chat: "-1001")
        let refusal = TelegramTarget.error(400, "Bad Request: can't parse entities: unsupported start tag")
        target.script(refusal)
        let result = try #require(await bench.attempt(receiver))
        #expect(result.verdict == .delivered(remoteID: "1"))
        #expect(origin.requests.count == 2)
        #expect(!origin.requests[1].bodyText.contains("parse_mode"))
        target.script(refusal, refusal)
        let refused = try #require(await bench.attempt(receiver))
        #expect(refused.answer.answerClass == .configSuspect)
        #expect(origin.requests.count == 4)
    }

    @Test("a story's severity that rose goes to Alertmanager in two requests; when one fails, both go again (W12)")
    func alertmanager() async throws {
        let target = AlertmanagerTarget()
        let origin = try target.listen()
        let receiver = AlertmanagerReceiver(AttemptBench.target(origin.url("")))
        let (old, new) = (Hit.make(seen: AttemptBench.now), Hit.make(seen: AttemptBench.now, severity: .critical))
        let telling = StoryTelling(
            story: StorySummary([old, new]), newHits: [new], group: AlertGroup(route: "r", labels: []), update: 1,
            first: AttemptBench.id, toldSeverity: .medium)
        let message = AlertMessage(
            id: AttemptBench.id, receiver: "desk", route: "r", reason: .severity, boundAt: AttemptBench.now,
            content: .story(telling))
        _ = try #require(await bench.attempt(receiver, AttemptBench.message(old)))
        #expect(target.alerts.map { $0.labels["severity"] } == ["medium"])
        let result = try #require(await bench.attempt(receiver, message))
        #expect(result.answer.answerClass == .success)
        #expect(target.alerts.map { $0.labels["severity"] } == ["medium", "critical"])
        #expect(target.alerts.map { $0.endsAt } == ["2026-11-22T09:14:03.000Z", "2026-11-22T10:14:03.000Z"])
        target.script(.status(200), .status(503))
        let failed = try #require(await bench.attempt(receiver, message))
        #expect(failed.answer.answerClass == .transient)
        #expect(origin.requests.count == 5)
    }

    @Test("pauses named in headers and bodies hold the receiver (D8, W7, W9, W10, W11)")
    func pauses() async throws {
        let discord = DiscordTarget()
        let origin = try discord.listen()
        let receiver = DiscordReceiver(AttemptBench.target(origin.url("/api/webhooks/1/token")))
        let body = #"{"message":"You are being rate limited.","retry_after":64570}"#
        discord.script(
            .text(body, status: 429, headers: ["Retry-After": "65", "X-RateLimit-Reset-After": "64.57"]),
            .text(body, status: 429, headers: ["X-RateLimit-Reset-After": "64.57"]), .text(body, status: 429))
        for floor in [65, 65, 64_570] {
            let result = try #require(await bench.attempt(receiver))
            #expect(result.receiverHeldUntil == AttemptBench.now + .seconds(floor))
        }
    }

    @Test("what an answer repeats of the receiver's secrets is cut out of the record (C2, V4)")
    func excerpts() async throws {
        let origin = try LoopbackOrigin()
        let receiver = TelegramReceiver(AttemptBench.target(origin.url("")), chat: "-1001")
        origin.otherwise { .text("no such path: \($0.path)", status: 404) }
        let result = try #require(await bench.attempt(receiver))
        #expect(result.record.excerpt == "no such path: /bot<secret>/sendMessage")
        let slack = SlackReceiver(AttemptBench.target(origin.url("/services/T0/B0/x")))
        origin.otherwise { _ in .text("bad url \(origin.url("/services/T0/B0/x"))", status: 400) }
        #expect(await bench.attempt(slack)?.record.excerpt == "bad url <secret>")
        // One that lies across the end of what is kept is not kept by half.
        let padding = String(repeating: "x", count: DeliveryAttempt.maximumExcerptBytes - 20)
        origin.otherwise { _ in .text(padding + origin.url("/services/T0/B0/x"), status: 400) }
        #expect(await bench.attempt(slack)?.record.excerpt == padding + "<secret>")
    }
}
