// SPDX-License-Identifier: Apache-2.0

public import KaguModel

extension SourceLocation {
    /// A place that no test looks at.
    public static let test = SourceLocation(file: "test.yaml", line: 1, column: 1)
}

extension Feed {
    /// A feed of which a test sets what it is about.
    public static func make(
        id: String = "example", url: String = "https://example.org/rss", title: String = "Example",
        language: String = "en", country: String = "", classes: [DatedClass] = [], tags: [String] = [],
        interval: Duration? = nil, headers: [HeaderField] = [], isEnabled: Bool = true, alertsRecent: Bool = false
    ) -> Feed {
        Feed(
            id: id, url: url, title: title, language: language, country: country, classes: classes, tags: tags,
            interval: interval, headers: headers, isEnabled: isEnabled, alertsRecent: alertsRecent)
    }
}

extension Item {
    /// An item of which a test sets what it is about; its id and URL follow from `id`.
    public static func make(
        id: String = "item-1", url: String? = nil, title: String = "A title", summary: String = "",
        content: String = "", published: Instant? = nil, language: String = ""
    ) -> Item {
        Item(
            id: id, url: url ?? "https://example.org/\(id)", title: title, summary: summary, content: content,
            published: published.map { ItemDate(instant: $0, raw: $0.description, origin: "pubDate") },
            language: language)
    }
}

extension Mention {
    /// An accepted mention in a title.
    public static func make(
        entity: String = "org.example", alias: String = "Example", field: Field = .title, start: Int = 0,
        text: String? = nil, tier: Int = 0, suffix: String = "", state: State = .accepted, reason: String = "exact"
    ) -> Mention {
        let text = text ?? alias + suffix
        return Mention(
            entity: entity, alias: alias, field: field, start: start, end: start + text.utf8.count, text: text,
            tier: tier, suffix: suffix, state: state, reason: reason)
    }
}

extension Hit {
    /// A hit of which a test sets what it is about.
    public static func make(
        id: String = "h_1", seen: Instant = Instant(seconds: 1_795_338_000), published: Instant? = nil,
        feed: FeedReference = FeedReference(id: "example", title: "Example", sourceClass: .unknown),
        url: String = "https://example.org/item-1", title: String = "A title", summary: String = "",
        lang: String = "en", watches: [String] = ["watch"], entities: [String] = [], topics: [TopicScore] = [],
        severity: Severity = .medium, score: Int = 60, story: String = "s_1", revision: Int = 0,
        baseline: Bool = false, mentions: [Mention] = []
    ) -> Hit {
        Hit(
            id: id, seen: seen, published: published, feed: feed, url: url, title: title, summary: summary,
            lang: lang, watches: watches, entities: entities, topics: topics, severity: severity, score: score,
            story: story, revision: revision, baseline: baseline, mentions: mentions)
    }
}

extension Entity {
    /// An entity with one alias, its name, unless a test gives others.
    public static func make(
        id: String = "org.example", kind: EntityKind = .organisation, name: String = "Example",
        aliases: [Alias]? = nil
    ) -> Entity {
        Entity(
            id: id, kind: kind, name: name,
            aliases: aliases ?? [Alias(name, language: .en, location: .test)], location: .test)
    }
}

extension Watch {
    /// A watch over one expression.
    public static func make(
        id: String = "watch", title: String = "A watch", when: String = "org.example",
        severity: Severity = .medium, threshold: Int = 0
    ) -> Watch {
        Watch(
            id: id, title: title, when: ExpressionSource(when, at: .test), severity: severity, threshold: threshold,
            location: .test)
    }
}

extension Watchlist {
    /// One watch over one entity, unless a test gives others.
    public static func make(
        entities: [Entity] = [.make()], groups: [EntityGroup] = [], topics: [Topic] = [],
        watches: [Watch] = [.make()]
    ) -> Watchlist {
        Watchlist(entities: entities, groups: groups, topics: topics, watches: watches)
    }
}
