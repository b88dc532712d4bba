// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// What a message says of a story (W2): totals over its hits, title and link of the first.
public struct StorySummary: Hashable, Sendable {
    /// The story's id.
    public var id: String
    /// Title of the first hit.
    public var title: String
    /// Link of the first hit.
    public var url: String
    /// The first hit: whose summary chats show, and whose labels an alert of Alertmanager keeps (W4, W12).
    public var opening: Hit
    /// When its first hit was stored.
    public var firstSeen: Instant
    /// When its last hit was stored.
    public var lastSeen: Instant
    /// Hits in all.
    public var hits: Int
    /// Distinct feeds in all.
    public var outlets: Int
    /// Countries of the feeds, sorted.
    public var countries: [String]
    /// Languages of the items, sorted.
    public var languages: [String]
    /// Classes of the feeds, sorted.
    public var classes: [SourceClass]
    /// Watches, in the order of the hits.
    public var watches: [String]
    /// Entities, sorted.
    public var entities: [String]
    /// The highest severity.
    public var severity: Severity
    /// The highest score.
    public var score: Int

    /// The story that `hits`, oldest first and at least one, make up.
    public init(_ hits: [Hit]) {
        precondition(!hits.isEmpty, "a story has at least one hit")
        id = hits[0].story
        title = hits[0].title
        url = hits[0].url
        opening = hits[0]
        firstSeen = hits[0].seen
        lastSeen = hits[hits.count - 1].seen
        self.hits = hits.count
        outlets = Set(hits.map(\.feed.id)).count
        countries = Set(hits.compactMap(\.feed.country)).sorted()
        languages = Set(hits.map(\.lang)).sorted()
        classes = Set(hits.map(\.feed.sourceClass)).sorted { $0.rawValue < $1.rawValue }
        var known: Set<String> = []
        watches = hits.flatMap(\.watches).filter { known.insert($0).inserted }
        entities = Set(hits.flatMap(\.entities)).sorted()
        severity = hits.map(\.severity).max() ?? .low
        score = hits.map(\.score).max() ?? 0
    }

    /// Hits by story, the stories by their oldest hit; `hits` are ordered already.
    static func stories(of hits: [Hit]) -> [[Hit]] {
        var order: [String] = []
        var byStory: [String: [Hit]] = [:]
        for hit in hits {
            if byStory[hit.story] == nil { order.append(hit.story) }
            byStory[hit.story, default: []].append(hit)
        }
        return order.compactMap { byStory[$0] }
    }

    func write(to json: inout JSONWriter, detail: HitRecord.Detail) {
        let (titleLimit, listLimit) =
            switch detail {
            case .full: (Int.max, Int.max)
            case .brief: (300, 20)
            case .least: (100, 5)
            }
        let link = PlainText.link(url)
        json.object { json in
            json.member("id", id)
            json.member("title", PlainText.cut(PlainText.line(title), toScalars: titleLimit))
            json.member("url", ifPresent: detail == .least && link.utf8.count > 2000 ? nil : link)
            json.member("first_seen", firstSeen)
            json.member("last_seen", lastSeen)
            json.member("hits", hits)
            json.member("outlets", outlets)
            json.member("countries", Array(countries.prefix(listLimit)))
            json.member("langs", Array(languages.prefix(listLimit)))
            json.member("classes", classes.map(\.rawValue))
            json.member("watches", Array(watches.prefix(listLimit)))
            json.member("entities", Array(entities.prefix(listLimit)))
            json.member("severity", severity.rawValue)
            json.member("score", score)
        }
    }
}
