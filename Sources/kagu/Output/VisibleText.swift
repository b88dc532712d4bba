// SPDX-License-Identifier: Apache-2.0

/// Text from feeds made safe to look at (O19): nothing in it can move the cursor or reorder a line.
enum VisibleText {
    /// Controls, line separators and bidirectional overrides as `\u{…}`; tabs and line ends as a space.
    static func escaped(_ text: some StringProtocol) -> String {
        guard mayBeUnsafe(text) else { return String(text) }
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\t", "\n", "\r": out.append(" ")
            case _ where isUnsafe(scalar):
                out.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
            default: out.append(scalar)
            }
        }
        return String(out)
    }

    /// The same, appended to a line.
    static func append(_ text: String, to line: inout [UInt8]) {
        if mayBeUnsafe(text) { line += escaped(text).utf8 } else { line += text.utf8 }
    }

    /// Whether a byte is there with which the UTF-8 of an unsafe scalar begins; most text has none.
    private static func mayBeUnsafe(_ text: some StringProtocol) -> Bool {
        func isSuspect(_ byte: UInt8) -> Bool {
            byte < 0x20 || byte == 0x7F || byte == 0xC2 || byte == 0xD8 || byte == 0xE2
        }
        return text.utf8.withContiguousStorageIfAvailable { $0.contains(where: isSuspect) }
            ?? text.utf8.contains(where: isSuspect)
    }

    /// C0, DEL, C1, line and paragraph separator, and every bidirectional control (UAX #9 §2).
    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}

/// How many columns of a terminal text takes.
enum DisplayWidth {
    /// The columns of all scalars together.
    static func of(_ text: some StringProtocol) -> Int {
        text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : text.unicodeScalars.reduce(0) { $0 + of($1) }
    }

    /// 0 for marks and joiners, 2 for East Asian wide scalars and emoji, else 1.
    static func of(_ scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x300 { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF,
            0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        // Two of these make a flag.
        case 0x1F1E6...0x1F1FF: return 1
        // Such as U+2705 and U+26A1, with which much of the news begins.
        default: return scalar.properties.isEmojiPresentation ? 2 : 1
        }
    }

    /// `text` cut to `columns`, with `…` where something was cut.
    static func cut(_ text: String, to columns: Int) -> String {
        guard of(text) > columns else { return text }
        guard columns > 0 else { return "" }
        var out = ""
        var used = 0
        for character in text {
            let width = of(String(character))
            if used + width > columns - 1 { break }
            out.append(character)
            used += width
        }
        return out + "…"
    }
}
