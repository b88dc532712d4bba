// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

@Suite("What operators do to alerts, and what their lists show (C1–C3)")
struct AlertDeskTests {
    let fixture: StateFixture

    init() throws { fixture = try StateFixture() }

    /// A store with one hit for each alert, all bound; ids are `msg_0`, `msg_1`, …
    private func store(_ states: [AlertState], receiver: String = "desk") async throws -> Store {
        let store = try fixture.openStore()
        let items = states.indices.map { KaguModel.Item.make(id: "i\($0)", title: "Baku \($0)") }
        try await store.poll(items, at: fixture.now, deliveries: [.make(receiver)])
        let waiting = try await store.waitingDeliveries()
        for (number, state) in states.enumerated() {
            let alert = AlertRecord(
                id: "msg_\(number)", receiver: receiver, route: "route", type: "kagu.hit", reason: "new",
                body: Array("body \(number)".utf8), created: fixture.now + .seconds(number), title: "Baku \(number)"
            )
            try await store.bindAlert(alert, deliveries: [waiting[number].id])
            let attempt = AttemptRecord(
                alertID: alert.id, at: alert.created, duration: .milliseconds(20), status: 503,
                classification: "transient")
            let verdict: AlertVerdict =
                switch state {
                case .pending: .retry(at: fixture.now + .seconds(3600))
                case .parked: .parked(reason: "exhausted")
                case .delivered: .delivered(remoteID: nil)
                case .dropped: .dropped(reason: "expired")
                }
            try await store.recordAttempt(attempt, verdict: verdict)
        }
        return store
    }

    @Test("a retry makes an alert due now with attempts from zero; id, body, hits and history stay (C3, D4)")
    func retry() async throws {
        let store = try await store([.parked, .pending])
        let later = fixture.now + .seconds(600)
        let lines = try await store.retry(AlertSelection(ids: ["msg_0", "msg_1"]), at: later)
        #expect(lines.map(\.state) == ["parked", "pending"])
        for id in ["msg_0", "msg_1"] {
            let alert = try #require(try await store.alert(id))
            #expect(alert.state == .pending && alert.nextAttempt == later && alert.attempts == 0)
            #expect(alert.stateReason.isEmpty && alert.deliveries == 1)
            #expect(try await store.deliveries(ofAlert: id).map(\.state) == [.pending])
        }
        #expect(try await store.alert("msg_0")?.body == Array("body 0".utf8))
        let reader = try StateReader(directory: fixture.path)
        #expect(try reader.attempts(ofAlert: "msg_0").count == 1)
        let decisions = try reader.deliveries(ofAlert: "msg_0").flatMap(\.decisions)
        #expect(decisions.last?.text == "due again: an operator's word")
        await store.close()
    }

    @Test("a dry run changes nothing; an unknown or settled id refuses all of them (C3)")
    func refusals() async throws {
        let store = try await store([.parked, .delivered])
        #expect(try await store.retry(AlertSelection(ids: ["msg_0"]), at: fixture.now, dryRun: true).count == 1)
        for ids in [["msg_0", "msg_x"], ["msg_0", "msg_1"]] {
            await #expect(throws: ControlRefusal.self) {
                try await store.retry(AlertSelection(ids: ids), at: fixture.now)
            }
        }
        #expect(try await store.alert("msg_0")?.state == .parked)
        await #expect(throws: ControlRefusal.self) {
            try await store.drop(AlertSelection(), comment: "all", at: fixture.now)
        }
        await store.close()
    }

    @Test("a receiver's alerts are chosen by state and time; drop keeps who said why (C3, D2)")
    func drop() async throws {
        let store = try await store([.pending, .parked, .delivered, .parked])
        let parked = AlertSelection(receiver: "desk", since: fixture.now + .seconds(2), states: ["parked"])
        let lines = try await store.drop(parked, comment: "a false\nalarm", at: fixture.now)
        #expect(lines.map(\.id) == ["msg_3"])
        #expect(try await store.alert("msg_3")?.stateReason == "operator: a false\nalarm")
        let delivery = try #require(try await store.deliveries(ofAlert: "msg_3").first)
        #expect(delivery.state == .dropped && delivery.reason.hasPrefix("operator:"))
        #expect(delivery.decisions.last?.text == "dropped by an operator: a false alarm")
        let open = try await store.retry(AlertSelection(receiver: "desk"), at: fixture.now, dryRun: true)
        #expect(open.map(\.id) == ["msg_0", "msg_1"])
        #expect(try await store.retry(AlertSelection(receiver: "room"), at: fixture.now).isEmpty)
        await store.close()
    }

    @Test(
        "lists show alerts, and hits that are owed without one, oldest first, by state, receiver, time and story (C1)"
    )
    func lists() async throws {
        let store = try await store([.pending, .delivered])
        try await store.poll(
            [.make(id: "w", title: "Baku waits")], of: "other", at: fixture.now + .seconds(50),
            deliveries: [.make("room", group: "room/w")])
        let reader = try StateReader(directory: fixture.path)
        let all = try reader.alertRows(AlertQuery())
        #expect(all.map(\.state) == [.pending, .delivered, .waiting])
        #expect(all.map(\.title) == ["Baku 0", "Baku 1", "Baku waits"])
        #expect(all[0].lastResult == "transient 503" && all[0].attempts == 1 && all[1].nextAttempt == nil)
        #expect(all[2].id.hasPrefix("h_") && all[2].nextAttempt != nil && all[2].hits == 1)
        #expect(try reader.alertRows(AlertQuery(states: [.waiting])).map(\.receiver) == ["room"])
        #expect(try reader.alertRows(AlertQuery(receiver: "desk")).count == 2)
        #expect(try reader.alertRows(AlertQuery(since: fixture.now + .seconds(1))).count == 2)
        #expect(try reader.alertRows(AlertQuery(limit: 1)).map(\.state) == [.waiting])
        let story = try #require(all[2].story)
        #expect(try reader.alertRows(AlertQuery(story: story)).map(\.id) == [all[2].id])
        // An alert is found by the story of a hit that it tells of.
        let hit = try #require(try reader.deliveries(ofAlert: "msg_1").first?.hitID)
        let its = try #require(try reader.hits([hit]).first?.story)
        #expect(try reader.alertRows(AlertQuery(story: its)).map(\.id) == ["msg_1"])
        #expect(try reader.alertRows(AlertQuery(states: [.suppressed])).isEmpty)
        await store.close()
    }

    @Test("the beginning of an id is enough where it is the only one; a hit's deliveries are found by its id")
    func lookups() async throws {
        let store = try await store([.pending, .delivered])
        let reader = try StateReader(directory: fixture.path)
        #expect(try reader.alertID(beginning: "msg_1") == "msg_1")
        #expect(try reader.alertID(beginning: "msg_") == nil)
        #expect(try reader.alertID(beginning: "x") == nil)
        let hit = try #require(try reader.deliveries(ofAlert: "msg_0").first?.hitID)
        let found = try reader.deliveries(ofHit: hit)
        #expect(found.map(\.alertID) == ["msg_0"] && found.map(\.hitID) == [hit])
        #expect(try reader.deliveries(ofHit: "h_none").isEmpty)
        await store.close()
    }
}

@Suite("An operator's drop while an attempt is under way (C3)")
struct DropInFlightTests {
    @Test("what was dropped stays dropped, unless the receiver took it all the same")
    func dropped() async throws {
        let fixture = try StateFixture()
        let store = try fixture.openStore()
        let item = KaguModel.Item.make(title: "Baku")
        try await store.poll([item], at: fixture.now, deliveries: [.make()])
        let alert = AlertRecord(
            id: "msg_0", receiver: "desk", route: "route", type: "kagu.hit", reason: "new", body: [1],
            created: fixture.now)
        try await store.bindAlert(alert, deliveries: try await store.waitingDeliveries().map(\.id))
        _ = try await store.drop(AlertSelection(ids: ["msg_0"]), comment: "no", at: fixture.now)
        let attempt = AttemptRecord(
            alertID: "msg_0", at: fixture.now, duration: .seconds(1), classification: "timeout")
        try await store.recordAttempt(attempt, verdict: .retry(at: fixture.now + .seconds(5)))
        #expect(try await store.alert("msg_0")?.state == .dropped)
        #expect(try await store.deliveries(ofAlert: "msg_0").map(\.state) == [.dropped])
        try await store.recordAttempt(attempt, verdict: .delivered(remoteID: nil))
        #expect(try await store.alert("msg_0")?.state == .delivered)
        #expect(try await store.deliveries(ofAlert: "msg_0").map(\.state) == [.delivered])
        await store.close()
    }
}
