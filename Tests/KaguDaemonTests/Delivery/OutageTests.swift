// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguDaemon
@testable import KaguStore

/// What happens when receivers come back (D10, D11, T16, T17).
@Suite struct OutageTests {
    @Test("down for 6 h at 1,000 hits an hour: all arrive, oldest first, within the cap, the rest as digests (T16)")
    func longOutage() async throws {
        let rig = try await CourierRig(.make(Route(receiver: "desk", groupWait: .zero)))
        rig.targets.on("desk") { $0.at < .seconds(1000 + 6 * 3600) ? .status(503) : .ok }
        for _ in 0..<36 {
            try await rig.publish((0..<170).map { _ in rig.hit() })
            await rig.pass(.seconds(600))
        }
        await rig.pass(.seconds(6 * 3600))
        let total = 36 * 170
        #expect(try await rig.deliveries() == [.delivered: total])
        let taken = rig.targets.taken("desk")
        #expect(taken.reduce(0) { $0 + $1.hits } == total)
        #expect(taken.contains { $0.reason == "catch_up" })
        #expect(Set(taken.map(\.id)).count == taken.count, "nothing comes twice")
        for (index, request) in taken.enumerated() {
            let inHour = taken[index...].prefix { $0.at - request.at < .seconds(3600) }.count
            #expect(inHour <= 20, "the cap holds for what is owed too (R12)")
        }
        // The first 14 characters of an id are the time of its binding.
        let bound = taken.map { $0.id.prefix(14) }
        #expect(bound == bound.sorted(), "oldest first")
    }

    @Test("50 receivers that recover at once are spread: no second has over 15 % of the sends (T17)")
    func manyRecover() async throws {
        let names = (0..<50).map { "r\($0)" }
        let routes = names.map { Route(path: "route.\($0)", receiver: $0, continues: true) }
        let rig = try await CourierRig(
            .make(Route(receiver: "r0", groupWait: .zero, routes: routes), receivers: names))
        let up = Duration.seconds(1000 + 2 * 3600)
        for name in names { rig.targets.on(name) { $0.at < up ? .status(503) : .ok } }
        for _ in 0..<6 {
            try await rig.publish([rig.hit()])
            await rig.pass(.seconds(600))
        }
        await rig.pass(.seconds(4 * 3600))
        #expect(try await rig.deliveries() == [.delivered: 300])
        let sends = names.flatMap { rig.targets.taken($0) }
        let bins = Dictionary(grouping: sends) { $0.at.components.seconds }
        #expect(bins.values.allSatisfy { Double($0.count) <= 0.15 * Double(sends.count) })
    }

    @Test("what is overdue at a start is spread over a minute (D7)")
    func overdueAtStart() async throws {
        let rig = try await CourierRig(.make(Route(receiver: "desk", groupWait: .zero, maximumPerHour: 100)))
        rig.targets.on("desk", .status(503))
        for _ in 0..<4 { try await rig.publish([rig.hit()]) }
        await rig.pass(.seconds(1))
        try await rig.restart(downtime: .seconds(4000))
        rig.targets.on("desk", .ok)
        let start = rig.time.now
        await rig.pass(.seconds(61))
        let times = rig.targets.taken("desk").map { $0.at - start }
        #expect(times.count == 4 && Set(times).count > 2)
        #expect(times.allSatisfy { $0 <= .seconds(60) })
    }

    @Test("a breaker that the operator closes has closed: what was never tried comes as a digest (C6, D11)")
    func closedByHand() async throws {
        let rig = try await CourierRig(.make(Route(receiver: "desk", groupWait: .zero)))
        rig.targets.on("desk", .status(500))
        for _ in 0..<15 {
            try await rig.publish([rig.hit()])
            await rig.pass(.seconds(10))
        }
        let tried = Set(rig.targets.requests("desk").map(\.id)).count
        rig.targets.on("desk", .ok)
        try await rig.courier.setEnabled("desk", true, comment: "")
        await rig.pass(.seconds(60))
        let taken = rig.targets.taken("desk")
        #expect(taken.filter { $0.reason == "catch_up" }.count == 1 && taken.count == tried + 1)
        #expect(taken.reduce(0) { $0 + $1.hits } == 15)
    }

    @Test("a breaker that closes sends what is pending and leaves what was attempted as it was (D10, D11)")
    func closes() async throws {
        let rig = try await CourierRig(
            .make(Route(receiver: "desk", groupWait: .zero), receivers: ["desk", "ops"], fallback: "ops"))
        let up = Duration.seconds(1000 + 3600)
        rig.targets.on("desk") { $0.at < up ? .status(500) : .ok }
        for _ in 0..<15 {
            try await rig.publish([rig.hit()])
            await rig.pass(.seconds(10))
        }
        await rig.pass(.seconds(2 * 3600))
        let attempted = Set(rig.targets.requests("desk").filter { $0.at < up }.map(\.id))
        let taken = rig.targets.taken("desk")
        #expect(Set(taken.map(\.id)).isSuperset(of: attempted), "what was attempted keeps its id (D11)")
        #expect(taken.filter { $0.reason == "catch_up" }.count <= 1)
        #expect(taken.reduce(0) { $0 + $1.hits } == 15)
        let notices = rig.targets.requests("ops").filter { $0.reason == "health" }
        #expect(notices.count == 2 && notices[1].text.contains("\"state\":\"ok\""))
    }
}
