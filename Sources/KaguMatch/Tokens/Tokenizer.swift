// SPDX-License-Identifier: Apache-2.0

/// Folds and cuts one field in one pass over its bytes (M8, M13–M20).
///
/// The gap between two tokens is gathered in `Gap`; when the next token opens, it tells the joint, the end of a
/// sentence and the domain. Letters are stored only for tokens, so a token's units are contiguous.
struct Tokenizer {
    enum Mode {
        /// Running text.
        case prose
        /// The item's link: hyphens and underscores are spaces, nothing is a hashtag or a domain (M18).
        case url
        /// An alias, term or phrase: one sentence.
        case name
    }

    private let table = FoldingTable.shared
    let mode: Mode
    private(set) var text: FieldText
    private var gap = TokenGap()
    /// Where the open token begins; nil between tokens.
    private var openStart: Int?
    private var openUnits = 0
    private var openEnd = 0
    private var openFlags: Token.Flags = []
    private var inTag = false
    private var tagStart = 0
    private var hasLatin = false
    private var hasSchwa = false
    private var sentence = 0
    private var paragraphStart = 0
    private var paragraphFirstToken = 0
    private var paragraphFirstSentence = 0
    private var startsSentence = true
    /// One past the last white space or opening mark: where an e-mail address would begin.
    private var wordStart = 0

    private init(_ bytes: [UInt8], mode: Mode) {
        self.mode = mode
        text = FieldText(bytes: bytes)
        text.units.reserveCapacity(bytes.count)
        text.tokens.reserveCapacity(bytes.count / 5 + 1)
    }

    /// The folded, cut field.
    static func cut(_ field: String, mode: Mode = .prose) -> FieldText {
        var tokenizer = Tokenizer(Array(field.utf8), mode: mode)
        tokenizer.run()
        return tokenizer.text
    }

    private mutating func run() {
        let bytes = text.bytes
        var at = 0
        while at < bytes.count {
            let (scalar, length) = Self.decode(bytes, at)
            at = take(scalar, at, at + length, bytes)
        }
        closeToken(nextByte: bytes.count)
        endTag()
        endParagraph(at: bytes.count)
    }

    /// Handles one scalar and returns where the next begins.
    private mutating func take(_ scalar: UInt32, _ start: Int, _ end: Int, _ bytes: [UInt8]) -> Int {
        let entry = table[scalar]
        switch entry.kind {
        case .letter, .digit, .unbounded, .hangul:
            if openStart == nil, mode == .prose, scalar | 0x20 == 0x77, let past = urlEnd(at: start, bytes) {
                return takeDead(from: start, to: past)
            }
            takeLetter(entry, scalar, start, end)
        case .mark:
            if openStart != nil {
                text.units.appendMark(scalar, start: start, end: end, table: table)
                openEnd = end
            }
        case .ignorable: break
        case .space: return takeSpace(scalar, start, end, bytes)
        case .apostrophe, .hyphen, .other:
            if entry.expands, let letters = table.expansions[scalar], isWord(letters) {
                for letter in letters { takeLetter(table[letter], letter, start, end) }
                return end
            }
            return takePunctuation(scalar, entry.kind, start, end, bytes)
        }
        return end
    }

    private func isWord(_ letters: [UInt32]) -> Bool {
        letters.allSatisfy {
            switch table[$0].kind {
            case .letter, .digit, .mark, .unbounded, .hangul: true
            case .other, .space, .ignorable, .apostrophe, .hyphen: false
            }
        }
    }

    // MARK: Letters

    private mutating func takeLetter(_ entry: FoldEntry, _ scalar: UInt32, _ start: Int, _ end: Int) {
        let script: Token.Flags = entry.kind == .unbounded ? .unbounded : entry.kind == .hangul ? .hangul : []
        if openStart != nil {
            let isCut = script != openFlags.intersection([.unbounded, .hangul]) || script == .unbounded
            cutAcronym(before: entry)
            if isCut || (inTag && isCamelCut(entry)) {
                closeToken(nextByte: start)
                if !isCut { gap.first = 1 }
            }
        }
        if openStart == nil {
            open(at: start, flags: script, startsUpper: entry.isUpper, isLetter: entry.kind != .digit)
        }
        if entry.expands, let letters = table.expansions[scalar] {
            for letter in letters { append(table[letter], letter, start, end) }
        } else {
            append(entry, scalar, start, end)
        }
        openEnd = end
    }

    private mutating func append(_ entry: FoldEntry, _ scalar: UInt32, _ start: Int, _ end: Int) {
        if entry.isLatin { hasLatin = true }
        if scalar == 0x4D9 || scalar == 0x4D8 { hasSchwa = true }
        text.units.append(entry: entry, scalar: scalar, start: start, end: end)
    }

    /// A cut before a capital after a small letter or digit (M19).
    private func isCamelCut(_ entry: FoldEntry) -> Bool {
        guard let last = text.units.last, openUnits < text.units.count else { return false }
        return entry.isUpper && !last.isUpper
    }

    /// A cut before the last of several capitals that a small letter follows: `UNBaku` (M19).
    private mutating func cutAcronym(before entry: FoldEntry) {
        guard inTag, openStart != nil, entry.kind == .letter, !entry.isUpper, let last = text.units.last,
            last.isUpper, text.units.count - openUnits >= 2, text.units[text.units.count - 2].isUpper
        else { return }
        text.units.removeLast()
        openEnd = Int(text.units[text.units.count - 1].end)
        closeToken(nextByte: Int(last.start))
        gap.first = 1
        open(at: Int(last.start), flags: [], startsUpper: true, isLetter: true)
        text.units.append(last)
        openEnd = Int(last.end)
    }

    private mutating func open(at start: Int, flags: Token.Flags, startsUpper: Bool, isLetter: Bool) {
        openStart = start
        openUnits = text.units.count
        openFlags = inTag ? flags.union(.tag) : flags
        hasLatin = false
        hasSchwa = false
        resolveGap(startsUpper: startsUpper, startsLower: isLetter && !startsUpper)
    }

    private var joint = Joint.start
    private var punctuation: UInt16 = 0
    private var isDomain = false

    /// Turns the gap into the joint before the token that opens.
    private mutating func resolveGap(startsUpper: Bool, startsLower: Bool) {
        isDomain = false
        punctuation = 0
        defer { gap = TokenGap() }
        guard let previous = text.tokens.last else {
            joint = .start
            return
        }
        if gap.hasLineBreak {
            joint = .lineBreak
            return
        }
        if gap.endsSentence, mode == .prose {
            cutSentence()
            joint = .other
            return
        }
        if gap.scalars == 0 {
            joint = gap.spaces > 0 ? .space : gap.first == 1 ? .camel : .none
            if joint == .none, inTag, previous.flags.contains(.tag) { joint = .camel }
            return
        }
        joint = jointOfPunctuation(previous: previous, startsUpper: startsUpper, startsLower: startsLower)
        if joint == .other { punctuation = gap.hash }
    }

    private mutating func jointOfPunctuation(previous: Token, startsUpper: Bool, startsLower: Bool) -> Joint {
        if gap.terminators > 0, gap.spaces == 0, startsUpper, mode == .prose, gap.scalars <= gap.terminators + 2 {
            let afterLower = text.units.last.map { !$0.isUpper && table[$0.composed].kind == .letter } ?? false
            if gap.closingQuoteBeforeTerminator || (afterLower && !previous.flags.contains(.dead)) { cutSentence() }
        }
        guard gap.scalars == 1 else { return .other }
        if gap.spaces > 0 { return gap.first == 0x2E && gap.last == 0x2E ? .dotSpace : .other }
        if mode == .url { return gap.first == 0x2D || gap.first == 0x5F || gap.first == 0x2B ? .space : .other }
        switch gap.first {
        case 0x27: return .apostrophe
        case 0x2D: return .hyphen
        case 0x2F: return .slash
        case 0x5F: return inTag ? .camel : .other
        case 0x2E:
            isDomain = startsLower && mode == .prose && !previous.flags.contains(.dotted)
            return .dot
        default: return .other
        }
    }

    private mutating func cutSentence() {
        sentence += 1
        startsSentence = true
    }

    // MARK: Ends of tokens

    /// Ends the open token; `nextByte` is where the scalar after it begins.
    private mutating func closeToken(nextByte: Int, dotEnd: Int? = nil) {
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
        token.units.count <= 7 && token.joint != .apostrophe && Self.elisions.contains(text.looseKey(of: token))
    }

    // MARK: Gaps

    private mutating func takeSpace(_ scalar: UInt32, _ start: Int, _ end: Int, _ bytes: [UInt8]) -> Int {
        closeToken(nextByte: start)
        endTag()
        let isLineBreak: Bool
        switch scalar {
        case 10, 11, 12, 13, 0x85, 0x2028, 0x2029: isLineBreak = mode == .prose
        default: isLineBreak = false
        }
        if gap.terminator, !isAbbreviation() { gap.endsSentence = true }
        gap.terminator = false
        gap.spaces += 1
        wordStart = end
        guard isLineBreak else { return end }
        let past = scalar == 13 && end < bytes.count && bytes[end] == 10 ? end + 1 : end
        endParagraph(at: start)
        paragraphStart = past
        gap.hasLineBreak = true
        wordStart = past
        return past
    }

    private mutating func takePunctuation(
        _ raw: UInt32, _ kind: ScalarKind, _ start: Int, _ end: Int, _ bytes: [UInt8]
    ) -> Int {
        let scalar: UInt32 = kind == .apostrophe ? 0x27 : kind == .hyphen ? 0x2D : raw
        if mode == .prose {
            if scalar == 0x3A, let past = schemeEnd(at: start, bytes) { return past }
            if scalar == 0x40, openStart != nil || (gap.scalars == 0 && gap.spaces == 0 && !text.tokens.isEmpty),
                let past = addressEnd(at: end, bytes)
            {
                return takeDead(from: wordStart, to: past)
            }
        }
        if inTag, scalar == 0x5F, openStart != nil {
            closeToken(nextByte: start)
        } else {
            closeToken(nextByte: start, dotEnd: scalar == 0x2E ? end : nil)
            endTag()
        }
        if (scalar == 0x23 || scalar == 0x40 || scalar == 0xFF03), mode == .prose, isTagStart(end, bytes) {
            inTag = true
            tagStart = text.tokens.count
        }
        if TokenGap.opensWord(scalar) { wordStart = end }
        gap.note(scalar)
        return end
    }

    private static let abbreviations: Set<[UInt32]> = Set(
        ["mr", "mrs", "ms", "dr", "st", "m", "mme", "prof", "sen", "vs", "г", "им", "те"]
            .map { $0.unicodeScalars.map(\.value) })

    /// Whether the full stop before this space belongs to the word before it (M13).
    private func isAbbreviation() -> Bool {
        guard gap.terminators == 1, gap.first == 0x2E, gap.scalars == 1, gap.spaces == 0,
            let token = text.tokens.last, !token.flags.contains(.dead)
        else { return false }
        if token.flags.contains(.dotted) { return token.flags.contains(.allCapitals) || isListed(token) }
        if token.units.count == 1, token.flags.contains(.allCapitals) { return true }
        return isListed(token) || (token.flags.contains(.capital) && text.loose(of: token, equals: [0x6E, 0x6F]))
    }

    private func isListed(_ token: Token) -> Bool {
        token.units.count <= 4 && Self.abbreviations.contains(text.looseKey(of: token))
    }

    // MARK: Lines, tags, addresses

    private mutating func endTag() {
        guard inTag else { return }
        inTag = false
        if tagStart < text.tokens.count { text.tags.append(tagStart..<text.tokens.count) }
    }

    private func isTagStart(_ next: Int, _ bytes: [UInt8]) -> Bool {
        guard next < bytes.count else { return false }
        if gap.scalars == 0, gap.spaces == 0, let last = text.tokens.last, last.end == next - 1 { return false }
        switch table[Self.decode(bytes, next).0].kind {
        case .letter, .digit, .unbounded, .hangul: return true
        case .other, .mark, .space, .ignorable, .apostrophe, .hyphen: return false
        }
    }

    private mutating func endParagraph(at end: Int) {
        var paragraph = Paragraph(
            tokens: paragraphFirstToken..<text.tokens.count, start: paragraphStart, end: max(end, paragraphStart),
            sentences: 0)
        if !paragraph.tokens.isEmpty { paragraph.sentences = sentence - paragraphFirstSentence + 1 }
        for index in paragraph.tokens {
            let token = text.tokens[index]
            if token.flags.contains(.dead) || token.flags.contains(.number) { continue }
            if token.units.count >= 2 {
                paragraph.words += 1
                if token.flags.contains(.allCapitals) { paragraph.capitalWords += 1 }
            }
            if token.units.count >= 4 {
                paragraph.longWords += 1
                if token.flags.contains(.capital) { paragraph.titleWords += 1 }
            }
        }
        text.paragraphs.append(paragraph)
        paragraphFirstToken = text.tokens.count
        if !paragraph.tokens.isEmpty { cutSentence() }
        paragraphFirstSentence = sentence
    }

    /// The end of an address that begins with `www.` here, or nil.
    private func urlEnd(at start: Int, _ bytes: [UInt8]) -> Int? {
        guard start + 4 < bytes.count, bytes[start + 3] == 0x2E, bytes[start + 1] | 0x20 == 0x77,
            bytes[start + 2] | 0x20 == 0x77
        else { return nil }
        return Self.addressLimit(from: start, bytes)
    }

    /// Ends a URL whose scheme is the open token and whose colon stands here.
    private mutating func schemeEnd(at colon: Int, _ bytes: [UInt8]) -> Int? {
        guard let start = openStart, colon + 2 < bytes.count, bytes[colon + 1] == 0x2F, bytes[colon + 2] == 0x2F
        else { return nil }
        return takeDead(from: start, to: Self.addressLimit(from: colon, bytes))
    }

    /// The end of an e-mail address whose `@` has just passed, or nil when what follows is no host.
    private func addressEnd(at next: Int, _ bytes: [UInt8]) -> Int? {
        guard next < bytes.count, table[Self.decode(bytes, next).0].kind == .letter else { return nil }
        return Self.addressLimit(from: next, bytes)
    }

    /// Makes one token that matches nothing of an address.
    private mutating func takeDead(from start: Int, to end: Int) -> Int {
        var first = start
        var joint = Joint.other
        if let open = openStart {
            text.units.removeSubrange(openUnits...)
            openStart = nil
            first = min(first, open)
            joint = self.joint == .lineBreak ? .lineBreak : .other
        }
        while text.tokens.count > paragraphFirstToken, let last = text.tokens.last, last.end > first {
            first = min(first, last.start)
            text.units.removeSubrange(last.units.lowerBound...)
            if last.flags.contains(.sentenceStart) { startsSentence = true }
            text.tokens.removeLast()
        }
        if gap.endsSentence { cutSentence() }
        if gap.hasLineBreak { joint = .lineBreak }
        var flags: Token.Flags = [.dead]
        if startsSentence { flags.insert(.sentenceStart) }
        startsSentence = false
        let unit = text.units.count
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
