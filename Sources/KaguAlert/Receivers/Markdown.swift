// SPDX-License-Identifier: Apache-2.0

/// Escapes of the Markdown dialects (W16).
enum Markdown {
    /// Text with a backslash before each of `specials`.
    static func escaped(_ text: String, _ specials: String) -> String {
        text.replacingScalars { specials.unicodeScalars.contains($0) ? "\\\($0)" : nil }
    }

    /// A link as the destination of `[text](…)`.
    static func destination(_ link: String) -> String { link.percentEncoding("()<>[]\"`\\|") }

    /// `[title](link)`, or the title alone where there is no link.
    static func linked(_ title: String, _ link: String) -> String {
        link.isEmpty ? title : "[\(title)](\(destination(link)))"
    }
}

/// Escapes of HTML and of what only looks like it.
enum Markup {
    /// `&`, `<` and `>` as entities.
    static func entity(_ scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        default: nil
        }
    }

    /// A zero-width space: it parts what would otherwise be read together.
    static let zeroWidthSpace = "\u{200B}"
}
