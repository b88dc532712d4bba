// SPDX-License-Identifier: Apache-2.0

/// A stored item that at least one watch matched: one line of a hit file.
///
/// The line is one JSON object with these members in this order (DESIGN §6, W2); absent values are left out:
/// `v` (1), `id`, `seen`, `published`, `feed` {`id`,`title`,`class`,`country`}, `url`, `title`, `summary`
/// (≤ 1,000 scalars), `lang`, `watches`, `entities`, `topics` [{`id`,`score`}], `severity`, `score`, `story`,
/// `revision`, `baseline`, `mentions` (accepted and candidate, as in M51).
public struct Hit: Hashable, Sendable, Codable {
    /// The version of the line's format that this build writes.
    public static let version = 1

    /// The feed of a hit, as it was when the hit was stored.
    public struct FeedReference: Hashable, Sendable, Codable {
        /// The feed's id.
        public var id: String
        /// Its title.
        public var title: String
        /// The class in force when the item was published (H1).
        public var sourceClass: SourceClass
        /// ISO 3166-1 alpha-2; nil when the list gives none.
        public var country: String?

        /// A feed as a hit names it.
        public init(id: String, title: String, sourceClass: SourceClass, country: String? = nil) {
            self.id = id
            self.title = title
            self.sourceClass = sourceClass
            self.country = country
        }

        enum CodingKeys: String, CodingKey {
            case id, title
            case sourceClass = "class"
            case country
        }
    }

    /// `h_` and a hash of feed, item and revision; stable across re-polls.
    public var id: String
    /// When kagu stored it.
    public var seen: Instant
    /// The publisher's date; never invented.
    public var published: Instant?
    /// Where it was published.
    public var feed: FeedReference
    /// The published link.
    public var url: String
    /// Plain text.
    public var title: String
    /// Plain text, at most 1,000 scalars.
    public var summary: String
    /// ISO 639-1, or `und`.
    public var lang: String
    /// Ids, by severity, score, name (R4).
    public var watches: [String]
    /// Ids, sorted.
    public var entities: [String]
    /// Best first.
    public var topics: [TopicScore]
    /// The highest of its watches.
    public var severity: Severity
    /// The highest watch score.
    public var score: Int
    /// The story's id.
    public var story: String
    /// 0, and one more with each revision (I7).
    public var revision: Int
    /// Seen at the feed's first poll (I4).
    public var baseline: Bool
    /// Accepted and candidate, by field and start.
    public var mentions: [Mention]

    /// A hit.
    public init(
        id: String, seen: Instant, published: Instant? = nil, feed: FeedReference, url: String, title: String,
        summary: String = "", lang: String = "und", watches: [String], entities: [String] = [],
        topics: [TopicScore] = [], severity: Severity = .medium, score: Int = 0, story: String, revision: Int = 0,
        baseline: Bool = false, mentions: [Mention] = []
    ) {
        self.id = id
        self.seen = seen
        self.published = published
        self.feed = feed
        self.url = url
        self.title = title
        self.summary = summary
        self.lang = lang
        self.watches = watches
        self.entities = entities
        self.topics = topics
        self.severity = severity
        self.score = score
        self.story = story
        self.revision = revision
        self.baseline = baseline
        self.mentions = mentions
    }

    /// The summary's limit, in Unicode scalars.
    public static let maximumSummaryScalars = 1000
}

extension Hit {
    /// The hit's line of a hit file, without the newline.
    public var line: [UInt8] {
        var json = JSONWriter(reserving: 2048)
        json.object { json in
            json.member("v", Hit.version)
            writeMembers(to: &json) { mention, json in mention.write(to: &json) }
        }
        return json.bytes
    }

    /// Adds all members but `v`, in order; `mention` writes each of `mentions` (messages shorten them, W2).
    public func writeMembers(
        to json: inout JSONWriter, mention writeMention: (Mention, inout JSONWriter) -> Void
    ) {
        json.member("id", id)
        json.member("seen", seen)
        json.member("published", published)
        json.member(
            "feed",
            object: { json in
                json.member("id", feed.id)
                json.member("title", feed.title)
                json.member("class", feed.sourceClass.rawValue)
                json.member("country", ifPresent: feed.country)
            })
        json.member("url", ifPresent: url)
        json.member("title", title)
        json.member("summary", ifPresent: summary)
        json.member("lang", lang)
        json.member("watches", watches)
        json.member("entities", entities)
        json.member(
            "topics",
            array: { json in
                for topic in topics {
                    json.object { json in
                        json.member("id", topic.id)
                        json.member("score", topic.score)
                    }
                }
            })
        json.member("severity", severity.rawValue)
        json.member("score", score)
        json.member("story", story)
        json.member("revision", revision)
        json.member("baseline", baseline)
        json.member(
            "mentions",
            array: { json in
                for mention in mentions { writeMention(mention, &json) }
            })
    }

    /// Decodes a line; `url`, `summary` and lists may be absent, unknown members are ignored.
    public init(from decoder: any Decoder) throws {
        let line = try decoder.container(keyedBy: CodingKeys.self)
        id = try line.decode(String.self, forKey: .id)
        seen = try line.decode(Instant.self, forKey: .seen)
        published = try line.decodeIfPresent(Instant.self, forKey: .published)
        feed = try line.decode(FeedReference.self, forKey: .feed)
        url = try line.decodeIfPresent(String.self, forKey: .url) ?? ""
        title = try line.decodeIfPresent(String.self, forKey: .title) ?? ""
        summary = try line.decodeIfPresent(String.self, forKey: .summary) ?? ""
        lang = try line.decodeIfPresent(String.self, forKey: .lang) ?? "und"
        watches = try line.decodeIfPresent([String].self, forKey: .watches) ?? []
        entities = try line.decodeIfPresent([String].self, forKey: .entities) ?? []
        topics = try line.decodeIfPresent([TopicScore].self, forKey: .topics) ?? []
        severity = try line.decodeIfPresent(Severity.self, forKey: .severity) ?? .medium
        score = try line.decodeIfPresent(Int.self, forKey: .score) ?? 0
        story = try line.decodeIfPresent(String.self, forKey: .story) ?? ""
        revision = try line.decodeIfPresent(Int.self, forKey: .revision) ?? 0
        baseline = try line.decodeIfPresent(Bool.self, forKey: .baseline) ?? false
        mentions = try line.decodeIfPresent([Mention].self, forKey: .mentions) ?? []
    }
}
