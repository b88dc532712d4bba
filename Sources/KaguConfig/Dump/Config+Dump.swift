// SPDX-License-Identifier: Apache-2.0

import KaguModel

extension Config {
    /// The effective configuration as YAML in the shape of kagu.yaml, every key with its value, secrets as
    /// `<secret>` (O23); feeds and watches as counts in comments, since their files show them.
    public var yamlDump: String {
        var out = YAMLWriter()
        out.section("store") { store.dump(into: &$0) }
        out.section("poll") { poll.dump(into: &$0) }
        out.section("http") { http.dump(into: &$0) }
        out.section("urls") { $0.list("strip", strippedParameters) }
        out.section("health") { $0.raw("after_failures", failuresBeforeEvent) }
        out.section("alerts") { alerts.dump(into: &$0) }
        out.section("metrics") { out in
            out.pair("listen", metrics.listen)
            out.pair("textfile", metrics.textfile)
            out.raw("interval", DurationText.format(metrics.interval))
        }
        let enabled = feeds.count(where: \.isEnabled)
        return """
            # \(path ?? "no kagu.yaml: every key at its default")
            # \(feeds.count) feeds, \(enabled) of them enabled; \(watchlist.entities.count) entities, \
            \(watchlist.groups.count) groups, \(watchlist.topics.count) topics, \(watchlist.watches.count) watches

            """ + out.text
    }
}

extension StoreSettings {
    fileprivate func dump(into out: inout YAMLWriter) {
        out.pair("dir", directory)
        out.raw("min_free", minimumFree)
        out.pair("compress_after", compressAfter.map(DurationText.format))
        out.section("retention") { out in
            switch hitRetention {
            case .forever: out.raw("hits", "forever")
            case .age(let age): out.raw("hits", DurationText.format(age))
            case .size(let size): out.raw("hits", size)
            }
            out.raw("items", DurationText.format(itemRetention))
        }
    }
}

extension PollSettings {
    fileprivate func dump(into out: inout YAMLWriter) {
        out.pair("min_interval", minimumInterval.map(DurationText.format))
        out.raw("max_interval", DurationText.format(maximumInterval))
        out.raw("concurrency", concurrency)
        out.section("per_host") { out in
            out.raw("in_flight", inFlightPerHost)
            out.raw("spacing", DurationText.format(spacingPerHost))
        }
        out.raw("courtesy", isStrictlyCourteous ? "strict" : "normal")
        out.list("host_groups", hostGroups)
    }
}

extension HTTPSettings {
    fileprivate func dump(into out: inout YAMLWriter) {
        out.pair("contact", contact.isEmpty ? nil : contact)
        out.list("allow_private", allowPrivate.map(\.text))
        out.pair("proxy", proxy?.description)
        out.pair("ca_file", certificateFile)
        out.raw("max_bodies", maximumBodies)
    }
}

extension AlertSettings {
    fileprivate func dump(into out: inout YAMLWriter) {
        out.raw("max_age", DurationText.format(maximumAge))
        out.raw("objective", DurationText.format(objective))
        out.pair("fallback", fallback)
        out.items("receivers", receivers) { $1.dump(into: &$0) }
        out.section("route") { route.dump(into: &$0) }
    }
}

extension ReceiverSettings {
    fileprivate func dump(into out: inout YAMLWriter) {
        out.pair("name", name)
        out.raw("type", kind.rawValue)
        out.pair("url", url.description)
        if !signingKeys.isEmpty { out.raw("secret", "\"<secret>\" # \(signingKeys.count) keys") }
        if let token { out.pair("token", token.description) }
        if let password { out.pair("password", password.description) }
        for (key, value) in options.sorted(by: { $0.key < $1.key }) { out.pair(key, value) }
        if !recipients.isEmpty { out.list("to", recipients) }
        if !headers.isEmpty {
            out.section("headers") { out in
                for header in headers { out.pair(header.name, "<secret>") }
            }
        }
        out.raw("timeout", DurationText.format(timeout))
        out.list("allow_private", allowPrivate.map(\.text))
        if template != nil { out.raw("template", "{} # as written") }
    }
}

extension RouteSettings {
    fileprivate func dump(into out: inout YAMLWriter) {
        if let name { out.pair("name", name) }
        if !matchers.isEmpty { out.list("matchers", matchers.map(\.description)) }
        if let receiver { out.pair("receiver", receiver) }
        // Written even when false, so that a route that inherits everything is no empty item.
        if path != "route" { out.raw("continue", continues) }
        if let groupBy { out.list("group_by", groupBy.map(\.rawValue)) }
        if let groupWait { out.raw("group_wait", DurationText.format(groupWait)) }
        if let groupInterval { out.raw("group_interval", DurationText.format(groupInterval)) }
        if let maximumPerHour { out.raw("max_per_hour", maximumPerHour) }
        if let updates { out.raw("updates", updates.rawValue) }
        if let quietHours { out.section("quiet_hours") { quietHours.dump(into: &$0) } }
        if let digest { out.section("digest") { digest.dump(into: &$0) } }
        if !routes.isEmpty { out.items("routes", routes) { $1.dump(into: &$0) } }
    }
}

extension RouteSettings.QuietHours {
    fileprivate func dump(into out: inout YAMLWriter) {
        out.pair("tz", timeZone)
        out.pair("from", TimeOfDay.format(from))
        out.pair("to", TimeOfDay.format(to))
        if let bypass { out.raw("bypass", bypass.rawValue) }
    }
}

extension RouteSettings.DigestSchedule {
    fileprivate func dump(into out: inout YAMLWriter) {
        out.raw("every", DurationText.format(every))
        if let at {
            let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
            let day = weekday.flatMap { (1...7).contains($0) ? "\(names[$0 - 1]) " : nil } ?? ""
            out.pair("at", day + TimeOfDay.format(at))
        }
        out.pair("tz", timeZone)
    }
}
