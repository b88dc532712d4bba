// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// One hit on one line (`-o short`): local time, severity, feed, title with the matched names set off, the matched
/// names that the title does not show in brackets, link.
struct HitLineText: Sendable {
    /// Names in brackets at most; more are counted.
    static let maximumNames = 4

    /// Colour or none.
    let paint: Paint
    /// The clock of the time shown.
    let clock: CivilClock

    /// The line, without its line end.
    func text(_ hit: Hit) -> String {
        var parts = [paint(clock.civil(at: hit.seen).description, .dim), severity(hit.severity)]
        parts.append(paint(VisibleText.escaped(hit.feed.title.isEmpty ? hit.feed.id : hit.feed.title), .cyan) + ":")
        parts.append(title(hit))
        let names = Self.otherNames(hit)
        if !names.isEmpty { parts.append("[\(names.map { paint($0, .match) }.joined(separator: ", "))]") }
        if !hit.url.isEmpty { parts.append(paint(VisibleText.escaped(hit.url), .dim)) }
        return parts.joined(separator: " ")
    }

    /// The title with every accepted mention in it set off.
    func title(_ hit: Hit) -> String {
        MatchedText.pieces(hit.title, field: .title, hit.mentions).map { piece in
            let text = VisibleText.escaped(piece.text)
            return piece.isMatch ? paint(text, .match) : text
        }.joined()
    }

    /// Eight columns wide.
    private func severity(_ severity: Severity) -> String {
        let padded = severity.rawValue + String(repeating: " ", count: max(0, 8 - severity.rawValue.utf8.count))
        return switch severity {
        case .low: paint(padded, .dim)
        case .medium: padded
        case .high: paint(padded, .red)
        case .critical: paint(padded, .alarm)
        }
    }

    /// Accepted mentions outside the title, each spelling once, in the order found.
    private static func otherNames(_ hit: Hit) -> [String] {
        let accepted = hit.mentions.filter { $0.state == .accepted }
        var told = Set(accepted.filter { $0.field == .title }.map(\.entity))
        var names: [String] = []
        for mention in accepted where mention.field != .title && told.insert(mention.entity).inserted {
            names.append(VisibleText.escaped(mention.text))
        }
        let surplus = names.count - maximumNames
        return surplus > 0 ? names.prefix(maximumNames) + ["+\(surplus)"] : names
    }
}

/// Splits a text where mentions begin and end.
enum MatchedText {
    /// A part of a text.
    struct Piece: Hashable {
        /// Its text.
        var text: String
        /// Whether it is a matched name.
        var isMatch: Bool
    }

    /// The pieces of `text` in order. Mentions of other fields, overlapping ones and such whose bytes are not
    /// those of the text do not count.
    static func pieces(_ text: String, field: Mention.Field, _ mentions: [Mention]) -> [Piece] {
        let bytes = Array(text.utf8)
        var pieces: [Piece] = []
        var position = 0
        let spans = mentions.filter { $0.field == field && $0.state == .accepted }.sorted {
            ($0.start, -$0.end) < ($1.start, -$1.end)
        }
        for mention in spans
        where mention.start >= position && mention.end <= bytes.count && mention.start < mention.end {
            guard bytes[mention.start..<mention.end].elementsEqual(mention.text.utf8) else { continue }
            if mention.start > position {
                pieces.append(
                    Piece(text: String(decoding: bytes[position..<mention.start], as: UTF8.self), isMatch: false))
            }
            pieces.append(Piece(text: mention.text, isMatch: true))
            position = mention.end
        }
        if position < bytes.count {
            pieces.append(Piece(text: String(decoding: bytes[position...], as: UTF8.self), isMatch: false))
        }
        return pieces
    }
}
