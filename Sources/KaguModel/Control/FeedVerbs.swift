// SPDX-License-Identifier: Apache-2.0

/// Adds a feed to `feeds.yaml` in the state directory and polls it (H3).
public struct AddFeed: ControlVerb {
    /// `feeds.add`.
    public static let name = ControlVerbName.addFeed
    /// The feed; its address may be that of a page which links to one feed.
    public var feed: ProposedFeed
    /// Taken without looking at it.
    public var asItIs: Bool

    /// Adds `feed`.
    public init(_ feed: ProposedFeed, asItIs: Bool = false) {
        self.feed = feed
        self.asItIs = asItIs
    }

    /// The feed that was added; or none, and the feeds that the address offers.
    public struct Answer: Codable, Hashable, Sendable {
        /// The feed as it is listed now; nil when nothing was added.
        public var added: ListedFeed?
        /// What to choose from when nothing was added.
        public var candidates: [OfferedFeed]

        /// What became of it.
        public init(added: ListedFeed?, candidates: [OfferedFeed] = []) {
            self.added = added
            self.candidates = candidates
        }
    }
}

/// Takes feeds out of `feeds.yaml` in the state directory (H3): all of them or none.
public struct RemoveFeeds: ControlVerb {
    /// `feeds.remove`.
    public static let name = ControlVerbName.removeFeeds
    /// Ids or addresses.
    public var feeds: [String]

    /// Removes these.
    public init(_ feeds: [String]) { self.feeds = feeds }

    /// The feeds that are listed no more.
    public typealias Answer = [ListedFeed]
}

/// Looks for feeds at an address (H3).
public struct DiscoverFeeds: ControlVerb {
    /// `feeds.discover`.
    public static let name = ControlVerbName.discoverFeeds
    /// The address of a page, a site or a feed.
    public var url: String

    /// Looks there.
    public init(_ url: String) { self.url = url }

    /// What was found, the likeliest first.
    public typealias Answer = [OfferedFeed]
}

/// Polls feeds now, whatever their due times; holds and gates are respected (P13, P21, P27).
public struct PollFeeds: ControlVerb {
    /// `feeds.poll`.
    public static let name = ControlVerbName.pollFeeds
    /// Ids or addresses.
    public var feeds: [String]
    /// Sends no validators (P13).
    public var full: Bool
    /// Answers when all have ended; else as soon as they are ordered.
    public var wait: Bool

    /// Polls these.
    public init(_ feeds: [String], full: Bool = false, wait: Bool = false) {
        self.feeds = feeds
        self.full = full
        self.wait = wait
    }

    /// What each came to, in the order asked; without `wait` only those that cannot be polled.
    public typealias Answer = [PolledFeed]
}

/// Polls feeds no more unasked, until `ResumeFeeds`.
public struct PauseFeeds: ControlVerb {
    /// `feeds.pause`.
    public static let name = ControlVerbName.pauseFeeds
    /// Ids or addresses.
    public var feeds: [String]

    /// Pauses these.
    public init(_ feeds: [String]) { self.feeds = feeds }

    /// The ids that were not paused before.
    public typealias Answer = [String]
}

/// Polls paused feeds again; a feed that is `gone` starts afresh (P20).
public struct ResumeFeeds: ControlVerb {
    /// `feeds.resume`.
    public static let name = ControlVerbName.resumeFeeds
    /// Ids or addresses.
    public var feeds: [String]

    /// Resumes these.
    public init(_ feeds: [String]) { self.feeds = feeds }

    /// The ids that were paused or gone before.
    public typealias Answer = [String]
}

/// Fetches a document as a poll would, and stores nothing (`kagu feeds test URL`).
public struct FetchDocument: ControlVerb {
    /// `feeds.fetch`.
    public static let name = ControlVerbName.fetch
    /// Its address.
    public var url: String

    /// Fetches it.
    public init(_ url: String) { self.url = url }

    /// What came.
    public struct Answer: Codable, Hashable, Sendable {
        /// Where it was found, redirects followed.
        public var url: String
        /// The status of the last answer.
        public var status: Int
        /// Its `Content-Type`.
        public var contentType: String?
        /// The body, decoded, in base64.
        public var body: String

        /// What came.
        public init(url: String, status: Int, contentType: String?, body: String) {
            self.url = url
            self.status = status
            self.contentType = contentType
            self.body = body
        }
    }
}

/// Adds the feeds of an OPML document to `feeds.yaml` in the state directory (H2).
public struct ImportFeeds: ControlVerb {
    /// `feeds.import`.
    public static let name = ControlVerbName.importFeeds
    /// The file's name, for messages.
    public var file: String
    /// The file's bytes in base64: it may be in any encoding.
    public var document: String

    /// Imports `document`.
    public init(file: String, document: String) {
        self.file = file
        self.document = document
    }

    /// What became of its feeds.
    public struct Answer: Codable, Hashable, Sendable {
        /// The feeds that were added.
        public var added: [ListedFeed]
        /// Those that some list has already, under the ids that they have there.
        public var duplicates: [ListedFeed]
        /// One line for each outline that could not be used, with its place.
        public var unusable: [String]

        /// What became of them.
        public init(added: [ListedFeed] = [], duplicates: [ListedFeed] = [], unusable: [String] = []) {
            self.added = added
            self.duplicates = duplicates
            self.unusable = unusable
        }
    }
}
