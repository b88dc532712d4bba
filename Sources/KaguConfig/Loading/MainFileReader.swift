// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Reads `kagu.yaml` (DESIGN §6); the files that it names are read by `ConfigLoad`.
struct MainFileReader {
    /// What `kagu.yaml` gives.
    struct Main {
        var config = Config()
        var feedPatterns: [FilePatternSource]
        var watchPatterns: [FilePatternSource]
    }

    static let keys = ["feeds", "watches", "store", "poll", "http", "urls", "health", "alerts", "metrics"]
    /// What `feeds` is when it is not written.
    static let standardFeeds = ["../feeds/*.yaml", "../feeds/*.opml"]
    /// What `watches` is when it is not written.
    static let standardWatches = ["watches/*.yaml"]

    private static let day = Duration.seconds(86_400)

    private enum Courtesy: String, CaseIterable {
        case normal, strict
    }

    let file: SourceFile
    let credentials: Credentials
    let secretPolicy: ConfigLoader.SecretPolicy

    func read(_ text: String) -> Main {
        var main = Main(
            feedPatterns: Self.standardFeeds.map {
                FilePatternSource(pattern: $0, origin: .standard(file: file.name))
            },
            watchPatterns: Self.standardWatches.map {
                FilePatternSource(pattern: $0, origin: .standard(file: file.name))
            })
        guard let fields = file.root(of: text)?.fields(Self.keys) else { return main }
        if let feeds = fields["feeds"] { main.feedPatterns = patterns(feeds) }
        if let watches = fields["watches"] { main.watchPatterns = patterns(watches) }
        if let cursor = fields["store"] { main.config.store = store(cursor) }
        if let cursor = fields["poll"] { main.config.poll = poll(cursor) }
        if let cursor = fields["http"] { main.config.http = http(cursor) }
        main.config.strippedParameters = fields["urls"]?.fields(["strip"])?["strip"]?.texts() ?? []
        main.config.failuresBeforeEvent =
            fields["health"]?.fields(["after_failures"])?["after_failures"]?.integer(in: 1...100) ?? 3
        if let cursor = fields["alerts"] {
            main.config.alerts = AlertsReader(credentials: credentials, policy: secretPolicy).alerts(cursor)
        }
        if let cursor = fields["metrics"] { main.config.metrics = metrics(cursor) }
        return main
    }

    private func patterns(_ cursor: YAMLCursor) -> [FilePatternSource] {
        (cursor.items() ?? []).compactMap { item in
            item.nonEmptyText().map { FilePatternSource(pattern: $0, origin: .key(item)) }
        }
    }

    private func store(_ cursor: YAMLCursor) -> StoreSettings {
        var store = StoreSettings()
        guard let fields = cursor.fields(["dir", "min_free", "compress_after", "retention"]) else { return store }
        store.directory = fields["dir"].flatMap(path) ?? store.directory
        store.minimumFree = fields["min_free"]?.byteCount() ?? store.minimumFree
        store.compressAfter = fields["compress_after"]?.duration(in: Self.day...(Self.day * 36_500))
        guard let retention = fields["retention"]?.fields(["hits", "items"]) else { return store }
        store.hitRetention = retention["hits"].flatMap(hitRetention) ?? store.hitRetention
        store.itemRetention = retention["items"]?.duration(in: .zero...(Self.day * 36_500)) ?? store.itemRetention
        return store
    }

    private func hitRetention(_ cursor: YAMLCursor) -> StoreSettings.HitRetention? {
        guard let text = cursor.nonEmptyText() else { return nil }
        if text == "forever" { return .forever }
        if let age = try? DurationText.parse(text), age >= Self.day { return .age(age) }
        if let size = try? ByteCountText.parse(text), size.bytes > 0 { return .size(size) }
        cursor.fail(.noRetention(text))
        return nil
    }

    private func poll(_ cursor: YAMLCursor) -> PollSettings {
        var poll = PollSettings()
        let keys = ["min_interval", "max_interval", "concurrency", "per_host", "courtesy", "host_groups"]
        guard let fields = cursor.fields(keys) else { return poll }
        poll.isStrictlyCourteous = fields["courtesy"]?.choice(Courtesy.self) == .strict
        if poll.isStrictlyCourteous { poll.maximumInterval = Self.day }
        poll.minimumInterval = fields["min_interval"].flatMap(interval)
        let maximum = fields["max_interval"].flatMap(interval)
        poll.maximumInterval = maximum ?? max(poll.maximumInterval, poll.minimumInterval ?? .zero)
        if let minimum = poll.minimumInterval, let maximum, minimum > maximum {
            fields["min_interval"]?.fail(
                .intervalsCrossed(minimum: DurationText.format(minimum), maximum: DurationText.format(maximum)))
        }
        poll.concurrency = fields["concurrency"]?.integer(in: 1...1024) ?? poll.concurrency
        poll.hostGroups = (fields["host_groups"]?.items() ?? []).compactMap(hostPattern)
        guard let perHost = fields["per_host"]?.fields(["in_flight", "spacing"]) else { return poll }
        poll.inFlightPerHost = perHost["in_flight"]?.integer(in: 1...16) ?? poll.inFlightPerHost
        poll.spacingPerHost = perHost["spacing"]?.duration(in: .zero...(.seconds(3600))) ?? poll.spacingPerHost
        return poll
    }

    private func interval(_ cursor: YAMLCursor) -> Duration? {
        guard let interval = cursor.interval() else { return nil }
        if interval < PollSettings.courteousInterval {
            cursor.warn(.intervalBelowCourtesy(DurationText.format(interval)))
        }
        return interval
    }

    private func hostPattern(_ cursor: YAMLCursor) -> String? {
        guard let text = cursor.nonEmptyText()?.lowercased() else { return nil }
        let labels = (text.hasPrefix("*.") ? text.dropFirst(2) : text[...]).split(
            separator: ".", omittingEmptySubsequences: false)
        let isName =
            labels.count > 1
            && labels.allSatisfy { label in
                !label.isEmpty && label.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
            }
        guard isName else {
            cursor.fail(.noHostPattern(text))
            return nil
        }
        return text
    }

    private func http(_ cursor: YAMLCursor) -> HTTPSettings {
        var http = HTTPSettings()
        guard let fields = cursor.fields(["contact", "allow_private", "proxy", "ca_file", "max_bodies"])
        else { return http }
        if let contact = fields["contact"], let text = contact.text() {
            if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
                contact.fail(.noHeaderValue)
            }
            http.contact = text.trimmed
        }
        http.allowPrivate = fields["allow_private"]?.addressRules() ?? []
        http.proxy = fields["proxy"].flatMap(proxy)
        if let certificates = fields["ca_file"], let path = path(certificates) {
            if !FileReader.exists(path) { certificates.fail(.noSuchFile(path)) }
            http.certificateFile = path
        }
        if let cursor = fields["max_bodies"], let size = cursor.byteCount() {
            if size < .mebibytes(32) { cursor.fail(.outOfRange("\(size)", lower: "32MiB", upper: "8000TiB")) }
            http.maximumBodies = size
        }
        return http
    }

    private func proxy(_ cursor: YAMLCursor) -> Secret? {
        guard let text = cursor.nonEmptyText() else { return nil }
        file.conceal(cursor.node)
        let schemes = ["http", "https", "socks5", "socks5h"]
        guard let address = WebAddress(text), schemes.contains(address.scheme) else {
            cursor.fail(.noProxy)
            return nil
        }
        return Secret(text)
    }

    private func metrics(_ cursor: YAMLCursor) -> MetricsSettings {
        var metrics = MetricsSettings()
        guard let fields = cursor.fields(["listen", "textfile", "interval"]) else { return metrics }
        if let listen = fields["listen"], let text = listen.nonEmptyText() {
            if AddressText.endpoint(text) == nil { listen.fail(.noEndpoint(text)) }
            metrics.listen = text
        }
        metrics.textfile = fields["textfile"].flatMap(path)
        metrics.interval = fields["interval"]?.duration(in: .seconds(1)...(.seconds(3600))) ?? metrics.interval
        return metrics
    }

    /// A path relative to this file, or absolute.
    private func path(_ cursor: YAMLCursor) -> String? {
        cursor.nonEmptyText().map { FilePath.resolve($0, below: FilePath.directory(of: file.name)) }
    }
}
