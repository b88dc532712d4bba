// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// A hit as messages carry it (W2): its text neutralised (W16), its mentions the first ten accepted.
struct HitRecord: Hashable, Sendable {
    /// Mentions in a message at most.
    static let maximumMentions = 10

    /// How far a record has been cut because its message would pass the limit of W15, the least first.
    enum Detail: CaseIterable {
        /// Nothing is left out.
        case full
        /// 300 scalars of title and summary, 20 ids of each list, three mentions.
        case brief
        /// 100 scalars of title, no summary, five ids of each list, no mentions, no link over 2,000 bytes.
        case least
    }

    private var hit: Hit

    init(_ original: Hit, detail: Detail = .full) {
        hit = original
        hit.mentions = original.mentions.filter { $0.state == .accepted }.prefix(Self.maximumMentions)
            .map { Self.moved($0, in: original) }
        hit.title = PlainText.line(original.title)
        hit.summary = PlainText.paragraphs(original.summary)
        hit.feed.title = PlainText.line(original.feed.title)
        hit.url = PlainText.link(original.url)
        switch detail {
        case .full: break
        case .brief: cut(text: 300, summary: 300, ids: 20, mentions: 3)
        case .least:
            cut(text: 100, summary: 0, ids: 5, mentions: 0)
            if hit.url.utf8.count > 2000 { hit.url = "" }
        }
    }

    /// The record as JSON, members in the order of DESIGN §6 without `v`.
    func write(to json: inout JSONWriter) {
        json.object { json in
            hit.writeMembers(to: &json) { mention, json in
                json.object { json in
                    json.member("entity", mention.entity)
                    json.member("text", mention.text)
                    json.member("field", mention.field.rawValue)
                    json.member("start", mention.start)
                    json.member("end", mention.end)
                }
            }
        }
    }

    private mutating func cut(text: Int, summary: Int, ids: Int, mentions: Int) {
        hit.title = PlainText.cut(hit.title, toScalars: text)
        hit.feed.title = PlainText.cut(hit.feed.title, toScalars: text)
        hit.summary = summary == 0 ? "" : PlainText.cut(hit.summary, toScalars: summary)
        hit.watches = Array(hit.watches.prefix(ids))
        hit.entities = Array(hit.entities.prefix(ids))
        hit.topics = Array(hit.topics.prefix(ids))
        hit.mentions = hit.mentions.prefix(mentions).filter { $0.text.utf8.count <= 500 }
    }

    /// The mention with its text neutralised and its span where that text now stands in title or summary.
    private static func moved(_ mention: Mention, in hit: Hit) -> Mention {
        var moved = mention
        moved.text = PlainText.line(mention.text)
        let clean: (String) -> String
        let field: String
        switch mention.field {
        case .title: (field, clean) = (hit.title, PlainText.line)
        case .summary: (field, clean) = (hit.summary, PlainText.paragraphs)
        case .content, .url, .author: return moved
        }
        moved.start = length(of: field, upTo: mention.start, after: clean)
        moved.end = length(of: field, upTo: mention.end, after: clean)
        return moved
    }

    /// The length in UTF-8 of what `clean` makes of the first `end` bytes; `end` itself where they do not exist
    /// (the summary of a hit is shortened, its mentions may lie behind its end).
    private static func length(of text: String, upTo end: Int, after clean: (String) -> String) -> Int {
        guard let index = text.utf8.index(text.utf8.startIndex, offsetBy: end, limitedBy: text.utf8.endIndex),
            end >= 0
        else { return end }
        return clean(String(text[..<index])).utf8.count
    }
}
