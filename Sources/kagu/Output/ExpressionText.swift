// SPDX-License-Identifier: Apache-2.0

import KaguMatch
import KaguModel

/// Parts of an expression as a small tree: one line for each, deeper ones further to the right (M52).
enum ExpressionText {
    /// A whole expression, one line for each part. Unless `showsAll`, what does not hold beside what does, under an OR, is
    /// only counted: it changes nothing.
    static func lines(
        _ parts: [ExpressionPart], marksDeciders: Bool = true, showsAll: Bool = false, _ paint: Paint
    ) -> [String] {
        var lines: [String] = []
        var index = 0
        while index < parts.count {
            index = add(index, of: parts, to: &lines) { part in
                line(part, marksDeciders: marksDeciders, paint)
            } folded: { part in
                part.kind == .or && part.holds && !showsAll
            }
        }
        return lines
    }

    /// Adds the part at `index` with all below it; returns where the next one stands.
    private static func add(
        _ index: Int, of parts: [ExpressionPart], to lines: inout [String], line: (ExpressionPart) -> String,
        folded: (ExpressionPart) -> Bool
    ) -> Int {
        let part = parts[index]
        lines.append(line(part))
        var next = index + 1
        var hidden = 0
        while next < parts.count, parts[next].depth > part.depth {
            guard folded(part), !parts[next].holds else {
                next = add(next, of: parts, to: &lines, line: line, folded: folded)
                continue
            }
            hidden += 1
            let depth = parts[next].depth
            repeat { next += 1 } while next < parts.count && parts[next].depth > depth
        }
        if hidden > 0 {
            let indent = String(repeating: "  ", count: part.depth + 1)
            lines.append(indent + (hidden == 1 ? "- 1 other does not hold" : "- \(hidden) others do not hold"))
        }
        return next
    }

    /// A part with its truth: `+` holds, `-` does not; what decided is marked. Of AND, OR and NOT only the word is
    /// shown, since the parts follow.
    static func line(_ part: ExpressionPart, marksDeciders: Bool = true, _ paint: Paint) -> String {
        let sign = part.holds ? paint("+", .green) : paint("-", .red)
        let text =
            switch part.kind {
            case .and, .or, .not: part.kind.rawValue.uppercased()
            case .operand, .near, .predicate, .count: VisibleText.escaped(part.text)
            }
        let times = part.count > 1 && part.kind != .near ? " (\(part.count) times)" : ""
        let mark = marksDeciders && part.isDecider ? paint("  ← decides", .dim) : ""
        return String(repeating: "  ", count: part.depth) + "\(sign) \(text)\(times)\(mark)"
    }
}

extension ExpressionPart {
    /// Adds `{"depth","kind","text","holds","decides"}`.
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("depth", depth)
            json.member("kind", kind.rawValue)
            json.member("text", text)
            json.member("holds", holds)
            json.member("decides", decides)
        }
    }
}

/// A mention on one line, with the words around it.
struct MentionText {
    /// Scalars shown on either side.
    static let context = 30

    /// Colour or none.
    let paint: Paint

    /// `accepted long-form  org.big "GIB" (alias GIB) in content at 42: …le GIB n'a pas…`
    func line(_ mention: Mention, in text: PlainFields?) -> String {
        let style: Paint.Style =
            switch mention.state {
            case .accepted: .green
            case .candidate: .yellow
            case .rejected: .red
            }
        let alias = mention.alias == mention.text ? "" : " (alias \(VisibleText.escaped(mention.alias)))"
        let place = "in \(mention.field.rawValue) at \(mention.start)"
        let words = text.flatMap { snippet(mention, $0[mention.field]) }.map { ": \($0)" } ?? ""
        return
            "\(paint("\(mention.state.rawValue) \(VisibleText.escaped(mention.reason))", style)) \(mention.entity) "
            + "\"\(VisibleText.escaped(mention.text))\"\(alias) \(place)\(words)"
    }

    /// The mention with what stands around it; nil where the text is not that in which it was found.
    func snippet(_ mention: Mention, _ text: String?) -> String? {
        guard let text, let (before, after) = Self.surroundings(mention, text) else { return nil }
        return VisibleText.escaped(before) + paint(VisibleText.escaped(mention.text), .match)
            + VisibleText.escaped(after)
    }

    private static func surroundings(_ mention: Mention, _ text: String) -> (String, String)? {
        let bytes = Array(text.utf8)
        guard mention.start >= 0, mention.start <= mention.end, mention.end <= bytes.count,
            bytes[mention.start..<mention.end].elementsEqual(mention.text.utf8)
        else { return nil }
        let before = String(decoding: bytes[..<mention.start].suffix(4 * context), as: UTF8.self).unicodeScalars
        let after = String(decoding: bytes[mention.end...].prefix(4 * context), as: UTF8.self).unicodeScalars
        let isCutBefore = before.count > context || mention.start > 4 * context
        let isCutAfter = after.count > context || bytes.count - mention.end > 4 * context
        return (
            (isCutBefore ? "…" : "") + String(String.UnicodeScalarView(before.suffix(context))),
            String(String.UnicodeScalarView(after.prefix(context))) + (isCutAfter ? "…" : "")
        )
    }
}
