// SPDX-License-Identifier: Apache-2.0

public import KaguModel

extension OPML {
    /// A document that `read` takes back with nothing lost but secrets (H2): headers, and user names and passwords in
    /// addresses. Feeds that follow each other with one first tag stand in an outline of that name, for readers that
    /// know folders only.
    public static func write(_ feeds: [Feed], title: String = "kagu feeds") -> [UInt8] {
        var out = """
            <?xml version="1.0" encoding="UTF-8"?>
            <opml version="2.0" xmlns:kagu="urn:kagu:opml">
              <head><title>\(escape(title))</title></head>
              <body>\n
            """
        var folder: String?
        for feed in feeds {
            if feed.tags.first != folder {
                if folder != nil { out += "    </outline>\n" }
                folder = feed.tags.first
                if let folder { out += "    <outline text=\"\(escape(folder))\">\n" }
            }
            let written = attributes(of: feed).map { " \($0)=\"\(escape($1))\"" }.joined()
            out += (folder == nil ? "    " : "      ") + "<outline\(written)/>\n"
        }
        if folder != nil { out += "    </outline>\n" }
        out += "  </body>\n</opml>\n"
        return Array(out.utf8)
    }

    private static func attributes(of feed: Feed) -> [(name: String, value: String)] {
        // `text` must be there; a feed without a title has no `title`, so that it comes back without one.
        var attributes = [("type", "rss"), ("text", feed.title.isEmpty ? feed.id : feed.title)]
        if !feed.title.isEmpty { attributes.append(("title", feed.title)) }
        attributes.append(("xmlUrl", withoutUserInfo(feed.url)))
        if !feed.language.isEmpty { attributes.append(("language", feed.language)) }
        attributes.append(("kagu:id", feed.id))
        if !feed.classes.isEmpty { attributes.append(("kagu:class", classText(feed.classes))) }
        if !feed.country.isEmpty { attributes.append(("kagu:country", feed.country)) }
        if !feed.tags.isEmpty { attributes.append(("kagu:tags", TagText.join(feed.tags))) }
        if let interval = feed.interval { attributes.append(("kagu:interval", DurationText.format(interval))) }
        if !feed.isEnabled { attributes.append(("kagu:enabled", "false")) }
        if feed.alertsRecent { attributes.append(("kagu:alert_recent", "true")) }
        return attributes
    }

    private static func withoutUserInfo(_ url: String) -> String {
        guard let info = WebAddress(url)?.userInfo, !info.isEmpty else { return url }
        return url.replacing("://\(info)@", with: "://", maxReplacements: 1)
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
            // Else XML readers take them for spaces.
            case "\n", "\r", "\t": out += "&#\(scalar.value);"
            // XML has no place for these, written however.
            case "\u{FFFE}", "\u{FFFF}": out += "\u{FFFD}"
            default: if scalar.value >= 0x20 { out.unicodeScalars.append(scalar) } else { out += " " }
            }
        }
    }
}

/// Several tags in one attribute: parted by commas; a comma within a tag is `\,` and a backslash `\\`.
enum TagText {
    /// The attribute's value.
    static func join(_ tags: [String]) -> String {
        tags.map { tag in
            tag.unicodeScalars.reduce(into: "") { out, scalar in
                if scalar == "\\" || scalar == "," { out += "\\" }
                out.unicodeScalars.append(scalar)
            }
        }.joined(separator: ",")
    }

    /// The tags of a value, trimmed, without empty ones.
    static func split(_ text: String) -> [String] {
        var tags = [""]
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if !isEscaped, scalar == "\\" {
                isEscaped = true
            } else if !isEscaped, scalar == "," {
                tags.append("")
            } else {
                // A backslash that parts nothing is one.
                if isEscaped, scalar != ",", scalar != "\\" { tags[tags.count - 1] += "\\" }
                tags[tags.count - 1].unicodeScalars.append(scalar)
                isEscaped = false
            }
        }
        if isEscaped { tags[tags.count - 1] += "\\" }
        return tags.map(\.trimmed).filter { !$0.isEmpty }
    }
}
