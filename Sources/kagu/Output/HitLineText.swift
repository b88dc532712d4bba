// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// One hit on one line (`-o short`): local time, severity, feed, title with the matched names set off, the matched
/// names that the title does not show in brackets, link.
struct HitLineText: Sendable {
    /// Names in brackets at most; more are counted.
    static let maximumNames = 4

    /// Colour or none.
    let paint: Paint
    private var time: ClockText

    /// Lines with times of `clock`.
    init(paint: Paint, clock: CivilClock) {
        self.paint = paint
        time = ClockText(clock: clock)
    }

    /// The line, without its line end.
    func text(_ hit: Hit) -> String {
        var copy = self
        var line: [UInt8] = []
        copy.append(hit, to: &line)
        return String(decoding: line, as: UTF8.self)
    }

    /// Appends the line, without its line end.
    mutating func append(_ hit: Hit, to line: inout [UInt8]) {
        paint(.dim, &line) { time.append(hit.seen, to: &$0) }
        line.append(0x20)
        append(hit.severity, to: &line)
        line.append(0x20)
        paint(.cyan, &line) { VisibleText.append(hit.feed.title.isEmpty ? hit.feed.id : hit.feed.title, to: &$0) }
        line += ": ".utf8
        appendTitle(hit, to: &line)
        appendOtherNames(hit, to: &line)
        guard !hit.url.isEmpty else { return }
        line.append(0x20)
        paint(.dim, &line) { VisibleText.append(hit.url, to: &$0) }
    }

    /// The title with every accepted mention in it set off.
    func title(_ hit: Hit) -> String {
        var line: [UInt8] = []
        appendTitle(hit, to: &line)
        return String(decoding: line, as: UTF8.self)
    }

    private func appendTitle(_ hit: Hit, to line: inout [UInt8]) {
        guard paint.isOn else { return VisibleText.append(hit.title, to: &line) }
        for piece in MatchedText.pieces(hit.title, field: .title, hit.mentions) {
            let text = VisibleText.escaped(piece.text)
            line += (piece.isMatch ? paint(text, .match) : text).utf8
        }
    }

    /// Eight columns wide.
    private func append(_ severity: Severity, to line: inout [UInt8]) {
        let style: Paint.Style? =
            switch severity {
            case .low: .dim
            case .medium: nil
            case .high: .red
            case .critical: .alarm
            }
        paint(style, &line) { line in
            let end = line.count + 8
            line += severity.rawValue.utf8
            while line.count < end { line.append(0x20) }
        }
    }

    /// Accepted mentions outside the title, each entity once, in the order found.
    private func appendOtherNames(_ hit: Hit, to line: inout [UInt8]) {
        var told: [String] = []
        for mention in hit.mentions where mention.state == .accepted && mention.field == .title {
            told.append(mention.entity)
        }
        let inTitle = told.count
        for mention in hit.mentions where mention.state == .accepted && mention.field != .title {
            guard !told.contains(mention.entity) else { continue }
            told.append(mention.entity)
            guard told.count - inTitle <= Self.maximumNames else { continue }
            line += (told.count - inTitle == 1 ? " [" : ", ").utf8
            paint(.match, &line) { VisibleText.append(mention.text, to: &$0) }
        }
        guard told.count > inTitle else { return }
        let surplus = told.count - inTitle - Self.maximumNames
        if surplus > 0 {
            line += ", ".utf8
            paint(.match, &line) { $0 += "+\(surplus)".utf8 }
        }
        line.append(UInt8(ascii: "]"))
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
