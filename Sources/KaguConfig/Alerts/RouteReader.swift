// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Reads `alerts.route` (R1–R3, R9, R10).
struct RouteReader {
    static let keys = [
        "name", "matchers", "receiver", "continue", "group_by", "group_wait", "group_interval", "max_per_hour",
        "updates", "quiet_hours", "digest", "routes",
    ]

    /// The names of all receivers.
    let receivers: [String]

    /// The root with R1's defaults where it leaves keys unset.
    func root(_ cursor: YAMLCursor) -> RouteSettings {
        let standard = RouteSettings.root
        guard let fields = cursor.fields(Self.keys) else { return standard }
        var root = node(fields, path: "route")
        fields["matchers"]?.fail(.matchersAtRoot)
        fields["continue"]?.fail(.continueAtRoot)
        root.matchers = []
        root.continues = false
        root.receiver = root.receiver ?? standard.receiver
        root.groupBy = root.groupBy ?? standard.groupBy
        root.groupWait = root.groupWait ?? standard.groupWait
        root.groupInterval = root.groupInterval ?? standard.groupInterval
        root.maximumPerHour = root.maximumPerHour ?? standard.maximumPerHour
        root.updates = root.updates ?? standard.updates
        return root
    }

    private func node(_ fields: YAMLFields, path: String) -> RouteSettings {
        var route = RouteSettings(path: path)
        route.name = fields["name"]?.nonEmptyText()
        route.location = fields.cursor.location
        if path != "route" { route.matchers = (fields["matchers"]?.items() ?? []).compactMap(matcher) }
        route.receiver = fields["receiver"].flatMap(receiver)
        route.continues = fields["continue"]?.boolean() ?? false
        route.groupBy = fields["group_by"]?.items()?.compactMap { $0.choice() }
        route.groupWait = fields["group_wait"]?.duration(in: .zero...(.seconds(86_400)))
        route.groupInterval = fields["group_interval"]?.duration(in: .seconds(1)...(.seconds(7 * 86_400)))
        route.maximumPerHour = fields["max_per_hour"]?.integer(in: 1...3600)
        route.updates = fields["updates"]?.choice()
        route.quietHours = fields["quiet_hours"].flatMap(quietHours)
        route.digest = fields["digest"].flatMap(digest)
        let children = fields["routes"]?.items() ?? []
        route.routes = children.enumerated().compactMap { index, child in
            child.fields(Self.keys).map { node($0, path: "\(path).routes[\(index)]") }
        }
        return route
    }

    private func matcher(_ cursor: YAMLCursor) -> LabelMatcher? {
        guard let text = cursor.nonEmptyText() else { return nil }
        do {
            return try LabelMatcherParser.parse(text)
        } catch {
            cursor.fail(error.fault)
            return nil
        }
    }

    private func receiver(_ cursor: YAMLCursor) -> String? {
        guard let name = cursor.nonEmptyText() else { return nil }
        if name != "none", !receivers.contains(name) { cursor.fail(.unknownReceiver(name, known: receivers)) }
        return name
    }

    private func quietHours(_ cursor: YAMLCursor) -> RouteSettings.QuietHours? {
        guard let fields = cursor.fields(["tz", "from", "to", "bypass"]) else { return nil }
        if fields["tz"] == nil { cursor.fail(.zoneMissing) }
        let zone = fields["tz"]?.timeZone()
        let from = fields.required("from")?.timeOfDay()
        let to = fields.required("to")?.timeOfDay()
        let bypass = fields["bypass"]?.choice(Severity.self)
        guard let zone, let from, let to else { return nil }
        guard from != to else {
            cursor.fail(.emptyWindow)
            return nil
        }
        return RouteSettings.QuietHours(timeZone: zone, from: from, to: to, bypass: bypass)
    }

    private func digest(_ cursor: YAMLCursor) -> RouteSettings.DigestSchedule? {
        guard let fields = cursor.fields(["every", "at", "tz"]) else { return nil }
        let day = Duration.seconds(86_400)
        let at = fields["at"].map { (cursor: $0, time: digestTime($0)) }
        if fields["every"] == nil, at == nil { cursor.fail(.digestWithoutTimes) }
        if at != nil, fields["tz"] == nil { cursor.fail(.zoneMissing) }
        let zone = fields["tz"].map { $0.timeZone() } ?? "UTC"
        let every =
            fields["every"].map { $0.duration(in: .seconds(60)...(day * 31)) }
            ?? (at?.time?.weekday == nil ? day : day * 7)
        guard let every, let zone else { return nil }
        if let at, let time = at.time {
            let days = every.components.seconds / 86_400
            guard every == day * Int(days) else {
                at.cursor.fail(.digestNotWholeDays)
                return nil
            }
            guard time.weekday == nil || days % 7 == 0 else {
                at.cursor.fail(.digestNotWholeWeeks)
                return nil
            }
        }
        return RouteSettings.DigestSchedule(
            every: every, weekday: at?.time?.weekday, at: at?.time?.minutes, timeZone: zone)
    }

    /// `08:00` or `Mon 08:00`.
    private func digestTime(_ cursor: YAMLCursor) -> (weekday: Int?, minutes: Int)? {
        guard let text = cursor.nonEmptyText() else { return nil }
        let words = text.split(whereSeparator: \.isWhitespace)
        let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        if let last = words.last, let minutes = TimeOfDay.minutes(last) {
            if words.count == 1 { return (nil, minutes) }
            if words.count == 2, let index = weekdays.firstIndex(of: words[0].lowercased()) {
                return (index + 1, minutes)
            }
        }
        cursor.fail(.noDigestTime(text))
        return nil
    }
}
