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
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let url = words.first, !url.hasPrefix("#") else { continue }
            let column = 1 + line.unicodeScalars.prefix { $0.properties.isWhitespace }.count
            let place = (line: index + 1, column: column)
            let isAlone = words.count == 1 || words[1].hasPrefix("#")
            let hasUserInfo = mayHoldPassword(String(url))
            if hasUserInfo { file.conceal(line: place.line) }
            if let fault = isAlone ? fault(ofURL: String(url)) : .spaceInURL {
                file.report(fault, line: place.line, column: place.column)
                continue
            }
            if hasUserInfo {
                file.report(.userInfoInURL, line: place.line, column: place.column, severity: .warning)
            }
            let feed = Feed(
                id: FeedIdentifier.derived(from: String(url)), url: String(url),
                location: file.location(place.line, place.column))
            records.append(FeedRecord(feed: feed, file: file, origin: .line, idPlace: place, hasDerivedID: true))
        }
        return records
    }

    /// Whether an address has user info; of what is no URL, whether it may.
    static func mayHoldPassword(_ text: String) -> Bool { WebAddress(text)?.hasUserInfo ?? text.contains("@") }

    /// What keeps `text` from being an http or https URL with a host; nil for one.
    static func fault(ofURL text: String) -> ConfigFault? {
        if text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) { return .spaceInURL }
        let scheme = text.firstRange(of: "://").map { text[..<$0.lowerBound].lowercased() }
        guard scheme == "http" || scheme == "https" else { return .noFeedURL }
        if text.utf8.count > WebAddress.maximumBytes { return .urlTooLong }
        return WebAddress(text) == nil ? .noHost : nil
    }
}
