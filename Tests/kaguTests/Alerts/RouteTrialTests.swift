// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguConfig
import KaguModel
import KaguTestSupport
import Testing

@testable import kagu

@Suite("kagu route: where a hit would go (C8)")
struct RouteTrialTests {
    /// The tree of R1 in short: urgent to the phone, at night only what is critical; state media to the room.
    private var alerts: AlertSettings {
        var alerts = AlertSettings()
        alerts.fallback = "ops-mail"
        alerts.route.receiver = "desk"
        var urgent = RouteSettings(path: "route.routes[0]")
        urgent.name = "urgent"
        urgent.matchers = [LabelMatcher(label: .severity, operation: .matches, value: "high|critical")]
        urgent.receiver = "phone"
        urgent.continues = true
        urgent.quietHours = .init(timeZone: "UTC", from: 22 * 60, to: 7 * 60, bypass: .critical)
        var press = RouteSettings(path: "route.routes[1]")
        press.matchers = [LabelMatcher(label: .class, operation: .equals, value: "state")]
        press.receiver = "room"
        press.digest = .init(every: .seconds(86_400), at: 8 * 60, timeZone: "UTC")
        alerts.route.routes = [urgent, press]
        return alerts
    }

    private let night = Instant(seconds: 1_795_388_400)  // 2026-11-22T23:00:00Z

    private func trial(_ words: [String]) throws -> RouteTrial {
        RouteTrial(alerts: alerts, labels: try RouteLabels.read(words), at: night)
    }

    @Test("path, receiver, grouping and what quiet hours and digests do at the moment asked about")
    func text() throws {
        let text = try trial(["severity=high", "class=state"]).text(Paint(false), .utc)
        #expect(
            text == """
                path      route → urgent
                receiver  phone
                group by  story, watch; first after 30 s, then every 5 min at most
                messages  at most 20 an hour; updates: steps
                quiet     22:00–07:00 UTC, critical passes: at 2026-11-22 23:00:00 it is held until 2026-11-23 07:00:00

                path      route → route.routes[1]
                receiver  room
                group by  story, watch; first after 30 s, then every 5 min at most
                messages  at most 20 an hour; updates: steps
                digest    every 1 d at 08:00 UTC: next 2026-11-23 08:00:00

                """)
        let critical = try trial(["severity=critical"]).text(Paint(false), .utc)
        #expect(critical.contains("it passes, being critical"))
    }

    @Test(
        "the way through the tree is the one that the daemon takes",
        arguments: [
            [], ["severity=high"], ["class=state"], ["severity=critical", "class=state"], ["watch=a", "watch=b"],
        ])
    func sameAsTree(_ words: [String]) throws {
        let labels = AlertLabels(try RouteLabels.read(words))
        let tree = RouteTree(root: Route(matchersOf: alerts.route))
        let traces = RouteTrace.all(from: alerts.route, for: labels)
        #expect(traces.map(\.route) == tree.matches(for: labels).map(\.route))
        #expect(traces.map(\.receiver) == tree.matches(for: labels).map(\.receiver))
    }

    @Test("notices take only routes that name type, else the fallback (R15); none is nobody")
    func special() throws {
        #expect(try trial(["type=feed"]).receivers == ["ops-mail"])
        #expect(try trial(["type=feed"]).text(Paint(false), .utc).contains("ops-mail, the fallback"))
        var silent = alerts
        silent.route.receiver = "none"
        let trial = RouteTrial(alerts: silent, labels: [:], at: night)
        #expect(trial.receivers.isEmpty)
        #expect(try trial.text(Paint(false), .utc).contains("none: stored, nobody is told"))
    }

    @Test("JSON has the receivers, and each route's settings")
    func json() throws {
        let json = try trial(["severity=high"]).json()
        #expect(json.contains(#""receivers":["phone"]"#) && json.contains(#""path":["route","urgent"]"#))
        #expect(json.contains(#""held_until":"2026-11-23T07:00:00.000Z""#))
    }

    @Test("unknown labels, values and words are refused with a hint")
    func mistakes() {
        for (word, hint) in [
            ("wach=gib", "did you mean \"watch\""), ("severity=hgh", "\"high\""), ("gib", "label=value"),
        ] {
            do {
                _ = try RouteLabels.read([word])
                Issue.record("\(word) was accepted")
            } catch {
                #expect("\(error)".contains(hint), "\(error)")
            }
        }
    }

    @Test("show draws each route below its parent with what it changes")
    func drawing() {
        #expect(
            RouteDrawing(paint: Paint(false)).lines(alerts.route) == [
                "route → desk (group by story, watch; wait 30 s; interval 5 min; at most 20 an hour; updates steps)",
                #"├─ urgent {severity=~"high|critical"} → phone (quiet 22:00–07:00 UTC, critical passes; continue)"#,
                #"└─ route.routes[1] {class="state"} → room (digest every 1 d at 08:00 UTC)"#,
            ])
    }
}
