// SPDX-License-Identifier: Apache-2.0

/// What a target counts its limits in (W15).
enum TextUnit {
    case bytes, scalars, utf16

    /// How long a text is.
    func length(of text: some StringProtocol) -> Int {
        switch self {
        case .bytes: text.utf8.count
        case .scalars: text.unicodeScalars.count
        case .utf16: text.utf16.count
        }
    }
}

/// Makes escaped text fit: whole graphemes of a text, whole entries of a list, never a part of an escape (W15).
enum Fitting {
    /// As many graphemes of `text`, each escaped, as `limit` has room for; with an ellipsis where some are missing.
    ///
    /// `escape` treats each scalar by itself, so that the parts put together are the whole escaped.
    static func escaped(
        _ text: String, to limit: Int, in unit: TextUnit, by escape: (String) -> String = { $0 }
    ) -> String {
        let whole = escape(text)
        if unit.length(of: whole) <= limit { return whole }
        let room = limit - unit.length(of: ellipsis)
        guard room > 0 else { return "" }
        var out = ""
        var used = 0
        for character in text {
            let piece = escape(String(character))
            used += unit.length(of: piece)
            if used > room { break }
            out += piece
        }
        return out.isEmpty ? "" : out + ellipsis
    }

    /// The rendering of the most entries that stays within the limit, and their number. `render` gives nil where it
    /// would not; more entries must never make a shorter text, but the last may save the mark of what is missing.
    static func most<Rendering>(of count: Int, _ render: (Int) -> Rendering?) -> (Rendering, count: Int)? {
        if let whole = render(count) { return (whole, count) }
        guard count > 0, var best = render(0) else { return nil }
        var (fitting, excess) = (0, count)
        while excess - fitting > 1 {
            let middle = (fitting + excess) / 2
            if let rendering = render(middle) {
                (fitting, best) = (middle, rendering)
            } else {
                excess = middle
            }
        }
        return (best, fitting)
    }

    private static let ellipsis = "…"
}

extension String {
    /// The text with each scalar replaced by what `replacement` says, if it says anything.
    func replacingScalars(_ replacement: (Unicode.Scalar) -> String?) -> String {
        var out = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if let text = replacement(scalar) {
                out.append(contentsOf: text.unicodeScalars)
            } else {
                out.append(scalar)
            }
        }
        return String(out)
    }

    /// A link with the ASCII characters that would end or change it in a type's markup, and all spaces and
    /// controls, percent-encoded (W16).
    func percentEncoding(_ delimiters: String) -> String {
        replacingScalars { scalar in
            guard scalar.value < 0x80, scalar.value <= 0x20 || delimiters.unicodeScalars.contains(scalar)
            else { return nil }
            let digits = String(scalar.value, radix: 16, uppercase: true)
            return digits.count < 2 ? "%0\(digits)" : "%\(digits)"
        }
    }
}
