// SPDX-License-Identifier: Apache-2.0

/// Folds and cuts one field in one pass over its bytes (M8, M13–M20).
///
/// The gap between two tokens is gathered in `Gap`; when the next token opens, it tells the joint, the end of a
/// sentence and the domain. Letters are stored only for tokens, so a token's units are contiguous. What closes a token
/// and what an address is stand in the files beside; the state is theirs as well.
struct Tokenizer {
    enum Mode {
        /// Running text.
        case prose
        /// The item's link: hyphens and underscores are spaces, nothing is a hashtag or a domain (M18).
        case url
        /// An alias, term or phrase: one sentence.
        case name
    }

    let table = FoldingTable.shared
    let mode: Mode
    /// Whether plain words are taken without the state machine; the tests compare both ways.
    let hasShortWay: Bool
    var text: FieldText
    var units: UnitBuffer
    var gap = TokenGap()
    /// Where the open token begins; nil between tokens.
    var openStart: Int?
    var openUnits = 0
    var openEnd = 0
    /// Where the last letter of a tag begins.
    private var lastLetterStart = 0
    var openFlags: Token.Flags = []
    var inTag = false
    var tagStart = 0
    var hasLatin = false
    var hasSchwa = false
    var sentence = 0
    var paragraphStart = 0
    var paragraphFirstToken = 0
    var paragraphFirstSentence = 0
    var startsSentence = true
    /// One past the last white space or opening mark: where an e-mail address would begin.
    var wordStart = 0

    private init(_ bytes: [UInt8], mode: Mode, hasShortWay: Bool) {
        self.mode = mode
        self.hasShortWay = hasShortWay
        text = FieldText(bytes: bytes)
        units = UnitBuffer(byteCount: bytes.count)
        text.tokens.reserveCapacity(bytes.count / 5 + 1)
    }

    /// The folded, cut field.
    static func cut(_ field: String, mode: Mode = .prose, hasShortWay: Bool = true) -> FieldText {
        var tokenizer = Tokenizer(Array(field.utf8), mode: mode, hasShortWay: hasShortWay && mode == .prose)
        tokenizer.run()
        tokenizer.units.storage.removeLast(tokenizer.units.storage.count - tokenizer.units.count)
        tokenizer.text.units = tokenizer.units.storage
        return tokenizer.text
    }

    private mutating func run() {
        let bytes = text.bytes
        var at = 0
        while at < bytes.count {
            if beginsWords(at, bytes) {
                at = takeWords(from: at, bytes)
                continue
            }
            let (scalar, length) = Self.decode(bytes, at)
            at = take(scalar, at, at + length, bytes)
            if openStart != nil, !inTag, openFlags.isDisjoint(with: [.unbounded, .hangul]) {
                at = takeLetters(from: at, bytes)
            }
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
                units.appendMark(scalar, end: end, table: table)
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

    /// The short way through the rest of most words: letters and digits of ASCII, and letters of two bytes that
    /// fold to letters. Stops before anything else.
    private mutating func takeLetters(from start: Int, _ bytes: [UInt8]) -> Int {
        var at = start
        while at < bytes.count {
            let byte = bytes[at]
            let end: Int
            if byte < 0x80 {
                let lower = UInt32(byte | 0x20)
                let isLetter = lower &- 0x61 < 26
                guard isLetter || byte &- 0x30 < 10 else { break }
                end = at + 1
                if isLetter { hasLatin = true }
                let letter = isLetter ? lower : UInt32(byte)
                units.append(
                    FoldedUnit(
                        loose: letter, strict: letter, composed: UInt32(byte), end: end,
                        isUpper: isLetter && byte & 0x20 == 0))
            } else {
                let (scalar, length) = Self.decode(bytes, at)
                guard length == 2 else { break }
                let entry = table[scalar]
                guard entry.kind == .letter, !entry.expands else { break }
                end = at + 2
                append(entry, scalar, end)
            }
            at = end
        }
        if at > start { openEnd = at }
        return at
    }

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
            for letter in letters { append(table[letter], letter, end) }
        } else {
            append(entry, scalar, end)
        }
        openEnd = end
        lastLetterStart = start
    }

    private mutating func append(_ entry: FoldEntry, _ scalar: UInt32, _ end: Int) {
        if entry.isLatin { hasLatin = true }
        if scalar == 0x4D9 || scalar == 0x4D8 { hasSchwa = true }
        units.append(entry: entry, scalar: scalar, end: end)
    }

    /// A cut before a capital after a small letter or digit (M19).
    private func isCamelCut(_ entry: FoldEntry) -> Bool {
        guard let last = units.last, openUnits < units.count else { return false }
        return entry.isUpper && !last.isUpper
    }

    /// A cut before the last of several capitals that a small letter follows: `UNBaku` (M19).
    private mutating func cutAcronym(before entry: FoldEntry) {
        guard inTag, openStart != nil, entry.kind == .letter, !entry.isUpper, let last = units.last,
            last.isUpper, units.count - openUnits >= 2, units[units.count - 2].isUpper
        else { return }
        units.count -= 1
        openEnd = Int(units[units.count - 1].end)
        let start = lastLetterStart
        closeToken(nextByte: start)
        gap.first = 1
        open(at: start, flags: [], startsUpper: true, isLetter: true)
        units.append(last)
        openEnd = Int(last.end)
    }

    private mutating func open(at start: Int, flags: Token.Flags, startsUpper: Bool, isLetter: Bool) {
        openStart = start
        openUnits = units.count
        openFlags = inTag ? flags.union(.tag) : flags
        hasLatin = false
        hasSchwa = false
        resolveGap(startsUpper: startsUpper, startsLower: isLetter && !startsUpper)
    }

    var joint = Joint.start
    var punctuation: UInt16 = 0
    var isDomain = false

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
            let afterLower = units.last.map { !$0.isUpper && table[$0.composed].kind == .letter } ?? false
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

    mutating func cutSentence() {
        sentence += 1
        startsSentence = true
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
        return isListed(token) || (token.flags.contains(.capital) && spells(token, [0x6E, 0x6F]))
    }

    private func isListed(_ token: Token) -> Bool {
        token.units.count <= 4 && Self.abbreviations.contains(looseKey(of: token))
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
        paragraph.countWords(text.tokens)
        text.paragraphs.append(paragraph)
        paragraphFirstToken = text.tokens.count
        if !paragraph.tokens.isEmpty { cutSentence() }
        paragraphFirstSentence = sentence
    }
}
