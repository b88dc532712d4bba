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
}

/// `store:`
public struct StoreSettings: Hashable, Sendable {
    /// The state directory.
    public var directory: String
    /// Free space below which polling stops (O36).
    public var minimumFree: ByteCount
    /// Age from which sealed day files are compressed; nil: never.
    public var compressAfter: Duration?
    /// How long hits are kept.
    public var hitRetention: HitRetention
    /// How long the item archive is kept; zero keeps none.
    public var itemRetention: Duration

    /// How long hits are kept (O42).
    public enum HitRetention: Hashable, Sendable {
        /// Without end.
        case forever
        /// Whole days of that age are removed.
        case age(Duration)
        /// The oldest days are removed above that size.
        case size(ByteCount)
    }
}

/// `poll:`
public struct PollSettings: Hashable, Sendable {
    /// Replaces both floors (P14); nil where not written.
    public var minimumInterval: Duration?
    /// The ceiling.
    public var maximumInterval: Duration
    /// Requests in flight at most (P26).
    public var concurrency: Int
    /// Requests in flight to one authority at most (P27).
    public var inFlightPerHost: Int
    /// The least time between two starts at one authority (P27).
    public var spacingPerHost: Duration
    /// Whether `courtesy: strict` is set (§1.3).
    public var isStrictlyCourteous: Bool
    /// Host patterns whose names share one gate (P22).
    public var hostGroups: [String]
}

/// `http:`
public struct HTTPSettings: Hashable, Sendable {
    /// Goes into the User-Agent; empty when not set.
    public var contact: String
    /// Private addresses that feeds may be fetched from (S3).
    public var allowPrivate: [AddressRule]
    /// The proxy; nil: none, whatever the environment says (S4).
    public var proxy: Secret?
    /// A file of further root certificates.
    public var certificateFile: String?
}

/// One entry of `allow_private` (S3, D14).
public enum AddressRule: Hashable, Sendable {
    /// A block in CIDR notation, as written, with its parsed bytes (4 or 16) and prefix length.
    case block(text: String, address: [UInt8], prefixLength: Int)
    /// `host:port`; the host without brackets, lower case.
    case endpoint(host: String, port: Int)
}

/// `metrics:`
public struct MetricsSettings: Hashable, Sendable {
    /// `host:port`; nil: off.
    public var listen: String?
    /// The textfile's path; nil: off.
    public var textfile: String?
    /// The textfile's interval.
    public var interval: Duration
}

/// `alerts:` (R1)
public struct AlertSettings: Hashable, Sendable {
    /// The receivers, in file order; names are unique.
    public var receivers: [ReceiverSettings]
    /// The root of the route tree.
    public var route: RouteSettings
    /// The receiver of notices and overdue copies (D12).
    public var fallback: String?
    /// Items published earlier than this before they are seen are stored, not alerted (R8).
    public var maximumAge: Duration
    /// The delivery objective (O16).
    public var objective: Duration
}

/// One receiver (R1, D15). Secrets have been read from their files and credentials.
public struct ReceiverSettings: Hashable, Sendable {
    /// The targets that kagu knows.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The receiver types of W1–W13.
        case webhook, slack, mattermost, discord, teams, ntfy, matrix, telegram, alertmanager, email
    }

    /// Unique.
    public var name: String
    /// Its type.
    public var kind: Kind
    /// Its address; a credential for most targets.
    public var url: Secret
    /// Signing keys (`whsec_…`), newest first; empty: unsigned.
    public var signingKeys: [Secret]
    /// Bearer or bot token.
    public var token: Secret?
    /// Password of the mail account.
    public var password: Secret?
    /// Further request headers.
    public var headers: [HeaderField]
    /// The whole attempt's limit.
    public var timeout: Duration
    /// Private addresses that this receiver may be reached at.
    public var allowPrivate: [AddressRule]
    /// The other keys of its type (`topic`, `room`, `channel`, `chat_id`, …) as text; lists joined with `, `.
    public var options: [String: String]
    /// The webhook body's template as written; nil: the envelope of W2.
    public var template: TemplateNode?
    /// Where it is defined.
    public var location: SourceLocation
}

/// A node of a webhook template (W3).
public indirect enum TemplateNode: Hashable, Sendable {
    /// Scalars as YAML types them; strings may hold `${path}` placeholders.
    case string(String), number(Double), bool(Bool), null
    /// Lists and maps in document order.
    case list([TemplateNode]), map([TemplatePair])
}

/// A member of a template's map.
public struct TemplatePair: Hashable, Sendable {
    /// The member's name.
    public var key: String
    /// Its value.
    public var value: TemplateNode
}

/// One node of the route tree (R1–R12). Unset keys are nil and inherited; the root's are filled with defaults.
public struct RouteSettings: Hashable, Sendable {
    /// Its name, where it has one.
    public var name: String?
    /// `route` for the root, else as `route.routes[1]`.
    public var path: String
    /// All must hold; the root has none.
    public var matchers: [LabelMatcher]
    /// A receiver's name, or `none`.
    public var receiver: String?
    /// Whether siblings are tried after a match.
    public var continues: Bool
    /// Labels that make a group.
    public var groupBy: [GroupLabel]?
    /// Wait before a new group's first alert.
    public var groupWait: Duration?
    /// Wait between a group's alerts.
    public var groupInterval: Duration?
    /// Messages an hour at most.
    public var maximumPerHour: Int?
    /// When a told story is told again (R6).
    public var updates: Updates?
    /// When alerts are held (R9).
    public var quietHours: QuietHours?
    /// Sent as a digest at fixed times (R10).
    public var digest: DigestSchedule?
    /// Children, in file order.
    public var routes: [RouteSettings]
    /// Where it is defined.
    public var location: SourceLocation?

    /// What `group_by` may name.
    public enum GroupLabel: String, Hashable, Sendable, CaseIterable {
        /// Labels of a hit.
        case story, watch, entity, severity, feed, `class`, lang, country
    }

    /// Which updates of a story are told (R6).
    public enum Updates: String, Hashable, Sendable, CaseIterable {
        /// At outlet counts and severity rises; at every interval; never.
        case steps, all, none
    }

    /// A daily window in which alerts are held (R9).
    public struct QuietHours: Hashable, Sendable {
        /// IANA name.
        public var timeZone: String
        /// Minutes after local midnight.
        public var from: Int
        /// Minutes after local midnight; less than `from` where the window crosses midnight.
        public var to: Int
        /// That level and above pass.
        public var bypass: Severity?
    }

    /// The times of a digest (R10).
    public struct DigestSchedule: Hashable, Sendable {
        /// The period.
        public var every: Duration
        /// 1 (Monday) – 7; nil: any day.
        public var weekday: Int?
        /// Minutes after local midnight; nil: counted from the epoch.
        public var at: Int?
        /// IANA name.
        public var timeZone: String
    }
}
