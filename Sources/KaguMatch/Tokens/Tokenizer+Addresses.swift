// SPDX-License-Identifier: Apache-2.0

/// URLs and e-mail addresses in running text, which match nothing (M18).
extension Tokenizer {
    /// The end of an address that begins with `www.` here, or nil.
    func urlEnd(at start: Int, _ bytes: [UInt8]) -> Int? {
        guard start + 4 < bytes.count, bytes[start + 3] == 0x2E, bytes[start + 1] | 0x20 == 0x77,
            bytes[start + 2] | 0x20 == 0x77
        else { return nil }
        return Self.addressLimit(from: start, bytes)
    }

    /// Ends a URL whose scheme is the open token and whose colon stands here.
    mutating func schemeEnd(at colon: Int, _ bytes: [UInt8]) -> Int? {
        guard let start = openStart, colon + 2 < bytes.count, bytes[colon + 1] == 0x2F, bytes[colon + 2] == 0x2F
        else { return nil }
        return takeDead(from: start, to: Self.addressLimit(from: colon, bytes))
    }

    /// The end of an e-mail address whose `@` has just passed, or nil when what follows is no host.
    func addressEnd(at next: Int, _ bytes: [UInt8]) -> Int? {
        guard next < bytes.count, table[Self.decode(bytes, next).0].kind == .letter else { return nil }
        return Self.addressLimit(from: next, bytes)
    }

    /// Makes one token that matches nothing of an address.
    mutating func takeDead(from start: Int, to end: Int) -> Int {
        var first = start
        var joint = Joint.other
        if let open = openStart {
            units.count = openUnits
            openStart = nil
            first = min(first, open)
            joint = self.joint == .lineBreak ? .lineBreak : .other
        }
        while text.tokens.count > paragraphFirstToken, let last = text.tokens.last, last.end > first {
            first = min(first, last.start)
            units.count = last.units.lowerBound
            if last.flags.contains(.sentenceStart) { startsSentence = true }
            text.tokens.removeLast()
        }
        while let tag = text.tags.last, tag.upperBound > text.tokens.count {
            text.tags.removeLast()
            if tag.lowerBound < text.tokens.count { text.tags.append(tag.lowerBound..<text.tokens.count) }
        }
        if gap.endsSentence { cutSentence() }
        if gap.hasLineBreak { joint = .lineBreak }
        var flags: Token.Flags = [.dead]
        if startsSentence { flags.insert(.sentenceStart) }
        startsSentence = false
        let unit = units.count
        text.tokens.append(
            Token(
                units: unit..<unit, start: first, end: end, sentence: sentence, paragraph: text.paragraphs.count,
                joint: joint, punctuation: 1, flags: flags))
        gap = TokenGap()
        inTag = false
        wordStart = end
        return end
    }
}
