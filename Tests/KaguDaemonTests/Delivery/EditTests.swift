// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguDaemon
@testable import KaguStore

/// Targets whose messages are edited in place (D16, R6).
@Suite struct EditTests {
    /// A chat that edits; its bodies are those of a webhook.
    private struct Chat: Receiver {
        let name: String
        var kind: ReceiverKind { .discord }
        var displayHost: String { "chat.example" }
        var secrets: [Secret] { [] }
        func body(_ message: AlertMessage) -> FrozenBody {
            FrozenBody(Alert(message, for: nil).body, isEditable: message.content.kind != .digest)
        }
        func requests(_ alert: BoundAlert, at instant: Instant) -> [OutgoingRequest] { [] }
        func judge(_ outcome: AttemptOutcome, of alert: BoundAlert, at now: Instant) -> KaguAlert.Answer {
            KaguAlert.Answer(outcome, isSigned: false, at: now)
        }
    }

    private func rig(_ rule: UpdateRule) async throws -> CourierRig {
        let rig = try await CourierRig(
            .make(Route(receiver: "room", updates: rule), receivers: ["room"], kinds: ["room": Chat(name: "room")]))
        rig.targets.on("room") { request in
            var reply = FakeTargets.Reply.ok
            reply.remoteID = request.editing ?? "remote-\(request.id)"
            return reply
        }
        return rig
    }

    @Test("later news edit the first message at group_interval; with `steps` a step also posts anew (R6, D16)")
    func edits() async throws {
        let rig = try await rig(.steps)
        for outlet in 0..<4 {
            try await rig.publish([rig.hit(story: "s_1", feed: "f\(outlet)")])
            await rig.pass(.seconds(600))
        }
        let taken = rig.targets.taken("room")
        let remote = "remote-\(taken[0].id)"
        #expect(taken.map(\.reason) == ["new", "update", "step", "step", "update"])
        #expect(taken.map(\.editing) == [nil, remote, remote, nil, remote])
        #expect(taken.last?.text.number(after: "\"outlets\":") == 4)
        #expect(try await rig.deliveries() == [.delivered: 4])
    }

    @Test("an edit waits for the message that it edits (D16)")
    func waits() async throws {
        let rig = try await rig(.all)
        rig.targets.on("room") { request in
            guard request.at > .seconds(1000 + 900) else { return .status(503) }
            var reply = FakeTargets.Reply.ok
            reply.remoteID = request.editing ?? "remote"
            return reply
        }
        try await rig.publish([rig.hit(story: "s_1")])
        await rig.pass(.seconds(60))
        try await rig.publish([rig.hit(story: "s_1", feed: "f2")])
        await rig.pass(.seconds(3 * 3600))
        #expect(rig.targets.taken("room").map(\.editing) == [nil, "remote"])
        #expect(rig.targets.requests("room").allSatisfy { $0.at > .seconds(1000 + 900) || $0.editing == nil })
        #expect(try await rig.deliveries() == [.delivered: 2])
    }

    @Test("a message that is gone is posted anew, and later edits edit the new one (D16)")
    func targetGone() async throws {
        let rig = try await rig(.all)
        rig.targets.on("room") { request in
            var reply = FakeTargets.Reply.ok
            reply.editTargetIsGone = request.editing == "old"
            reply.remoteID = request.editing == nil ? "old" : reply.editTargetIsGone ? "new" : request.editing
            return reply
        }
        for outlet in 0..<3 {
            try await rig.publish([rig.hit(story: "s_1", feed: "f\(outlet)")])
            await rig.pass(.seconds(600))
        }
        #expect(rig.targets.taken("room").map(\.editing) == [nil, "old", "new"])
    }

    @Test("edits are no messages to a rate cap (R12)")
    func uncapped() async throws {
        let rig = try await CourierRig(
            .make(
                Route(receiver: "room", maximumPerHour: 2, updates: .all), receivers: ["room"],
                kinds: ["room": Chat(name: "room")]))
        for outlet in 0..<8 {
            try await rig.publish([rig.hit(story: "s_1", feed: "f\(outlet)")])
            await rig.pass(.seconds(310))
        }
        await rig.pass(.seconds(300))
        #expect(rig.targets.taken("room").count == 8)
    }
}
