// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguConfig
import KaguModel
import KaguStore
import KaguTestSupport
import Testing

@testable import kagu

@Suite("How alerts, receivers and silences look (C1–C7, O19)")
struct AlertOutputTests {
    private let now = Instant(seconds: 1_795_338_000)

    private var alert: AlertRecord {
        var alert = AlertRecord(
            id: "msg_1", receiver: "desk", route: "urgent", type: "kagu.story", reason: "step",
            body: Array("{}".utf8), created: now, title: "Uproar\u{1B}[2J", story: "s_1")
        alert.state = .parked
        alert.stateReason = "exhausted"
        return alert
    }

    /// What a store says of a hit that was silenced.
    private func delivery() async throws -> Delivery {
        let directory = try TemporaryDirectory("kagu-alerts")
        let (store, _) = try Store.open(directory: directory.path("state"), at: now)
        let owed = NewDelivery(receiver: "desk", route: "urgent", group: "g", reason: "hit for group g")
        let hit = RoutedHit(recovered: .make(id: "h_1", seen: now), deliveries: [owed])
        _ = try await store.record(
            PollRecord(feedID: "example", at: now, feed: FeedRecord(state: .ok), hits: [hit]))
        var delivery = try #require(try await store.waitingDeliveries().first)
        await store.close()
        delivery.state = .suppressed
        delivery.reason = "silence:sil_1"
        delivery.decisions = [
            DeliveryDecision(at: now, text: "hit for group g"),
            DeliveryDecision(at: now + .seconds(30), text: "not told: silence:sil_1"),
        ]
        return delivery
    }

    @Test("show tells state, hits with every decision, and attempts; nothing moves the cursor (C2, O19)")
    func show() async throws {
        let detail = AlertDetail(
            alert: alert, deliveries: [try await delivery()], titles: ["h_1": "Uproar"],
            attempts: [
                AttemptRecord(
                    alertID: "msg_1", at: now, duration: .milliseconds(43), status: 503,
                    classification: "server_error",
                    excerpt: "try later\u{1B}[2J")
            ])
        let text = AlertDetailPrinter(paint: Paint(false), clock: .utc).text(detail)
        for part in [
            "alert         msg_1", "state         parked (exhausted)", "receiver      desk", "reason        step",
            "story         s_1", "h_1  Uproar  suppressed (silence:sil_1)",
            "    2026-11-22 09:00:30  not told: silence:sil_1", "2026-11-22 09:00:00  server_error 503  43 ms",
            "    try later\\u{1b}[2J",
        ] { #expect(text.contains(part), "\(part)\n\(text)") }
        #expect(!text.contains("\u{1B}"))
        let json = AlertDetailPrinter.json(detail)
        #expect(json.contains(#""silence":"sil_1""#) && json.contains(#""duration_ms":43,"status":503"#))
    }

    @Test("receivers show name and host, never the address; the parked ones are counted (C4, D15)")
    func receivers() {
        let line = ReceiverLine(
            name: "phone", type: "ntfy", host: "ntfy.example.org", state: "open", since: now, waiting: 3, parked: 2,
            oldest: now - .seconds(7200), lastSuccess: now - .seconds(90), lastError: "HTTP 503")
        let printer = ReceiverPrinter(terminal: .plain, clock: .utc, now: now)
        #expect(
            printer.list(.short).text([line])
                == "open  phone (ntfy.example.org)  ntfy  since 2026-11-22 09:00:00  3 waiting, 2 parked, "
                + "oldest 2 h ago  last success 1 min ago  last error: HTTP 503\n")
        #expect(printer.list(.json).text([]) == "[]\n")
        #expect(printer.list(.csv).text([line]).hasPrefix("name,type,host,state,since,waiting,parked,oldest,"))
        let failed = TestReceiver.Answer(
            isSuccess: false, id: "msg_1", status: 403, outcome: "auth", latency: 12, excerpt: "no")
        #expect(
            ReceiverPrinter.text(of: failed, "phone", .short, Paint(false))
                == "phone: auth, HTTP 403, 12 ms\n  no\n")
    }

    @Test("silences are active, pending or expired, and matchers are printed as they are written (C7)")
    func silences() {
        let silence = Silence(
            id: "sil_1", matchers: [LabelMatcher(label: .watch, operation: .equals, value: "gib")], starts: now,
            ends: now + .seconds(3600), author: "ana (uid 1000)", comment: "works", created: now)
        func short(_ offset: Int) -> String {
            SilencePrinter(terminal: .plain, clock: .utc, now: now + .seconds(offset)).list(.short).text([silence])
        }
        #expect(
            short(0) == "sil_1  active  until 2026-11-22 10:00:00  watch=\"gib\"  by ana (uid 1000): works\n")
        #expect(short(-1).contains("pending  from 2026-11-22 09:00:00"))
        #expect(short(3600).contains("expired  over since 2026-11-22 10:00:00"))
        #expect(SilencePrinter.json(silence).contains(#""matchers":["watch=\"gib\""]"#))
    }

    @Test(
        "explain tells each receiver's debt with all decisions and attempts, or why nobody is told (M52, R8, R13)")
    func explain() async throws {
        var owed = try await delivery()
        (owed.state, owed.reason, owed.alertID) = (.pending, "", "msg_1")
        var record = alert
        (record.state, record.nextAttempt, record.deliveries) = (.pending, now + .seconds(300), 3)
        let attempt = AttemptRecord(
            alertID: "msg_1", at: now, duration: .milliseconds(43), status: 503, classification: "server_error")
        let lines = HitTelling(debts: [.init(delivery: owed, alert: record, attempts: [attempt])])
            .lines(Paint(false), .utc)
        #expect(
            lines == [
                "", "alerts", "  desk by urgent  pending", "      2026-11-22 09:00:00  hit for group g",
                "      2026-11-22 09:00:30  not told: silence:sil_1",
                "      in msg_1: kagu.story, step, with 2 other hits",
                "      2026-11-22 09:00:00  attempt: server_error 503, 43 ms",
                "      next attempt 2026-11-22 09:05:00",
            ])
        let config = Config(feeds: [], watchlist: Watchlist())
        #expect(HitTelling.reason(.make(baseline: true), config).hasPrefix("baseline:"))
        #expect(
            HitTelling.reason(.make(published: now - .seconds(2 * 86_400)), config)
                == "max_age: it was published more than 1 d before kagu saw it")
        #expect(HitTelling.reason(.make(), config) == "none: route sends to no receiver")
        #expect(HitTelling.reason(.make(), nil).contains("--config"))
        #expect(HitTelling(silence: "baseline: x").lines(Paint(false), .utc).last == "  not told: baseline: x")
    }

    @Test("spans of time are in one unit")
    func ages() {
        #expect(
            [0, 59, 60, 3599, 7200, 172_799, 172_800].map { AgeText.span(.seconds($0)) } == [
                "0 s", "59 s", "1 min", "59 min", "2 h", "47 h", "2 d",
            ])
        #expect(RouteText.span(.seconds(90)) == "90 s" && RouteText.span(.seconds(86_400)) == "1 d")
    }
}
