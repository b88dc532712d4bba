// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// Which hits are asked for (O25): values of one list are alternatives, different members must all hold.
public struct HitQuery: Sendable {
    /// Seen at or after.
    public var since: Instant?
    /// Seen before.
    public var until: Instant?
    /// Ids of watches.
    public var watches: [String] = []
    /// Ids of entities.
    public var entities: [String] = []
    /// Ids of topics.
    public var topics: [String] = []
    /// Ids of feeds.
    public var feeds: [String] = []
    /// Classes in force.
    public var classes: [SourceClass] = []
    /// Item languages.
    public var langs: [String] = []
    /// Countries of feeds, upper case.
    public var countries: [String] = []
    /// That level and above.
    public var minimumSeverity: Severity?
    /// The story's id.
    public var story: String?
    /// What the hit's id begins with.
    public var idPrefix: String?
    /// What title and summary are to hold.
    public var text: TextQuery?
    /// Whether hits of a feed's first poll are wanted too.
    public var includesBaseline = false
    /// At most so many; the last ones where `takesLast`, else the first.
    public var limit: Int?
    /// Whether `limit` means the last hits (`-n`).
    public var takesLast = true
    /// Newest first.
    public var newestFirst = false

    /// All hits but those of first polls.
    public init() {}

    /// Whether a hit is asked for; `limit` does not count here.
    public func accepts(_ hit: Hit) -> Bool {
        guard includesBaseline || !hit.baseline else { return false }
        if let since, hit.seen < since { return false }
        if let until, hit.seen >= until { return false }
        if let minimumSeverity, hit.severity < minimumSeverity { return false }
        if let story, hit.story != story { return false }
        if let idPrefix, !hit.id.hasPrefix(idPrefix) { return false }
        guard Self.holds(feeds, hit.feed.id), Self.holds(classes, hit.feed.sourceClass),
            Self.holds(langs, hit.lang),
            countries.isEmpty || hit.feed.country.map(countries.contains) ?? false,
            Self.meets(watches, hit.watches), Self.meets(entities, hit.entities),
            topics.isEmpty || hit.topics.contains(where: { topics.contains($0.id) })
        else { return false }
        return text.map { $0.accepts(title: hit.title, summary: hit.summary) } ?? true
    }

    /// Whether anything is asked that an index answers.
    public var usesIndex: Bool {
        !watches.isEmpty || !entities.isEmpty || !topics.isEmpty || !feeds.isEmpty || !classes.isEmpty
            || !langs.isEmpty || !countries.isEmpty || minimumSeverity != nil || story != nil || idPrefix != nil
            || text != nil
    }

    /// The same of a scanned line; nil where that cannot be told without decoding it.
    func accepts(_ scan: HitLineScan, _ line: HitLineScan.Bytes) -> Bool? {
        guard includesBaseline || !scan.isBaseline else { return false }
        if let since, scan.seen < since { return false }
        if let until, scan.seen >= until { return false }
        guard usesIndex else { return true }
        if let minimumSeverity {
            guard let severity = HitLineScan.text(line, scan.severity).flatMap(Severity.init(rawValue:)) else {
                return nil
            }
            if severity < minimumSeverity { return false }
        }
        if let idPrefix {
            guard let id = HitLineScan.text(line, scan.id) else { return nil }
            guard id.hasPrefix(idPrefix) else { return false }
        }
        guard let isAccepted = acceptsLists(scan, line) else { return nil }
        guard isAccepted else { return false }
        guard let text else { return true }
        guard let title = HitLineScan.text(line, scan.title), let summary = HitLineScan.text(line, scan.summary)
        else {
            return nil
        }
        return text.accepts(title: title, summary: summary)
    }

    private func acceptsLists(_ scan: HitLineScan, _ line: HitLineScan.Bytes) -> Bool? {
        if let story {
            guard let isMet = HitLineScan.text(line, scan.story, isOneOf: [story]) else { return nil }
            guard isMet else { return false }
        }
        if !classes.isEmpty {
            let names = classes.map(\.rawValue)
            guard let isMet = HitLineScan.text(line, scan.sourceClass, isOneOf: names) else { return nil }
            guard isMet else { return false }
        }
        if !(feeds.isEmpty && langs.isEmpty && countries.isEmpty) {
            for (wanted, range) in [(feeds, scan.feedID), (langs, scan.lang), (countries, scan.country)]
            where !wanted.isEmpty {
                guard let isMet = HitLineScan.text(line, range, isOneOf: wanted) else { return nil }
                guard isMet else { return false }
            }
        }
        if !watches.isEmpty {
            guard let isMet = HitLineScan.strings(line, scan.watches, holdOneOf: watches) else { return nil }
            guard isMet else { return false }
        }
        if !entities.isEmpty {
            guard let isMet = HitLineScan.strings(line, scan.entities, holdOneOf: entities) else { return nil }
            guard isMet else { return false }
        }
        guard !topics.isEmpty else { return true }
        guard let scores = scan.topicScores(line) else { return nil }
        return scores.contains { topics.contains($0.id) }
    }

    /// Strings of which a line must hold one, for each list: what can be checked before a line is decoded.
    var needles: [[[UInt8]]] {
        let lists = [watches, entities, topics, feeds, story.map { [$0] } ?? []]
        let ids = idPrefix.flatMap { Self.isPlain($0) ? [[Array("\"id\":\"\($0)".utf8)]] : nil } ?? []
        return ids
            + lists.filter { !$0.isEmpty && $0.allSatisfy(Self.isPlain) }
            .map { list in list.map { Array("\"\($0)\"".utf8) } }
    }

    private static func holds<Value: Equatable>(_ wanted: [Value], _ value: Value) -> Bool {
        wanted.isEmpty || wanted.contains(value)
    }

    private static func meets(_ wanted: [String], _ values: [String]) -> Bool {
        wanted.isEmpty || values.contains(where: wanted.contains)
    }

    /// Whether JSON writes the text as it is.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }
}

/// A hit with its line.
public struct FoundHit: Sendable {
    /// The hit.
    public var hit: Hit
    /// Its line as it stands in the file, without the newline.
    public var line: ArraySlice<UInt8>
}

/// What a pass over the hit files met besides hits (O38, O41).
public struct HitReadSummary: Hashable, Sendable {
    /// Hits given.
    public var hits = 0
    /// Lines that are no hits.
    public var badLines = 0
    /// Lines of a later version.
    public var newerLines = 0
    /// Lines whose id had been given already (O37).
    public var repeatedLines = 0
    /// Files that were read where an index would have answered.
    public internal(set) var gaps: Set<IndexGap> = []
    /// Files whose texts were read where a full-text index would have answered.
    public internal(set) var textGaps: Set<IndexGap> = []
    /// Files of which some lines could not be read, in order; what was given is not all there is (O38).
    public internal(set) var unreadable: [UnreadableHitFile] = []

    /// Opens a file for reading; one that is there and cannot be read is noted.
    mutating func open(_ file: HitFileName, in path: String) -> LineReader? {
        do {
            return try LineReader.open("\(path)/\(file)")
        } catch {
            note(UnreadableHitFile(file, error))
            return nil
        }
    }

    /// Notes what reading a file has met.
    mutating func note(_ reader: borrowing LineReader, _ file: HitFileName) {
        if let problem = reader.problem { note(UnreadableHitFile(file, problem)) }
    }

    private mutating func note(_ file: UnreadableHitFile) {
        if !unreadable.contains(file) { unreadable.append(file) }
    }
}

/// What of a hit file has no index that can be used.
public struct IndexGap: Hashable, Sendable {
    /// The file.
    public let file: HitFileName
    /// Bytes without an index.
    public let bytes: Int
    /// Bytes of the file.
    public let fileBytes: Int

    /// Whether an index is to be made: of a day that is not over only where an eighth of its file, and a mebibyte at least,
    /// has none, so that what all the rebuilds of a day read stays in proportion to its size.
    func isWorthAnIndex(today: CivilDate) -> Bool { file.day < today || bytes > max(1 << 20, fileBytes / 8) }
}
