// SPDX-License-Identifier: Apache-2.0

/// One subscription, as a feed list describes it (H1).
///
/// Thousands of them stay in memory, most with little more than an address (B14): what a list seldom says of a feed
/// lies apart.
public struct Feed: Hashable, Sendable {
    /// Stable and unique over all lists: `[a-z0-9._-]`.
    public let id: String
    /// The listed address, byte for byte as written (P4).
    public let url: String
    /// The title to show; empty when the list gives none (the feed's own title is shown then).
    public let title: String
    /// Polled or not.
    public let isEnabled: Bool
    /// Added with `--alert-recent`: items of the baseline poll that are recent enough alert too (I4).
    public let alertsRecent: Bool
    /// Where the list says so.
    public let location: SourceLocation?
    /// Nil where all is as usual.
    private let details: Details?

    /// What a list may add.
    private final class Details: Hashable, Sendable {
        let language: String
        let country: String
        let classes: [DatedClass]
        let tags: [String]
        let interval: Duration?
        let headers: [HeaderField]

        init(
            _ language: String, _ country: String, _ classes: [DatedClass], _ tags: [String], _ interval: Duration?,
            _ headers: [HeaderField]
        ) {
            self.language = language
            self.country = country
            self.classes = classes
            self.tags = tags
            self.interval = interval
            self.headers = headers
        }

        static func == (left: Details, right: Details) -> Bool {
            left === right
                || left.language == right.language && left.country == right.country && left.tags == right.tags
                    && left.classes == right.classes && left.interval == right.interval
                    && left.headers == right.headers
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(language)
            hasher.combine(country)
            hasher.combine(tags)
        }
    }

    /// A subscription with everything that a list can say of it.
    public init(
        id: String, url: String, title: String = "", language: String = "", country: String = "",
        classes: [DatedClass] = [], tags: [String] = [], interval: Duration? = nil, headers: [HeaderField] = [],
        isEnabled: Bool = true, alertsRecent: Bool = false, location: SourceLocation? = nil
    ) {
        self.id = id
        self.url = url
        self.title = title
        self.isEnabled = isEnabled
        self.alertsRecent = alertsRecent
        self.location = location
        let isUsual =
            language.isEmpty && country.isEmpty && classes.isEmpty && tags.isEmpty && interval == nil
            && headers.isEmpty
        details = isUsual ? nil : Details(language, country, classes, tags, interval, headers)
    }

    /// BCP 47 code of the language in which the feed is written; empty when not given.
    public var language: String { details?.language ?? "" }
    /// ISO 3166-1 alpha-2 code, upper case; empty when not given.
    public var country: String { details?.country ?? "" }
    /// Who speaks here, by date; the newest `from` comes last.
    public var classes: [DatedClass] { details?.classes ?? [] }
    /// Free labels of the analyst.
    public var tags: [String] { details?.tags ?? [] }
    /// Replaces floor, ceiling and adaptation of the poll interval (P14).
    public var interval: Duration? { details?.interval }
    /// Sent with requests to the origin of `url` only (P25).
    public var headers: [HeaderField] { details?.headers ?? [] }

    /// The class in force at `instant`: the last one whose `from` is not later, else the undated or first one.
    public func sourceClass(at instant: Instant) -> SourceClass {
        let dated = classes.sorted { ($0.from ?? .distantPast) < ($1.from ?? .distantPast) }
        let current = dated.last { ($0.from ?? .distantPast) <= instant } ?? dated.first
        return current?.sourceClass ?? .unknown
    }
}

extension Instant {
    /// Year 0: earlier than anything a feed says.
    static let distantPast = Instant(milliseconds: -62_167_219_200_000)
}

/// Who speaks in a feed (H1).
public enum SourceClass: String, Hashable, Sendable, CaseIterable, Codable {
    /// Owned or directed by a state.
    case state
    /// Editorially independent.
    case independent
    /// A news agency.
    case wire
    /// A party or movement.
    case party
    /// A non-governmental organisation.
    case ngo
    /// Posts of people or accounts.
    case social
    /// Not classified.
    case unknown
}

/// A class and the day from which it holds.
public struct DatedClass: Hashable, Sendable {
    /// The class.
    public let sourceClass: SourceClass
    /// Midnight UTC of the first day; nil: always.
    public let from: Instant?

    /// A class with the day from which it holds.
    public init(_ sourceClass: SourceClass, from: Instant? = nil) {
        self.sourceClass = sourceClass
        self.from = from
    }
}

/// One request header of a feed or receiver.
public struct HeaderField: Hashable, Sendable {
    /// The field name as written.
    public let name: String
    /// The field value.
    public let value: HeaderValue

    /// A header.
    public init(name: String, value: HeaderValue) {
        self.name = name
        self.value = value
    }
}

/// A header's value, given in place or by the name of a systemd credential (H1, O8).
public enum HeaderValue: Hashable, Sendable {
    /// The value itself. It may be a token, so it does not print.
    case text(Secret)
    /// `secret:NAME`: the credential of that name.
    case credential(String)
}

/// The ten states of a feed's health (H4).
public enum FeedState: String, Hashable, Sendable, CaseIterable, Codable {
    /// Listed, not polled yet.
    case new
    /// Accepted poll.
    case ok
    /// Accepted through a permanent redirect.
    case moved
    /// Accepted, but nothing new for unusually long.
    case silent
    /// Transport error, limit, 4xx or 5xx not named below.
    case failing
    /// 200 that is neither feed nor HTML.
    case parse
    /// 200 with HTML.
    case html
    /// 401, 403, 451 or a bot wall.
    case blocked
    /// 429, or 503 with `Retry-After`.
    case throttled
    /// 410 or `expired`.
    case gone

    /// Whether the last poll was accepted (or none was made yet).
    public var isHealthy: Bool {
        switch self {
        case .new, .ok, .moved: true
        case .silent, .failing, .parse, .html, .blocked, .throttled, .gone: false
        }
    }
}
