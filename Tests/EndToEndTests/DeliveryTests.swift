// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import KaguModel
import KaguTestSupport
import Testing

@Suite("From a new item to a verified alert")
struct DeliveryTests {
    @Test("a new item becomes one hit line and one signed alert; the baseline alerts nobody (D1, I4, W1, W2)")
    func newItem() async throws {
        let room = try Newsroom()
        room.publish("courier", [("1", "The Blue Lagoon is calm"), ("2", "Nothing here")])
        try room.configure(feeds: ["courier"])
        let daemon = try room.start()
        #expect(await eventually { (try? room.hits().count) == 1 })
        #expect(try room.hits()[0].baseline)

        room.publish(
            "courier", [("1", "The Blue Lagoon is calm"), ("2", "Nothing here"), ("3", "Blue Lagoon in uproar")])
        #expect(await eventually { room.alerts().count == 1 })
        try await Task.sleep(for: .seconds(2.5))

        let hits = try room.hits()
        #expect(hits.map(\.title) == ["The Blue Lagoon is calm", "Blue Lagoon in uproar"])
        #expect(hits[1].watches == ["lagoon"] && !hits[1].baseline && hits[1].severity == .high)
        let requests = room.receiver.requests(for: "/hook")
        #expect(requests.count == 1)
        #expect(try room.verificationFailure(requests[0]) == nil)
        let envelope = try #require(
            JSONSerialization.jsonObject(with: Data(requests[0].body)) as? [String: Any])
        let data = try #require(envelope["data"] as? [String: Any])
        #expect(envelope["type"] as? String == "kagu.hit")
        #expect((data["hit"] as? [String: Any])?["id"] as? String == hits[1].id)
        #expect(data["alert"] as? String == requests[0].header("webhook-id"))

        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
    }

    @Test("a changed text is a hit of its own: news to a new watch, else a revision of what was told (I7, R7)")
    func revision() async throws {
        let room = try Newsroom()
        room.publish("courier", [("1", "Nothing here")])
        try room.configure(feeds: ["courier"])
        let daemon = try room.start()
        #expect(await room.origin.waitForRequests(2))
        room.publish("courier", [("1", "Nothing here"), ("2", "Something stirs")])
        #expect(await room.origin.waitForRequests(room.origin.requests.count + 2))
        // The watch matches the item for the first time: news.
        room.publish("courier", [("1", "Nothing here"), ("2", "Something stirs at the Blue Lagoon")])
        #expect(await eventually { room.alerts().count == 1 })
        // It matches again: an update of the story that was told.
        room.publish("courier", [("1", "Nothing here"), ("2", "Something big stirs at the Blue Lagoon")])
        #expect(await eventually { room.alerts().count == 2 })
        let (first, second) = (room.alerts()[0], room.alerts()[1])
        #expect(first.body.contains("\"reason\":\"new\"") && second.body.contains("\"reason\":\"revision\""))
        #expect(second.body.contains("\"first\":\"\(first.id)\""))
        let hits = try room.hits()
        #expect(hits.map(\.revision) == [1, 2])
        #expect(Set(hits.map(\.story)).count == 1)
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
    }

    @Test("validators are echoed byte for byte, illegal dates too, and an unchanged feed is answered 304 (P7)")
    func validators() async throws {
        let room = try Newsroom()
        room.publish("courier", [("1", "The Blue Lagoon is calm")])
        try room.configure(feeds: ["courier"])
        let daemon = try room.start()
        #expect(await room.origin.waitForRequests(3))
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
        let requests = room.origin.requests(for: "/courier")
        #expect(requests[0].header("If-None-Match") == nil)
        for request in requests.dropFirst() {
            #expect(request.header("If-None-Match")?.hasPrefix("W/\"v-1-") == true)
            #expect(request.header("If-Modified-Since") == "Tue, 32 Foo 1800 00:00:00 GMT")
        }
        #expect(requests.allSatisfy { $0.header("User-Agent") == Kagu.userAgent(contact: "") })
        #expect(requests.allSatisfy { $0.header("Cookie") == nil && $0.header("Referer") == nil })
    }

    @Test("an alert refused before a restart arrives after it, with the same id and body (D3, D4)")
    func restart() async throws {
        let room = try Newsroom()
        // Long enough that a slow machine stops the first daemon before its second attempt: the third is minutes away.
        room.receiver.on("/hook") { _ in .status(503, headers: ["Retry-After": "15"]) }
        room.publish("courier", [("1", "Nothing here")])
        try room.configure(feeds: ["courier"])
        let first = try room.start()
        #expect(await room.origin.waitForRequests(2))
        room.publish("courier", [("1", "Nothing here"), ("2", "Blue Lagoon in uproar")])
        #expect(await eventually { !room.alerts().isEmpty })
        first.send(SIGTERM)
        #expect(await first.exitStatus() == 0)

        room.receiver.on("/hook") { _ in .text("ok") }
        let before = room.alerts().count
        let second = try room.start()
        // What is overdue at start is spread over a minute (D7).
        #expect(await eventually(within: .seconds(75)) { room.alerts().count > before })
        let alerts = room.alerts()
        #expect(Set(alerts.map(\.id)).count == 1)
        #expect(Set(alerts.map(\.body)).count == 1)
        for request in room.receiver.requests(for: "/hook") {
            #expect(try room.verificationFailure(request) == nil)
        }
        second.send(SIGTERM)
        #expect(await second.exitStatus() == 0)
    }

    @Test("SIGKILL at any moment loses no hit and doubles no line (T1, V1, V3)")
    func killed() async throws {
        let room = try Newsroom()
        var items = [(id: "0", title: "Nothing here")]
        room.publish("courier", items)
        try room.configure(feeds: ["courier"])
        for round in 1...4 {
            let daemon = try room.start()
            let polls = room.origin.requests.count
            #expect(await eventually { room.origin.requests.count > polls })
            items.append((id: "\(round)", title: "Blue Lagoon, day \(round)"))
            room.publish("courier", items)
            // Around the poll that finds the item: before it, during it, after it.
            try await Task.sleep(for: .milliseconds(400 * round))
            daemon.send(SIGKILL)
            #expect(await daemon.exitStatus() == -SIGKILL)
        }
        let last = try room.start()
        #expect(await last.logs("ready"))
        #expect(await eventually(within: .seconds(75)) { Set(room.alerts().map(\.id)).count >= 4 })
        last.send(SIGTERM)
        let status = await last.exitStatus()
        #expect(status == 0, "\(last.logText)")
        let hits = try room.hits()
        #expect(hits.map(\.title).sorted() == (1...4).map { "Blue Lagoon, day \($0)" })
        #expect(Set(hits.map(\.id)).count == 4)
        for hit in hits {
            let told = room.alerts().filter { $0.body.contains(hit.id) }
            #expect(!told.isEmpty)
            #expect(Set(told.map(\.id)).count == 1)
        }
    }

    @Test("a receiver that is down holds its alerts back; they arrive when it is up (D2, D7)")
    func receiverDown() async throws {
        let room = try Newsroom()
        room.receiver.on("/hook", .hangUp, .status(500), .text("ok"))
        room.publish("courier", [("1", "Nothing here")])
        try room.configure(feeds: ["courier"])
        let daemon = try room.start()
        #expect(await room.origin.waitForRequests(2))
        room.publish("courier", [("1", "Nothing here"), ("2", "Blue Lagoon in uproar")])
        // Attempts follow after 5 to 6 s; the third would come after 5 min.
        #expect(await eventually { room.alerts().count == 2 })
        #expect(Set(room.alerts().map(\.id)).count == 1)
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
    }
}
