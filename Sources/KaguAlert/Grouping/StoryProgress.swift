// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// The totals of a story as one receiver gets to know it, hit by hit: what updates show (W2) without reading the
/// story's earlier hits again. Persisted as JSON.
public struct StoryProgress: Hashable, Sendable, Codable {
    /// What is kept of the first hit's summary: more than messages show (W4).
    public static let summaryScalars = 300

    /// The first hit; its title and link are the story's. Its summary is cut, its mentions and topics are left out:
    /// many stories are remembered.
    public private(set) var opening: Hit
    /// When its last hit was stored.
    public private(set) var lastSeen: Instant
    /// Hits in all.
    public private(set) var hits: Int
    /// Ids of the feeds that carry it, in order of appearance.
    public private(set) var feeds: [String]
    /// Countries, languages, classes, watches and entities in all.
    private var countries: [String]
    private var languages: [String]
    private var classes: [SourceClass]
    private var watches: [String]
    private var entities: [String]
    /// The highest severity.
    public private(set) var severity: Severity
    /// The highest score.
    private var score: Int

    /// The story that `hits`, oldest first and at least one, make up.
    public init(_ hits: [Hit]) {
        precondition(!hits.isEmpty, "a story has at least one hit")
        opening = hits[0]
        opening.summary = PlainText.cut(opening.summary, toScalars: Self.summaryScalars)
        (opening.mentions, opening.topics) = ([], [])
        lastSeen = hits[0].seen
        self.hits = 0
        (feeds, countries, languages, classes, watches, entities) = ([], [], [], [], [], [])
        severity = hits[0].severity
        score = hits[0].score
        add(hits)
    }

    /// More hits have come.
    public mutating func add(_ more: [Hit]) {
        for hit in more {
            hits += 1
            lastSeen = max(lastSeen, hit.seen)
            severity = max(severity, hit.severity)
            score = max(score, hit.score)
            feeds.appendNew(hit.feed.id)
            if let country = hit.feed.country { countries.appendNew(country) }
            languages.appendNew(hit.lang)
            classes.appendNew(hit.feed.sourceClass)
            for watch in hit.watches { watches.appendNew(watch) }
            for entity in hit.entities { entities.appendNew(entity) }
        }
    }

    /// How many outlets carry it, and how much it matters.
    public var size: UpdateRule.Size { UpdateRule.Size(outlets: feeds.count, severity: severity) }

    /// The story as messages show it.
    public var summary: StorySummary {
        var summary = StorySummary([opening])
        summary.lastSeen = lastSeen
        summary.hits = hits
        summary.outlets = feeds.count
        summary.countries = countries.sorted()
        summary.languages = languages.sorted()
        summary.classes = classes.sorted { $0.rawValue < $1.rawValue }
        summary.watches = watches
        summary.entities = entities.sorted()
        summary.severity = severity
        summary.score = score
        return summary
    }
}

extension Array where Element: Equatable {
    fileprivate mutating func appendNew(_ element: Element) {
        if !contains(element) { append(element) }
    }
}
