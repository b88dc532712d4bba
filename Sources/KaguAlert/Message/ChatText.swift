// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// What people read of a message, whatever the target (W4): neutralised (W16), cut to what a glance takes in, in
/// no language but that of the feeds. Escaping and the target's own limits are the receiver's part.
///
/// A hit: title linked to its article, ≤ 200 scalars of summary, then `feed (class) · country · watches: matched
/// names · severity`; a story has `N outlets, first: FEED (class)` in the feed's place. A digest: its totals, then
/// a line for each story. Health: subject and state, error, advice.
struct ChatText: Hashable, Sendable {
    /// A story of a digest.
    struct Entry: Hashable, Sendable {
        /// Of its first hit.
        var title: String
        /// Of its first hit; may be empty.
        var link: String
        /// Outlet, country, watches, severity.
        var meta: String
        /// Ids of its hits.
        var hits: [String]
    }

    /// One line, never empty.
    var title: String
    /// `http` or `https`; empty where there is none.
    var link: String
    /// May be empty.
    var summary: String
    /// One line; may be empty.
    var meta: String
    /// A digest's stories, oldest first.
    var entries: [Entry] = []
    /// The highest severity; nil where no hit is told.
    var severity: Severity?
    /// When the first hit was seen, or the message bound.
    var instant: Instant
    /// The story, where one is told.
    var story: String?

    /// Scalars of a title at most.
    static let maximumTitle = 300
    /// Scalars of a summary at most (W4).
    static let maximumSummary = 200
    /// Bytes of a link at most; a longer one is left out.
    static let maximumLink = 2000

    /// The text of a message.
    init(_ message: AlertMessage) {
        switch message.content {
        case .hit(let hit, _): self.init(hit)
        case .story(let telling): self.init(telling)
        case .digest(let digest): self.init(digest, reason: message.reason)
        case .notice(let notice): self.init(notice)
        case .test(let note):
            self.init(
                title: "kagu: test", link: "", summary: Self.short(note, Self.maximumSummary), meta: "",
                instant: message.boundAt)
        }
    }

    private init(
        title: String, link: String, summary: String, meta: String, severity: Severity? = nil, instant: Instant,
        story: String? = nil
    ) {
        self.title = title
        self.link = link
        self.summary = summary
        self.meta = meta
        self.severity = severity
        self.instant = instant
        self.story = story
    }

    private init(_ hit: Hit) {
        self.init(
            title: Self.title(of: hit), link: Self.link(hit.url), summary: Self.summary(of: hit),
            meta: Self.meta(of: hit), severity: hit.severity, instant: hit.seen, story: hit.story)
    }

    private init(_ telling: StoryTelling) {
        let opening = telling.story.opening
        self.init(
            title: Self.title(of: opening), link: Self.link(opening.url), summary: Self.summary(of: opening),
            meta: Self.meta(of: telling.story, hits: [opening] + telling.newHits), severity: telling.story.severity,
            instant: opening.seen, story: telling.story.id)
    }

    private init(_ digest: DigestContent, reason: Alert.Reason) {
        let stories = StorySummary.stories(of: digest.hits)
        let outlets = Set(digest.hits.map(\.feed.id)).count
        let first = digest.hits.first?.seen ?? Instant(milliseconds: 0)
        let range = digest.period ?? first...max(first, digest.hits.last?.seen ?? first)
        self.init(
            title: [
                Self.count(digest.hits.count, "hit", "hits"), Self.count(stories.count, "story", "stories"),
                Self.count(outlets, "outlet", "outlets"),
            ].joined(separator: ", "),
            link: "", summary: "",
            meta: "\(Self.period(range)) UTC · \(reason.rawValue.replacing("_", with: " "))",
            severity: digest.hits.map(\.severity).max(), instant: first)
        entries = stories.map { hits in
            let meta = hits.count == 1 ? Self.meta(of: hits[0]) : Self.meta(of: StorySummary(hits), hits: hits)
            return Entry(
                title: Self.title(of: hits[0]), link: Self.link(hits[0].url), meta: meta, hits: hits.map(\.id))
        }
    }

    private init(_ notice: HealthNotice) {
        let before = notice.previous.isEmpty ? "" : " (was \(notice.previous))"
        self.init(
            title: Self.short("\(notice.subject.title): \(notice.state)\(before)", Self.maximumTitle), link: "",
            summary: Self.short(notice.error ?? "", Self.maximumSummary),
            meta: Self.short(notice.advice, Self.maximumSummary), instant: notice.since)
    }

    // MARK: Parts

    private static func title(of hit: Hit) -> String {
        let title = short(hit.title, maximumTitle)
        if !title.isEmpty { return title }
        // Notes of social networks have none.
        let summary = short(hit.summary, maximumSummary / 2)
        return summary.isEmpty ? outlet(hit.feed) : summary
    }

    private static func summary(of hit: Hit) -> String {
        short(hit.summary, maximumSummary)
    }

    private static func link(_ url: String) -> String {
        let link = PlainText.link(url)
        return link.utf8.count <= maximumLink ? link : ""
    }

    private static func meta(of hit: Hit) -> String {
        join([outlet(hit.feed), hit.feed.country ?? "", why(hit.watches, [hit]), hit.severity.rawValue])
    }

    private static func meta(of story: StorySummary, hits: [Hit]) -> String {
        let outlets = "\(count(story.outlets, "outlet", "outlets")), first: \(outlet(story.opening.feed))"
        return join([
            outlets, list(story.countries, most: 8), why(story.watches, hits), story.severity.rawValue,
        ])
    }

    /// `Le Monde (independent)`; a class that nobody stated says nothing.
    private static func outlet(_ feed: Hit.FeedReference) -> String {
        let title = short(feed.title.isEmpty ? feed.id : feed.title, 80)
        return feed.sourceClass == .unknown ? title : "\(title) (\(feed.sourceClass.rawValue))"
    }

    /// The watches and the names that they matched, as printed; else the topics.
    private static func why(_ watches: [String], _ hits: [Hit]) -> String {
        var known: Set<String> = []
        var names = hits.flatMap(\.mentions).filter { $0.state == .accepted }.map { short($0.text, 60) }
            .filter { !$0.isEmpty && known.insert($0).inserted }
        if names.isEmpty { names = hits.flatMap(\.topics).map(\.id).filter { known.insert($0).inserted } }
        let watch = list(watches.map { short($0, 60) }, most: 4)
        return names.isEmpty ? watch : "\(watch): \(list(names, most: 3))"
    }

    private static func list(_ texts: [String], most: Int) -> String {
        let shown = texts.prefix(most).joined(separator: ", ")
        return texts.count > most ? "\(shown) +\(texts.count - most)" : shown
    }

    private static func join(_ parts: [String]) -> String { parts.filter { !$0.isEmpty }.joined(separator: " · ") }

    private static func count(_ number: Int, _ one: String, _ many: String) -> String {
        number == 1 ? "1 \(one)" : "\(number) \(many)"
    }

    /// One line of at most so many scalars. Of a text of megabytes only the beginning is looked at.
    private static func short(_ text: String, _ scalars: Int) -> String {
        let beginning = String(text.unicodeScalars.prefix(scalars * 16))
        return PlainText.cut(PlainText.line(beginning).trimmingWhitespace(), toScalars: scalars)
    }

    /// `2026-11-22 09:13 – 10:40`; the date of the end only where it is another.
    private static func period(_ range: ClosedRange<Instant>) -> String {
        let (start, end) = (minute(range.lowerBound), minute(range.upperBound))
        if start == end { return start }
        return "\(start) – \(range.lowerBound.day == range.upperBound.day ? String(end.suffix(5)) : end)"
    }

    private static func minute(_ instant: Instant) -> String {
        String(decoding: instant.rfc3339Bytes(withMilliseconds: false).prefix(16), as: UTF8.self)
            .replacing("T", with: " ")
    }
}

extension ChatText {
    /// Ids of the hits of the entries from `count` on, which found no room (W15).
    func hits(beyond count: Int) -> [String] { entries.dropFirst(count).flatMap(\.hits) }

    /// `+3 more` where `count` entries are shown and others are not; nil where all are.
    func remainder(_ count: Int) -> String? {
        count < entries.count ? "+\(entries.count - count) more" : nil
    }

    /// Title, summary, meta and entries as plain lines, for targets without markup and for notifications.
    func plainLines(entries count: Int) -> [String] {
        [title, summary, meta].filter { !$0.isEmpty }
            + entries.prefix(count).map { "• \($0.title) · \($0.meta)" } + [remainder(count)].compactMap { $0 }
    }
}

extension String {
    /// Without white space at either end.
    func trimmingWhitespace() -> String {
        let scalars = unicodeScalars
        guard let start = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[start...last])
    }
}
