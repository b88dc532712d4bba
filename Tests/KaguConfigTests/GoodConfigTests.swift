// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel
import Testing

@Suite("What a good configuration gives")
struct GoodConfigTests {
    private func everything() throws -> Config {
        try ConfigLoader(environment: [:])
            .load(path: Fixtures.directory + "good/everything.yaml", stateDirectory: nil, feedPatterns: [])
    }

    @Test("The shipped kagu.yaml holds every key at its default (DESIGN §6)")
    func shipped() throws {
        let path = Fixtures.repository + "config/kagu.yaml"
        let config = try ConfigLoader(environment: [:]).load(path: path, stateDirectory: nil, feedPatterns: [])
        let standard = Config()
        #expect(config.store == standard.store)
        #expect(config.poll == standard.poll)
        #expect(config.http == standard.http)
        #expect(config.strippedParameters == standard.strippedParameters)
        #expect(config.failuresBeforeEvent == standard.failuresBeforeEvent)
        #expect(config.alerts.receivers.isEmpty)
        var route = config.alerts.route
        route.location = nil
        #expect(route == .root)
        #expect(config.alerts.maximumAge == standard.alerts.maximumAge)
        #expect(config.alerts.objective == standard.alerts.objective)
        #expect(config.alerts.fallback == nil)
        #expect(config.metrics == standard.metrics)
        #expect(!config.feeds.isEmpty)
        #expect(!config.watchlist.watches.isEmpty)
    }

    @Test("Without kagu.yaml every key is at its default (DESIGN §6)")
    func noFile() throws {
        let scratch = ScratchDirectory()
        let list = scratch.write("a.txt", "https://example.org/rss\n")
        let config = try ConfigLoader(environment: [:])
            .load(path: nil, stateDirectory: scratch.path + "state", feedPatterns: [list])
        #expect(config.store.directory == scratch.path + "state")
        #expect(config.feeds.map(\.id) == ["example.org-rss"])
        #expect(config.alerts == AlertSettings())
        #expect(config.poll == PollSettings())
        #expect(config.warnings.isEmpty)
    }

    @Test("--feeds replaces the lists of the file, feeds.yaml of the state directory is read always (H3)")
    func flags() throws {
        let scratch = ScratchDirectory()
        scratch.write("state/feeds.yaml", "feeds: [{id: own, url: \"https://own.example.org/\"}]\n")
        scratch.write("kagu/list.txt", "https://listed.example.org/\n")
        let given = scratch.write("given.txt", "https://given.example.org/\n")
        let path = scratch.write("kagu/kagu.yaml", "feeds: [list.txt]\nstore: {dir: ../state}\n")
        let loader = ConfigLoader(environment: [:])
        let listed = try loader.load(path: path, stateDirectory: nil, feedPatterns: [])
        #expect(listed.feeds.map(\.id) == ["listed.example.org", "own"])
        #expect(listed.store.directory == scratch.path + "state")
        let replaced = try loader.load(path: path, stateDirectory: nil, feedPatterns: [given])
        #expect(replaced.feeds.map(\.id) == ["given.example.org", "own"])
        let moved = try loader.load(path: path, stateDirectory: scratch.path, feedPatterns: [])
        #expect(moved.feeds.map(\.id) == ["listed.example.org"])
    }

    @Test("Store, poll, http and metrics keys arrive in their units (P14, P22, S3, S4, O14, O42)")
    func sections() throws {
        let config = try everything()
        #expect(config.store.directory == Fixtures.directory + "good/state")
        #expect(config.store.minimumFree == .mebibytes(1024))
        #expect(config.store.compressAfter == .seconds(30 * 86_400))
        #expect(config.store.hitRetention == .age(.seconds(400 * 86_400)))
        #expect(config.store.itemRetention == .zero)
        #expect(config.poll.minimumInterval == .seconds(5400))
        #expect(config.poll.maximumInterval == .seconds(12 * 3600))
        #expect(config.poll.concurrency == 8)
        #expect(config.poll.inFlightPerHost == 2)
        #expect(config.poll.spacingPerHost == .milliseconds(250))
        #expect(config.poll.isStrictlyCourteous)
        #expect(config.poll.hostGroups == ["*.tumblr.com"])
        #expect(config.http.contact == "https://desk.example.org")
        #expect(
            config.http.allowPrivate == [
                .block(text: "192.168.1.20/32", address: [192, 168, 1, 20], prefixLength: 32),
                .endpoint(host: "rss-bridge", port: 3000), .endpoint(host: "fd00::5", port: 80),
                .block(text: "10.0.0.0/8", address: [10, 0, 0, 0], prefixLength: 8),
            ])
        #expect(config.http.proxy?.revealed == "http://user:word@proxy.example.org:3128")
        #expect(config.http.maximumBodies == .mebibytes(64))
        #expect(config.strippedParameters == ["ref", "source"])
        #expect(config.failuresBeforeEvent == 5)
        #expect(config.metrics.listen == "127.0.0.1:9099")
        #expect(config.metrics.textfile == "/run/kagu/kagu.prom")
        #expect(config.metrics.interval == .seconds(60))
    }

    @Test("Receivers keep the keys of their types (R1, W3)")
    func receivers() throws {
        let alerts = try everything().alerts
        #expect(alerts.receivers.map(\.name) == ["desk", "chat", "phone", "bot", "am", "ops-mail"])
        let desk = alerts.receivers[0]
        #expect(desk.kind == .webhook)
        #expect(desk.url.revealed == "https://hooks.example.org/kagu")
        #expect(desk.headers == [HeaderField(name: "X-Team", value: .text(Secret("media")))])
        #expect(desk.timeout == .seconds(10))
        #expect(
            desk.allowPrivate == [.block(text: "127.0.0.1/32", address: [127, 0, 0, 1], prefixLength: 32)])
        #expect(
            desk.template
                == .map([
                    TemplatePair(key: "text", value: .string("${data.hit.title}")),
                    TemplatePair(key: "n", value: .number(1.5)), TemplatePair(key: "yes", value: .bool(true)),
                    TemplatePair(key: "nothing", value: .null),
                    TemplatePair(key: "list", value: .list([.string("1"), .number(2)])),
                ]))
        #expect(alerts.receivers[1].options == ["channel": "news", "username": "kagu"])
        #expect(alerts.receivers[2].token?.revealed == "abc")
        #expect(alerts.receivers[3].url.revealed == "https://api.telegram.org")
        #expect(alerts.receivers[3].options == ["chat_id": "-1001234567890"])
        #expect(alerts.receivers[4].options == ["active_for": "1h"])
        #expect(alerts.receivers[5].recipients == ["ops@example.org", "night@example.org"])
        #expect(alerts.receivers[5].password?.revealed == "word")
        #expect(alerts.fallback == "ops-mail")
        #expect(alerts.maximumAge == .seconds(48 * 3600))
        #expect(alerts.objective == .seconds(300))
    }

    @Test("The route tree keeps what is written and fills only its root (R1, R3, R9, R10)")
    func routes() throws {
        let root = try everything().alerts.route
        #expect(root.path == "route")
        #expect(root.receiver == "desk")
        #expect(root.maximumPerHour == 30)
        #expect(root.groupBy == [.story, .watch])
        #expect(root.groupWait == .seconds(30))
        #expect(root.groupInterval == .seconds(300))
        #expect(root.updates == .steps)
        let urgent = root.routes[0]
        #expect(urgent.path == "route.routes[0]")
        #expect(urgent.name == "urgent")
        #expect(urgent.continues)
        #expect(urgent.groupWait == .zero)
        #expect(urgent.groupInterval == nil)
        #expect(urgent.matchers.map(\.description) == ["severity=~\"high|critical\"", "watch=\"gib\""])
        #expect(
            urgent.quietHours
                == .init(timeZone: "Europe/Berlin", from: 22 * 60, to: 7 * 60, bypass: .critical))
        let review = root.routes[1]
        #expect(
            review.digest
                == .init(every: .seconds(7 * 86_400), weekday: 1, at: 8 * 60, timeZone: "Europe/Berlin"))
        #expect(review.updates == RouteSettings.Updates.none)
        #expect(review.groupBy == [.watch, .country])
        #expect(review.routes[0].path == "route.routes[1].routes[0]")
        #expect(review.routes[0].receiver == "none")
    }

    @Test("What is odd but usable is a warning (W1, P14, P20, H2)")
    func warnings() throws {
        let messages = try everything().warnings.map(\.message)
        #expect(
            messages == [
                "alerts.receivers[0]: messages go unsigned; add secret_file so that the receiver can tell them "
                    + "from forgeries",
                "outline \"again\": xmlUrl: the address is also listed as \"off\" at "
                    + "\(Fixtures.directory)good/lists/feeds.yaml:11:5; polled once, with the tags of both",
                "outline of type include is not followed; import \"https://lists.example.org/x.opml\" by itself",
            ])
    }

    @Test("A short interval is a warning, and none for an allow-listed address (P14)")
    func shortIntervals() throws {
        let scratch = ScratchDirectory()
        scratch.write(
            "kagu/a.yaml",
            """
            feeds:
              - {id: a, url: "https://example.org/a", interval: 5m}
              - {id: b, url: "http://127.0.0.1:8080/b", interval: 1s}
              - {id: c, url: "http://192.168.7.9/c", interval: 2s}
            """)
        let path = scratch.write(
            "kagu/kagu.yaml",
            """
            feeds: [a.yaml]
            poll: {min_interval: 1s}
            http: {allow_private: ["127.0.0.1:8080", 192.168.0.0/16]}
            """)
        let config = try ConfigLoader(environment: [:]).load(path: path, stateDirectory: nil, feedPatterns: [])
        #expect(
            config.warnings.map(\.message) == [
                "feeds[0].interval: \"5m\" is short; servers may block readers that ask more often than every 15m",
                "poll.min_interval: \"1s\" is short; servers may block readers that ask more often than every 15m",
            ])
        #expect(config.poll.floor(holdsValidators: true, isAllowListed: true) == .seconds(1))
        #expect(config.poll.floor(holdsValidators: true, isAllowListed: false) == .seconds(60))
        #expect(
            config.feeds.map { $0.isAllowListed(by: config.http.allowPrivate) } == [false, true, true])
    }

    @Test(
        "Floors and ceilings follow §1.3's table",
        arguments: [
            (false, true, 900, 21_600), (false, false, 3600, 21_600), (true, true, 3600, 86_400),
            (true, false, 86_400, 86_400),
        ])
    func courtesy(_ strict: Bool, _ validators: Bool, _ floor: Int, _ ceiling: Int) throws {
        let config = try load("feeds: []\npoll: {courtesy: \(strict ? "strict" : "normal")}\n").get()
        #expect(config.poll.floor(holdsValidators: validators, isAllowListed: false) == .seconds(floor))
        #expect(config.poll.ceiling(holdsValidators: validators, isAllowListed: false) == .seconds(ceiling))
    }

    @Test("A written floor above the standing ceiling lifts it (P14)")
    func floorAboveCeiling() throws {
        let poll = try load("feeds: []\npoll: {min_interval: 12h}\n").get().poll
        #expect(poll.maximumInterval == .seconds(12 * 3600))
    }

    @Test("All problems of all files come at once, sorted by place (M56)")
    func allAtOnce() throws {
        let scratch = ScratchDirectory()
        scratch.write("kagu/b.yaml", "feeds: [{id: A, url: x}]\n")
        scratch.write("kagu/watches/w.yaml", "watches: [{id: a, when: b}]\n")
        let path = scratch.write("kagu/kagu.yaml", "feeds: [b.yaml, c.yaml]\npoll: {concurrency: x}\nlog: {}\n")
        let failure = #expect(throws: ConfigFailure.self) {
            _ = try ConfigLoader(environment: [:]).load(path: path, stateDirectory: nil, feedPatterns: [])
        }
        let places = failure?.problems.map { "\($0.location.map(\.description) ?? "")" } ?? []
        #expect(
            places.map { $0.replacing(scratch.path, with: "") } == [
                "kagu/b.yaml:1:14", "kagu/b.yaml:1:22", "kagu/kagu.yaml:1:17", "kagu/kagu.yaml:2:21",
                "kagu/kagu.yaml:3:1", "kagu/watches/w.yaml:1:25",
            ])
    }

    @Test("A missing, unreadable, binary or huge file is told by its path")
    func files() throws {
        let scratch = ScratchDirectory()
        let loader = ConfigLoader(environment: [:])
        func message(_ path: String) -> String {
            do {
                _ = try loader.load(path: path, stateDirectory: nil, feedPatterns: [])
                return ""
            } catch {
                return "\(error)".replacing(scratch.path, with: "")
            }
        }
        #expect(
            message(scratch.path + "none.yaml") == "\"none.yaml\" does not exist; correct the path or remove it")
        #expect(message(scratch.path) == "cannot read \"\": it is a directory; check the path and its permissions")
        let bytes = scratch.write("big.yaml", String(repeating: "# comment\n", count: 3_400_000))
        #expect(message(bytes) == "big.yaml: is larger than 32MiB; split it")
    }

    @Test("On the command line a pattern that matches nothing is an error")
    func emptyFlag() {
        let failure = #expect(throws: ConfigFailure.self) {
            _ = try ConfigLoader(environment: [:])
                .load(path: nil, stateDirectory: "/nowhere", feedPatterns: ["/nowhere/*.yaml", "/nowhere/a.yaml"])
        }
        #expect(
            failure?.problems.map(\.description) == [
                "--feeds: no file matches \"/nowhere/*.yaml\"; add one or remove the pattern",
                "--feeds: \"/nowhere/a.yaml\" does not exist; correct the path or remove it",
            ])
    }
}
