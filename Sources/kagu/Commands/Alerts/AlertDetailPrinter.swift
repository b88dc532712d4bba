// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguStore

/// Prints one alert: a line for each thing that is known, then its hits with every decision, then its attempts (C2).
struct AlertDetailPrinter {
    let paint: Paint
    let clock: CivilClock

    /// For people.
    func text(_ detail: AlertDetail) -> String {
        var lines = detail.alert.map(heading) ?? []
        lines += lines.isEmpty ? [] : [""]
        lines.append(paint(Plural.text(detail.deliveries.count, "hit"), .bold))
        for delivery in detail.deliveries { lines += hit(delivery, detail.titles[delivery.hitID]) }
        if detail.alert != nil {
            lines += ["", paint(Plural.text(detail.attempts.count, "attempt"), .bold)]
            for attempt in detail.attempts { lines += self.attempt(attempt) }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func heading(_ alert: AlertRecord) -> [String] {
        let state = DeliveryState(rawValue: alert.state.rawValue) ?? .pending
        var lines = [
            ("alert", paint(alert.id, .bold)),
            (
                "state",
                paint(state.name, state.style)
                    + (alert.stateReason.isEmpty ? "" : " (\(VisibleText.escaped(alert.stateReason)))")
            ),
            ("receiver", VisibleText.escaped(alert.receiver)),
        ]
        func add(_ name: String, _ value: String?) {
            if let value, !value.isEmpty { lines.append((name, VisibleText.escaped(value))) }
        }
        add("route", alert.route)
        add("type", alert.type)
        add("reason", alert.reason)
        add("title", alert.title)
        add("story", alert.story)
        add("bound", time(alert.created))
        if alert.state == .pending { add("next attempt", alert.nextAttempt.map(time)) }
        add("remote id", alert.remoteID)
        add("edits", alert.edits)
        add("fallback", alert.copied.map { "got a copy at \(time($0))" })
        add("body", "\(alert.body.count) bytes; --body prints them")
        return lines.map { name, value in
            name + String(repeating: " ", count: max(1, 14 - name.utf8.count)) + value
        }
    }

    private func hit(_ delivery: Delivery, _ title: String?) -> [String] {
        DeliveryText(paint: paint, clock: clock).lines(
            of: delivery, heading: "\(delivery.hitID)  \(title.map(VisibleText.escaped) ?? "")")
    }

    private func attempt(_ attempt: AttemptRecord) -> [String] {
        let isFine = attempt.classification == "ok"
        let status = attempt.status.map { " \($0)" } ?? ""
        let head =
            "\(time(attempt.at))  \(paint(attempt.classification, isFine ? .green : .red))\(status)"
            + "  \(attempt.duration.milliseconds) ms"
        let excerpt = attempt.excerpt.split(separator: "\n").prefix(5).map { "    " + VisibleText.escaped($0) }
        return [head] + excerpt
    }

    private func time(_ instant: Instant) -> String { clock.civil(at: instant).description }

    // MARK: JSON

    /// One object; absent members left out.
    static func json(_ detail: AlertDetail) -> String {
        var json = JSONWriter()
        json.object { json in
            if let alert = detail.alert { write(alert, &json) }
            json.member(
                "deliveries",
                array: { json in
                    for delivery in detail.deliveries {
                        json.object { json in
                            json.member("hit", delivery.hitID)
                            json.member("title", ifPresent: detail.titles[delivery.hitID])
                            DeliveryText.write(delivery, &json)
                        }
                    }
                })
            guard detail.alert != nil else { return }
            json.member("attempts", array: { json in detail.attempts.forEach { write($0, &json) } })
        }
        return json.text
    }

    private static func write(_ alert: AlertRecord, _ json: inout JSONWriter) {
        json.member("id", alert.id)
        json.member("state", alert.state.name)
        json.member("state_reason", ifPresent: alert.stateReason)
        json.member("receiver", alert.receiver)
        json.member("route", ifPresent: alert.route)
        json.member("type", alert.type)
        json.member("reason", alert.reason)
        json.member("title", ifPresent: alert.title)
        json.member("story", ifPresent: alert.story)
        json.member("created", alert.created)
        json.member("next_attempt", alert.state == .pending ? alert.nextAttempt : nil)
        json.member("remote_id", ifPresent: alert.remoteID)
        json.member("edits", ifPresent: alert.edits)
        json.member("copied", alert.copied)
        json.member("body_bytes", alert.body.count)
    }

    /// One attempt.
    static func write(_ attempt: AttemptRecord, _ json: inout JSONWriter) {
        json.object { json in
            json.member("at", attempt.at)
            json.member("duration_ms", attempt.duration.milliseconds)
            if let status = attempt.status { json.member("status", status) }
            json.member("class", attempt.classification)
            json.member("answer", ifPresent: attempt.excerpt)
        }
    }
}

/// A delivery with everything that was decided about it (R13), as `kagu alerts show` and `kagu explain` tell it.
struct DeliveryText {
    let paint: Paint
    let clock: CivilClock

    /// The heading with the state, then a line for each decision.
    func lines(of delivery: Delivery, heading: String) -> [String] {
        var head = "\(heading)  \(paint(delivery.state.name, delivery.state.style))"
        if !delivery.reason.isEmpty { head += " (\(VisibleText.escaped(delivery.reason)))" }
        return [head]
            + delivery.decisions.map { decision in
                "    \(clock.civil(at: decision.at).description)  \(VisibleText.escaped(decision.text))"
            }
    }

    /// The members that every account of a delivery has.
    static func write(_ delivery: Delivery, _ json: inout JSONWriter) {
        json.member("receiver", delivery.receiver)
        json.member("route", delivery.route)
        json.member("group", delivery.group)
        json.member("state", delivery.state.name)
        json.member("reason", ifPresent: delivery.reason)
        json.member("silence", ifPresent: ActiveSilences.id(ofReason: delivery.reason))
        json.member("created", delivery.created)
        json.member("alert", ifPresent: delivery.alertID)
        json.member(
            "decisions",
            array: { json in
                for decision in delivery.decisions {
                    json.object { json in
                        json.member("at", decision.at)
                        json.member("text", decision.text)
                    }
                }
            })
    }
}
