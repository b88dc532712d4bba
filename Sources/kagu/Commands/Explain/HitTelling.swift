// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguConfig
import KaguModel
import KaguStore

/// Whom a hit was told, is owed, or why nobody (R8, R13): the alert side of `kagu explain`.
struct HitTelling {
    /// What a receiver is owed, or was.
    struct Debt {
        /// With every decision about it.
        var delivery: Delivery
        /// The message that it is bound to; nil: none yet, or none ever.
        var alert: AlertRecord?
        /// Its tries, oldest first.
        var attempts: [AttemptRecord]
    }

    /// In the order in which they were routed.
    var debts: [Debt] = []
    /// Why nothing is owed; nil where something is.
    var silence: String?

    /// Reads it; nil where there is no database yet. `config` says how the hit would be routed now.
    init?(_ hit: Hit, directory: String, config: Config?) throws {
        guard let reader = try StateSnapshot.reader(directory) else { return nil }
        for delivery in try reader.deliveries(ofHit: hit.id) {
            let alert = try delivery.alertID.flatMap { try reader.alert($0) }
            let attempts = try delivery.alertID.map { try reader.attempts(ofAlert: $0) } ?? []
            debts.append(Debt(delivery: delivery, alert: alert, attempts: attempts))
        }
        if debts.isEmpty { silence = Self.reason(hit, config) }
    }

    /// For tests.
    init(debts: [Debt] = [], silence: String? = nil) {
        self.debts = debts
        self.silence = silence
    }

    /// Why nobody was owed a hit, as far as the configuration of now tells (R8).
    static func reason(_ hit: Hit, _ config: Config?) -> String {
        guard let alerts = config?.alerts else { return "nothing was owed; give --config to see why" }
        let policy = AlertPolicy(
            tree: RouteTree(root: Route(matchersOf: alerts.route)), maximumAge: alerts.maximumAge)
        let alertsRecent = config?.feeds.first { $0.id == hit.feed.id }?.alertsRecent ?? false
        switch policy.verdict(for: hit, alertsRecent: alertsRecent) {
        case .notTold(.baseline):
            return "baseline: the feed's first poll brought it; what a feed lists already is no news"
        case .notTold(.maximumAge):
            return "max_age: it was published more than \(RouteText.span(alerts.maximumAge)) before kagu saw it"
        case .notTold(.noReceiver):
            let traces = RouteTrace.all(from: alerts.route, for: AlertLabels(hit))
            return "none: \(traces.map(\.route).joined(separator: ", ")) sends to no receiver"
        case .owed(let destinations):
            let names = destinations.map(\.receiver).joined(separator: ", ")
            return hit.revision > 0
                ? "a changed text of what nobody had been told"
                : "nothing was owed when it was stored, of a migration or under other routes; now it would go to \(names)"
        }
    }

    // MARK: Text

    /// The part of the explanation, with its heading.
    func lines(_ paint: Paint, _ clock: CivilClock) -> [String] {
        let heading = ["", paint("alerts", .bold)]
        if let silence { return heading + ["  not told: \(VisibleText.escaped(silence))"] }
        return heading + debts.flatMap { lines($0, paint, clock) }.map { "  " + $0 }
    }

    private func lines(_ debt: Debt, _ paint: Paint, _ clock: CivilClock) -> [String] {
        let delivery = debt.delivery
        let name =
            "\(paint(VisibleText.escaped(delivery.receiver), .bold)) by \(VisibleText.escaped(delivery.route))"
        var lines = DeliveryText(paint: paint, clock: clock).lines(of: delivery, heading: name)
        if let alert = debt.alert {
            let others = alert.deliveries > 1 ? ", with \(Plural.text(alert.deliveries - 1, "other hit"))" : ""
            lines.append("    in \(alert.id): \(alert.type), \(alert.reason)\(others)")
        }
        for attempt in debt.attempts {
            let status = attempt.status.map { " \($0)" } ?? ""
            let time = clock.civil(at: attempt.at).description
            lines.append(
                "    \(time)  attempt: \(attempt.classification)\(status), \(attempt.duration.milliseconds) ms")
        }
        if let next = debt.alert?.nextAttempt, debt.alert?.state == .pending {
            lines.append("    next attempt \(clock.civil(at: next).description)")
        }
        return lines
    }

    // MARK: JSON

    /// The members `alerts` and `not_told`.
    func write(_ json: inout JSONWriter) {
        json.member("not_told", ifPresent: silence)
        json.member(
            "alerts",
            array: { json in
                for debt in debts {
                    json.object { json in
                        DeliveryText.write(debt.delivery, &json)
                        if let alert = debt.alert {
                            json.member("type", alert.type)
                            json.member("alert_reason", alert.reason)
                        }
                        json.member(
                            "attempts",
                            array: { json in debt.attempts.forEach { AlertDetailPrinter.write($0, &json) } })
                    }
                }
            })
    }
}

extension Route {
    /// What decides where a hit goes, without what decides when.
    init(matchersOf settings: RouteSettings) {
        self.init(
            name: settings.name, path: settings.path, matchers: settings.matchers, receiver: settings.receiver,
            continues: settings.continues, routes: settings.routes.map(Route.init(matchersOf:)))
    }
}
