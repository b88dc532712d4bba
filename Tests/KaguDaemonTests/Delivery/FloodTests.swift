// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguDaemon
@testable import KaguStore

/// Many hits at once, and one story in many outlets (R4–R7, R12).
@Suite struct FloodTests {
    @Test("5,000 hits in a minute are at most 20 messages whose totals are 5,000 (T18, R12)")
    func flood() async throws {
        let rig = try await CourierRig(.make(Route(receiver: "desk")))
        for _ in 0..<60 {
            try await rig.publish((0..<83).map { _ in rig.hit() })
            await rig.pass(.seconds(1))
        }
        try await rig.publish((0..<20).map { _ in rig.hit() })
        await rig.pass(.seconds(3600))
        let taken = rig.targets.taken("desk")
        #expect(taken.count <= 20)
        #expect(taken.reduce(0) { $0 + $1.hits } == 5000)
        #expect(taken.last?.reason == "rate_cap")
        #expect(try await rig.deliveries() == [.delivered: 5000])
    }

    @Test("critical hits go first when the cap leaves too little room (R12)")
    func criticalFirst() async throws {
        let rig = try await CourierRig(.make(Route(receiver: "desk", maximumPerHour: 3)))
        try await rig.publish((0..<10).map { rig.hit(severity: $0 == 9 ? .critical : .low) })
        await rig.pass(.seconds(3600))
        let taken = rig.targets.taken("desk")
        #expect(taken.count == 3 && taken[0].text.contains("\"severity\":\"critical\""))
        #expect(taken.reduce(0) { $0 + $1.hits } == 10)
    }

    @Test(
        "one wire story in 40 outlets within 3 h: one first alert, few updates, the last one says 40 (T19, R6)",
        arguments: [UpdateRule.all, .steps, .none])
    func wireStory(rule: UpdateRule) async throws {
        let rig = try await CourierRig(.make(Route(receiver: "desk", updates: rule)))
        let start = rig.time.now
        for outlet in 0..<40 {
            let lang = ["fr", "tr", "az", "en", "ru", "de"][outlet % 6]
            try await rig.publish([rig.hit(story: "s_wire", feed: "f\(outlet)", lang: lang)])
            await rig.pass(.seconds(270))
        }
        await rig.pass(.seconds(4 * 86_400))
        let taken = rig.targets.taken("desk")
        #expect(taken[0].type == "kagu.hit" && taken[0].reason == "new" && taken[0].at - start <= .seconds(32))
        #expect(taken.dropFirst().allSatisfy { $0.type == "kagu.story" && $0.text.contains(taken[0].id) })
        for (early, late) in zip(taken, taken.dropFirst()) { #expect(late.at - early.at >= .seconds(300)) }
        let states = try await rig.deliveries()
        switch rule {
        case .all:
            #expect(taken.count > 10)
            #expect(taken.last?.text.number(after: "\"outlets\":") == 40)
            #expect(states == [.delivered: 40])
        case .steps:
            #expect(taken.map(\.reason) == ["new", "step", "step", "step"])
            #expect(taken.dropFirst().map { $0.text.number(after: "\"outlets\":") ?? 0 } == [3, 10, 30])
            #expect(states == [.delivered: 30, .suppressed: 10])
        case .none:
            #expect(taken.count == 1)
            #expect(states == [.delivered: 1, .suppressed: 39])
        }
    }

    @Test("severity that rises is told at once with `steps` (R6)")
    func severity() async throws {
        let rig = try await CourierRig(.make(Route(receiver: "desk")))
        try await rig.publish([rig.hit(story: "s_1", severity: .low)])
        await rig.pass(.seconds(600))
        try await rig.publish([rig.hit(story: "s_1", severity: .high)])
        await rig.pass(.seconds(600))
        #expect(rig.targets.taken("desk").map(\.reason) == ["new", "severity"])
    }

    @Test(
        "a revision of a told item updates its story whatever `updates` says; of an untold one it causes nothing (R7)"
    )
    func revision() async throws {
        let rig = try await CourierRig(.make(Route(receiver: "desk", updates: UpdateRule.none)))
        try await rig.publish([rig.hit(story: "s_1")])
        await rig.pass(.seconds(600))
        try await rig.publish([rig.hit(story: "s_1", revision: 1)], isRevision: true)
        try await rig.publish([rig.hit(story: "s_untold", revision: 1)], isRevision: true)
        await rig.pass(.seconds(60))
        #expect(rig.targets.taken("desk").map(\.reason) == ["new", "revision"])
        try await rig.publish([rig.hit(story: "s_1", revision: 2)], isRevision: true)
        await rig.pass(.seconds(60))
        #expect(rig.targets.taken("desk").count == 2, "at most once per group_interval")
        await rig.pass(.seconds(600))
        #expect(rig.targets.taken("desk").map(\.reason) == ["new", "revision", "revision"])
        #expect(try await rig.deliveries() == [.delivered: 3, .suppressed: 1])
    }

    @Test("several stories of one group are one digest (R5)")
    func groupDigest() async throws {
        let rig = try await CourierRig(.make(Route(receiver: "desk", groupBy: [.watch])))
        try await rig.publish([rig.hit(), rig.hit(), rig.hit()])
        await rig.pass(.seconds(60))
        let taken = rig.targets.taken("desk")
        #expect(taken.map(\.type) == ["kagu.digest"] && taken[0].reason == "group" && taken[0].hits == 3)
    }

    @Test("two groups of one story are one story to the receiver: the second is an update (R5)")
    func oneStoryTwoGroups() async throws {
        let rig = try await CourierRig(.make(Route(receiver: "desk", updates: .all)))
        try await rig.publish([rig.hit(story: "s_1", watch: "big"), rig.hit(story: "s_1", watch: "gib")])
        await rig.pass(.seconds(3600))
        let taken = rig.targets.taken("desk")
        #expect(taken.map(\.reason) == ["new", "update"])
        #expect(taken[1].at - taken[0].at >= .seconds(300))
    }
}
