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
        if format == "opml" { return OPML.list(bytes, file: file) }
        var text = String(decoding: bytes, as: UTF8.self)
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        let source = SourceFile(name: file, text: text)
        if String(validating: bytes, as: UTF8.self) == nil {
            source.report(.notUTF8, line: 0, column: 0)
            return FeedList(file: source, records: [])
        }
        let records = format == "txt" ? addresses(in: text, file: source) : YAMLFeedList(file: source).read(text)
        return FeedList(file: source, records: records)
    }

    private static func addresses(in text: String, file: SourceFile) -> [FeedRecord] {
        var records: [FeedRecord] = []
        var lines = TextLines(text)
        while let line = lines.next() {
            let scalars = line.unicodeScalars.drop(while: TextLines.isWhiteSpace)
            guard let first = scalars.first, first != "#" else { continue }
            let url = String(scalars.prefix { !TextLines.isWhiteSpace($0) })
            let column = 1 + line.unicodeScalars.distance(from: line.startIndex, to: scalars.startIndex)
            let place = (line: lines.number, column: column)
            let next = scalars.drop { !TextLines.isWhiteSpace($0) }.first { !TextLines.isWhiteSpace($0) }
            let isAlone = next == nil || next == "#"
            let address = FeedAddress(url)
            if address.mayHoldPassword { file.conceal(line: place.line) }
            switch address {
            case _ where !isAlone: file.report(.spaceInURL, line: place.line, column: place.column)
            case .unusable(let fault, _): file.report(fault, line: place.line, column: place.column)
            case .usable(let parts):
                if parts.hasUserInfo {
                    file.report(.userInfoInURL, line: place.line, column: place.column, severity: .warning)
                }
                let feed = Feed(
                    id: FeedIdentifier.derived(from: parts), url: url,
                    location: file.location(place.line, place.column))
                records.append(
                    FeedRecord(
                        feed: feed, address: parts, file: file, origin: .line, idPlace: place, hasDerivedID: true))
            }
        }
        return records
    }
}
