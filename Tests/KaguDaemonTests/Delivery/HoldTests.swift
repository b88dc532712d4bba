// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import KaguAlert
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguDaemon
@testable import KaguStore

/// Quiet hours, digests, silences, and the order of R13 (R9–R13, T22).
@Suite struct HoldTests {
    private static func zone(_ name: String) throws -> ZoneTable {
        try ZoneTable(Array(Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/\(name)"))))
    }

    private static func nights(_ zone: String = "Europe/Berlin", bypass: Severity? = nil) throws -> Route {
        Route(
            receiver: "desk",
            quietHours: QuietHours(zone: try Self.zone(zone), from: 22 * 60, to: 7 * 60, bypass: bypass))
    }

    private static func at(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

    @Test(
        "what comes in quiet hours is one digest within 60 s of their end, on both DST nights too (T22)",
        arguments: [
            ("2026-11-22T20:30:00Z", "2026-11-23T06:00:00Z"), ("2026-10-24T19:30:00Z", "2026-10-25T06:00:00Z"),
            ("2026-03-28T20:30:00Z", "2026-03-29T05:00:00Z"),
        ])
    func night(evening: String, end: String) async throws {
        let (start, morning) = (try Self.at(evening), try Self.at(end))
        let rig = try await CourierRig(.make(try Self.nights()), start: start)
        var count = 0
        while rig.now < morning - .seconds(3000) {
            try await rig.publish([rig.hit()])
            count += 1
            await rig.pass(.seconds(3000))
        }
        await rig.pass(.seconds(3600))
        let taken = rig.targets.taken("desk")
        let digests = taken.filter { $0.reason == "quiet_hours" }
        #expect(digests.count == 1 && digests[0].wall >= morning && digests[0].wall <= morning + .seconds(60))
        let before = taken.filter { $0.wall < morning }
        #expect(before.allSatisfy { $0.wall < start + .seconds(1830) }, "nothing is sent in quiet hours")
        #expect(taken.reduce(0) { $0 + $1.hits } == count, "nothing is sent and held too")
        let held = try await rig.store.deliveries(ofAlert: digests[0].id)
        #expect(held[0].decisions.contains { $0.text == "held by quiet hours until \(morning)" })
    }

    @Test("a severity that bypasses goes out, the rest of its group is held (R9)")
    func bypass() async throws {
        let rig = try await CourierRig(
            .make(try Self.nights(bypass: .critical)), start: try Self.at("2026-11-22T22:00:00Z"))
        try await rig.publish([rig.hit(severity: .critical), rig.hit(severity: .high)])
        await rig.pass(.seconds(60))
        #expect(rig.targets.taken("desk").count == 1)
        #expect(try await rig.deliveries() == [.delivered: 1, .waiting: 1])
    }

    @Test(
        "a clock that is set while something is held: the end is that of the clock, noticed within 30 s (R9, T22)")
    func clockSteps() async throws {
        let rig = try await CourierRig(.make(try Self.nights()), start: try Self.at("2026-11-22T22:00:00Z"))
        try await rig.publish([rig.hit(), rig.hit()])
        await rig.pass(.seconds(3600))
        rig.time.stepWall(by: .seconds(-3 * 3600))
        await rig.pass(.seconds(60))
        #expect(try await rig.deliveries().keys.contains(.waiting) == false, "20:01 in Berlin is no quiet hour")
        #expect(rig.targets.taken("desk").map(\.reason) == ["quiet_hours"])

        await rig.pass(.seconds(3 * 3600))
        try await rig.publish([rig.hit()])
        await rig.pass(.seconds(4 * 3600))
        #expect(rig.targets.taken("desk").count == 1)
        rig.time.stepWall(by: .seconds(5 * 3600))
        await rig.pass(.seconds(60))
        #expect(rig.targets.taken("desk").map(\.reason) == ["quiet_hours", "quiet_hours"])
        #expect(try await rig.deliveries() == [.delivered: 3])
    }

    @Test("a zone that changes by reload: the end is that of the new zone (T22)")
    func zoneChange() async throws {
        let rig = try await CourierRig(.make(try Self.nights()), start: try Self.at("2026-11-22T22:00:00Z"))
        try await rig.publish([rig.hit()])
        await rig.pass(.seconds(60))
        try await rig.reload(.make(try Self.nights("Asia/Baku")))
        await rig.pass(.seconds(60))
        #expect(rig.targets.taken("desk").isEmpty, "a reload causes no message (R14)")
        await rig.run(until: rig.time.now + (try Self.at("2026-11-23T03:00:30Z") - rig.now))
        let taken = rig.targets.taken("desk")
        let end = try Self.at("2026-11-23T03:00:00Z")
        #expect(taken.count == 1 && taken[0].wall >= end)
    }

    @Test(
        "digests go out at their time, none when there is nothing; one missed while down goes out at start, once (R10)"
    )
    func digests() async throws {
        let route = Route(
            receiver: "desk",
            digest: DigestTimes(every: .seconds(86_400), at: 8 * 60, zone: try Self.zone("Europe/Berlin")))
        let rig = try await CourierRig(.make(route), start: try Self.at("2026-11-22T09:00:00Z"))
        try await rig.publish([rig.hit(), rig.hit()])
        await rig.pass(.seconds(3600))
        try await rig.publish([rig.hit()])
        await rig.run(until: rig.time.now + (try Self.at("2026-11-23T07:01:00Z") - rig.now))
        let first = rig.targets.taken("desk")
        #expect(first.map(\.reason) == ["schedule"] && first[0].hits == 3)
        let due = try Self.at("2026-11-23T07:00:00Z")
        #expect(first[0].wall >= due && first[0].wall <= due + .seconds(60))
        await rig.pass(.seconds(2 * 86_400))
        #expect(rig.targets.taken("desk").count == 1, "an empty digest is not sent")

        try await rig.publish([rig.hit()])
        await rig.pass(.seconds(60))
        try await rig.restart(downtime: .seconds(3 * 86_400))
        await rig.pass(.seconds(120))
        #expect(rig.targets.taken("desk").map(\.reason) == ["schedule", "schedule"])
        await rig.pass(.seconds(2 * 86_400))
        #expect(rig.targets.taken("desk").count == 2)
    }

    @Test("a silence ends what it covers when it is about to be told, after any hold; it is not sent later (R11)")
    func silence() async throws {
        let rig = try await CourierRig(.make(Route(receiver: "desk")))
        try await rig.store.addSilence(
            Silence(
                id: "sil_1", matchers: [LabelMatcher(label: .watch, operation: .equals, value: "gib")],
                starts: rig.now, ends: rig.now + .seconds(600), author: "a", comment: "c", created: rig.now))
        try await rig.publish([rig.hit(watch: "gib"), rig.hit(watch: "big")])
        await rig.pass(.seconds(1200))
        #expect(rig.targets.taken("desk").count == 1)
        #expect(try await rig.deliveries() == [.delivered: 1, .suppressed: 1])
        let reader = try StateReader(directory: rig.directory.path("state"))
        #expect(try reader.deliveries(in: .suppressed).map(\.reason) == ["silence:sil_1"])
        try await rig.publish([rig.hit(watch: "gib")])
        await rig.pass(.seconds(60))
        #expect(rig.targets.taken("desk").count == 2, "the silence is over")
    }
}
