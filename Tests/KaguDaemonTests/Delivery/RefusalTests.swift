// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguDaemon
@testable import KaguStore

/// Receivers that refuse, hang or go away (D7–D12).
@Suite struct RefusalTests {
    private static let plain = Route(receiver: "desk", groupWait: .zero)

    @Test("500 forever: at most 12 attempts in 3 days within D7, then parked, and the fallback is told (T9)")
    func refusedForever() async throws {
        let rig = try await CourierRig(.make(Self.plain, receivers: ["desk", "ops"], fallback: "ops"))
        rig.targets.on("desk", .status(500))
        let start = rig.time.now
        try await rig.publish([rig.hit(severity: .high)])
        await rig.pass(.seconds(3 * 86_400))
        let attempts = rig.targets.requests("desk")
        #expect(attempts.count <= 12 && attempts.count >= 8)
        #expect(Set(attempts.map(\.id)).count == 1 && Set(attempts.map(\.body)).count == 1)
        var last = start
        for (attempt, delay) in zip(attempts, RetrySchedule.transient) {
            #expect(attempt.at - last >= delay && attempt.at - last <= delay * 1.2 + .seconds(1))
            last = attempt.at
        }
        await rig.pass(.seconds(2 * 86_400))
        #expect(try rig.alerts(.parked).map(\.stateReason) == ["exhausted"])
        #expect(rig.targets.requests("desk").count == 10)
        let told = rig.targets.requests("ops")
        #expect(told.filter { $0.reason == "health" }.map(\.text).contains { $0.contains("\"state\":\"open\"") })
        #expect(
            told.filter { $0.reason == "health" }.map(\.text).contains { $0.contains("\"state\":\"disabled\"") })
        #expect(told.filter { $0.reason == "fallback" }.count == 1)
        #expect(told.last { $0.reason == "fallback" }?.text.contains(attempts[0].id) == true)
        #expect(try await rig.deliveries() == [.parked: 1])
    }

    @Test(
        "a 429 holds all alerts of its receiver as long as it says, never less (T10, D8)",
        arguments: [1, 60, 120, 86_400])
    func rateLimited(seconds: Int64) async throws {
        let rig = try await CourierRig(.make(Self.plain))
        rig.targets.on("desk") { request in
            request.at < .seconds(1000) + .milliseconds(1) ? .status(429, floor: .seconds(seconds)) : .ok
        }
        try await rig.publish([rig.hit()])
        await rig.pass(.milliseconds(500))
        try await rig.publish([rig.hit()])
        await rig.pass(.seconds(2 * 86_400))
        let requests = rig.targets.requests("desk")
        #expect(requests.count == 3)
        #expect(requests.dropFirst().allSatisfy { $0.at - requests[0].at >= .seconds(seconds) })
        #expect(try await rig.deliveries() == [.delivered: 2])
    }

    @Test("410 disables in one attempt, for good, also after a restart; the fallback is told (T11)")
    func gone() async throws {
        let rig = try await CourierRig(.make(Self.plain, receivers: ["desk", "ops"], fallback: "ops"))
        rig.targets.on("desk", .status(410))
        try await rig.publish([rig.hit()])
        await rig.pass(.seconds(60))
        try await rig.restart()
        rig.targets.on("desk", .ok)
        try await rig.publish([rig.hit(), rig.hit()])
        await rig.pass(.seconds(86_400))
        #expect(rig.targets.requests("desk").count == 1)
        #expect(try await rig.deliveries() == [.parked: 3])
        #expect(rig.targets.requests("ops").map(\.reason) == ["health"])
        #expect(rig.targets.requests("ops")[0].text.contains("\"state\":\"disabled\""))
        #expect(try await rig.courier.receiverStatuses().map(\.state) == [.disabled, .ok])

        try await rig.courier.setEnabled("desk", true, comment: "")
        try await rig.publish([rig.hit()])
        await rig.pass(.seconds(60))
        #expect(rig.targets.requests("desk").count == 2)
        #expect(try await rig.deliveries() == [.parked: 3, .delivered: 1])
    }

    @Test("three config-suspect answers make a receiver suspect, one attempt per 15 min follows (D9, D10)")
    func suspect() async throws {
        let rig = try await CourierRig(.make(Self.plain, receivers: ["desk", "ops"], fallback: "ops"))
        rig.targets.on("desk", .status(404))
        for _ in 0..<10 { try await rig.publish([rig.hit()]) }
        await rig.pass(.seconds(3600))
        let attempts = rig.targets.requests("desk")
        #expect(attempts.count >= 5 && attempts.count <= 7)
        for (early, late) in zip(attempts.dropFirst(2), attempts.dropFirst(3)) {
            #expect(late.at - early.at >= Breaker.probeInterval)
        }
        #expect(rig.targets.requests("ops").contains { $0.text.contains("\"state\":\"suspect\"") })
        #expect(try await rig.courier.receiverStatuses().first?.state == .suspect)
    }

    @Test("one of ten receivers hangs: the nine others get theirs at once (T14, D6)")
    func hangs() async throws {
        let names = (0..<10).map { "r\($0)" }
        let routes = names.map { Route(path: "route.\($0)", receiver: $0, continues: true) }
        let rig = try await CourierRig(
            .make(Route(receiver: "r9", groupWait: .zero, routes: routes), receivers: names))
        rig.targets.on("r0", .hangs)
        for _ in 0..<18 {
            try await rig.publish([rig.hit()])
            await rig.pass(.seconds(1))
        }
        for name in names.dropFirst() {
            let taken = rig.targets.taken(name)
            #expect(taken.count == 18)
            #expect(zip(taken, 0...).allSatisfy { $0.at - (.seconds(1000) + .seconds($1)) < .milliseconds(100) })
        }
        #expect(rig.targets.requests("r0").count == 2, "one request at a time, 15 s each")
    }

    @Test("a success that comes after our timeout is sent again under the same id (T15)")
    func lateSuccess() async throws {
        let rig = try await CourierRig(.make(Self.plain))
        rig.targets.on("desk") { $0.at == .seconds(1000) ? .hangs : .ok }
        try await rig.publish([rig.hit()])
        await rig.pass(.seconds(60))
        let requests = rig.targets.requests("desk")
        #expect(requests.count == 2 && requests[0].id == requests[1].id && requests[0].body == requests[1].body)
    }

    @Test("a clock that is wrong is told as clock, and not held against the receiver (T32, D9)")
    func clockWrong() async throws {
        let rig = try await CourierRig(.make(Self.plain, receivers: ["desk", "ops"], fallback: "ops"))
        let now = rig.now
        rig.targets.on("desk") { request in
            request.at < .seconds(2000) ? .status(401, date: now - .seconds(3 * 365 * 86_400)) : .ok
        }
        for _ in 0..<5 { try await rig.publish([rig.hit()]) }
        await rig.pass(.seconds(900))
        #expect(try await rig.courier.receiverStatuses().map(\.state) == [.ok, .ok])
        #expect(rig.targets.requests("ops").map(\.reason) == ["health"])
        #expect(rig.targets.requests("ops")[0].text.contains("\"kind\":\"clock\""))
        await rig.pass(.seconds(7200))
        #expect(try await rig.deliveries() == [.delivered: 5])
        #expect(rig.targets.requests("ops").last?.text.contains("\"state\":\"ok\"") == true)
    }

    @Test("an alert in back-off does not block the next (D6)")
    func backOff() async throws {
        let rig = try await CourierRig(.make(Self.plain))
        let bad = rig.hit()
        rig.targets.on("desk") { $0.text.contains("\"\(bad.id)\"") ? .status(400) : .ok }
        try await rig.publish([bad])
        await rig.pass(.seconds(5))
        try await rig.publish([rig.hit()])
        await rig.pass(.seconds(5))
        #expect(rig.targets.taken("desk").count == 1)
        #expect(try await rig.deliveries() == [.pending: 1, .delivered: 1])
    }
}
