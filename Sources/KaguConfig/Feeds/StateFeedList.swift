// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// The list of the feeds that commands have added: `feeds.yaml` in the state directory (H3), a list like the others
/// and always loaded. A value: `adding` and `removing` give a changed one, `write` puts it on disk. What they do not
/// change keeps its writing, comments included.
public struct StateFeedList: Sendable {
    /// The file's name in the state directory.
    public static let fileName = "feeds.yaml"

    /// Where the file is or will be.
    public let path: String
    /// Its feeds, in order, each with its place.
    public let feeds: [Feed]
    private let text: String

    private init(path: String, text: String, feeds: [Feed]) {
        self.path = path
        self.text = text
        self.feeds = feeds
    }

    /// Reads the list of a state directory; a missing file is an empty list. Throws every problem of a file that
    /// has errors: such a file is never overwritten.
    public static func read(inStateDirectory directory: String) throws(ConfigFailure) -> StateFeedList {
        let path = FilePath.resolve(fileName, below: directory.hasSuffix("/") ? directory : directory + "/")
        let bytes: [UInt8]
        do {
            bytes = try FileReader.read(path).bytes
        } catch {
            switch error {
            case .missing: return StateFeedList(path: path, text: "", feeds: [])
            case .refused(let reason): throw failure(.unreadable(path: path, reason: reason))
            case .tooLarge(let limit): throw failure(.tooLarge(limit: limit), at: SourceLocation(file: path))
            }
        }
        let (feeds, problems) = FeedListReader.parse(bytes, file: path)
        guard !problems.contains(where: { $0.severity == .error }) else { throw ConfigFailure(problems) }
        return StateFeedList(path: path, text: String(decoding: bytes, as: UTF8.self), feeds: feeds)
    }

    /// Takes feeds out. Throws, and changes nothing, when one of them is not in this list: the problem names file
    /// and line of a feed of another list in `listed`, or the nearest id.
    public func removing(_ ids: [String], listed: [Feed]) throws(ConfigFailure) -> StateFeedList {
        let problems = Set(ids).sorted().compactMap { id -> ConfigProblem? in
            if feeds.contains(where: { $0.id == id }) { return nil }
            if let other = listed.first(where: { $0.id == id }), let place = other.location, place.file != path {
                return ConfigProblem(ConfigFault.feedOfOtherList(id, place, own: path).wording, at: place)
            }
            let known = (feeds + listed).map(\.id)
            return ConfigProblem(ConfigFault.unknownFeed(id, known: known).wording)
        }
        guard problems.isEmpty else { throw ConfigFailure(problems) }
        let (gone, kept) = (feeds.filter { ids.contains($0.id) }, feeds.filter { !ids.contains($0.id) })
        let edited = StateFeedText(text).removing(
            Set(gone.compactMap(\.location)), among: feeds.compactMap(\.location))
        return try changed(to: kept, edited: edited)
    }

    /// This list with other feeds. `edited` is taken if it says just that; else the file is written anew.
    func changed(to feeds: [Feed], edited: String) throws(ConfigFailure) -> StateFeedList {
        var problems: [ConfigProblem] = []
        for text in [edited, StateFeedText(text).rewritten(feeds)] {
            let (read, found) = FeedListReader.parse(Array(text.utf8), file: path)
            if read.map(\.unplaced) == feeds.map(\.unplaced) {
                return StateFeedList(path: path, text: text, feeds: read)
            }
            problems = found
        }
        guard problems.contains(where: { $0.severity == .error }) else {
            throw Self.failure(.unwritableFeed, at: SourceLocation(file: path))
        }
        throw ConfigFailure(problems)
    }

    /// The text with entries at its end.
    func appended(_ added: [Feed]) -> String {
        let text = text.isEmpty ? StateFeedText.heading : text
        return StateFeedText(text).appending(added, toEntriesAt: feeds.compactMap(\.location))
    }

    /// Writes the file so that a crash leaves the old or the new one whole: a temporary file, synced, renamed, the
    /// directory synced; mode 0640 (O33). Throws when the system refuses.
    public func write() throws(ConfigFailure) {
        do {
            try FileWriter.replace(path, with: Array(text.utf8), mode: 0o640)
        } catch {
            throw Self.failure(.unwritable(path: path, reason: error.reason))
        }
    }

    private static func failure(_ fault: ConfigFault, at location: SourceLocation? = nil) -> ConfigFailure {
        ConfigFailure([ConfigProblem(fault.wording, at: location)])
    }
}

extension Feed {
    /// The feed without the place where it stands.
    var unplaced: Feed { with(location: .some(nil)) }
}
