// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import KaguModel
import KaguTestSupport
import Testing

@Suite("kagu alerts, receivers, silence and route on a running daemon", .serialized)
struct AlertCommandTests {
    private func objects(_ output: String) throws -> [[String: Any]] {
        try #require(JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]])
    }

    @Test(
        "an alert is listed, shown, explained; a refused one is retried with the same id and body, then dropped (C1–C3)"
    )
    func alerts() async throws {
        let room = try Newsroom()
        room.publish("courier", [("1", "Nothing here")])
        try room.configure(feeds: ["courier"])
        let daemon = try room.start()
        #expect(await room.origin.waitForRequests(2))
        room.publish("courier", [("1", "Nothing here"), ("2", "Blue Lagoon in uproar over a new bridge")])
        #expect(await eventually { room.alerts().count == 1 })
        #expect(await eventually { (try? room.kagu("alerts", "list", "--state", "delivered").status) == 0 })
        let listed = try objects(try room.kagu("alerts", "list", "-o", "json").output)
        let id = try #require(listed.first?["id"] as? String)
        #expect(listed.count == 1 && id == room.alerts()[0].id && listed[0]["state"] as? String == "delivered")
        #expect(listed[0]["title"] as? String == "Blue Lagoon in uproar over a new bridge")
        #expect(try room.kagu("alerts", "show", id, "--body").output == room.alerts()[0].body)
        let shown = try room.kagu("alerts", "show", String(id.prefix(20)))
        #expect(
            shown.status == 0 && shown.output.contains("ok 200") && shown.output.contains("receiver      desk")
        )
        let explained = try room.kagu("explain", try room.hits()[0].id)
        #expect(explained.output.contains("desk by route") && explained.output.contains(id), "\(explained.output)")
        #expect(try room.kagu("alerts", "retry", id).status == 1)
        #expect(try room.kagu("alerts", "show", "msg_none").status == 1)

        room.receiver.on("/hook") { _ in .status(403) }
        room.publish(
            "courier",
            [
                ("1", "Nothing here"), ("2", "Blue Lagoon in uproar over a new bridge"),
                ("3", "Quiet again at the Blue Lagoon today"),
            ])
        #expect(await eventually { room.alerts().count >= 2 })
        #expect(
            await eventually {
                (try? room.kagu("alerts", "list", "--state", "pending").output.contains("auth 403")) == true
            })
        room.receiver.on("/hook") { _ in .text("ok") }
        #expect(
            try room.kagu("alerts", "retry", "--receiver", "desk", "--dry-run").output.hasPrefix(
                "would be due now: msg_"))
        let before = room.alerts().count
        let retried = try room.kagu("alerts", "retry", "--receiver", "desk")
        #expect(retried.status == 0 && retried.output.contains("was pending"), "\(retried.errors)")
        #expect(await eventually { room.alerts().count > before })
        let (last, refused) = (room.alerts()[before], room.alerts()[1])
        #expect(last.id == refused.id && last.body == refused.body)

        #expect(await eventually { (try? room.kagu("alerts", "list", "--state", "pending").status) == 1 })
        let dropped = try room.kagu("alerts", "drop", "--receiver", "desk", "--comment", "test")
        #expect(dropped.status == 1 && dropped.output.isEmpty)
        #expect(
            try room.kagu("alerts", "drop", "--receiver", "dsk", "--comment", "test").errors.contains(
                "did you mean \"desk\""))
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
        #expect(daemon.logText.contains("control: user \(getuid()) asks: alerts.retry"))
    }

    @Test("a silence is in force when the command returns: its hit is stored and never told (R11, C7)")
    func silence() async throws {
        let room = try Newsroom()
        room.publish("courier", [("1", "Nothing here")])
        try room.configure(feeds: ["courier"])
        let daemon = try room.start()
        #expect(await room.origin.waitForRequests(2))
        #expect(try room.kagu("silence", "add", "--for", "1h", "--comment", "x").status == 2)
        let wrong = try room.kagu("silence", "add", "wach=lagoon", "--for", "1h", "--comment", "x")
        #expect(wrong.status == 2 && wrong.errors.contains("did you mean \"watch\""), "\(wrong.errors)")
        let added = try room.kagu("silence", "add", "watch=lagoon", "--for", "1h", "--comment", "bridge works")
        let id = added.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(added.status == 0 && id.hasPrefix("sil_"), "\(added.errors)")
        room.publish("courier", [("1", "Nothing here"), ("2", "Blue Lagoon in uproar")])
        #expect(await eventually { (try? room.kagu("alerts", "list", "--state", "suppressed").status) == 0 })
        #expect(room.alerts().isEmpty)
        let explained = try room.kagu("explain", try room.hits()[0].id, "-o", "json").output
        #expect(explained.contains("\"silence\":\"\(id)\""), "\(explained)")
        let listed = try room.kagu("silence", "list")
        #expect(
            listed.output.contains("(uid \(getuid())): bridge works") && listed.output.contains("watch=\"lagoon\""))
        #expect(try room.kagu("silence", "expire", "sil_x").status == 2)
        #expect(try room.kagu("silence", "expire", id).output == "expired \(id)\n")
        #expect(try room.kagu("silence", "list").status == 1)
        #expect(try room.kagu("silence", "list", "--expired").output.contains("expired"))
        room.publish(
            "courier", [("1", "Nothing here"), ("2", "Blue Lagoon in uproar"), ("3", "Calm at the Blue Lagoon")])
        #expect(await eventually { room.alerts().count == 1 })
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
    }

    @Test(
        "receivers are listed by name and host, tried out, disabled and enabled; no secret is ever printed (C4–C6, D15)"
    )
    func receivers() async throws {
        let room = try Newsroom()
        room.publish("courier", [("1", "Nothing here")])
        try room.configure(feeds: ["courier"])
        let daemon = try room.start()
        #expect(await daemon.logs("ready"))
        let listed = try room.kagu("receivers", "list")
        #expect(
            listed.status == 0 && listed.output.hasPrefix("ok  desk (127.0.0.1)  webhook"),
            "\(listed.output)\(listed.errors)")
        let tested = try room.kagu("receivers", "test", "desk")
        #expect(tested.status == 0 && tested.output.hasPrefix("desk: ok, HTTP 200"), "\(tested.output)")
        #expect(room.alerts()[0].body.contains("kagu.test"))
        #expect(try room.kagu("receivers", "test", "desk", "--type", "digest").status == 0)
        #expect(room.alerts()[1].body.contains("kagu.digest"))
        room.receiver.on("/hook") { _ in .status(403) }
        #expect(try room.kagu("receivers", "test", "desk").status == 1)
        #expect(try room.kagu("receivers", "test", "dsk").status == 2)
        let disabled = try room.kagu("receivers", "disable", "desk", "--comment", "moving house")
        #expect(disabled.status == 0 && disabled.output.contains("moving house"), "\(disabled.errors)")
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
        // Without a daemon the command takes the lock and writes itself (O11).
        #expect(try room.kagu("receivers", "list").output.hasPrefix("disabled  desk"))
        #expect(try room.kagu("receivers", "enable", "desk").output.hasPrefix("ok  desk"))
        for text in [listed, tested, disabled] {
            #expect(!text.output.contains("/hook") && !text.output.contains(Newsroom.secret))
        }
    }

    @Test("without a daemon silences are written all the same, and a test says that it needs one (O11)")
    func offline() throws {
        let room = try Newsroom()
        try room.configure(feeds: ["courier"])
        let added = try room.kagu("silence", "add", "severity!=critical", "--until", "2099-01-01", "--comment", "x")
        #expect(added.status == 0, "\(added.errors)")
        #expect(
            try room.kagu("silence", "list", "-o", "jsonl").output.contains(
                #""matchers":["severity!=\"critical\""]"#))
        let tested = try room.kagu("receivers", "test", "desk")
        #expect(tested.status == 2 && tested.errors.contains("no daemon runs"))
        #expect(try room.kagu("alerts", "list").status == 1)
        #expect(try room.kagu("alerts", "retry", "msg_none").status == 2)
        let route = try room.kagu("route", "test", "watch=lagoon", "--verify", "desk")
        #expect(route.status == 0 && route.output.contains("receiver  desk"), "\(route.output)\(route.errors)")
        #expect(try room.kagu("route", "test", "watch=lagoon", "--verify", "room").status == 1)
        #expect(try room.kagu("route", "show").output.hasPrefix("route → desk"))
    }
}
