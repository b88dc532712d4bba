// SPDX-License-Identifier: Apache-2.0

import KaguMatch
import KaguModel
import KaguStore

/// What is to be explained: an item's text, and the hit that it was, if it was one.
struct ExplainSubject {
    /// Where the text comes from.
    enum Origin: String {
        /// The line of a hit: title and the beginning of the summary.
        case hit
        /// The archive of items.
        case archive
        /// The command's own input.
        case input
    }

    /// The stored hit; nil for input, and for items that matched nothing.
    var hit: Hit?
    /// The text as it was matched.
    var text: PlainFields
    /// The text and its source, for the matcher.
    var document: Document
    /// Where the text comes from.
    var origin: Origin
    /// When it was stored.
    var seen: Instant?

    /// An item as `kagu match` reads it.
    init(_ input: MatchInput, feeds: FeedDirectory, now: Instant) {
        text = PlainFields(input)
        document = feeds.document(input, text, now: now)
        origin = .input
    }

    /// An item of the archive, and the hit that it was, if it was one.
    init(_ item: ArchivedItem, hit: Hit?, feeds: FeedDirectory) {
        text = PlainFields(title: item.title ?? "", summary: item.summary ?? "", content: item.content ?? "")
        let input = MatchInput(
            url: item.url, feed: item.feed, lang: item.lang, published: item.published, authors: item.authors,
            seen: item.seen)
        document = feeds.document(input, text, now: item.seen)
        if let feed = hit?.feed {
            document.sourceClass = feed.sourceClass
            document.country = feed.country ?? ""
        }
        origin = .archive
        self.hit = hit
        seen = item.seen
    }

    /// A hit, of which the line keeps title and summary; the feed's address and language come from the lists.
    init(_ hit: Hit, feeds: FeedDirectory) {
        let isContent = Self.summaryIsContent(hit)
        text = PlainFields(
            title: hit.title, summary: isContent ? "" : hit.summary, content: isContent ? hit.summary : "")
        let input = MatchInput(url: hit.url, feed: hit.feed.id, published: hit.published)
        document = feeds.document(input, text, now: hit.seen)
        document.sourceClass = hit.feed.sourceClass
        document.country = hit.feed.country ?? ""
        origin = .hit
        self.hit = hit
        seen = hit.seen
    }

    /// A hit's line has the beginning of the content where the feed gave no summary; its mentions tell.
    private static func summaryIsContent(_ hit: Hit) -> Bool {
        let bytes = Array(hit.summary.utf8)
        return hit.mentions.contains { mention in
            mention.field == .content && mention.start < mention.end && mention.end <= bytes.count
                && bytes[mention.start..<mention.end].elementsEqual(mention.text.utf8)
        }
    }

    /// The stored mentions whose text is not kept, in the order of the hit.
    var mentionsWithoutText: [Mention] {
        guard origin == .hit else { return [] }
        return (hit?.mentions ?? []).filter { mention in
            guard let field = text[mention.field] else { return mention.field == .author }
            let bytes = field.utf8
            return mention.end > bytes.count
                || !bytes.dropFirst(mention.start).prefix(mention.end - mention.start).elementsEqual(
                    mention.text.utf8)
        }
    }
}
