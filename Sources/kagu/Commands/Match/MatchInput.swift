// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import KaguFeed
import KaguModel

/// One line of `kagu match` (M51): an item as JSON, every member optional but one of title, summary, content.
struct MatchInput: Decodable, Hashable {
    /// The caller's own id.
    var id: String?
    /// Text or HTML.
    var title: String?
    /// Text or HTML.
    var summary: String?
    /// Text or HTML.
    var content: String?
    /// The item's link.
    var url: String?
    /// A feed's id, host or address.
    var feed: String?
    /// The declared language.
    var lang: String?
    /// The publisher's date, RFC 3339.
    var published: Instant?
    /// The names of its authors, in lines of the archive.
    var authors: [String]?
    /// When kagu saw it, in lines of the archive.
    var seen: Instant?

    /// Reads a line; wrong UTF-8 becomes U+FFFD (M59). `number` is the line's, from 1.
    /// An item without any text is a mistake unless `mayBeEmpty`.
    static func read(_ line: [UInt8], number: Int, mayBeEmpty: Bool = false) throws(Mistake) -> MatchInput {
        let text = String(decoding: line, as: UTF8.self)
        let input: MatchInput
        do {
            input = try JSONDecoder().decode(MatchInput.self, from: Data(text.utf8))
        } catch {
            let id = (try? JSONDecoder().decode(Identity.self, from: Data(text.utf8)))?.id
            throw Mistake(id: id, line: number, text: text, error: error)
        }
        guard mayBeEmpty || [input.title, input.summary, input.content].contains(where: { !($0 ?? "").isEmpty })
        else {
            throw Mistake(
                id: input.id, line: number, column: 1,
                reason: "no text; give at least one of title, summary, content")
        }
        return input
    }

    /// What is left of an item with a mistake in it.
    private struct Identity: Decodable {
        var id: String?
    }

    /// A line that is no item (M59).
    struct Mistake: Error, Hashable {
        /// The item's id, where it could be read.
        var id: String?
        /// From 1.
        var line: Int
        /// From 1.
        var column: Int
        /// Why, and what to do.
        var reason: String

        /// A mistake with its place.
        init(id: String?, line: Int, column: Int, reason: String) {
            self.id = id
            self.line = line
            self.column = column
            self.reason = reason
        }

        /// What Foundation's decoder says of a line.
        init(id: String?, line: Int, text: String, error: any Error) {
            self.init(id: id, line: line, column: 1, reason: "not a JSON object; write one object a line")
            switch error as? DecodingError {
            case .dataCorrupted(let context) where !context.codingPath.isEmpty:
                reason = "\(Self.path(context.codingPath)): \(context.debugDescription)"
                column = Self.column(of: context.codingPath, in: text)
            case .typeMismatch(_, let context) where !context.codingPath.isEmpty:
                reason = "\(Self.path(context.codingPath)) is no string; write it in quotes"
                column = Self.column(of: context.codingPath, in: text)
            case .dataCorrupted(let context):
                let detail = context.underlyingError.map { "\($0)" } ?? ""
                column = Self.column(in: detail) ?? 1
                reason = "not valid JSON; write one object a line"
            default: break
            }
        }

        /// `line 7, column 12: …`.
        var description: String { "line \(line), column \(column): \(reason)" }

        private static func path(_ keys: [any CodingKey]) -> String {
            keys.map(\.stringValue).joined(separator: ".")
        }

        /// Where the member with the mistake begins, in scalars from 1.
        private static func column(of keys: [any CodingKey], in text: String) -> Int {
            guard let key = keys.first, let range = text.firstRange(of: "\"\(key.stringValue)\"") else { return 1 }
            return text.unicodeScalars.distance(from: text.startIndex, to: range.lowerBound) + 1
        }

        /// Foundation says "… around line 1, column 12."; the line is always 1 here.
        private static func column(in text: String) -> Int? {
            guard let range = text.firstRange(of: "column ") else { return nil }
            return Int(text[range.upperBound...].prefix { $0.isASCII && $0.isNumber }).map { max(1, $0) }
        }
    }
}

/// The texts of an item as the matcher reads them (M7).
struct PlainFields: Hashable {
    /// Plain.
    let title: String
    /// Plain.
    let summary: String
    /// Plain.
    let content: String
    /// The fields whose plain text differs from the input, for `--explain`.
    let changed: [(name: String, text: String)]

    /// Markup dropped and references decoded; a text that shows neither stays byte for byte.
    init(_ input: MatchInput) {
        let title = Self.plain(input.title, PlainText.fromTitle)
        let summary = Self.plain(input.summary, PlainText.fromHTML)
        let content = Self.plain(input.content, PlainText.fromHTML)
        changed = [
            ("title", input.title, title), ("summary", input.summary, summary), ("content", input.content, content),
        ]
        .filter { ($0.1 ?? "") != $0.2 }.map { ($0.0, $0.2) }
        (self.title, self.summary, self.content) = (title, summary, content)
    }

    /// Texts that are plain already.
    init(title: String, summary: String, content: String) {
        (self.title, self.summary, self.content) = (title, summary, content)
        changed = []
    }

    /// The text of a field; nil for fields that an item's text does not have.
    subscript(field: Mention.Field) -> String? {
        switch field {
        case .title: title
        case .summary: summary
        case .content: content
        case .url, .author: nil
        }
    }

    private static func plain(_ text: String?, _ convert: (String) -> String) -> String {
        guard let text else { return "" }
        return text.utf8.contains(where: { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "&") })
            ? convert(text) : text
    }

    static func == (left: PlainFields, right: PlainFields) -> Bool {
        (left.title, left.summary, left.content) == (right.title, right.summary, right.content)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(title)
        hasher.combine(summary)
        hasher.combine(content)
    }
}
