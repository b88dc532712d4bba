// SPDX-License-Identifier: Apache-2.0

/// The short way through the bulk of a text: words of simple letters and digits with a space, or a comma and a space,
/// between them. It does what the tokenizer's state machine does with them, in one loop over bytes (M63).
extension Tokenizer {
    /// Whether such words may begin here: a word after white space, in running text.
    @inline(__always)
    func beginsWords(_ at: Int, _ bytes: [UInt8]) -> Bool {
        openStart == nil && hasShortWay && gap.isOnlySpace && !inTag && beginsWord(at, bytes.span)
            && !text.tokens.isEmpty
    }

    /// Whether a simple letter or a digit stands here that begins no address.
    @inline(__always)
    private func beginsWord(_ at: Int, _ bytes: Span<UInt8>) -> Bool {
        guard at < bytes.count else { return false }
        let byte = bytes[at]
        if byte < 0x80 {
            let letter = byte | 0x20
            guard letter &- 0x61 < 26 else { return byte &- 0x30 < 10 }
            return letter != 0x77 || at + 1 >= bytes.count || bytes[at + 1] | 0x20 != 0x77
        }
        guard byte &- 0xC2 < 0x1E, at + 1 < bytes.count, bytes[at + 1] & 0xC0 == 0x80 else { return false }
        return table.low[Int(byte & 0x1F) << 6 | Int(bytes[at + 1] & 0x3F)].isSimple
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
        var at = start
        while true {
            let first = units.count
            let word = takeWord(from: at, bytes, low)
            units.count = word.unitsEnd
            let end = word.end
            let isSpace = end < bytes.count && bytes[end] == 0x20
            let isComma = end + 1 < bytes.count && bytes[end] == 0x2C && bytes[end + 1] == 0x20
            guard isSpace || isComma else {
                openStart = at
                openUnits = first
                openEnd = end
                openFlags = []
                hasLatin = word.hasLatin
                return end
            }
            var flags = word.flags
            if startsSentence { flags.insert(.sentenceStart) }
            startsSentence = false
            text.tokens.append(
                Token(
                    units: first..<units.count, start: at, end: end, sentence: sentence,
                    paragraph: text.paragraphs.count, joint: joint, punctuation: punctuation, flags: flags,
                    tail: word.tail))
            at = end + (isComma ? 2 : 1)
            wordStart = at
            guard beginsWord(at, bytes) else {
                if isComma { gap.note(0x2C) }
                gap.spaces = 1
                return at
            }
            joint = isComma ? .other : .space
            punctuation = isComma ? 0x2C : 0
        }
    }

    private struct Word {
        var end: Int
        var unitsEnd: Int
        var tail: UInt64 = 0
        var flags: Token.Flags = []
        var hasLatin = false
    }

    /// Writes the letters of a word and returns what is known of it.
    @inline(__always)
    private mutating func takeWord(from start: Int, _ bytes: Span<UInt8>, _ low: Span<LowLetter>) -> Word {
        let first = units.count
        var out = units.storage.mutableSpan
        var word = Word(end: start, unitsEnd: first)
        var count = first
        var (uppers, digits) = (0, 0)
        var telling: UInt32 = 0
        var at = start
        while at < bytes.count {
            let byte = bytes[at]
            if byte < 0x80 {
                let lower = byte | 0x20
                let rank = lower &- 0x61
                if rank < 26 {
                    let isUpper = byte & 0x20 == 0
                    if isUpper { uppers += 1 }
                    telling |= (LanguageGuess.tellingLetters >> UInt32(rank)) & 1
                    at += 1
                    out[count] = FoldedUnit(
                        loose: UInt32(lower), strict: UInt32(lower), composed: UInt32(byte), end: at,
                        isUpper: isUpper)
                    word.tail = word.tail << 8 | UInt64(lower)
                    word.hasLatin = true
                } else {
                    guard byte &- 0x30 < 10 else { break }
                    digits += 1
                    at += 1
                    out[count] = FoldedUnit(
                        loose: UInt32(byte), strict: UInt32(byte), composed: UInt32(byte), end: at, isUpper: false)
                    word.tail = word.tail << 8 | UInt64(byte)
                    telling = 1
                }
                count += 1
            } else {
                guard byte &- 0xC2 < 0x1E, at + 1 < bytes.count, bytes[at + 1] & 0xC0 == 0x80 else { break }
                let letter = low[Int(byte & 0x1F) << 6 | Int(bytes[at + 1] & 0x3F)]
                guard letter.isSimple else { break }
                at += 2
                telling = 1
                out[count] = FoldedUnit(
                    loose: UInt32(letter.loose), strict: UInt32(letter.strict), composed: UInt32(letter.composed),
                    end: at, isUpper: letter.isUpper)
                word.tail = word.tail << 8 | UInt64(letter.code)
                count += 1
                if letter.isUpper { uppers += 1 }
                if letter.isLatin { word.hasLatin = true }
                if letter.second != 0 {
                    out[count] = FoldedUnit(
                        loose: UInt32(letter.second), strict: 0, composed: 0, end: at, isUpper: letter.isUpper)
                    word.tail <<= 8
                    count += 1
                    if letter.isUpper { uppers += 1 }
                }
            }
        }
        word.end = at
        let isCapital = uppers > 0 && out[first].isUpper
        word.flags = Token.Flags(uppers: uppers, letters: count - first - digits, isCapital: isCapital)
        if telling != 0 { word.flags.insert(.telling) }
        word.unitsEnd = count
        return word
    }
}
