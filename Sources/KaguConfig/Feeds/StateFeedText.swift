// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// The text of a feed list that a program edits: entries are added and cut out as lines, so that comments and the
/// writing of all others stay as they are.
struct StateFeedText {
    /// What a new file begins with.
    static let heading =
        "# Feeds added by `kagu feeds add` and `kagu feeds import`. Reload kagu after an edit by hand.\n"

    /// Each with its line end.
    private let lines: [String]

    /// A text, cut where YAML sees the end of a line.
    init(_ text: String) {
        var lines = [""]
        var previous: Unicode.Scalar?
        // A byte-order mark would stay where lines before an entry go.
        for scalar in text.unicodeScalars where previous != nil || scalar != "\u{FEFF}" {
            if let previous, Self.isLineEnd(previous), !(previous == "\r" && scalar == "\n") { lines.append("") }
            lines[lines.count - 1].unicodeScalars.append(scalar)
            previous = scalar
        }
        if let previous, !Self.isLineEnd(previous) { lines[lines.count - 1] += "\n" }
        self.lines = lines == [""] ? [] : lines
    }

    private static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
        ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(scalar)
    }

    /// The text with entries at its end, as far as it is a list in block style: whoever calls reads it again.
    func appending(_ feeds: [Feed], toEntriesAt places: [SourceLocation]) -> String {
        var out = lines.joined()
        if !lines.contains(where: { $0.hasPrefix("feeds:") }) { out += "feeds:\n" }
        let margin = places.first.flatMap(dashLine).map { String(lines[$0].prefix { $0 == " " }) } ?? "  "
        for line in Self.entries(feeds) { out += "\(margin)\(line.dropFirst(2))\n" }
        return out
    }

    /// The text without the entries at `places`, which are among `all`, in order of their places.
    func removing(_ places: Set<SourceLocation>, among all: [SourceLocation]) -> String {
        let dashes = all.map(dashLine)
        var dropped: Set<Int> = []
        for (index, place) in all.enumerated() where places.contains(place) {
            guard let start = dashes[index] else { return lines.joined() }
            let next = index + 1 < dashes.count ? dashes[index + 1] ?? start : lines.count
            // Comments and blank lines above the next entry are its own.
            var end = next
            while end > start + 1, Self.isBlankOrComment(lines[end - 1]) { end -= 1 }
            dropped.formUnion(start..<max(start, end))
        }
        return lines.enumerated().filter { !dropped.contains($0.offset) }.map(\.element).joined()
    }

    /// A text of these entries alone, below the comments that the old one begins with.
    func rewritten(_ feeds: [Feed]) -> String {
        let comments = lines.prefix(while: Self.isBlankOrComment).joined()
        let heading = comments.isEmpty ? Self.heading : comments
        return heading + "feeds:" + (feeds.isEmpty ? " []" : "") + "\n"
            + Self.entries(feeds).map { "\($0)\n" }.joined()
    }

    /// The line of the dash before the entry at a place.
    private func dashLine(of place: SourceLocation) -> Int? {
        var index = place.line - 1
        guard lines.indices.contains(index) else { return nil }
        let before = lines[index].unicodeScalars.prefix(max(0, place.column - 1))
        if before.contains("-") { return index }
        // A dash on a line of its own, with comments between it and the entry.
        while index > 0 {
            index -= 1
            let line = lines[index].trimmed
            if line == "-" || line.hasPrefix("- #") { return index }
            if !Self.isBlankOrComment(lines[index]) { return nil }
        }
        return nil
    }

    private static func isBlankOrComment(_ line: String) -> Bool {
        let text = line.trimmed
        return text.isEmpty || text.hasPrefix("#")
    }

    /// The lines of entries, with a margin of two spaces.
    private static func entries(_ feeds: [Feed]) -> [Substring] {
        guard !feeds.isEmpty else { return [] }
        var out = YAMLWriter()
        out.items("feeds", feeds) { $1.write(into: &$0) }
        return out.text.split(separator: "\n").dropFirst().map { $0 }
    }
}

extension Feed {
    /// The members of an entry; what is at its default is left out.
    fileprivate func write(into out: inout YAMLWriter) {
        out.pair("id", id)
        out.pair("url", url)
        if !title.isEmpty { out.pair("title", title) }
        if !language.isEmpty { out.pair("language", language) }
        if !country.isEmpty { out.pair("country", country) }
        if let only = classes.first, classes.count == 1, only.from == nil {
            out.raw("class", only.sourceClass.rawValue)
        } else if !classes.isEmpty {
            let entries = classes.map {
                "{is: \($0.sourceClass.rawValue)\($0.from.map { ", from: \($0.day)" } ?? "")}"
            }
            out.raw("class", "[\(entries.joined(separator: ", "))]")
        }
        if !tags.isEmpty { out.list("tags", tags) }
        if let interval { out.raw("interval", DurationText.format(interval)) }
        if !headers.isEmpty {
            out.section("headers") { out in
                for header in headers {
                    switch header.value {
                    case .credential(let name): out.pair(header.name, "secret:\(name)")
                    case .text(let secret): out.pair(header.name, secret.revealed)
                    }
                }
            }
        }
        if !isEnabled { out.raw("enabled", false) }
        if alertsRecent { out.raw("alert_recent", true) }
    }
}
