// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// A whole configuration: `kagu.yaml` with the feed lists and watch files that it names, checked, every absent
/// key at its default (DESIGN §6). Values only: `Wiring` turns them into objects.
public struct Config: Hashable, Sendable {
    /// The path of `kagu.yaml`; nil where feeds and state directory came from the command line alone.
    public var path: String?
    /// Enabled and disabled feeds of all lists, each URL once (P20).
    public var feeds: [Feed]
    /// The definitions of all watch files.
    public var watchlist: Watchlist
    /// `store:`
    public var store: StoreSettings
    /// `poll:`
    public var poll: PollSettings
    /// `http:`
    public var http: HTTPSettings
    /// `urls.strip`: names of query parameters to drop from canonical URLs (I2).
    public var strippedParameters: [String]
    /// `health.after_failures`: consecutive failures before a feed's state is an event (H4).
    public var failuresBeforeEvent: Int
    /// `alerts:`
    public var alerts: AlertSettings
    /// `metrics:`
    public var metrics: MetricsSettings
    /// What is odd but usable.
    public var warnings: [ConfigProblem]

    /// A configuration; every key that is not given is at its default.
    public init(
        path: String? = nil, feeds: [Feed] = [], watchlist: Watchlist = Watchlist(),
        store: StoreSettings = StoreSettings(), poll: PollSettings = PollSettings(),
        http: HTTPSettings = HTTPSettings(), strippedParameters: [String] = [], failuresBeforeEvent: Int = 3,
        alerts: AlertSettings = AlertSettings(), metrics: MetricsSettings = MetricsSettings(),
        warnings: [ConfigProblem] = []
    ) {
        self.path = path
        self.feeds = feeds
        self.watchlist = watchlist
        self.store = store
        self.poll = poll
        self.http = http
        self.strippedParameters = strippedParameters
        self.failuresBeforeEvent = failuresBeforeEvent
        self.alerts = alerts
        self.metrics = metrics
        self.warnings = warnings
    }
}
