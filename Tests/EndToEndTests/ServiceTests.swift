// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import KaguLoopback
import KaguModel
import KaguTestSupport
import Testing

@Suite("kagud as a service")
struct ServiceTests {
    @Test("a wrong configuration: every problem listed, exit 78, nothing started (O6)")
    func badConfiguration() async throws {
        let room = try Newsroom()
        try room.configure(feeds: ["courier"], extra: "pol: {concurrency: 4}\nurls: {strip: 7x, stripe: []}")
        let daemon = try room.start()
        #expect(await daemon.exitStatus() == 78)
        #expect(daemon.logText.contains("kagu.yaml:15"))
        #expect(daemon.logText.contains("did you mean \"poll\"?"))
        #expect(daemon.logText.contains("stripe"))
        #expect(!FileManager.default.fileExists(atPath: room.statePath))
        #expect(room.origin.requests.isEmpty)
    }

    @Test("a missing configuration names its path, exit 78 (O6)")
    func missingConfiguration() async throws {
        let room = try Newsroom()
        let daemon = try room.start()
        #expect(await daemon.exitStatus() == 78)
        #expect(daemon.logText.contains(room.configPath))
    }

    @Test("an unusable state directory: exit 74 with path and reason (O40)")
    func unusableState() async throws {
        let room = try Newsroom()
        try room.configure(feeds: [])
        try room.directory.write("a file, not a directory", to: "state")
        let daemon = try room.start()
        #expect(await daemon.exitStatus() == 74)
        #expect(daemon.logText.contains(room.statePath))
    }

    @Test("a second daemon on the directory exits 75, naming the first (O39, T28)")
    func twoDaemons() async throws {
        let room = try Newsroom()
        try room.configure(feeds: [])
        let first = try room.start()
        #expect(await first.logs("watching 0 feeds"))
        let second = try room.start()
        #expect(await second.exitStatus() == 75)
        #expect(second.logText.contains("in use by process"))
        first.send(SIGTERM)
        #expect(await first.exitStatus() == 0)
    }

    @Test("SIGHUP takes a valid configuration and refuses an invalid one without stopping (O5, T23)")
    func reload() async throws {
        let room = try Newsroom()
        room.publish("courier", [("1", "Nothing here")])
        room.publish("gazette", [("1", "The Blue Lagoon is calm")])
        try room.configure(feeds: ["courier"])
        let daemon = try room.start()
        #expect(await daemon.logs("ready"))

        try room.configure(feeds: ["courier", "gazette"], extra: "nonsense: true")
        daemon.send(SIGHUP)
        #expect(await daemon.logs("nonsense"))
        #expect(room.origin.requests(for: "/gazette").isEmpty)

        try room.configure(feeds: ["courier", "gazette"], watch: "sea")
        daemon.send(SIGHUP)
        #expect(await daemon.logs("reloaded: 2 feeds"))
        #expect(await eventually { (try? room.hits().first?.watches) == ["sea"] })
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
        #expect(room.alerts().isEmpty)
    }

    @Test("systemd hears READY, STATUS and STOPPING (O2, O4, O10)")
    func notifications() async throws {
        let room = try Newsroom()
        try room.configure(feeds: [])
        let socket = try NotifySocket(path: room.directory.path("notify"))
        let daemon = try room.start(environment: ["NOTIFY_SOCKET": socket.path])
        #expect(await eventually { socket.received.contains { $0 == "READY=1" } })
        #expect(await eventually { socket.received.contains { $0.hasPrefix("STATUS=0 feeds") } })
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
        #expect(socket.received.contains("STOPPING=1"))
    }

    @Test("SIGTERM ends within 10 s although a feed and a receiver never answer (O10)")
    func hanging() async throws {
        let room = try Newsroom()
        room.origin.on("/hang", .never)
        room.publish("courier", [("1", "Nothing here")])
        room.receiver.otherwise { _ in .never }
        try room.configure(feeds: ["hang", "courier"])
        let daemon = try room.start()
        #expect(await eventually { room.origin.requests(for: "/courier").count >= 2 })
        room.publish("courier", [("1", "Nothing here"), ("2", "Blue Lagoon in uproar")])
        #expect(await eventually { !room.receiver.requests.isEmpty })
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus(within: .seconds(12)) == 0)
    }

    @Test("--once polls every due feed once and prints what came of it")
    func once() async throws {
        let room = try Newsroom()
        room.publish("courier", [("1", "The Blue Lagoon is calm"), ("2", "Nothing here")])
        room.publish("gazette", [("1", "Nothing there")])
        room.origin.on("/gone") { _ in .status(500) }
        try room.configure(feeds: ["courier", "gazette", "gone"])
        let first = try room.start(["--once"])
        #expect(await first.exitStatus() == 0)
        #expect(first.outputText == "ok=2 same=0 err=1 items=3 new=3 hits=1\n")
        try await Task.sleep(for: .seconds(1.2))
        let second = try room.start(["--once"])
        #expect(await second.exitStatus() == 0)
        #expect(second.outputText.hasPrefix("ok=0 same=2 err="))
    }
}

@Suite("Feeds in trouble")
struct TroubledFeedTests {
    @Test("HTML, empty, cut, huge, slow and broken feeds show their state and leave others alone (H4, S6)")
    func states() async throws {
        let room = try Newsroom()
        room.publish("courier", [("1", "Nothing here")])
        room.origin.on("/html") { _ in .text("<!doctype html><html><body>Log in</body></html>") }
        room.origin.on("/empty") { _ in .text("") }
        room.origin.on("/cut") { _ in
            ScriptedResponse(
                parts: [.init(Array("<rss><channel>".utf8))], framing: .announced(5000), ending: .cut)
        }
        room.origin.on("/sitemap") { _ in
            .text(
                "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"><url><loc>https://a.example/</loc></url></urlset>"
            )
        }
        room.origin.on("/broken") { _ in .status(500) }
        room.origin.on("/forbidden") { _ in .status(403) }
        room.origin.on("/gone") { _ in .status(410) }
        room.origin.on("/huge") { _ in
            ScriptedResponse(
                parts: [.init([UInt8](repeating: UInt8(ascii: " "), count: 1 << 20), repetitions: 40)],
                framing: .chunked)
        }
        room.origin.on("/slow") { _ in .drip(count: 100, every: .seconds(2)) }
        let names = ["html", "sitemap", "empty", "cut", "broken", "forbidden", "gone", "huge", "slow", "courier"]
        try room.configure(feeds: names, extra: "health: {after_failures: 1}")
        let daemon = try room.start()
        #expect(await eventually { room.origin.requests(for: "/courier").count >= 3 })
        let wanted = [
            "html": "html", "sitemap": "parse", "empty": "parse", "cut": "failing", "broken": "failing",
            "forbidden": "blocked",
            "gone": "gone", "huge": "failing", "slow": "new", "courier": "ok",
        ]
        var states: [String: String] = [:]
        for _ in 0..<100 where states != wanted {
            states = try feedStates(room)
            try await Task.sleep(for: .milliseconds(200))
        }
        #expect(states == wanted)
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus(within: .seconds(12)) == 0)
        #expect(daemon.logText.matches(of: /warning broken: failing: HTTP 500/).count == 1)
        #expect(room.origin.requests(for: "/gone").count == 1)
    }

    private func feedStates(_ room: Newsroom) throws -> [String: String] {
        let listed = try BuiltProducts.run("kagu", ["feeds", "list", "--config", room.configPath, "-o", "json"])
        let feeds = try JSONSerialization.jsonObject(with: Data(listed.output.utf8)) as? [[String: Any]] ?? []
        return Dictionary(
            uniqueKeysWithValues: feeds.map { ($0["id"] as? String ?? "", $0["state"] as? String ?? "") })
    }
}
