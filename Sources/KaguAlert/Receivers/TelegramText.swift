// SPDX-License-Identifier: Apache-2.0

/// A message in Telegram's HTML, measured as Telegram measures it: after parsing (W15).
struct TelegramText {
    /// UTF-16 units of the parsed text, and entities in it.
    static let (maximumText, maximumEntities) = (4096, 100)

    private var markup = ""
    private var length = 0
    private var entityCount = 0

    /// The message with `count` of a digest's stories.
    init(_ text: ChatText, entries count: Int) {
        open("b")
        link(text.title, text.link)
        close("b")
        if !text.summary.isEmpty { line(text.summary) }
        if !text.meta.isEmpty {
            add("\n")
            open("i")
            add(Self.parted(text.meta))
            close("i")
        }
        for entry in text.entries.prefix(count) {
            add("\n• ")
            link(entry.title, entry.link)
            add(Self.parted(" · " + entry.meta))
        }
        if let remainder = text.remainder(count) { line(remainder) }
    }

    /// The markup; nil where the limits are passed.
    var html: String? { length <= Self.maximumText && entityCount <= Self.maximumEntities ? markup : nil }

    /// The text of markup that this type made: links follow their words.
    static func plain(_ html: String) -> String {
        var out = ""
        var address = ""
        var rest = html[...]
        while let tag = rest.firstIndex(of: "<"), let end = rest[tag...].firstIndex(of: ">") {
            out += rest[..<tag]
            let name = rest[rest.index(after: tag)..<end]
            if name.hasPrefix("a href=\""), name.hasSuffix("\"") {
                address = String(name.dropFirst(8).dropLast())
            } else if name == "/a" {
                out += " (\(address))"
            }
            rest = rest[rest.index(after: end)...]
        }
        out += rest
        let text = out.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
            .replacing("&amp;", with: "&")
        return Fitting.escaped(text, to: maximumText, in: .utf16)
    }

    /// A zero-width space after what Telegram would read as a mention or a hashtag, and after a slash that begins a
    /// word, which would be a command (W16).
    static func parted(_ text: String) -> String {
        var beginsWord = true
        return text.replacingScalars { scalar in
            defer { beginsWord = scalar.properties.isWhitespace }
            let isRead = scalar == "@" || scalar == "#" || (scalar == "/" && beginsWord)
            return isRead ? String(scalar) + Markup.zeroWidthSpace : nil
        }
    }

    private mutating func line(_ text: String) { add("\n" + Self.parted(text)) }

    private mutating func add(_ text: String) {
        markup += text.replacingScalars(Markup.entity)
        length += text.utf16.count
    }

    private mutating func open(_ tag: String) {
        markup += "<\(tag)>"
        entityCount += 1
    }

    private mutating func close(_ tag: String) { markup += "</\(tag)>" }

    private mutating func link(_ title: String, _ link: String) {
        let url = link.percentEncoding("<>\"`\\").replacingScalars(Markup.entity)
        guard !url.isEmpty else { return add(Self.parted(title)) }
        markup += "<a href=\"\(url)\">"
        entityCount += 1
        add(Self.parted(title))
        markup += "</a>"
    }
}
