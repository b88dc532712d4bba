// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguConfig
import KaguModel

/// Where something with certain labels would go at a moment (C8): a value, printed as it is.
struct RouteTrial {
    let alerts: AlertSettings
    let labels: [LabelMatcher.Label: [String]]
    let at: Instant
    /// The ways through the tree; of health notices only those that name `type` (R15).
    let traces: [RouteTrace]

    init(alerts: AlertSettings, labels: [LabelMatcher.Label: [String]], at: Instant) {
        self.alerts = alerts
        self.labels = labels
        self.at = at
        let all = RouteTrace.all(from: alerts.route, for: AlertLabels(labels))
        traces = labels[.type] == ["feed"] ? all.filter(\.namesType) : all
    }

    /// Who would be told, each once, in tree order (D5).
    var receivers: [String] {
        var told: Set<String> = [Route.noReceiver]
        let routed = traces.map(\.receiver).filter { told.insert($0).inserted }
        return isForFallback ? [alerts.fallback].compactMap { $0 } : routed
    }

    /// Whether it is a notice that no route takes.
    private var isForFallback: Bool { labels[.type] == ["feed"] && traces.isEmpty }

    /// The highest severity given; nil: none.
    private var severity: Severity? { (labels[.severity] ?? []).compactMap(Severity.init(rawValue:)).max() }

    // MARK: Text

    /// A paragraph for each way.
    func text(_ paint: Paint, _ clock: CivilClock) throws -> String {
        guard !isForFallback else {
            return alerts.fallback.map { "no route names type: it goes to \(paint($0, .bold)), the fallback\n" }
                ?? "no route names type and there is no fallback: it is in the journal only\n"
        }
        var told: Set<String> = []
        let paragraphs = try traces.map { trace in
            try lines(trace, isRepeated: !told.insert(trace.receiver).inserted, paint, clock)
                .map { name, value in
                    name + String(repeating: " ", count: max(1, 10 - name.utf8.count)) + value + "\n"
                }
                .joined()
        }
        return paragraphs.joined(separator: "\n")
    }

    private func lines(
        _ trace: RouteTrace, isRepeated: Bool, _ paint: Paint, _ clock: CivilClock
    ) throws -> [(String, String)] {
        var lines = [("path", trace.nodes.map { VisibleText.escaped($0.shownName) }.joined(separator: " → "))]
        guard trace.receiver != Route.noReceiver else {
            return lines + [("receiver", "\(paint("none", .dim)): stored, nobody is told")]
        }
        let again =
            isRepeated ? paint("; told already by the route above: each receiver hears of a hit once", .dim) : ""
        lines.append(("receiver", paint(VisibleText.escaped(trace.receiver), .bold) + again))
        lines.append(("group by", Self.grouping(trace)))
        lines.append(("messages", Self.pace(trace)))
        if let settings = trace.inherited(\.quietHours) {
            lines.append(("quiet", "\(RouteText.text(settings)): \(try quiet(settings, paint, clock))"))
        }
        if let settings = trace.inherited(\.digest) {
            let next = try DigestTimes(settings).next(after: at)
            lines.append(("digest", "\(RouteText.text(settings)): next \(clock.civil(at: next).description)"))
        }
        return lines
    }

    /// What quiet hours would do at the moment asked about.
    private func quiet(_ settings: RouteSettings.QuietHours, _ paint: Paint, _ clock: CivilClock) throws -> String {
        let hours = try QuietHours(settings)
        let moment = clock.civil(at: at).description
        guard let end = hours.heldUntil(at: at) else {
            let next = hours.nextStart(after: at).map { ", holds from \(clock.civil(at: $0).description)" } ?? ""
            return "at \(moment) it goes out\(next)"
        }
        if let severity, hours.lets(pass: severity) { return "at \(moment) it passes, being \(severity.rawValue)" }
        return paint("at \(moment) it is held until \(clock.civil(at: end).description)", .yellow)
    }

    private static func grouping(_ trace: RouteTrace) -> String {
        let labels = trace.inherited(\.groupBy)?.map(\.rawValue) ?? []
        let by = labels.isEmpty ? "nothing: all hits of the route" : labels.joined(separator: ", ")
        let wait = trace.inherited(\.groupWait).map { "; first after \(RouteText.span($0))" } ?? ""
        let interval = trace.inherited(\.groupInterval).map { ", then every \(RouteText.span($0)) at most" } ?? ""
        return by + wait + interval
    }

    private static func pace(_ trace: RouteTrace) -> String {
        let cap = trace.inherited(\.maximumPerHour).map { "at most \($0) an hour" } ?? ""
        let updates = trace.inherited(\.updates).map { "updates: \($0.rawValue)" } ?? ""
        return [cap, updates].filter { !$0.isEmpty }.joined(separator: "; ")
    }

    // MARK: JSON

    /// One object: `receivers`, and `routes` with their settings.
    func json() throws -> String {
        var json = JSONWriter()
        var failure: (any Error)?
        json.object { json in
            json.member("at", at)
            json.member("receivers", receivers)
            if isForFallback { json.member("fallback", true) }
            json.member(
                "routes",
                array: { json in
                    for trace in traces {
                        json.object { json in
                            do { try write(trace, &json) } catch { failure = error }
                        }
                    }
                })
        }
        if let failure { throw failure }
        return json.text
    }

    private func write(_ trace: RouteTrace, _ json: inout JSONWriter) throws {
        json.member("route", trace.route)
        json.member("path", trace.nodes.map(\.shownName))
        json.member("receiver", trace.receiver)
        json.member("group_by", trace.inherited(\.groupBy)?.map(\.rawValue) ?? [])
        if let wait = trace.inherited(\.groupWait) { json.member("group_wait_seconds", wait.components.seconds) }
        if let interval = trace.inherited(\.groupInterval) {
            json.member("group_interval_seconds", interval.components.seconds)
        }
        if let cap = trace.inherited(\.maximumPerHour) { json.member("max_per_hour", cap) }
        json.member("updates", ifPresent: trace.inherited(\.updates)?.rawValue)
        if let settings = trace.inherited(\.quietHours) {
            let hours = try QuietHours(settings)
            let passes = severity.map(hours.lets(pass:)) ?? false
            json.member("quiet_hours", RouteText.text(settings))
            json.member("held_until", passes ? nil : hours.heldUntil(at: at))
        }
        if let settings = trace.inherited(\.digest) {
            json.member("digest", RouteText.text(settings))
            json.member("next_digest", try DigestTimes(settings).next(after: at))
        }
    }
}
