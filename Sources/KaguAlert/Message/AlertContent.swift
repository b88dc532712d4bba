// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// What an alert tells, whoever is told: receivers render it each in its own form (W2–W13).
public enum AlertContent: Hashable, Sendable {
    /// One hit, the first telling of its story (`kagu.hit`).
    case hit(Hit, group: AlertGroup)
    /// Several hits of one story, or any update to it (`kagu.story`).
    case story(StoryTelling)
    /// Several stories (`kagu.digest`).
    case digest(DigestContent)
    /// Health of a feed, receiver or part of kagu (`kagu.feed`).
    case notice(HealthNotice)
    /// Sent by hand (`kagu.test`).
    case test(note: String)

    /// The `type` of its message (W2).
    public var kind: Alert.Kind {
        switch self {
        case .hit: .hit
        case .story: .story
        case .digest: .digest
        case .notice: .feed
        case .test: .test
        }
    }

    /// The hits that it tells of, oldest first; those that a receiver leaves out for size are among them.
    public var hits: [Hit] {
        switch self {
        case .hit(let hit, _): [hit]
        case .story(let telling): telling.newHits
        case .digest(let digest): digest.hits
        case .notice, .test: []
        }
    }

    /// What lists show: the first hit's title, or what else it is about; one line.
    public var title: String {
        switch self {
        case .hit(let hit, _): PlainText.line(hit.title)
        case .story(let telling): PlainText.line(telling.story.title)
        case .digest(let digest): PlainText.line(digest.hits.first?.title ?? "")
        case .notice(let notice): PlainText.line("\(notice.subject.title): \(notice.state)")
        case .test(let note): PlainText.line(note)
        }
    }
}

/// A story as one message tells it (R5–R7).
public struct StoryTelling: Hashable, Sendable {
    /// Its totals over all hits so far.
    public var story: StorySummary
    /// Hits that are new since the last telling, or revised since (R7); oldest first, at least one.
    public var newHits: [Hit]
    /// The group that it is told in.
    public var group: AlertGroup
    /// 0 for the first telling, then 1, 2, ….
    public var update: Int
    /// The alert of the first telling.
    public var first: AlertID
    /// The severity of the last telling; nil at the first. Alertmanager's old label set ends when it rises (W12).
    public var toldSeverity: Severity?

    /// A telling.
    public init(
        story: StorySummary, newHits: [Hit], group: AlertGroup, update: Int, first: AlertID,
        toldSeverity: Severity? = nil
    ) {
        self.story = story
        self.newHits = newHits
        self.group = group
        self.update = update
        self.first = first
        self.toldSeverity = toldSeverity
    }
}

/// Several stories in one message (R10–R12, D11, D12).
public struct DigestContent: Hashable, Sendable {
    /// Oldest first, at least one.
    public var hits: [Hit]
    /// The time that it covers; nil: from the first hit to the last.
    public var period: ClosedRange<Instant>?
    /// The alerts that it copies (`reason: fallback`).
    public var originals: [AlertID]

    /// A digest.
    public init(hits: [Hit], period: ClosedRange<Instant>? = nil, originals: [AlertID] = []) {
        self.hits = hits
        self.period = period
        self.originals = originals
    }
}
