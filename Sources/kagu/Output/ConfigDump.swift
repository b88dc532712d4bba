// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel

/// The effective configuration as YAML, secrets hidden (`kagu check --dump`, O23).
enum ConfigDump {
    /// Every key with the value in force; the receivers' addresses and keys as `<secret>`.
    static func yaml(_ config: Config) -> String {
        var out = Lines()
        store(config.store, &out)
        poll(config.poll, &out)
        http(config.http, &out)
        out.add(0, "urls", nil)
        out.add(1, "strip", list(config.strippedParameters))
        out.add(0, "health", nil)
        out.add(1, "after_failures", String(config.failuresBeforeEvent))
        alerts(config.alerts, &out)
        out.add(0, "metrics", nil)
        out.add(1, "listen", config.metrics.listen.map(quoted) ?? "")
        out.add(1, "textfile", config.metrics.textfile.map(quoted) ?? "")
        out.add(1, "interval", DurationText.format(config.metrics.interval))
        feeds(config.feeds, &out)
        watches(config.watchlist, &out)
        return out.text
    }

    private static func store(_ store: StoreSettings, _ out: inout Lines) {
        out.add(0, "store", nil)
        out.add(1, "dir", quoted(store.directory))
        out.add(1, "min_free", "\(store.minimumFree)")
        out.add(1, "compress_after", store.compressAfter.map(DurationText.format) ?? "")
        out.add(1, "retention", nil)
        switch store.hitRetention {
        case .forever: out.add(2, "hits", "forever")
        case .age(let age): out.add(2, "hits", DurationText.format(age))
        case .size(let size): out.add(2, "hits", "\(size)")
        }
        out.add(2, "items", store.itemRetention == .zero ? "0" : DurationText.format(store.itemRetention))
    }

    private static func poll(_ poll: PollSettings, _ out: inout Lines) {
        out.add(0, "poll", nil)
        out.add(1, "min_interval", poll.minimumInterval.map(DurationText.format) ?? "")
        out.add(1, "max_interval", DurationText.format(poll.maximumInterval))
        out.add(1, "concurrency", String(poll.concurrency))
        out.add(1, "per_host", nil)
        out.add(2, "in_flight", String(poll.inFlightPerHost))
        out.add(2, "spacing", DurationText.format(poll.spacingPerHost))
        out.add(1, "courtesy", poll.isStrictlyCourteous ? "strict" : "normal")
        out.add(1, "host_groups", list(poll.hostGroups))
    }

    private static func http(_ http: HTTPSettings, _ out: inout Lines) {
        out.add(0, "http", nil)
        out.add(1, "contact", http.contact.isEmpty ? "" : quoted(http.contact))
        out.add(1, "allow_private", list(http.allowPrivate.map(\.text)))
        out.add(1, "proxy", http.proxy.map { "\($0)" } ?? "")
        out.add(1, "ca_file", http.certificateFile.map(quoted) ?? "")
        out.add(1, "max_bodies", "\(http.maximumBodies)")
    }

    private static func alerts(_ alerts: AlertSettings, _ out: inout Lines) {
        out.add(0, "alerts", nil)
        out.add(1, "max_age", DurationText.format(alerts.maximumAge))
        out.add(1, "objective", DurationText.format(alerts.objective))
        out.add(1, "fallback", alerts.fallback.map(quoted) ?? "")
        out.add(1, "receivers", alerts.receivers.isEmpty ? "[]" : nil)
        for receiver in alerts.receivers {
            out.add(2, "- name", quoted(receiver.name))
            out.add(3, "type", receiver.kind.rawValue)
            out.add(3, "url", "\(receiver.url)")
            if !receiver.signingKeys.isEmpty { out.add(3, "secret_file", "<secret>") }
            out.add(3, "timeout", DurationText.format(receiver.timeout))
            if !receiver.allowPrivate.isEmpty { out.add(3, "allow_private", list(receiver.allowPrivate.map(\.text))) }
            for key in receiver.options.keys.sorted() { out.add(3, key, quoted(receiver.options[key] ?? "")) }
        }
        out.add(1, "route", nil)
        route(alerts.route, 2, &out)
    }

    private static func route(_ route: RouteSettings, _ depth: Int, _ out: inout Lines) {
        if let name = route.name { out.add(depth, "name", quoted(name)) }
        if !route.matchers.isEmpty { out.add(depth, "matchers", list(route.matchers.map { "\($0)" })) }
        if let receiver = route.receiver { out.add(depth, "receiver", quoted(receiver)) }
        if route.continues { out.add(depth, "continue", "true") }
        if let labels = route.groupBy { out.add(depth, "group_by", list(labels.map(\.rawValue))) }
        if let wait = route.groupWait { out.add(depth, "group_wait", DurationText.format(wait)) }
        if let interval = route.groupInterval { out.add(depth, "group_interval", DurationText.format(interval)) }
        if let cap = route.maximumPerHour { out.add(depth, "max_per_hour", String(cap)) }
        if let updates = route.updates { out.add(depth, "updates", updates.rawValue) }
        guard !route.routes.isEmpty else { return }
        out.add(depth, "routes", nil)
        for child in route.routes {
            var inner = Lines()
            self.route(child, depth + 2, &inner)
            out.addItem(depth + 1, inner)
        }
    }

    private static func feeds(_ feeds: [Feed], _ out: inout Lines) {
        out.add(0, "feeds", feeds.isEmpty ? "[]" : nil)
        for feed in feeds {
            let interval = feed.interval.map { ", interval: \(DurationText.format($0))" } ?? ""
            let classes = feed.classes.last.map { ", class: \($0.sourceClass.rawValue)" } ?? ""
            let enabled = feed.isEnabled ? "" : ", enabled: false"
            let url = quoted(SafeAddress.text(feed.url))
            out.raw("  - {id: \(quoted(feed.id)), url: \(url)\(classes)\(interval)\(enabled)}")
        }
    }

    private static func watches(_ watchlist: Watchlist, _ out: inout Lines) {
        out.add(0, "watches", watchlist.watches.isEmpty ? "[]" : nil)
        for watch in watchlist.watches {
            let enabled = watch.isEnabled ? "" : ", enabled: false"
            out.raw("  - {id: \(quoted(watch.id)), severity: \(watch.severity.rawValue)\(enabled)}")
        }
    }

    private static func list(_ values: [String]) -> String { "[\(values.map(quoted).joined(separator: ", "))]" }

    /// A plain scalar where YAML reads it as the same text, else a double-quoted one.
    private static func quoted(_ text: String) -> String {
        let isPlain = text.first.map { $0.isASCII && ($0.isLetter || $0 == "/") } ?? false
            && text.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
                    || "._-/".utf8.contains(byte)
            } && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
        if isPlain { return text }
        var json = JSONWriter()
        json.string(text)
        return json.text
    }

    /// Lines of YAML under construction.
    private struct Lines {
        private(set) var text = ""

        /// `key: value` at a depth of two spaces each; nil opens a map or list.
        mutating func add(_ depth: Int, _ key: String, _ value: String?) {
            let end = value.map { $0.isEmpty ? "" : " \($0)" } ?? ""
            text += "\(String(repeating: "  ", count: depth))\(key):\(end)\n"
        }

        mutating func raw(_ line: String) { text += line + "\n" }

        /// `inner`, which stands two levels deeper, as an item of a list at `depth`.
        mutating func addItem(_ depth: Int, _ inner: Lines) {
            let indent = String(repeating: "  ", count: depth)
            guard inner.text.hasPrefix(indent + "  ") else { return }
            text += indent + "- " + inner.text.dropFirst(indent.count + 2)
        }
    }
}
