// SPDX-License-Identifier: Apache-2.0

import KaguBytes

/// Reads feeds: bytes in, values out (F1). Pure: no clock, no files, no network; any input is safe.
public enum FeedParser {
    /// Reads a document of any format of F3, judged by its content; throws when it is no feed (F18). A gzip body is
    /// inflated first, up to `limits.bodyBytes` (F4).
    public static func parse(
        _ bytes: [UInt8], context: ParseContext = ParseContext()
    ) throws(ParseFailure) -> ParsedFeed {
        let source = SourceEncoding.decode(try inflated(bytes, context.limits), context: context)
        guard let first = source.bytes.first(where: { !$0.isSpace && $0 != 0 }) else { throw .empty }
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
            var (draft, problems) = try JSONFeedReader.read(source, context: context)
            draft.finish()
            draft.feed.problems = problems.problems(in: source.bytes)
            return draft.feed
        }
        return try parseXML(source, context)
    }

    private static func inflated(_ bytes: [UInt8], _ limits: ParseLimits) throws(ParseFailure) -> [UInt8] {
        guard Gzip.isGzip(bytes) else { return bytes }
        do {
            return try Gzip.inflate(bytes, limit: limits.bodyBytes)
        } catch {
            switch error {
            case .exceedsLimit: throw .tooLarge(limit: limits.bodyBytes)
            case .damaged, .truncated: throw .notAFeed(reason: error.description)
            }
        }
    }

    private static func parseXML(_ source: DecodedSource, _ context: ParseContext) throws(ParseFailure)
        -> ParsedFeed
    {
        var document = XMLDocument(
            bytes: source.bytes, baseURL: context.baseURL ?? "", limits: context.limits, problems: source.problems)
        _ = try document.findRoot()
        var draft = FeedDraft(format: .rss20, encoding: source.encoding, context: context)
        switch document.root {
        case .rss, .rdf, nil: (draft, document) = RSSReader.read(document, draft)
        case .atom, .entry: (draft, document) = AtomReader.read(document, draft)
        case .urlset, .sitemapIndex: (draft, document) = SitemapReader.read(document, draft)
        case .cdf:
            draft.feed.format = .cdf
            (draft, document) = CDFReader.read(document, draft)
        }
        if document.root == .rdf, draft.feed.items.isEmpty, !document.hasRSS {
            throw .notAFeed(reason: "RDF without RSS in it")
        }
        draft.feed.isComplete = document.isComplete
        draft.finish()
        draft.feed.problems = document.problems.problems(in: source.bytes)
        return draft.feed
    }
}
