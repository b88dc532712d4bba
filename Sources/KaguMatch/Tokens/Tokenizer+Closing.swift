// SPDX-License-Identifier: Apache-2.0

/// The ends of tokens: case, dotted acronyms, elisions (M14, M15).
extension Tokenizer {
    /// Ends the open token; `nextByte` is where the scalar after it begins.
    mutating func closeToken(nextByte: Int, dotEnd: Int? = nil) {
        guard let start = openStart else { return }
        openStart = nil
        let letters = openUnits..<units.count
        if hasSchwa, hasLatin { latinizeSchwa(letters) }
        let (caseFlags, tail, hash) = summary(of: letters)
        var flags = openFlags.union(caseFlags)
        if isDomain { flags.insert(.domain) }
        if startsSentence { flags.insert(.sentenceStart) }
        startsSentence = false
        if joint == .apostrophe, let last = text.tokens.indices.last, isElision(text.tokens[last]) {
            text.tokens[last].flags.insert(.elision)
            if text.tokens[last].flags.contains(.sentenceStart) { flags.insert(.sentenceStart) }
        }
        let token = Token(
            units: letters, start: start, end: openEnd, sentence: sentence, paragraph: text.paragraphs.count,
            joint: joint, punctuation: punctuation, flags: flags, tail: tail, hash: hash)
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
        let (caseFlags, tail, hash) = summary(of: text.tokens[last].units)
        text.tokens[last].flags.formUnion(caseFlags)
        text.tokens[last].tail = tail
        text.tokens[last].hash = hash
        text.tokens[last].flags.insert(.dotted)
        return true
    }

    /// What the letters of a token say of its case and language, the last eight of them, and the hash of all.
    private func summary(of letters: Range<Int>) -> (flags: Token.Flags, tail: UInt64, hash: UInt32) {
        var uppers = 0
        var digits = 0
        var tail: UInt64 = 0
        var hash: UInt32 = 0
        var isTelling = false
        let all = units.storage.span
        for index in letters {
            let unit = all[index]
            uppers &+= unit.upperCount
            hash = WordOpenings.add(unit.loose, to: hash)
            if unit.composed >= 0x30, unit.composed <= 0x39 { digits += 1 }
            if LanguageGuess.isTelling(unit) { isTelling = true }
            tail = tail << 8 | LetterCode.of(unit.strict)
        }
        let isCapital = uppers > 0 && units[letters.lowerBound].isUpper
        var flags = Token.Flags(
            uppers: uppers, letters: letters.count - digits, isCapital: isCapital)
        if isTelling { flags.insert(.telling) }
        return (flags, tail, hash)
    }

    private mutating func latinizeSchwa(_ letters: Range<Int>) {
        let lower = table[0x259]
        for index in letters where units[index].strict == 0x4D9 {
            units[index].strict = 0x259
            units[index].loose = lower.loose
            units[index].composed = units[index].isUpper ? 0x18F : 0x259
        }
    }

    private static let elisions: Set<[UInt32]> = Set(
        ["l", "d", "j", "m", "t", "s", "c", "n", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "presqu"]
            .map { $0.unicodeScalars.map(\.value) })

    private func isElision(_ token: Token) -> Bool {
        guard token.units.count <= 7, token.joint != .apostrophe else { return false }
        if token.units.count > 1, units[token.units.upperBound - 1].loose != 0x75 { return false }
        return Self.elisions.contains(looseKey(of: token))
    }

    /// A token's loose key.
    func looseKey(of token: Token) -> [UInt32] { units.storage[token.units].map(\.loose) }

    /// Whether a token's loose key is these letters.
    func spells(_ token: Token, _ key: [UInt32]) -> Bool {
        token.units.count == key.count && zip(token.units, key).allSatisfy { units[$0].loose == $1 }
    }
}

extension Token.Flags {
    /// What the number of a token's capitals and letters says of its case; the rest are digits.
    @inline(__always)
    init(uppers: Int, letters: Int, isCapital: Bool) {
        self = []
        if letters == 0 { insert(.number) }
        if uppers == 0 {
            if letters > 0 { insert(.lowerCase) }
            return
        }
        if isCapital { insert(.capital) }
        if uppers == letters { insert(.allCapitals) }
    }
}
