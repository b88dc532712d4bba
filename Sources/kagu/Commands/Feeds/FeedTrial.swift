// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import KaguMatch
import KaguModel

/// What a poll would make of a document: its state, its feed, and which items the watches find.
struct FeedTrial {
    /// A document, from a file or fetched.
    struct Document {
        /// For messages.
        var name: String
        /// Where it was found; nil for a file.
        var url: String?
        /// What it was sent with.
        var contentType: String?
        /// The bytes.
        var body: [UInt8]
    }

    /// An item with what it would be found by.
    struct Found {
        let item: Item
        let watches: [WatchMatch]
    }

    let document: Document
    /// The state that a feed would have after such a poll (H4).
    let state: FeedState
    /// Why; empty for a feed.
    let reason: String
    /// What was read; nil where the document is no feed.
    let feed: ParsedFeed?
    /// Its items, in document order.
    let items: [Found]

    /// Reads and matches.
    init(_ document: Document, matcher: Matcher?) {
        self.document = document
        let outcome = Self.parse(document)
        (state, reason, feed) = (outcome.state, outcome.reason, outcome.feed)
        items = (outcome.feed?.items ?? []).map { item in
            Found(item: item, watches: Self.watches(of: item, in: outcome.feed, document, matcher))
        }
    }

    /// Whether a poll would accept it.
    var isFeed: Bool { state == .ok }

    private static func parse(_ document: Document) -> (state: FeedState, reason: String, feed: ParsedFeed?) {
        do {
            let context = ParseContext(contentType: document.contentType, baseURL: document.url)
            let feed = try FeedParser.parse(document.body, context: context)
            guard feed.format.isSource else {
                return (.parse, "a plain sitemap is no feed: it has no titles; list a news sitemap or a feed", nil)
            }
            if feed.isExpired { return (.gone, "the feed says it has expired", feed) }
            return (.ok, "", feed)
        } catch {
            switch error {
            case .html: return (.html, error.description, nil)
            case .empty, .notAFeed, .tooLarge: return (.parse, error.description, nil)
            }
        }
    }

    private static func watches(
        of item: Item, in feed: ParsedFeed?, _ document: Document, _ matcher: Matcher?
    ) -> [WatchMatch] {
        guard let matcher else { return [] }
        return matcher.match(
            KaguMatch.Document(
                title: item.title, summary: item.summary, content: item.content, url: item.url,
                authors: item.authors.map(\.name), feedURL: document.url ?? "",
                declaredLanguage: [item.language, feed?.language ?? ""].first { !$0.isEmpty } ?? "",
                published: item.published?.instant)
        ).watches
    }
}

/// Prints a trial.
struct FeedTrialPrinter {
    let paint: Paint
    /// So many items are printed.
    let itemCount: Int

    /// For people.
    func text(_ trial: FeedTrial) -> String {
        let style: Paint.Style = trial.isFeed ? .green : .red
        let reason = trial.reason.isEmpty ? "" : ": \(VisibleText.escaped(trial.reason))"
        var lines = ["\(VisibleText.escaped(trial.document.name)): \(paint(trial.state.rawValue, style))\(reason)"]
        guard let feed = trial.feed else { return lines[0] + "\n" }
        let found = trial.items.count { !$0.watches.isEmpty }
        if let url = trial.document.url { lines.append("address   \(VisibleText.escaped(ShownAddress.text(url)))") }
        lines.append("format    \(feed.format.rawValue), \(feed.encoding)")
        if !feed.title.isEmpty { lines.append("title     \(VisibleText.escaped(feed.title))") }
        if !feed.language.isEmpty { lines.append("language  \(VisibleText.escaped(feed.language))") }
        lines.append("items     \(feed.items.count), of which the watches find \(found)")
        lines += feed.problems.prefix(5).map { "problem   line \($0.line): \(VisibleText.escaped($0.message))" }
        if feed.problems.count > 5 { lines.append("problem   and \(feed.problems.count - 5) more; see kagu parse") }
        lines += trial.items.prefix(itemCount).map(line)
        return lines.map { $0 + "\n" }.joined()
    }

    private func line(_ found: FeedTrial.Found) -> String {
        let date = found.item.published?.instant.map { "\($0.day)" } ?? "no date   "
        let watches = found.watches.map(\.id).joined(separator: ", ")
        let hit = watches.isEmpty ? "" : "  \(paint("[\(watches)]", .match))"
        return "  \(paint(date, .dim))  \(VisibleText.escaped(found.item.title))\(hit)"
    }

    /// One object; absent values left out.
    func json(_ trial: FeedTrial) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("state", trial.state.rawValue)
            json.member("reason", ifPresent: trial.reason)
            json.member("url", ifPresent: trial.document.url.map(ShownAddress.text))
            guard let feed = trial.feed else { return }
            json.member("format", feed.format.rawValue)
            json.member("encoding", feed.encoding)
            json.member("title", ifPresent: feed.title)
            json.member("language", ifPresent: feed.language)
            json.member("item_count", feed.items.count)
            json.member("problems", feed.problems.map { "line \($0.line): \($0.message)" })
            json.member(
                "items",
                array: { json in
                    for found in trial.items.prefix(itemCount) {
                        json.object { json in
                            json.member("id", found.item.id)
                            json.member("url", ifPresent: found.item.url)
                            json.member("title", found.item.title)
                            json.member("published", found.item.published?.instant)
                            json.member("watches", found.watches.map(\.id))
                        }
                    }
                })
        }
        return json.text
    }
}
