// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// Feed lists of other readers (H2). Nested outlines become tags; attribute names match without case; `kagu:`
/// attributes carry id, class, country, tags and interval. `include` outlines are not followed.
public enum OPML {
    /// The feeds of a document, in its order, and what is wrong with it.
    public static func read(_ bytes: [UInt8], file: String) -> (feeds: [Feed], problems: [ConfigProblem]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let source = SourceFile(name: file, text: text)
        let records = records(in: text, file: source)
        return (records.map(\.feed), source.problems)
    }

    /// A document that `read` takes back: one outline a feed, nested by its first tag. Headers are omitted, for
    /// they may be secrets; user info in a URL is not ours to remove.
    public static func write(_ feeds: [Feed], title: String = "kagu feeds") -> [UInt8] {
        var out = """
            <?xml version="1.0" encoding="UTF-8"?>
            <opml version="2.0" xmlns:kagu="urn:kagu:opml">
              <head><title>\(escape(title))</title></head>
              <body>\n
            """
        for feed in feeds {
            var attributes = [("type", "rss"), ("text", feed.title.isEmpty ? feed.id : feed.title)]
            attributes.append(("xmlUrl", feed.url))
            if !feed.language.isEmpty { attributes.append(("language", feed.language)) }
            attributes.append(("kagu:id", feed.id))
            if !feed.classes.isEmpty { attributes.append(("kagu:class", classText(feed.classes))) }
            if !feed.country.isEmpty { attributes.append(("kagu:country", feed.country)) }
            if !feed.tags.isEmpty { attributes.append(("kagu:tags", feed.tags.joined(separator: ","))) }
            if let interval = feed.interval { attributes.append(("kagu:interval", DurationText.format(interval))) }
            if !feed.isEnabled { attributes.append(("kagu:enabled", "false")) }
            out += "    <outline" + attributes.map { " \($0)=\"\(escape($1))\"" }.joined() + "/>\n"
        }
        out += "  </body>\n</opml>\n"
        return Array(out.utf8)
    }

    /// `independent@2009-01-01,state@2017-05-01`; an undated class stands alone.
    private static func classText(_ classes: [DatedClass]) -> String {
        classes.map { entry in entry.sourceClass.rawValue + (entry.from.map { "@\($0.day)" } ?? "") }
            .joined(separator: ",")
    }

    private static func escape(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { out, scalar in
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            default: if scalar.value >= 0x20 { out.unicodeScalars.append(scalar) } else { out += " " }
            }
        }
    }
}

extension OPML {
    /// The feeds with the places that later checks need.
    static func records(in text: String, file: SourceFile) -> [FeedRecord] {
        var tags = XMLTags(text)
        var records: [FeedRecord] = []
        // The names of the open outlines; nil for one that is itself a feed or has no name.
        var open: [String?] = []
        var isOPML = false
        while let tag = tags.next() {
            switch tag.name {
            case "?xml":
                if let name = tag["encoding"], !["utf-8", "utf8", "us-ascii", "ascii"].contains(name.lowercased()) {
                    file.report(.foreignEncoding(name), line: tag.line, column: tag.column)
                    return []
                }
            case "opml": isOPML = true
            case "/outline": _ = open.popLast()
            case "outline":
                let folders = open.compactMap { $0 }
                let record = feed(tag, folders: folders, file: file)
                if let record { records.append(record) }
                if !tag.isSelfClosing { open.append(record == nil ? tag.title : nil) }
            default: break
            }
        }
        if !isOPML { file.report(.notOPML, line: 0, column: 0) }
        return records
    }

    private static func feed(_ tag: XMLTags.Tag, folders: [String], file: SourceFile) -> FeedRecord? {
        let place = (line: tag.line, column: tag.column)
        let origin = FeedRecord.Origin.outline(title: tag.title ?? "")
        func report(_ fault: ConfigFault, key: String = "", _ severity: ConfigProblem.Severity = .error) {
            file.report(
                fault, path: key.isEmpty ? "" : origin.keyPath(key), line: place.line, column: place.column,
                severity: severity)
        }
        let type = tag["type"]?.lowercased()
        if type == "include" {
            report(.include(tag["url"] ?? tag["xmlurl"] ?? ""), .warning)
            return nil
        }
        guard let url = tag["xmlurl"]?.trimmed, !url.isEmpty else {
            if type == "rss" { report(.outlineWithoutURL(tag.title ?? ""), .warning) }
            return nil
        }
        guard FeedListReader.isFeedURL(url) else {
            report(.noFeedURL, key: "url")
            return nil
        }
        let writtenID = tag["kagu:id"]
        if let writtenID, !FeedIdentifier.isValid(writtenID) {
            report(.noFeedID(writtenID, remedy: FeedIdentifier.slug(writtenID)), key: "id")
            return nil
        }
        let listed = (tag["kagu:tags"] ?? "").split(separator: ",").map { String($0).trimmed }.filter {
            !$0.isEmpty
        }
        let attributes = OPMLAttributes(tag: tag, report: { report($0, key: $1) })
        let feed = Feed(
            id: writtenID ?? FeedIdentifier.derived(from: url), url: url, title: tag.title ?? "",
            language: tag["language"].flatMap { CodeLists.isLanguageTag($0) ? $0 : nil } ?? "",
            country: attributes.country, classes: attributes.classes,
            tags: folders.filter { !listed.contains($0) } + listed, interval: attributes.interval,
            isEnabled: tag["kagu:enabled"] != "false", location: file.location(place.line, place.column))
        return FeedRecord(
            feed: feed, file: file, origin: origin, idPlace: place, hasDerivedID: writtenID == nil,
            intervalPlace: place)
    }
}

/// The `kagu:` attributes of an outline that have values of their own kinds.
private struct OPMLAttributes {
    let tag: XMLTags.Tag
    let report: (ConfigFault, String) -> Void

    var country: String {
        guard let text = tag["kagu:country"]?.uppercased() else { return "" }
        guard CodeLists.isCountry(text) else {
            report(.unknownCountry(text), "country")
            return ""
        }
        return text
    }

    var interval: Duration? {
        guard let text = tag["kagu:interval"] else { return nil }
        guard let interval = try? DurationText.parse(text), interval >= .seconds(1),
            interval <= PollSettings.longestInterval
        else {
            report(.noDuration(text), "interval")
            return nil
        }
        return interval
    }

    var classes: [DatedClass] {
        (tag["kagu:class"] ?? "").split(separator: ",").compactMap { part in
            let sides = part.split(separator: "@", maxSplits: 1).map { String($0).trimmed }
            guard let name = sides.first, let sourceClass = SourceClass(rawValue: name) else {
                report(.notAmong(String(part).trimmed, allowed: SourceClass.allCases.map(\.rawValue)), "class")
                return nil
            }
            guard sides.count == 2 else { return DatedClass(sourceClass) }
            guard let day = CivilDate(sides[1]) else {
                report(.noDate(sides[1]), "class")
                return nil
            }
            return DatedClass(sourceClass, from: day.start)
        }
    }
}
