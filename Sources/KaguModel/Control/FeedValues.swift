// SPDX-License-Identifier: Apache-2.0

/// A feed that someone proposes to list.
public struct ProposedFeed: Codable, Hashable, Sendable {
    /// Its address.
    public var url: String
    /// Its id; nil: made of the address.
    public var id: String?
    /// Its title; empty: its own.
    public var title: String
    /// BCP 47; empty when not given.
    public var language: String
    /// ISO 3166-1 alpha-2; empty when not given.
    public var country: String
    /// Who speaks there; nil when not given.
    public var sourceClass: SourceClass?
    /// Labels.
    public var tags: [String]
    /// Milliseconds between two polls; nil: adaptive (P14).
    public var intervalMilliseconds: Int64?
    /// Recent items of the first poll alert too (I4).
    public var alertsRecent: Bool

    /// A feed of which only the address is known, unless told otherwise.
    public init(
        url: String, id: String? = nil, title: String = "", language: String = "", country: String = "",
        sourceClass: SourceClass? = nil, tags: [String] = [], interval: Duration? = nil, alertsRecent: Bool = false
    ) {
        self.url = url
        self.id = id
        self.title = title
        self.language = language
        self.country = country
        self.sourceClass = sourceClass
        self.tags = tags
        intervalMilliseconds = interval?.milliseconds
        self.alertsRecent = alertsRecent
    }

    /// As a list would have it, under `id` and at `url`.
    public func feed(id: String, url: String) -> Feed {
        Feed(
            id: id, url: url, title: title, language: language, country: country.uppercased(),
            classes: sourceClass.map { [DatedClass($0)] } ?? [], tags: tags,
            interval: intervalMilliseconds.map { .milliseconds($0) }, alertsRecent: alertsRecent)
    }
}

/// A feed as a list has it, in short.
public struct ListedFeed: Codable, Hashable, Sendable {
    /// Its id.
    public var id: String
    /// Its address, without user name and password.
    public var url: String
    /// Its title; empty when the list gives none.
    public var title: String

    /// A feed in short.
    public init(id: String, url: String, title: String = "") {
        self.id = id
        self.url = url
        self.title = title
    }
}

/// A feed that an address offers (H3).
public struct OfferedFeed: Codable, Hashable, Sendable {
    /// Its address.
    public var url: String
    /// The title that the offer gives; empty when none.
    public var title: String
    /// The media type or format that the offer gives; empty when none.
    public var type: String

    /// A feed that is offered.
    public init(url: String, title: String = "", type: String = "") {
        self.url = url
        self.title = title
        self.type = type
    }
}

/// What became of an operator's poll of one feed.
public struct PolledFeed: Codable, Hashable, Sendable {
    /// How it ended.
    public enum Outcome: String, Codable, Hashable, Sendable, CaseIterable {
        /// It was polled.
        case polled
        /// Publisher or authority asked for a pause: not before `heldUntil` (P21).
        case held
        /// No such feed is polled.
        case unknown
        /// The daemon stops.
        case stopping
    }

    /// The feed's id.
    public var id: String
    /// How it ended.
    public var outcome: Outcome
    /// The feed's state after it; nil unless polled.
    public var state: FeedState?
    /// Why; empty when healthy.
    public var reason: String
    /// The HTTP status of the last answer; nil without one.
    public var status: Int?
    /// Items in the document.
    public var items: Int
    /// Items that were new.
    public var newItems: Int
    /// Not before then.
    public var heldUntil: Instant?

    /// What became of a poll.
    public init(
        id: String, outcome: Outcome, state: FeedState? = nil, reason: String = "", status: Int? = nil,
        items: Int = 0, newItems: Int = 0, heldUntil: Instant? = nil
    ) {
        self.id = id
        self.outcome = outcome
        self.state = state
        self.reason = reason
        self.status = status
        self.items = items
        self.newItems = newItems
        self.heldUntil = heldUntil
    }
}
