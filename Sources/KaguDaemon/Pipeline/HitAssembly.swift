// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import KaguMatch
import KaguModel
import KaguStore

/// Turns items into what the store and the matcher take, and what matched into hits (W2): values in, values out.
struct HitAssembly: Hashable, Sendable {
    /// Names of `urls.strip` (I2).
    let strippedParameters: Set<String>

    /// The item's text with what is known of its source, for the matcher.
    func document(_ new: NewItem, _ feed: Feed, _ parsed: ParsedFeed) -> Document {
        let item = new.item
        return Document(
            title: item.title, summary: item.summary, content: item.content, url: item.url,
            authors: item.authors.map(\.name), feedID: feed.id, feedURL: feed.url,
            sourceClass: item.published?.instant.map(feed.sourceClass(at:)) ?? feed.classes.last?.sourceClass,
            country: feed.country,
            declaredLanguage: declaredLanguage(new, feed, parsed),
            published: item.published?.instant)
    }

    /// The language that the item declares, else its document, else the feed list; empty when none does (M50).
    func declaredLanguage(_ new: NewItem, _ feed: Feed, _ parsed: ParsedFeed) -> String {
        [new.item.language, parsed.language, feed.language].first { !$0.isEmpty } ?? ""
    }

    /// The hit that an item is; nil when no watch matched.
    func hit(
        _ new: NewItem, _ result: MatchResult, _ feed: Feed, _ parsed: ParsedFeed, seen: Instant, baseline: Bool
    ) -> Hit? {
        guard let best = result.watches.first else { return nil }
        let item = new.item
        let published = item.published?.instant
        let title = [feed.title, parsed.title].first { !$0.isEmpty } ?? feed.id
        let link = item.links.first { $0.rel == "canonical" }?.href ?? item.url
        return Hit(
            id: new.hitID, seen: seen, published: published,
            feed: .init(
                id: feed.id, title: title, sourceClass: feed.sourceClass(at: published ?? seen),
                country: feed.country.isEmpty ? nil : feed.country),
            url: CanonicalURL.withoutTracking(link, stripping: strippedParameters), title: item.title,
            summary: summary(of: item), lang: result.language, watches: result.watches.map(\.id),
            entities: result.entities, topics: result.topics,
            severity: result.watches.map(\.severity).max() ?? best.severity,
            score: result.watches.map(\.score).max() ?? best.score, story: new.storyID, revision: new.revision,
            baseline: baseline, mentions: result.mentions)
    }

    /// The summary, or the beginning of the content where a feed gives none; at most 1,000 scalars.
    private func summary(of item: Item) -> String {
        let text = item.summary.isEmpty ? item.content : item.summary
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(Hit.maximumSummaryScalars)))
    }
}

extension NewItem {
    /// Whether it was a hit before its text changed: it has a story then, and keeps it (I7).
    var wasHit: Bool {
        switch novelty {
        case .new: false
        case .revised(let revision): revision.story != nil
        }
    }

    /// Whether a hit on these watches tells something new: a revision is news only to a watch that has not matched
    /// the item before (I7). The others are told as updates of their story (R7).
    func isNews(to watches: [String]) -> Bool {
        switch novelty {
        case .new: true
        case .revised(let revision): !revision.watches.isSuperset(of: watches)
        }
    }
}
