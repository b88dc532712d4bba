// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// A feed as one list describes it, with the places that later checks complain about.
struct FeedRecord {
    /// A line and column from 1.
    typealias Place = (line: Int, column: Int)

    /// What kind of entry describes it.
    enum Origin {
        /// An item of a YAML list, with its key path, `feeds[3]`.
        case entry(path: String)
        /// An outline of an OPML file, with its title.
        case outline(title: String)
        /// A line of a text file.
        case line

        /// How messages name a key of the entry.
        func keyPath(_ key: String) -> String {
            switch self {
            case .entry(let path): "\(path).\(key)"
            case .outline(let title): "outline \"\(title)\": \(key == "url" ? "xmlUrl" : "kagu:\(key)")"
            case .line: ""
            }
        }
    }

    var feed: Feed
    /// The parts of its URL.
    let address: WebAddress
    /// The list.
    let file: SourceFile
    /// The entry.
    let origin: Origin
    /// Where the id stands, or the entry where it was derived.
    let idPlace: Place
    /// Whether the id was made from the URL.
    let hasDerivedID: Bool
    /// Where `interval` stands.
    var intervalPlace: Place?
    /// Where `headers` stands.
    var headersPlace: Place?

    /// Reports on a key of this entry.
    func report(_ fault: ConfigFault, key: String, at place: Place, severity: ConfigProblem.Severity = .error) {
        file.report(
            fault, path: origin.keyPath(key), line: place.line, column: place.column, severity: severity)
    }
}

/// One list with its feeds.
struct FeedList {
    let file: SourceFile
    var records: [FeedRecord]
}
