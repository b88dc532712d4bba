// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguDaemon
@testable import KaguStore

/// Notices, and copies for the fallback (D12, R15).
@Suite struct NoticeTests {
    private static let health = Route(
        name: "health", path: "route.routes[0]",
        matchers: [LabelMatcher(label: .type, operation: .equals, value: "feed")], receiver: "health")

    private func notice(
        _ kind: HealthNotice.Subject.Kind = .feed, _ id: String = "lemonde", at now: Instant
    ) -> HealthNotice {
        HealthNotice(
            subject: .init(kind: kind, id: id), state: "failing", previous: "ok", since: now, error: "HTTP 503",
            advice: "kagu feeds show lemonde")
    }

    @Test("feed events take only routes that name `type`, else they go to the fallback (R15)")
    func routes() async throws {
        let receivers = ["desk", "health", "ops"]
        let named = Route(receiver: "desk", routes: [Self.health])
        let rig = try await CourierRig(.make(named, receivers: receivers, fallback: "ops"))
        await rig.courier.tell(notice(at: rig.now))
        await rig.pass(.seconds(1))
        #expect(rig.targets.requests().map(\.receiver) == ["health"])
        #expect(rig.targets.requests()[0].type == "kagu.feed")
        try await rig.reload(.make(Route(receiver: "desk"), receivers: receivers, fallback: "ops"))
        await rig.courier.tell(notice(at: rig.now))
        await rig.pass(.seconds(1))
        #expect(rig.targets.requests().map(\.receiver) == ["health", "ops"])
        #expect(rig.targets.requests()[1].text.contains("\"route\":\"fallback\""))
    }

    @Test("a silence of feed events covers them (R11)")
    func silenced() async throws {
        let rig = try await CourierRig(.make(Route(receiver: "desk"), receivers: ["desk", "ops"], fallback: "ops"))
        try await rig.store.addSilence(
            Silence(
                id: "sil_1", matchers: [LabelMatcher(label: .feed, operation: .equals, value: "lemonde")],
                starts: rig.now, ends: rig.now + .seconds(600), author: "a", comment: "c", created: rig.now))
        await rig.courier.tell(notice(at: rig.now))
        await rig.courier.tell(notice(.feed, "courier", at: rig.now))
        await rig.pass(.seconds(1))
        #expect(rig.targets.requests().map(\.text).filter { $0.contains("\"id\":\"courier\"") }.count == 1)
        #expect(rig.targets.requests().count == 1)
    }

    @Test("a notice never travels through the receiver that it is about (D12)")
    func notThroughItself() async throws {
        let rig = try await CourierRig(.make(Route(receiver: "desk"), receivers: ["desk", "ops"], fallback: "ops"))
        await rig.courier.tell(notice(.receiver, "ops", at: rig.now))
        await rig.pass(.seconds(1))
        #expect(rig.targets.requests().isEmpty)
        await rig.courier.tell(notice(.receiver, "desk", at: rig.now))
        await rig.pass(.seconds(1))
        #expect(rig.targets.requests().map(\.receiver) == ["ops"])
    }

    @Test("high and critical alerts that are 30 min overdue are copied once, at most one digest in 5 min (D12)")
    func copies() async throws {
        let rig = try await CourierRig(
            .make(Route(receiver: "desk", groupWait: .zero), receivers: ["desk", "ops"], fallback: "ops"))
        rig.targets.on("desk", .status(503))
        for number in 0..<8 {
            try await rig.publish([rig.hit(severity: number == 0 ? .medium : .high)])
            await rig.pass(.seconds(60))
        }
        await rig.pass(.seconds(3 * 3600))
        let copies = rig.targets.requests("ops").filter { $0.reason == "fallback" }
        #expect(copies.reduce(0) { $0 + $1.hits } == 7, "the medium one is not copied")
        for (early, late) in zip(copies, copies.dropFirst()) { #expect(late.at - early.at >= .seconds(300)) }
        #expect(copies.allSatisfy { $0.type == "kagu.digest" && $0.text.contains("\"originals\":[\"msg_") })
        #expect(copies[0].at >= .seconds(1000 + 60 + 1800) && copies[0].at <= .seconds(1000 + 60 + 1860))
        #expect(try await rig.deliveries() == [.pending: 8], "the originals stay owed")
    }

    @Test(
        "a test goes out past breaker, caps and quiet hours, and changes nothing (C5)",
        arguments: Alert.Kind.allCases)
    func test(kind: Alert.Kind) async throws {
        let rig = try await CourierRig(.make(Route(receiver: "desk")))
        try await rig.courier.setEnabled("desk", false, comment: "holiday")
        let result = await rig.courier.test("desk", kind: kind)
        guard case .attempted(true, let attempt, .success) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(attempt.status == 200)
        #expect(rig.targets.requests("desk").map(\.type) == [kind.rawValue])
        #expect(try rig.alerts().isEmpty)
        #expect(await rig.courier.test("nobody", kind: .test) == .unknownReceiver)
    }

    @Test("an operator disables and enables; both survive a restart, nobody else is told (C6)")
    func operatorsWord() async throws {
        let rig = try await CourierRig(
            .make(Route(receiver: "desk", groupWait: .zero), receivers: ["desk", "ops"], fallback: "ops"))
        try await rig.courier.setEnabled("desk", false, comment: "holiday")
        try await rig.publish([rig.hit()])
        try await rig.restart(downtime: .seconds(60))
        await rig.pass(.seconds(3600))
        #expect(rig.targets.requests().isEmpty)
        let status = try #require(try await rig.courier.receiverStatuses().first)
        #expect(status.state == .disabled && status.cause == "operator: holiday" && status.parked == 1)
        try await rig.courier.setEnabled("desk", true, comment: "")
        let parked = try rig.alerts(.parked).map(\.id)
        try await rig.store.settle(parked, verdict: .retry(at: rig.now), at: rig.now)
        await rig.courier.wake()
        await rig.pass(.seconds(1))
        #expect(rig.targets.taken("desk").map(\.id) == parked)
        #expect(rig.targets.requests("ops").isEmpty)
    }

    @Test("an operator's word that comes while a state is told stands, in memory and on disk (C6, D12)")
    func wordDuringNotice() async throws {
        let rig = try await CourierRig(
            .make(Route(receiver: "desk", groupWait: .zero), receivers: ["desk", "ops"], fallback: "ops"))
        rig.targets.on("desk", .status(404))
        try await rig.publish([rig.hit()])
        await rig.pass(.seconds(3 * 3600))
        #expect(try await rig.courier.receiverStatuses().first?.state == .suspect)
        // Both are asked for while somebody has the turn; the round comes first and has news of neither.
        await rig.courier.beginTurn()
        await rig.courier.wake()
        let courier = rig.courier
        let word = Task { try await courier.setEnabled("desk", false, comment: "holiday") }
        for _ in 0..<20 { await Task.yield() }
        #expect(try await rig.courier.receiverStatuses().first?.state == .suspect, "waits for its turn")
        await rig.courier.endTurn()
        try await word.value
        await rig.settle()
        #expect(try await rig.courier.receiverStatuses().first?.state == .disabled)
        let row = try await rig.store.receiverRecords().first { $0.name == "desk" }
        #expect(row?.health.state == .disabled && row?.health.cause == "operator: holiday")
    }

    @Test("an order to a receiver with a backlog waits for one attempt, not for the backlog (C6)")
    func orderBeforeBacklog() async throws {
        let rig = try await CourierRig(.make(Route(receiver: "desk", groupWait: .zero)))
        rig.targets.on("desk", FakeTargets.Reply(outcome: .answered(status: 200), after: .seconds(1)))
        for _ in 0..<12 { try await rig.publish([rig.hit()]) }
        await rig.pass(.milliseconds(2500))
        let before = rig.targets.requests("desk").count
        let courier = rig.courier
        let order = Task { try await courier.setEnabled("desk", false, comment: "holiday") }
        for _ in 0..<20 { await Task.yield() }
        await rig.pass(.seconds(3))
        try await order.value
        #expect(try await rig.courier.receiverStatuses().first?.state == .disabled)
        #expect(rig.targets.requests("desk").count <= before + 1)
    }
}
