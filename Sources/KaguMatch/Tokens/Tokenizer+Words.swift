// SPDX-License-Identifier: Apache-2.0

/// The short way through the bulk of a text: words of simple letters and digits with a space, or a comma and a space,
/// between them. It does what the tokenizer's state machine does with them, in one loop over bytes (M63).
extension Tokenizer {
    /// Whether such words may begin here: a word after white space, in running text.
    @inline(__always)
    func beginsWords(_ at: Int, _ bytes: [UInt8]) -> Bool {
        openStart == nil && hasShortWay && gap.isOnlySpace && !inTag && !text.tokens.isEmpty
            && Self.beginsWord(at, bytes.span, table.low.span)
    }

    /// Whether a simple letter or a digit stands here that begins no address.
    @inline(__always)
    private static func beginsWord(_ at: Int, _ bytes: Span<UInt8>, _ low: Span<LowLetter>) -> Bool {
        guard at < bytes.count else { return false }
        let byte = bytes[at]
        if byte < 0x80 {
            guard low[Int(byte)].isSimple else { return false }
            return byte | 0x20 != 0x77 || at + 1 >= bytes.count || bytes[at + 1] | 0x20 != 0x77
        }
        guard byte &- 0xC2 < 0x1E, at + 1 < bytes.count, bytes[at + 1] & 0xC0 == 0x80 else { return false }
        return low[Int(byte & 0x1F) << 6 | Int(bytes[at + 1] & 0x3F)].isSimple
    }

    /// Takes words up to the first byte that needs the state machine, and returns where that stands. A word that ends
    /// there is left open.
    mutating func takeWords(from start: Int, _ array: [UInt8]) -> Int {
        let bytes = array.span
        joint = .space
        punctuation = 0
        isDomain = false
        hasSchwa = false
        gap = TokenGap()
        // What expands has taken more than a letter a byte.
        units.reserve(array.count - start)
        let letters = table.low
        let low = letters.span
        let paragraph = text.paragraphs.count
        var at = start
        while true {
            var word = Word(start: at, firstUnit: units.count)
            var out = units.storage.mutableSpan
            Self.take(&word, bytes, low, &out)
            units.count = word.unitsEnd
            let end = word.end
            let isSpace = end < bytes.count && bytes[end] == 0x20
            let isComma = end + 1 < bytes.count && bytes[end] == 0x2C && bytes[end + 1] == 0x20
            guard isSpace || isComma else {
                openStart = at
                openUnits = word.firstUnit
                openEnd = end
                openFlags = []
                hasLatin = LowLetter.hasLatin(word.traits)
                return end
            }
            var flags = Token.Flags(
                uppers: word.uppers, letters: word.unitsEnd - word.firstUnit - word.digits,
                isCapital: word.uppers > 0 && units.storage[word.firstUnit].isUpper)
            if LowLetter.isTelling(word.traits) { flags.insert(.telling) }
            if startsSentence { flags.insert(.sentenceStart) }
            startsSentence = false
            text.tokens.append(
                Token(
                    units: word.firstUnit..<word.unitsEnd, start: at, end: end, sentence: sentence,
                    paragraph: paragraph, joint: joint, punctuation: punctuation, flags: flags, tail: word.tail,
                    hash: word.hash))
            at = end + (isComma ? 2 : 1)
            wordStart = at
            guard Self.beginsWord(at, bytes, low) else {
                if isComma { gap.note(0x2C) }
                gap.spaces = 1
                return at
            }
            joint = isComma ? .other : .space
            punctuation = isComma ? 0x2C : 0
        }
    }

    /// A word as it is read: what is known of its letters so far.
    private struct Word {
        var end: Int
        let firstUnit: Int
        var unitsEnd: Int
        var tail: UInt64 = 0
        var hash: UInt32 = 0
        var uppers = 0
        var digits = 0
        /// The traits of its letters together.
        var traits: UInt8 = 0

        init(start: Int, firstUnit: Int) {
            end = start
            self.firstUnit = firstUnit
            unitsEnd = firstUnit
        }
    }

    /// Writes the letters of a word and notes what is known of it.
    @inline(__always)
    private static func take(
        _ word: inout Word, _ bytes: Span<UInt8>, _ low: Span<LowLetter>, _ out: inout MutableSpan<FoldedUnit>
    ) {
        var at = word.end
        while at < bytes.count {
            var scalar = Int(bytes[unchecked: at])
            var end = at &+ 1
            if scalar >= 0x80 {
                guard scalar &- 0xC2 < 0x1E, scalar >= 0xC2, end < bytes.count, bytes[end] & 0xC0 == 0x80 else {
                    break
                }
                scalar = (scalar & 0x1F) << 6 | Int(bytes[end] & 0x3F)
                end &+= 1
            }
            // Below U+0800 in either case, and the table has a letter for each.
            let letter = low[unchecked: scalar]
            guard letter.isSimple else { break }
            at = end
            var unit = letter.unit
            unit.end = UInt32(truncatingIfNeeded: end)
            out[word.unitsEnd] = unit
            word.unitsEnd &+= 1
            word.tail = word.tail << 8 | UInt64(letter.code)
            word.hash = WordOpenings.add(unit.loose, to: word.hash)
            word.uppers &+= unit.upperCount
            word.digits &+= letter.digits
            word.traits |= letter.gathered
            guard letter.second != 0 else { continue }
            out[word.unitsEnd] = FoldedUnit(
                loose: UInt32(letter.second), strict: 0, composed: 0, end: end, isUpper: unit.isUpper)
            word.unitsEnd &+= 1
            word.tail <<= 8
            word.hash = WordOpenings.add(UInt32(letter.second), to: word.hash)
            word.uppers &+= unit.upperCount
        }
        word.end = at
    }
}
