// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

@Suite struct OutboxTests {
    private func alert(_ id: String, receiver: String = "desk", at: Instant, next: Instant? = nil) -> AlertRecord {
        AlertRecord(
            id: id, receiver: receiver, route: "route", type: "kagu.hit", reason: "new",
            body: Array("{\"\u{e9}\":1}".utf8),
            created: at, nextAttempt: next)
    }

    @Test("a hit's deliveries wait, once per receiver, and its group's timer is a stored deadline (D2, D5, R4)")
    func waiting() async throws {
        let fixture = try StateFixture()
        var store = try fixture.openStore()
        let both: [NewDelivery] = [.make("desk"), .make("desk", group: "other"), .make("phone", group: "phone/x")]
        let result = try await store.poll([.make(title: "Baku")], at: fixture.now, deliveries: both)
        #expect(result.deliveries == 2)
        await store.close()
        store = try fixture.openStore()
        let waiting = try await store.waitingDeliveries()
        #expect(waiting.map(\.receiver) == ["desk", "phone"] && waiting.allSatisfy { $0.state == .waiting })
        #expect(try await store.waitingDeliveries(group: "phone/x").count == 1)
        let groups = try await store.groups()
        #expect(groups.map(\.key) == ["phone/x", "route/story"])
        #expect(groups.allSatisfy { $0.deadline == fixture.now + .seconds(30) })
        #expect(groups.last?.labels == #"{"story":"s_1"}"#)
        #expect(try await store.nextGroupDeadline() == fixture.now + .seconds(30))
        #expect(try await store.groups(dueBefore: fixture.now).isEmpty)
    }

    @Test("a later hit does not move a running deadline; after a telling it waits for the interval (R4)")
    func deadline() {
        let now = Instant(seconds: 1_795_338_000)
        var group = GroupRecord(key: "k", receiver: "desk", route: "route")
        let join = { (group: GroupRecord, at: Instant) in
            group.deadline(joinedAt: at, wait: .seconds(30), interval: .seconds(300))
        }
        #expect(join(group, now) == now + .seconds(30))
        group.deadline = now + .seconds(30)
        #expect(join(group, now + .seconds(20)) == now + .seconds(30))
        group.deadline = nil
        group.lastTold = now
        #expect(join(group, now + .seconds(10)) == now + .seconds(300))
        #expect(join(group, now + .seconds(1000)) == now + .seconds(1030))
    }

    @Test("a delivery that joins while its group is being bound gets a deadline of its own (D2, R4)")
    func joinedWhileBinding() async throws {
        let fixture = try StateFixture()
        let now = fixture.now
        let store = try fixture.openStore()
        try await store.poll(
            [.make(id: "1", url: "https://a.example/1", title: "Baku")], at: now, deliveries: [.make()])
        let read = try await store.waitingDeliveries()
        var group = try #require(try await store.group("route/story"))
        try await store.poll(
            [.make(id: "2", url: "https://a.example/2", title: "Baku")], at: now, deliveries: [.make()])
        (group.deadline, group.lastTold) = (nil, now)
        try await store.bindAlert(
            alert("msg_1", at: now), deliveries: read.map(\.id), group: group, interval: .seconds(300))
        #expect(try await store.waitingDeliveries().count == 1)
        #expect(try await store.group("route/story")?.deadline == now + .seconds(300))

        group.deadline = nil
        try await store.setGroup(group)
        #expect(try await store.groups(dueBefore: now).count == 1, "not left behind by a stale record either")
    }

    @Test("groups that wait for nothing are forgotten when they are old; others stay")
    func forgotten() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let told = GroupRecord(key: "old", receiver: "desk", route: "route", lastTold: fixture.now)
        try await store.setGroup(told)
        try await store.poll([.make(title: "Baku")], at: fixture.now, deliveries: [.make()])
        try await store.forgetGroups(toldBefore: fixture.now)
        #expect(try await store.group("old") != nil)
        try await store.forgetGroups(toldBefore: fixture.now + .seconds(1))
        #expect(try await store.group("old") == nil)
        #expect(try await store.group("route/story") != nil)
    }

    @Test("an alert is bound with its frozen body and survives a restart until it is delivered (D2–D4, D7)")
    func bindAndDeliver() async throws {
        let fixture = try StateFixture()
        let now = fixture.now
        var store = try fixture.openStore()
        try await store.poll([.make(title: "Baku")], at: now, deliveries: [.make()])
        let waiting = try await store.waitingDeliveries()
        var group = try #require(try await store.group("route/story"))
        (group.deadline, group.lastTold, group.firstAlertID) = (nil, now, "msg_1")
        try await store.bindAlert(alert("msg_1", at: now), deliveries: waiting.map(\.id), group: group)
        #expect(try await store.waitingDeliveries().isEmpty)
        #expect(try await store.nextAttempts().map(\.at) == [now])

        let next = now + .seconds(5)
        let attempt = AttemptRecord(
            alertID: "msg_1", at: now, duration: .milliseconds(120), status: 503, classification: "transient",
            excerpt: String(repeating: "é", count: 1000))
        var health = ReceiverHealth()
        (health.state, health.since, health.firstFailure, health.heldUntil) = (.open, now, now, next)
        (health.transientFailures, health.error, health.cause) = (1, "HTTP 503", "410")
        (health.lastSuccess, health.told, health.suspectFailures) = (now, .suspect, 2)
        let receiver = ReceiverRecord("desk", health)
        try await store.recordAttempt(attempt, verdict: .retry(at: next), receiver: receiver)
        await store.close()
        store = try fixture.openStore()
        #expect(try await store.receiverRecords() == [receiver])
        #expect(try await store.group("route/story") == group)
        #expect(try await store.nextAttempts().map(\.at) == [next])
        #expect(try await store.pendingAlerts(dueBefore: now).isEmpty)
        let pending = try #require(try await store.pendingAlerts(dueBefore: next).first)
        #expect(pending.body == Array("{\"\u{e9}\":1}".utf8) && pending.attempts == 1 && pending.deliveries == 1)
        #expect(try await store.deliveries(ofAlert: "msg_1").map(\.state) == [.pending])

        try await store.recordAttempt(
            AttemptRecord(alertID: "msg_1", at: next, duration: .zero, status: 200, classification: "success"),
            verdict: .delivered(remoteID: "42"))
        #expect(try await store.nextAttempts().isEmpty)
        #expect(try await store.nextGroupDeadline() == nil)
        let reader = try StateReader(directory: fixture.path)
        #expect(try reader.deliveryCounts() == [.delivered: 1] && reader.alertCounts() == [.delivered: 1])
        let told = try #require(try reader.alert("msg_1"))
        #expect(told.state == .delivered && told.remoteID == "42" && told.attempts == 2)
        let attempts = try reader.attempts(ofAlert: "msg_1")
        #expect(attempts.map(\.classification) == ["transient", "success"])
        #expect(attempts[0].excerpt.utf8.count == 1024 && attempts[0].duration == .milliseconds(120))
    }

    @Test("parked, retried and dropped alerts take their deliveries along, with the reason (D2, D9)")
    func park() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll([.make(title: "Baku")], at: fixture.now, deliveries: [.make()])
        let ids = try await store.waitingDeliveries().map(\.id)
        let group = GroupRecord(key: "route/story", receiver: "desk", route: "route", lastTold: fixture.now)
        try await store.bindAlert(alert("msg_1", at: fixture.now), deliveries: ids, group: group)
        try await store.settle(["msg_1"], verdict: .parked(reason: "receiver_removed"), at: fixture.now)
        #expect(try await store.nextAttempts().isEmpty)
        #expect(try await store.deliveries(ofAlert: "msg_1").map(\.state) == [.parked])
        #expect(try await store.deliveries(ofAlert: "msg_1").map(\.reason) == ["receiver_removed"])
        try await store.settle(["msg_1"], verdict: .retry(at: fixture.now), at: fixture.now)
        #expect(try await store.deliveries(ofAlert: "msg_1").map(\.state) == [.pending])
        #expect(try await store.alert("msg_1")?.stateReason == "")
        try await store.settle(["msg_1"], verdict: .dropped(reason: "operator"), at: fixture.now)
        #expect(try await store.deliveries(ofAlert: "msg_1").map(\.state) == [.dropped])
    }

    @Test("a suppressed delivery ends with its reason and is not bound later (R11)")
    func suppress() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll([.make(title: "Baku")], at: fixture.now, deliveries: [.make()])
        let ids = try await store.waitingDeliveries().map(\.id)
        try await store.suppress(ids, reason: "silence:7")
        try await store.bindAlert(alert("msg_1", at: fixture.now), deliveries: ids)
        let reader = try StateReader(directory: fixture.path)
        #expect(try reader.deliveries(in: .suppressed).map(\.reason) == ["silence:7"])
        #expect(try reader.deliveryCounts() == [.suppressed: 1])
        #expect(try reader.alert("msg_1")?.deliveries == 0)
    }

    @Test("at most so many due alerts of each receiver are read, the oldest first (D6)")
    func perReceiver() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        for number in 0..<5 {
            try await store.bindAlert(alert("msg_a\(number)", receiver: "a", at: fixture.now + .seconds(-number)))
            try await store.bindAlert(
                alert("msg_b\(number)", receiver: "b", at: fixture.now, next: fixture.now + .seconds(number)))
        }
        let due = try await store.pendingAlerts(dueBefore: fixture.now + .seconds(1), perReceiver: 3)
        #expect(due.map(\.id) == ["msg_a0", "msg_a1", "msg_a2", "msg_b0", "msg_b1"])
    }

    @Test("hits are read back by id, in the order asked for")
    func hits() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll([.make(id: "1", title: "Baku"), .make(id: "2", title: "Baku")], at: fixture.now)
        let ids = ["2", "1", "missing"].map { HitIdentity.hit(feedID: "example", key: $0, revision: 0) }
        #expect(try await store.hits(ids).map(\.url.last) == ["2", "1"])
    }
}

@Suite struct StateReaderTests {
    @Test("state is read while the daemon runs, after it has stopped and after it was killed (O34, T34)")
    func runningStoppedKilled() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        try await store.poll([.make(title: "Baku")], at: fixture.now, deliveries: [.make()])
        let check = { (reader: StateReader) throws in
            #expect(try reader.feedRecords()["example"]?.state == .ok)
            #expect(try reader.deliveryCounts() == [.waiting: 1])
            #expect(try reader.lastHit() == fixture.now && reader.hitCount() == 1 && reader.itemCount() == 1)
            #expect(try reader.groups().map(\.key) == ["route/story"])
        }
        let reader = try StateReader(directory: fixture.path)
        try check(reader)
        try check(fixture.copyOfState())
        // The copy is what a killed daemon leaves; the next one opens it without loss.
        let (killed, recovery) = try Store.open(directory: fixture.directory.path("killed"), at: fixture.now)
        #expect(recovery.hits.isEmpty)
        #expect(try await killed.waitingDeliveries().count == 1)
        await killed.close()
        await store.close()
        try check(StateReader(directory: fixture.path))
    }

    @Test("a reader sees what is committed after it was opened")
    func live() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let reader = try StateReader(directory: fixture.path)
        #expect(try reader.lastHit() == nil)
        try await store.poll([.make(title: "Baku")], at: fixture.now)
        #expect(try reader.hitCount() == 1)
    }

    @Test("where there is no database the reader says which file is missing")
    func missing() throws {
        let fixture = try StateFixture()
        #expect(throws: StoreError.self) { try StateReader(directory: fixture.path) }
    }
}
