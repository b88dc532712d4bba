// SPDX-License-Identifier: Apache-2.0

/// The ends of tokens: case, dotted acronyms, elisions (M14, M15).
extension Tokenizer {
    /// Ends the open token; `nextByte` is where the scalar after it begins.
    mutating func closeToken(nextByte: Int, dotEnd: Int? = nil) {
        guard let start = openStart else { return }
        openStart = nil
        let units = openUnits..<text.units.count
        if hasSchwa, hasLatin { latinizeSchwa(units) }
        var flags = openFlags.union(caseFlags(units))
        if isDomain { flags.insert(.domain) }
        if startsSentence { flags.insert(.sentenceStart) }
        startsSentence = false
        if joint == .apostrophe, let last = text.tokens.indices.last, isElision(text.tokens[last]) {
            text.tokens[last].flags.insert(.elision)
            if text.tokens[last].flags.contains(.sentenceStart) { flags.insert(.sentenceStart) }
        }
        let token = Token(
            units: units, start: start, end: openEnd, sentence: sentence,
            paragraph: text.paragraphs.count, joint: joint, punctuation: punctuation, flags: flags)
        if !mergeDotted(token, dotEnd: dotEnd) { text.tokens.append(token) }
    }

    /// Joins `B.` `I.` `G.` to one token (M14). Returns whether the token went into the one before.
    private mutating func mergeDotted(_ token: Token, dotEnd: Int?) -> Bool {
        guard token.joint == .dot, token.units.count == 1, let last = text.tokens.indices.last,
            !token.flags.contains(.number)
        else { return false }
        let previous = text.tokens[last]
        let isRun = previous.flags.contains(.dotted)
        let isFirstPair = previous.units.count == 1 && !previous.flags.contains(.number)
        guard isRun || (isFirstPair && dotEnd != nil), previous.units.upperBound == token.units.lowerBound
        else { return false }
        text.tokens[last].units = previous.units.lowerBound..<token.units.upperBound
        text.tokens[last].end = dotEnd ?? token.end
        text.tokens[last].flags.remove([.capital, .allCapitals, .lowerCase])
        text.tokens[last].flags.formUnion(caseFlags(text.tokens[last].units))
        text.tokens[last].flags.insert(.dotted)
        return true
    }

    private func caseFlags(_ units: Range<Int>) -> Token.Flags {
        var uppers = 0
        var letters = 0
        for index in units {
            if text.units[index].isUpper { uppers += 1 }
            if text.units[index].composed < 0x30 || text.units[index].composed > 0x39 { letters += 1 }
        }
        var flags: Token.Flags = []
        if letters == 0 { flags.insert(.number) }
        if uppers > 0, text.units[units.lowerBound].isUpper { flags.insert(.capital) }
        if uppers > 0, uppers == letters { flags.insert(.allCapitals) }
        if uppers == 0, letters > 0 { flags.insert(.lowerCase) }
        return flags
    }

    private mutating func latinizeSchwa(_ units: Range<Int>) {
        let lower = table[0x259]
        for index in units where text.units[index].strict == 0x4D9 {
            let isUpper = text.units[index].isUpper
            text.units[index].strict = 0x259
            text.units[index].loose = lower.loose
            text.units[index].composed = isUpper ? 0x18F : 0x259
        }
    }

    private static let elisions: Set<[UInt32]> = Set(
        ["l", "d", "j", "m", "t", "s", "c", "n", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "presqu"]
            .map { $0.unicodeScalars.map(\.value) })

    private func isElision(_ token: Token) -> Bool {
        guard token.units.count <= 7, token.joint != .apostrophe else { return false }
        if token.units.count > 1, text.units[token.units.upperBound - 1].loose != 0x75 { return false }
        return Self.elisions.contains(text.looseKey(of: token))
    }
}
