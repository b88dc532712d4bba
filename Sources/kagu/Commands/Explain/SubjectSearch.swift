// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel
import KaguStore

/// Finds what `kagu explain` is to explain: by a hit's id or its beginning, an item's URL, or an item's id.
struct SubjectSearch {
    /// The state directory.
    let directory: String
    /// The listed feeds.
    let feeds: FeedDirectory
    /// `urls.strip` (I2).
    var strippedParameters: Set<String> = []

    /// At most so many ids are listed for a beginning that several share.
    static let maximumListed = 5

    /// How far the time of an item may lie from that of the poll which brought it.
    static let pollTime = Duration.seconds(300)

    /// The subject that `name` means; throws a sentence where there is none, or where its text is not kept.
    func subject(_ name: String) throws -> ExplainSubject {
        if name.hasPrefix("h_") {
            if let hit = try self.hit(idPrefix: name) { return whole(hit) }
            if let item = archive.item(named: name) { return ExplainSubject(item, hit: nil, feeds: feeds) }
            throw CommandFailure(
                "explain: no stored hit's id begins with \"\(name)\"; kagu hits -o jsonl shows the ids")
        }
        let known = try knownItems(name)
        if let id = known?.lazy.compactMap(\.hitID).first, let hit = try self.hit(idPrefix: id) {
            return whole(hit)
        }
        if let known, !known.isEmpty {
            guard let item = archived(name, known) else { throw failure(name, known) }
            return ExplainSubject(item, hit: nil, feeds: feeds)
        }
        if let hit = self.hit(url: name) { return whole(hit) }
        // Without a database only the files can tell.
        if known == nil, let item = archive.item(named: name) {
            return ExplainSubject(item, hit: nil, feeds: feeds)
        }
        throw failure(name, [])
    }

    private var archive: ArchiveReader { ArchiveReader(directory: directory) }

    /// The hit with its whole text, where that is kept.
    private func whole(_ hit: Hit) -> ExplainSubject {
        archive.item(named: hit.id).map { ExplainSubject($0, hit: hit, feeds: feeds) }
            ?? ExplainSubject(hit, feeds: feeds)
    }

    /// The text of an item that the store knows: by the very name, else among those of the poll that brought it, since
    /// an address may be written in several ways.
    private func archived(_ name: String, _ known: [KnownItem]) -> ArchivedItem? {
        if let item = archive.item(named: name) { return item }
        guard let wanted = CanonicalURL(name, stripping: strippedParameters) else { return nil }
        for (feed, seen) in known.compactMap({ item in item.seen.map { (item.feedID, $0) } }) {
            var found: ArchivedItem?
            archive.read(since: seen - Self.pollTime) { line in
                guard let item = ArchivedItem(line: line) else { return true }
                let url = item.url.flatMap { CanonicalURL($0, stripping: strippedParameters) }
                if item.feed == feed, url?.text == wanted.text { found = item }
                return found == nil && item.seen <= seen + Self.pollTime
            }
            if let found { return found }
        }
        return nil
    }

    /// What the database knows under the name; nil where there is no database.
    private func knownItems(_ name: String) throws -> [KnownItem]? {
        guard let reader = try StateSnapshot.reader(directory) else { return nil }
        return try reader.items(named: name, strippedParameters: strippedParameters)
    }

    private func hit(idPrefix: String) throws -> Hit? {
        var query = HitQuery()
        query.idPrefix = idPrefix
        query.includesBaseline = true
        query.newestFirst = true
        var hits: [Hit] = []
        HitReader(directory: directory).read(query) { found in
            if found.hit.id == idPrefix {
                hits = [found.hit]
                return false
            }
            if !hits.contains(where: { $0.id == found.hit.id }) { hits.append(found.hit) }
            return hits.count <= Self.maximumListed
        }
        guard hits.count > 1 else { return hits.first }
        let ids = hits.prefix(Self.maximumListed).map(\.id).joined(separator: ", ")
        let more = hits.count > Self.maximumListed ? ", …" : ""
        throw CommandFailure(
            "explain: several hits' ids begin with \"\(idPrefix)\": \(ids)\(more); give more of the one meant")
    }

    /// The newest hit with a URL: for hit files without a database.
    private func hit(url: String) -> Hit? {
        guard let wanted = CanonicalURL(url, stripping: strippedParameters) else { return nil }
        var query = HitQuery()
        query.includesBaseline = true
        query.newestFirst = true
        var match: Hit?
        HitReader(directory: directory).read(query) { found in
            guard CanonicalURL(found.hit.url, stripping: strippedParameters)?.text == wanted.text else {
                return true
            }
            match = found.hit
            return false
        }
        return match
    }

    private func failure(_ name: String, _ known: [KnownItem]) -> CommandFailure {
        guard let item = known.first else {
            return CommandFailure(
                "explain: nothing is stored under \"\(VisibleText.escaped(name))\"; give a hit's id or its beginning, "
                    + "an item's URL or id, or a text with --item")
        }
        let when = item.seen.map { " on \($0.day)" } ?? ""
        return CommandFailure(
            "explain: the item came\(when) in the feed \(item.feedID) and matched nothing; its text is not kept "
                + "(store.retention.items): give it with --item")
    }
}
