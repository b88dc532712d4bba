// SPDX-License-Identifier: Apache-2.0

/// Text as a search sees it: the words of `Tokenizer` in their loose letters (M8–M10), without regard to case, marks,
/// elisions and signs. A full-text query and the texts it is compared with fold alike by it (O25).
public enum SearchText {
    /// The folded words of `text` in UTF-8, each followed by a space.
    @Sendable public static func fold(_ text: String) -> [UInt8] {
        let cut = Tokenizer.cut(text)
        var words: [UInt8] = []
        words.reserveCapacity(text.utf8.count + 16)
        for token in cut.tokens {
            for unit in cut.units[token.units] {
                if unit.loose < 0x80 {
                    words.append(UInt8(truncatingIfNeeded: unit.loose))
                } else if let scalar = Unicode.Scalar(unit.loose) {
                    words.append(
                        contentsOf: Unicode.UTF8.encode(scalar) ?? Unicode.UTF8.encodedReplacementCharacter)
                }
            }
            if !token.units.isEmpty { words.append(UInt8(ascii: " ")) }
        }
        return words
    }
}
