// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Reads one outline of an OPML file.
struct OutlineReader {
    let tag: XMLTags.Tag
    let file: SourceFile

    private var place: FeedRecord.Place { (line: tag.line, column: tag.column) }
    private var origin: FeedRecord.Origin { .outline(title: tag.title ?? "") }
    private var type: String { tag["type"]?.lowercased() ?? "" }

    /// The feed of an outline; nil for a folder and for what is no usable feed (reported).
    func record(folders: ArraySlice<String?>) -> FeedRecord? {
        if type == "include" {
            report(.include(tag["url"] ?? tag["xmlurl"] ?? ""), .warning)
            return nil
        }
        guard let url = tag["xmlurl"]?.trimmed, !url.isEmpty else {
            if type == "rss" { report(.outlineWithoutURL(tag.title ?? ""), .warning) }
            return nil
        }
        // FreshRSS marks pages that it takes apart itself: HTML+XPath, JSON+DotNotation, …
        if type.contains("+") {
            report(.scrapedOutline(tag.title ?? "", type: tag["type"] ?? ""), .warning)
            return nil
        }
        guard let address = address(url) else { return nil }
        let writtenID = tag["kagu:id"]
        if let writtenID, !FeedIdentifier.isValid(writtenID) {
            report(.noFeedID(writtenID, remedy: FeedIdentifier.slug(writtenID)), key: "id")
            return nil
        }
        let feed = Feed(
            id: writtenID ?? FeedIdentifier.derived(from: address), url: url, title: title,
            language: tag["language"].flatMap { CodeLists.isLanguageTag($0) ? $0 : nil } ?? "",
            country: country, classes: classes, tags: tags(in: folders), interval: interval,
            isEnabled: isSet("enabled") ?? true, alertsRecent: isSet("alert_recent") ?? false,
            location: file.location(place.line, place.column))
        return FeedRecord(
            feed: feed, address: address, file: file, origin: origin, idPlace: place,
            hasDerivedID: writtenID == nil,
            intervalPlace: place)
    }

    private func report(_ fault: ConfigFault, key: String = "", _ severity: ConfigProblem.Severity = .error) {
        file.report(
            fault, path: key.isEmpty ? "" : origin.keyPath(key), line: place.line, column: place.column,
            severity: severity)
    }

    private func address(_ url: String) -> WebAddress? {
        let address = FeedAddress(url)
        if address.mayHoldPassword {
            for line in tag.line...tag.lastLine { file.conceal(line: line) }
        }
        switch address {
        case .unusable(let fault, _):
            report(fault, key: "url")
            return nil
        case .usable(let parts):
            if parts.hasUserInfo { report(.userInfoInURL, key: "url", .warning) }
            return parts
        }
    }

    /// Our own exports give a feed without a title its id for a text.
    private var title: String {
        if tag["title"] == nil, let id = tag["kagu:id"], tag["text"] == id { return "" }
        return tag.title ?? ""
    }

    /// The folders, then the tags of its own; those of `category` where there are no `kagu:tags`, each part of
    /// `/Press/Local,Wire` for itself.
    private func tags(in folders: ArraySlice<String?>) -> [String] {
        let own =
            tag["kagu:tags"].map(TagText.split)
            ?? (tag["category"] ?? "").split { $0 == "," || $0 == "/" }.map { String($0).trimmed }
            .filter { !$0.isEmpty }
        var tags: [String] = []
        for folder in folders.compactMap({ $0 }) where !own.contains(folder) && !tags.contains(folder) {
            tags.append(folder)
        }
        return tags + own
    }

    private var country: String {
        guard let text = tag["kagu:country"]?.uppercased() else { return "" }
        guard CodeLists.isCountry(text) else {
            report(.unknownCountry(text), key: "country")
            return ""
        }
        return text
    }

    private var interval: Duration? {
        guard let text = tag["kagu:interval"] else { return nil }
        guard let interval = try? DurationText.parse(text), interval >= .seconds(1),
            interval <= PollSettings.longestInterval
        else {
            report(.noDuration(text), key: "interval")
            return nil
        }
        return interval
    }

    private func isSet(_ key: String) -> Bool? {
        guard let text = tag["kagu:\(key)"]?.lowercased() else { return nil }
        guard text == "true" || text == "false" else {
            report(.noBoolean(text), key: key)
            return nil
        }
        return text == "true"
    }

    private var classes: [DatedClass] {
        (tag["kagu:class"] ?? "").split(separator: ",").compactMap { part in
            let sides = part.split(separator: "@", maxSplits: 1).map { String($0).trimmed }
            guard let name = sides.first, let sourceClass = SourceClass(rawValue: name) else {
                report(.notAmong(String(part).trimmed, allowed: SourceClass.allCases.map(\.rawValue)), key: "class")
                return nil
            }
            guard sides.count == 2 else { return DatedClass(sourceClass) }
            guard let day = CivilDate(sides[1]) else {
                report(.noDate(sides[1]), key: "class")
                return nil
            }
            return DatedClass(sourceClass, from: day.start)
        }.inOrder
    }
}

extension [DatedClass] {
    /// By the day from which they hold, undated ones first, equal days in the order in which they are written.
    var inOrder: [DatedClass] {
        enumerated().sorted { left, right in
            let (first, second) = (left.element.from, right.element.from)
            guard first != second else { return left.offset < right.offset }
            guard let first else { return true }
            guard let second else { return false }
            return first < second
        }.map(\.element)
    }
}
