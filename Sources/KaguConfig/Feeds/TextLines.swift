// SPDX-License-Identifier: Apache-2.0

/// The lines of a text one after the other, ended by what `Character.isNewline` takes for an end. On bytes, since
/// telling characters apart takes most of the time of reading a list.
struct TextLines {
    private let text: String
    private var offset = 0
    /// The number of the line that `next` gave last, from 1.
    private(set) var number = 0

    init(_ text: String) { self.text = text }

    /// The next line without its end; nil after the last.
    mutating func next() -> Substring? {
        let bytes = text.utf8.span
        guard offset <= bytes.count else { return nil }
        number += 1
        let start = offset
        var end = offset
        while end < bytes.count {
            let length = Self.lengthOfNewline(bytes, at: end)
            if length > 0 {
                offset = end + length
                return text.utf8Slice(start..<end)
            }
            end += 1
        }
        offset = end + 1
        return text.utf8Slice(start..<end)
    }

    /// Whether a scalar separates words.
    static func isWhiteSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII ? scalar == " " || (0x09...0x0D).contains(scalar.value) : scalar.properties.isWhitespace
    }

    /// The bytes of the end of line that begins at `index`; 0 where none begins.
    private static func lengthOfNewline(_ bytes: Span<UInt8>, at index: Int) -> Int {
        func holds(_ second: UInt8, _ ahead: Int) -> Bool {
            index + ahead < bytes.count && bytes[index + ahead] == second
        }
        switch bytes[index] {
        case 0x0D: return holds(0x0A, 1) ? 2 : 1
        case 0x0A...0x0C: return 1
        // U+0085, U+2028 and U+2029.
        case 0xC2: return holds(0x85, 1) ? 2 : 0
        case 0xE2: return holds(0x80, 1) && (holds(0xA8, 2) || holds(0xA9, 2)) ? 3 : 0
        default: return 0
        }
    }
}
