// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguDaemon
@testable import KaguStore

/// A configuration that changes while alerts are owed (R14, T23), and an outbox that was lost (R17).
@Suite struct CourierReloadTests {
    private static func tree(_ names: [String], at root: String = "desk") -> Route {
        Route(
            receiver: root,
            routes: names.enumerated().map { number, name in
                Route(
                    name: name, path: "route.routes[\(number)]",
                    matchers: [LabelMatcher(label: .watch, operation: .equals, value: "gib")], receiver: "phone")
            })
    }

    @Test("30 reloads under traffic: no message caused, none lost, no deadline moved (T23)")
    func manyReloads() async throws {
        let plan = Courier.Plan.make(Self.tree(["urgent"]), receivers: ["desk", "phone"])
        let rig = try await CourierRig(plan)
        for _ in 0..<30 {
            try await rig.publish([rig.hit(story: "s_1"), rig.hit(story: "s_2", watch: "gib")])
            await rig.pass(.seconds(7))
            let before = (rig.targets.requests().count, try await rig.store.groups().map(\.deadline))
            try await rig.reload(plan)
            await rig.settle()
            #expect(rig.targets.requests().count == before.0)
            #expect(try await rig.store.groups().map(\.deadline) == before.1)
        }
        await rig.pass(.seconds(4 * 86_400))
        #expect(rig.targets.taken("desk").count == 1 && rig.targets.taken("phone").count == 1)
        #expect(try await rig.deliveries().values.reduce(0, +) == 60)
        #expect(try await rig.deliveries()[.waiting] == nil)
    }

    @Test("a route that moved in the file is known by its name; its group goes on (R14)")
    func renumbered() async throws {
        let rig = try await CourierRig(.make(Self.tree(["urgent"]), receivers: ["desk", "phone"]))
        try await rig.publish([rig.hit(watch: "gib")])
        await rig.pass(.seconds(10))
        let deadlines = try await rig.store.groups().map(\.deadline)
        try await rig.reload(.make(Self.tree(["another", "urgent"]), receivers: ["desk", "phone"]))
        #expect(try await rig.store.groups().map(\.deadline) == deadlines)
        await rig.pass(.seconds(30))
        #expect(rig.targets.taken("phone").count == 1)
    }

    @Test("what waits on a route that is gone takes the routes of now, its time kept (R14)")
    func rerouted() async throws {
        let rig = try await CourierRig(.make(Self.tree(["urgent"]), receivers: ["desk", "phone"]))
        let start = rig.time.now
        try await rig.publish([rig.hit(watch: "gib")])
        await rig.pass(.seconds(10))
        try await rig.reload(.make(Self.tree([]), receivers: ["desk", "phone"]))
        await rig.settle()
        #expect(rig.targets.requests().isEmpty)
        await rig.pass(.seconds(60))
        #expect(rig.targets.taken("phone").isEmpty)
        let taken = rig.targets.taken("desk")
        #expect(taken.count == 1 && taken[0].at - start <= .seconds(31))
        let told = try await rig.store.deliveries(ofAlert: taken[0].id)
        #expect(told[0].decisions.contains { $0.text.hasPrefix("route urgent is gone") })

        try await rig.publish([rig.hit()])
        try await rig.reload(.make(Self.tree([], at: Route.noReceiver), receivers: ["desk"]))
        await rig.pass(.seconds(60))
        let reader = try StateReader(directory: rig.directory.path("state"))
        #expect(try reader.deliveries(in: .suppressed).map(\.reason) == ["route_removed"])
    }

    @Test("alerts of a receiver that is gone are parked (R14)")
    func receiverRemoved() async throws {
        let rig = try await CourierRig(.make(Self.tree(["urgent"]), receivers: ["desk", "phone"]))
        rig.targets.on("phone", .status(503))
        try await rig.publish([rig.hit(watch: "gib")])
        await rig.pass(.seconds(60))
        try await rig.reload(.make(Self.tree([]), receivers: ["desk"]))
        #expect(try rig.alerts(.parked).map(\.stateReason) == ["receiver_removed"])
        #expect(rig.targets.requests("desk").isEmpty)
    }

    @Test("a receiver that is redefined is tried at once; one that is not keeps its schedule (D9, R14)")
    func redefined() async throws {
        let rig = try await CourierRig(.make(Self.tree([])))
        rig.targets.on("desk") { $0.at < .seconds(1100) ? .status(404) : .ok }
        try await rig.publish([rig.hit()])
        await rig.pass(.seconds(120))
        #expect(rig.targets.requests("desk").count == 1)
        try await rig.reload(.make(Self.tree([])))
        await rig.pass(.seconds(1))
        #expect(rig.targets.requests("desk").count == 1)
        let other = WebhookReceiver(name: "desk", url: Secret("https://other.example"), userAgent: "kagu")
        try await rig.reload(.make(Self.tree([]), kinds: ["desk": other]))
        await rig.pass(.seconds(1))
        #expect(rig.targets.taken("desk").count == 1)
    }

    @Test("a restart keeps deadlines, caps and what receivers know of stories (D2, R4, R5, R12)")
    func restart() async throws {
        let route = Route(receiver: "desk", maximumPerHour: 2, updates: .all)
        let rig = try await CourierRig(.make(route))
        let start = rig.time.now
        try await rig.publish([rig.hit(story: "s_1")])
        await rig.pass(.seconds(10))
        try await rig.restart(downtime: .seconds(5))
        await rig.pass(.seconds(60))
        try await rig.publish([rig.hit(story: "s_1"), rig.hit(story: "s_2")])
        await rig.pass(.seconds(30))
        try await rig.restart()
        await rig.pass(.seconds(1200))
        let taken = rig.targets.taken("desk")
        #expect(taken.map(\.reason) == ["new", "rate_cap"])
        #expect(taken[0].at - start <= .seconds(31) && taken[1].hits == 2)
        #expect(try await rig.deliveries() == [.delivered: 3])
    }

    @Test("hits of the last day are one digest for each receiver when the outbox was lost (R17)")
    func recovered() async throws {
        let plan = Courier.Plan.make(Self.tree(["urgent"]), receivers: ["desk", "phone"])
        let rig = try await CourierRig(plan)
        let hits = (0..<5).map { rig.hit(watch: $0 == 0 ? "gib" : "big") }
        try await rig.store.record(
            PollRecord(
                feedID: "lemonde", at: rig.now, feed: FeedRecord(state: .ok),
                hits: hits.map {
                    RoutedHit(recovered: $0, deliveries: plan.policy.recoveredDeliveries(for: $0))
                }))
        await rig.courier.wake()
        await rig.pass(.seconds(60))
        #expect(rig.targets.taken("desk").map(\.reason) == ["recovered"])
        #expect(rig.targets.taken("desk").map(\.hits) == [4])
        #expect(rig.targets.taken("phone").map(\.hits) == [1])
    }

    @Test("a reload waits for the round that is under way, and the next round for the reload (R14, O5)")
    func turns() async throws {
        let rig = try await CourierRig(
            .make(Route(receiver: "desk", groupWait: .zero), receivers: ["desk", "phone"]))
        await rig.courier.beginTurn()
        let courier = rig.courier
        let plan = Courier.Plan.make(Route(receiver: "phone", groupWait: .zero), receivers: ["phone"])
        let reload = Task { try await courier.adopt(plan) }
        for _ in 0..<20 { await Task.yield() }
        #expect(await rig.courier.plan?.receivers.count == 2)
        // Owed to the old receiver, and bound by the round after the reload.
        try await rig.publish([rig.hit()])
        await rig.courier.endTurn()
        try await reload.value
        await rig.pass(.seconds(120))
        #expect(rig.targets.requests("desk").isEmpty)
        #expect(rig.targets.taken("phone").count == 1)
    }
}
