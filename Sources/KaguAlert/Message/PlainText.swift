// SPDX-License-Identifier: Apache-2.0

/// Makes text from strangers harmless wherever it is shown (W16): control characters and overrides of the
/// writing direction go, newlines in titles become spaces. Escaping for a target is the target's own rule.
///
/// Every scalar is kept, removed or replaced by itself, whatever its neighbours are, so that a position in the
/// text can be carried over by measuring the text before it.
enum PlainText {
    /// Text of one line: each newline becomes a space.
    static func line(_ text: String) -> String { mapped(text, newline: " ") }

    /// Text of several lines: every kind of newline becomes `\n`.
    static func paragraphs(_ text: String) -> String { mapped(text, newline: "\n") }

    /// A link as it may be printed: `http` and `https` only, else empty.
    static func link(_ url: String) -> String {
        let scheme = url.prefix { $0 != ":" }.lowercased()
        guard scheme == "http" || scheme == "https", url.dropFirst(scheme.count).hasPrefix("://") else { return "" }
        return String(String.UnicodeScalarView(url.unicodeScalars.filter { !isRemoved($0) && !isNewline($0) }))
    }

    /// The first `limit` scalars of `text`, cut before the grapheme that passes the limit, with an ellipsis.
    static func cut(_ text: String, toScalars limit: Int) -> String {
        guard text.unicodeScalars.count > limit else { return text }
        var count = 0
        let kept = text.prefix { character in
            count += character.unicodeScalars.count
            return count < limit
        }
        return kept + "…"
    }

    private static func mapped(_ text: String, newline: Unicode.Scalar) -> String {
        guard text.unicodeScalars.contains(where: { isRemoved($0) || isNewline($0) || $0 == "\t" }) else {
            return text
        }
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !isRemoved(scalar) {
            out.append(isNewline(scalar) ? newline : scalar == "\t" ? " " : scalar)
        }
        return String(out)
    }

    /// LF, vertical tab, form feed, NEL and Unicode's separators; CR is removed, since LF nearly always follows.
    private static func isNewline(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A...0x0C, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    /// C0 and C1 controls without newlines and the tab, and the overrides and isolates of Unicode's bidi.
    private static func isRemoved(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0C, 0x85: false
        case 0...0x1F, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
