// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// Reads feed lists: `*.yaml` (H1), `*.opml` (H2) and `*.txt`, one URL a line.
public enum FeedListReader {
    /// The extensions of files that are feed lists.
    static let extensions = ["yaml", "yml", "opml", "txt"]

    /// The feeds of one list, in file order, and what is wrong with it. `file` names the list in messages, and
    /// its extension tells the format. Ids and URLs are checked against other lists only by `ConfigLoader`.
    public static func parse(_ bytes: [UInt8], file: String) -> (feeds: [Feed], problems: [ConfigProblem]) {
        let list = read(bytes, file: file)
        return (list.records.map(\.feed), list.file.problems)
    }

    /// The feeds with the places that later checks need.
    static func read(_ bytes: [UInt8], file: String) -> FeedList {
        let format = FilePath.fileExtension(of: file)
        var text = String(decoding: bytes, as: UTF8.self)
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        let source = SourceFile(name: file, text: text)
        if format != "opml", String(validating: bytes, as: UTF8.self) == nil {
            source.report(.notUTF8, line: 0, column: 0)
            return FeedList(file: source, records: [])
        }
        let records: [FeedRecord] =
            switch format {
            case "opml": OPML.records(in: text, file: source)
            case "txt": addresses(in: text, file: source)
            default: YAMLFeedList(file: source).read(text)
            }
        return FeedList(file: source, records: records)
    }

    private static func addresses(in text: String, file: SourceFile) -> [FeedRecord] {
        var records: [FeedRecord] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let url = words.first, !url.hasPrefix("#") else { continue }
            let column = 1 + line.unicodeScalars.prefix { $0.properties.isWhitespace }.count
            let place = (line: index + 1, column: column)
            guard isFeedURL(String(url)), words.count == 1 || words[1].hasPrefix("#") else {
                file.report(.noFeedURL, line: place.line, column: place.column)
                continue
            }
            let feed = Feed(
                id: FeedIdentifier.derived(from: String(url)), url: String(url),
                location: file.location(place.line, place.column))
            records.append(FeedRecord(feed: feed, file: file, origin: .line, idPlace: place, hasDerivedID: true))
        }
        return records
    }

    /// Whether `text` is an http or https URL with a host.
    static func isFeedURL(_ text: String) -> Bool {
        WebAddress(text).map { ["http", "https"].contains($0.scheme) } ?? false
    }
}
