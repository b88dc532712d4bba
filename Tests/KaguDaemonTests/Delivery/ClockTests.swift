// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguDaemon
@testable import KaguStore

/// A wall clock that is set: waits are lengths of time (R4, D7, D10, T22, T32).
@Suite struct CourierClockTests {
    private static let years: Duration = .seconds(6 * 365 * 86_400)

    @Test(
        "a group that waits is told after its wait, whatever the clock does meanwhile",
        arguments: [Duration.seconds(3 * 3600), .seconds(-3 * 3600), years, .zero - years])
    func groups(step: Duration) async throws {
        let rig = try await CourierRig(.make(Route(receiver: "desk")))
        let start = rig.time.now
        try await rig.publish([rig.hit()])
        await rig.pass(.seconds(10))
        rig.time.stepWall(by: step)
        await rig.courier.wake()
        await rig.pass(.seconds(60))
        let taken = rig.targets.taken("desk")
        #expect(taken.count == 1 && taken[0].at - start >= .seconds(30) && taken[0].at - start <= .seconds(32))
    }

    @Test(
        "a receiver that is open stays open through a clock that jumps by years, and is tried as before (T32)",
        arguments: [years, .zero - years])
    func breaker(step: Duration) async throws {
        let rig = try await CourierRig(.make(Route(receiver: "desk", groupWait: .zero)))
        rig.targets.on("desk") { $0.at < .seconds(1000 + 4000) ? .status(503) : .ok }
        for _ in 0..<8 { try await rig.publish([rig.hit()]) }
        await rig.pass(.seconds(1200))
        rig.time.stepWall(by: step)
        await rig.pass(.seconds(60))
        #expect(try await rig.courier.receiverStatuses().map(\.state) == [.open])
        await rig.pass(.seconds(2 * 3600))
        #expect(try await rig.courier.receiverStatuses().map(\.state) == [.ok])
        #expect(try await rig.deliveries() == [.delivered: 8])
    }

    @Test("what a clock years ahead has scheduled is due when the daemon comes up under a right one (T32)")
    func restart() async throws {
        let rig = try await CourierRig(.make(Route(receiver: "desk", groupWait: .zero)))
        rig.time.stepWall(by: Self.years)
        rig.targets.on("desk", .status(503))
        try await rig.publish([rig.hit()])
        await rig.pass(.seconds(60))
        rig.time.stepWall(by: .zero - Self.years)
        rig.targets.on("desk", .ok)
        try await rig.restart()
        await rig.pass(.seconds(120))
        #expect(try await rig.deliveries() == [.delivered: 1])
    }
}
