// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import KaguModel
import KaguTestSupport
import Testing

@Suite("kagu feeds with a running daemon")
struct FeedsCommandTests {
    private func object(_ text: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func array(_ text: String) throws -> [[String: Any]] {
        try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    }

    /// The state of each listed feed.
    private func states(_ room: Newsroom) -> [String] {
        let listed = try? room.kagu("feeds", "list", "-o", "json").output
        let feeds = listed.flatMap { try? array($0) } ?? []
        return feeds.compactMap { $0["state"] as? String }
    }

    @Test("add takes a feed, lists it and polls it; show tells all; remove takes it out again (H3, O28)")
    func addShowRemove() async throws {
        let room = try Newsroom()
        room.publish("gazette", [("1", "The Blue Lagoon is calm"), ("2", "Nothing here")])
        try room.configure(feeds: [])
        let daemon = try room.start()
        #expect(await daemon.logs("ready"))
        let url = room.origin.url("/gazette")
        let added = try room.kagu(
            "feeds", "add", url, "--id", "gazette", "--country", "nc", "--class", "independent", "--tag", "press",
            "--alert-recent", "-o", "json")
        #expect(added.status == 0, "\(added.errors)")
        #expect(try array(added.output).first?["id"] as? String == "gazette")
        #expect(await eventually { (try? room.hits().count) == 1 })

        let shown = try object(try room.kagu("feeds", "show", "gazette", "-o", "json").output)
        #expect(shown["state"] as? String == "ok" && shown["country"] as? String == "NC")
        #expect((shown["listed_in"] as? String)?.hasPrefix("\(room.statePath)/feeds.yaml:") ?? false)
        #expect(shown["items"] as? Int == 2 && (shown["polls"] as? [Any])?.count == 1)
        #expect(try room.kagu("feeds", "show", url).output.contains("alert recent"))

        let again = try room.kagu("feeds", "add", url)
        #expect(again.status == 1 && again.errors.contains("has this address already"), "\(again.errors)")
        let removed = try room.kagu("feeds", "remove", "gazette")
        #expect(removed.status == 0 && removed.output.hasPrefix("removed gazette"), "\(removed.errors)")
        #expect(try room.kagu("feeds", "list").status == 1)
        #expect(try room.kagu("feeds", "remove", "gazette").status == 2)
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
    }

    private func page(_ names: String...) -> ScriptedResponse {
        let links = names.map { "<link rel=\"alternate\" type=\"application/rss+xml\" href=\"/\($0)\">" }
        return .text(
            "<!doctype html><html><head>\(links.joined())</head><body>Hello</body></html>",
            headers: ["Content-Type": "text/html"])
    }

    @Test("add of a page takes its only feed; of several they are printed and none is added (H3)")
    func addPage() async throws {
        let room = try Newsroom()
        room.publish("gazette", [("1", "Nothing here")])
        room.publish("courier", [("1", "Nothing here")])
        room.origin.on("/one", page("gazette"))
        room.origin.on("/two", page("gazette", "courier"))
        room.origin.on("/none", page())
        try room.configure(feeds: [])
        let daemon = try room.start()
        #expect(await daemon.logs("ready"))

        let several = try room.kagu("feeds", "add", room.origin.url("/two"))
        #expect(several.status == 1 && several.output.split(separator: "\n").count == 2, "\(several.errors)")
        #expect(several.errors.contains("2 feeds to choose from"))
        #expect(try room.kagu("feeds", "list").status == 1)
        let none = try room.kagu("feeds", "add", room.origin.url("/none"))
        #expect(none.status == 1 && none.errors.contains("--as-is"), "\(none.errors)")
        let one = try room.kagu("feeds", "add", room.origin.url("/one"))
        #expect(one.status == 0 && one.output.contains(room.origin.url("/gazette")), "\(one.errors)")

        let found = try room.kagu("feeds", "discover", room.origin.url("/two"), "-o", "json")
        #expect(found.status == 0)
        let urls = try array(found.output).compactMap { $0["url"] as? String }
        #expect(urls == [room.origin.url("/gazette"), room.origin.url("/courier")])
        #expect(try room.kagu("feeds", "discover", room.origin.url("/none")).status == 1)
        let missing = try room.kagu("feeds", "discover", room.origin.url("/missing"))
        #expect(missing.status == 2 && missing.errors.contains("404"), "\(missing.errors)")
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
    }

    @Test("a change with which the configuration is not valid is taken back and told (H3, O5)")
    func refused() async throws {
        let room = try Newsroom()
        room.publish("gazette", [("1", "Nothing here")])
        try room.configure(feeds: [])
        let daemon = try room.start()
        #expect(await daemon.logs("ready"))
        #expect(try room.kagu("feeds", "add", room.origin.url("/gazette"), "--id", "gazette").status == 0)
        let path = "\(room.statePath)/feeds.yaml"
        let list = try String(contentsOfFile: path, encoding: .utf8)
        let bad = try room.kagu("feeds", "add", "https://example.org/rss", "--as-is", "--interval", "5s")
        #expect(bad.status == 2 && bad.errors.contains("interval"), "\(bad.errors)")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == list)
        #expect(
            try room.kagu("feeds", "add", "https://example.org/rss", "--as-is", "--language", "xx yy").status == 2)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == list)
        #expect(!FileManager.default.fileExists(atPath: path + ".before"))
        #expect(try room.kagu("status").status == 0)
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
    }

    @Test("an OPML file in Latin-1 comes through the daemon unharmed (H2)")
    func importedEncoding() async throws {
        let room = try Newsroom()
        try room.configure(feeds: [])
        let daemon = try room.start()
        #expect(await daemon.logs("ready"))
        let opml =
            "<?xml version='1.0' encoding='ISO-8859-1'?><opml version='2.0'><body>"
            + "<outline text='Vid\u{e9}o \u{e0} Noum\u{e9}a' xmlUrl='https://example.org/rss'/></body></opml>"
        let bytes = Data(opml.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
        try bytes.write(to: URL(fileURLWithPath: room.directory.path("latin.opml")))
        #expect(try room.kagu("feeds", "import", room.directory.path("latin.opml")).status == 0)
        let list = try String(contentsOfFile: "\(room.statePath)/feeds.yaml", encoding: .utf8)
        #expect(list.contains("Vid\u{e9}o \u{e0} Noum\u{e9}a"))
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
    }

    @Test("a feed that was paused, removed and added again is polled (H3, P20)")
    func addedAgain() async throws {
        let room = try Newsroom()
        room.publish("gazette", [("1", "Nothing here")])
        try room.configure(feeds: [])
        let daemon = try room.start()
        #expect(await daemon.logs("ready"))
        let add = ["feeds", "add", room.origin.url("/gazette"), "--as-is", "--id", "gazette", "--interval", "1s"]
        #expect(try room.kagu(add).status == 0)
        #expect(await room.origin.waitForRequests(1))
        #expect(try room.kagu("feeds", "pause", "gazette").status == 0)
        #expect(try room.kagu("feeds", "remove", "gazette").status == 0)
        let before = room.origin.requests(for: "/gazette").count
        #expect(try room.kagu(add).status == 0)
        #expect(await eventually { room.origin.requests(for: "/gazette").count > before })
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
    }

    @Test("poll --wait tells what came of it, --full sends no validators, unknown ids exit 2 (P13)")
    func poll() async throws {
        let room = try Newsroom()
        room.publish("courier", [("1", "Nothing here")])
        room.origin.on("/broken") { _ in .status(500) }
        try room.configure(feeds: ["courier", "broken"])
        try room.directory.write(
            try room.directory.text("feeds.yaml").replacingOccurrences(of: "interval: 1s", with: "interval: 1h"),
            to: "feeds.yaml")
        let daemon = try room.start()
        #expect(await room.origin.waitForRequests(2))
        #expect(await eventually { states(room).sorted() == ["failing", "ok"] })
        let same = try room.kagu("feeds", "poll", "courier", "--wait")
        #expect(same.status == 0 && same.output == "courier ok HTTP 304 unchanged\n", "\(same.errors)")
        let full = try room.kagu("feeds", "poll", "courier", "--full", "--wait", "-o", "json")
        #expect(try array(full.output).first?["status"] as? Int == 200)
        #expect(room.origin.requests(for: "/courier").last?.header("If-None-Match") == nil)
        let both = try room.kagu("feeds", "poll", "courier", "broken", "--wait")
        #expect(both.status == 1 && both.output.contains("broken failing"), "\(both.errors)")
        let unknown = try room.kagu("feeds", "poll", "curier")
        #expect(unknown.status == 2 && unknown.errors.contains("did you mean \"courier\"?"), "\(unknown.errors)")
        let polls = room.origin.requests(for: "/courier").count
        let ordered = try room.kagu("feeds", "poll", "courier")
        #expect(ordered.status == 0 && ordered.output == "ordered courier\n")
        #expect(await room.origin.waitForRequests(polls + 1, for: "/courier"))
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
    }

    @Test("a held feed is not polled on order either: status 1 and until when (P21)")
    func held() async throws {
        let room = try Newsroom()
        room.origin.on("/courier") { _ in .status(503, headers: ["Retry-After": "3600"]) }
        try room.configure(feeds: ["courier"])
        let daemon = try room.start()
        #expect(await eventually { states(room) == ["throttled"] })
        let held = try room.kagu("feeds", "poll", "courier", "--full", "--wait")
        #expect(held.status == 1 && held.output.contains("courier held: "), "\(held.output)\(held.errors)")
        #expect(try room.kagu("feeds", "show", "courier").output.contains("held until"))
        #expect(room.origin.requests.count == 1)
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
    }

    @Test("a paused feed is not polled, also after a restart, until it is resumed")
    func pause() async throws {
        let room = try Newsroom()
        room.publish("courier", [("1", "Nothing here")])
        try room.configure(feeds: ["courier"])
        let first = try room.start()
        #expect(await room.origin.waitForRequests(2))
        let paused = try room.kagu("feeds", "pause", "courier")
        #expect(paused.status == 0 && paused.output == "paused courier\n", "\(paused.errors)")
        let polls = room.origin.requests.count
        try await Task.sleep(for: .seconds(2.5))
        #expect(room.origin.requests.count == polls)
        #expect(try room.kagu("feeds", "list").output.contains("paused"))
        #expect(try room.kagu("feeds", "list", "--paused").status == 0)
        first.send(SIGTERM)
        #expect(await first.exitStatus() == 0)

        let second = try room.start()
        #expect(await second.logs("ready"))
        try await Task.sleep(for: .seconds(1.5))
        #expect(room.origin.requests.count == polls)
        #expect(try room.kagu("feeds", "resume", "courier").output == "resumed courier\n")
        #expect(await room.origin.waitForRequests(polls + 2))
        #expect(try room.kagu("feeds", "list", "--paused").status == 1)
        second.send(SIGTERM)
        #expect(await second.exitStatus() == 0)
    }

    @Test("a feed that is gone is polled no more, and starts afresh when it is resumed (P20)")
    func gone() async throws {
        let room = try Newsroom()
        room.origin.on("/courier") { _ in .status(410) }
        try room.configure(feeds: ["courier"])
        let daemon = try room.start()
        #expect(
            await eventually { (try? room.kagu("feeds", "events", "-o", "csv").output.contains("gone")) ?? false })
        room.publish("courier", [("1", "Nothing here")])
        try await Task.sleep(for: .seconds(1.5))
        #expect(room.origin.requests.count == 1)
        #expect(try room.kagu("feeds", "show", "courier").output.contains("kagu feeds resume"))
        #expect(try room.kagu("feeds", "resume", "courier").output == "resumed courier\n")
        #expect(await room.origin.waitForRequests(2))
        #expect(await eventually { states(room) == ["ok"] })
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
    }

    @Test("test fetches through the daemon, classifies, matches, and stores nothing (O28)")
    func trial() async throws {
        let room = try Newsroom()
        room.publish("gazette", [("1", "The Blue Lagoon is calm"), ("2", "Nothing here")])
        room.origin.on("/page", .text("<!doctype html><html><body>Log in</body></html>"))
        room.origin.on("/moved", .redirect(to: room.origin.url("/gazette")))
        try room.configure(feeds: [])
        let daemon = try room.start()
        #expect(await daemon.logs("ready"))
        let found = try object(try room.kagu("feeds", "test", room.origin.url("/moved"), "-o", "json").output)
        #expect(found["state"] as? String == "ok" && found["item_count"] as? Int == 2)
        #expect(found["url"] as? String == room.origin.url("/gazette"))
        let items = try #require(found["items"] as? [[String: Any]])
        #expect(items.contains { $0["watches"] as? [String] == ["lagoon"] })
        let page = try room.kagu("feeds", "test", room.origin.url("/page"))
        #expect(page.status == 1 && page.output.contains(": html: "), "\(page.errors)")
        let missing = try room.kagu("feeds", "test", room.origin.url("/missing"))
        #expect(missing.status == 2 && missing.errors.contains("404"), "\(missing.errors)")
        #expect(try room.hits().isEmpty)
        #expect(try room.kagu("feeds", "list").status == 1)
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
    }

    @Test("import says what was added, listed already and unusable; export gives it back (H2)")
    func importAndExport() async throws {
        let room = try Newsroom()
        for name in ["courier", "gazette", "herald"] { room.publish(name, [("1", "Nothing here")]) }
        try room.configure(feeds: ["courier"])
        let daemon = try room.start()
        #expect(await daemon.logs("ready"))
        let file = try room.directory.write(
            """
            <opml version="2.0"><body><outline text="Press">
            <outline type="rss" text="G" xmlUrl="\(room.origin.url("/gazette"))"/>
            <outline type="rss" text="H" xmlUrl="\(room.origin.url("/herald"))"/>
            <outline type="rss" text="C" xmlUrl="\(room.origin.url("/courier"))"/>
            <outline type="rss" text="F" xmlUrl="ftp://a.example/feed"/>
            </outline></body></opml>
            """, to: "list.opml")
        let imported = try room.kagu("feeds", "import", file)
        #expect(imported.status == 1, "\(imported.errors)")
        #expect(imported.errors.contains("2 added, 1 listed already, 1 unusable"), "\(imported.errors)")
        #expect(imported.output.contains("duplicate courier") && imported.output.contains("unusable"))
        #expect(await room.origin.waitForRequests(1, for: "/herald"))
        let exported = try room.kagu("feeds", "export")
        #expect(exported.status == 0)
        for name in ["courier", "gazette", "herald"] {
            #expect(exported.output.contains(room.origin.url("/\(name)")))
        }
        #expect(exported.output.contains("Press"), "\(exported.output)")
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
    }
}

@Suite("kagu feeds without a daemon")
struct FeedsOfflineTests {
    @Test("add, pause, resume and remove take the lock and write themselves (O11)")
    func alone() async throws {
        let room = try Newsroom()
        room.publish("courier", [("1", "Nothing here")])
        try room.configure(feeds: ["courier"])
        let added = try room.kagu("feeds", "add", "https://example.org/rss", "--id", "example")
        #expect(added.status == 0 && added.output.hasPrefix("added example"), "\(added.errors)")
        #expect(added.errors.contains("nobody has looked at it"))
        #expect(try room.kagu("feeds", "add", "https://example.org/rss").status == 1)
        #expect(try room.kagu("feeds", "pause", "courier").output == "paused courier\n")
        #expect(try room.kagu("feeds", "list", "--paused").output.contains("courier"))
        #expect(try room.kagu("feeds", "resume", "courier").output == "resumed courier\n")
        #expect(try room.kagu("feeds", "pause", "nobody").status == 2)
        let elsewhere = try room.kagu("feeds", "remove", "courier")
        #expect(elsewhere.status == 2 && elsewhere.errors.contains("feeds.yaml:2"), "\(elsewhere.errors)")
        let refused = try room.kagu("feeds", "add", "https://example.org/b", "--interval", "5s")
        #expect(refused.status == 2, "\(refused.errors)")
        let file = try room.directory.write(
            "<opml version=\"2.0\"><body><outline type=\"rss\" xmlUrl=\"https://b.example/\"/></body></opml>",
            to: "b.opml")
        #expect(try room.kagu("feeds", "import", file).status == 0)
        #expect(try room.kagu("feeds", "remove", "example", "https://b.example/").status == 0)
        #expect(room.origin.requests.isEmpty)
    }

    @Test("test reads a file without daemon or configuration; a page exits 1 (O28)")
    func file() throws {
        let directory = try TemporaryDirectory()
        let feed = try directory.write(
            "<rss version=\"2.0\"><channel><title>T</title><item><title>One</title></item></channel></rss>",
            to: "a.xml")
        let read = try BuiltProducts.run("kagu", ["feeds", "test", feed])
        #expect(read.status == 0 && read.output.contains("items     1"), "\(read.errors)")
        let page = try directory.write("<!doctype html><html><body>x</body></html>", to: "a.html")
        #expect(try BuiltProducts.run("kagu", ["feeds", "test", page]).status == 1)
        #expect(try BuiltProducts.run("kagu", ["feeds", "test", directory.path("none")]).status == 2)
    }

    @Test("where another process holds the lock and nobody listens, commands say so and change nothing (O39)")
    func locked() throws {
        let room = try Newsroom()
        try room.configure(feeds: [])
        #expect(try room.kagu("feeds", "add", "https://example.org/rss").status == 0)
        let descriptor = open("\(room.statePath)/lock", O_RDWR)
        defer { close(descriptor) }
        #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        let refused = try room.kagu("feeds", "add", "https://example.org/b")
        #expect(refused.status == 2 && refused.errors.contains("nobody listens"), "\(refused.errors)")
    }
}
