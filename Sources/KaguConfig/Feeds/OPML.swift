// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// Feed lists of other readers (H2). Nested outlines and `category` become tags; attribute names match without case;
/// `kagu:` attributes carry id, class, country, tags, interval and what else OPML has no attribute for. `include`
/// outlines are not followed, entities of a DOCTYPE not expanded.
public enum OPML {
    /// So many outlines around a feed become tags; the names of deeper ones do not.
    static let maximumFolders = 32

    /// The feeds of a document, in its order, and what is wrong with it. Any bytes are safe.
    public static func read(_ bytes: [UInt8], file: String) -> (feeds: [Feed], problems: [ConfigProblem]) {
        let list = list(bytes, file: file)
        return (list.records.map(\.feed), list.file.problems)
    }

    /// The feeds with the places that later checks need.
    static func list(_ bytes: [UInt8], file name: String) -> FeedList {
        do {
            let text = try ListEncoding.decode(bytes)
            let file = SourceFile(name: name, text: text)
            var reading = OPMLReading(file: file)
            reading.read(text)
            return FeedList(file: file, records: reading.records)
        } catch {
            let file = SourceFile(name: name, text: String(decoding: bytes, as: UTF8.self))
            if error.label.isEmpty {
                file.report(.notUTF8, line: 0, column: 0)
            } else {
                file.report(.foreignEncoding(error.label), line: 1, column: 1)
            }
            return FeedList(file: file, records: [])
        }
    }
}

/// One document on its way into records.
private struct OPMLReading {
    let file: SourceFile
    private(set) var records: [FeedRecord] = []
    /// The names of the open outlines; nil for one that is itself a feed or has no name.
    private var open: [String?] = []
    private var isOPML = false
    private var isClosed = false
    private var isTooDeep = false

    init(file: SourceFile) { self.file = file }

    mutating func read(_ text: String) {
        var tags = XMLTags(text)
        while let tag = tags.next() {
            switch tag.name {
            case "opml": isOPML = true
            case "/opml": isClosed = true
            case "/outline": _ = open.popLast()
            case "outline": outline(tag)
            default: break
            }
        }
        if !isOPML {
            file.report(.notOPML, line: 0, column: 0)
        } else if let cut = tags.unfinished {
            file.report(.cutOPML, line: cut.line, column: cut.column)
        } else if !isClosed {
            file.report(.cutOPML, line: 0, column: 0)
        }
    }

    private mutating func outline(_ tag: XMLTags.Tag) {
        let record = OutlineReader(tag: tag, file: file).record(folders: open.prefix(OPML.maximumFolders))
        if let record { records.append(record) }
        guard !tag.isSelfClosing else { return }
        open.append(record == nil ? tag.title : nil)
        if open.count > OPML.maximumFolders, !isTooDeep {
            isTooDeep = true
            file.report(
                .deepOPML(limit: OPML.maximumFolders), line: tag.line, column: tag.column, severity: .warning)
        }
    }
}
