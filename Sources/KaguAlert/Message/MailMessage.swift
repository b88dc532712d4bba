// SPDX-License-Identifier: Apache-2.0

import KaguBytes
import KaguModel

/// A message as RFC 5322 writes it: plain text in Base64, header words as RFC 2047 encodes them (W13).
struct MailMessage {
    /// The whole message, lines ending in CRLF.
    private(set) var bytes: [UInt8] = []

    /// The mail of an alert with `count` of a digest's stories.
    init(_ message: AlertMessage, _ text: ChatText, entries count: Int, from: String, to: [String]) {
        let host = from.split(separator: "@").last.map(String.init) ?? "localhost"
        add("Date", Self.date(message.boundAt))
        add("From", Self.headerText(from))
        add("To", to.map(Self.headerText).joined(separator: ",\r\n "))
        let severity = text.severity.map { " [\($0.rawValue)]" } ?? ""
        add("Subject", Self.words("[kagu]\(severity) \(Self.headerText(text.title))"))
        add("Message-ID", "<\(message.id)@\(Self.headerText(host))>")
        if case .story(let telling) = message.content, telling.update > 0 {
            let first = "<\(telling.first)@\(Self.headerText(host))>"
            add("In-Reply-To", first)
            add("References", first)
        }
        add("Auto-Submitted", "auto-generated")
        add("MIME-Version", "1.0")
        add("Content-Type", "text/plain; charset=utf-8")
        add("Content-Transfer-Encoding", "base64")
        bytes += [0x0D, 0x0A]
        let body =
            Self.body(text, entries: count) + "\r\n-- \r\n\(message.id) · \(message.reason.rawValue)"
            + (message.route.isEmpty ? "" : " · \(PlainText.line(message.route))") + "\r\n"
        addBase64(Array(body.utf8))
    }

    /// A header value without what would end it: CR, LF and NUL (W13).
    static func headerText(_ text: String) -> String {
        text.replacingScalars { $0 == "\r" || $0 == "\n" || $0 == "\0" ? "" : nil }
    }

    /// A text as it stands in a header: itself where it is short ASCII, else as encoded words, folded. No scalar is
    /// split between words (RFC 2047 §5).
    static func words(_ text: String) -> String {
        let isPlain =
            text.utf8.count <= maximumPlainSubject && !text.contains("=?")
            && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        if isPlain { return text }
        var words: [String] = []
        var part: [UInt8] = []
        for scalar in text.unicodeScalars {
            let next = Array(String(scalar).utf8)
            if part.count + next.count > maximumWordBytes {
                words.append(word(part))
                part = []
            }
            part += next
        }
        words.append(word(part))
        return words.joined(separator: "\r\n ")
    }

    private static func word(_ bytes: [UInt8]) -> String { "=?utf-8?B?\(Base64.encode(bytes))?=" }

    /// With the name of the header a line keeps to 76 characters.
    private static let maximumPlainSubject = 66
    /// 52 characters of Base64: with the name of the header and the word's own marks a line has at most 76 (RFC 2047
    /// §2).
    private static let maximumWordBytes = 39

    /// `Sun, 22 Nov 2026 09:13:31 +0000`.
    static func date(_ instant: Instant) -> String {
        let day = instant.day
        let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        // 1 January 1970 was a Thursday.
        let name = names[((day.daysSinceEpoch % 7) + 7) % 7]
        let second = Int(instant.seconds) - day.daysSinceEpoch * 86_400
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(name), \(two(day.day)) \(months[day.month - 1]) \(day.year) "
            + "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60)) +0000"
    }

    private static func body(_ text: ChatText, entries count: Int) -> String {
        var parts = [[text.title, text.link].filter { !$0.isEmpty }.joined(separator: "\r\n")]
        if !text.summary.isEmpty { parts.append(text.summary) }
        if !text.meta.isEmpty { parts.append(text.meta) }
        parts += text.entries.prefix(count).map { entry in
            ["• \(entry.title)", "  \(entry.meta)", entry.link.isEmpty ? "" : "  \(entry.link)"]
                .filter { !$0.isEmpty }.joined(separator: "\r\n")
        }
        if let remainder = text.remainder(count) { parts.append(remainder) }
        return parts.joined(separator: "\r\n\r\n") + "\r\n"
    }

    private mutating func add(_ name: String, _ value: String) { bytes += Array("\(name): \(value)\r\n".utf8) }

    /// In lines of 76 characters.
    private mutating func addBase64(_ content: [UInt8]) {
        var start = 0
        while start < content.count {
            let end = min(start + 57, content.count)
            bytes += Array(Base64.encode(Array(content[start..<end])).utf8) + [0x0D, 0x0A]
            start = end
        }
    }
}
