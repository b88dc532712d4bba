// SPDX-License-Identifier: Apache-2.0

/// What stands between two tokens (M14, M16).
enum Joint: UInt8 {
    /// The first token of a field.
    case start
    /// White space only.
    case space
    case hyphen, apostrophe, slash
    /// A full stop with nothing around it.
    case dot
    /// A full stop and white space that ends no sentence (`Mr. Xi`).
    case dotSpace
    /// Nothing: scripts without word boundaries, or a change of script.
    case none
    /// A camel-case cut, or an underscore, inside a hashtag or handle.
    case camel
    /// Other punctuation; `Token.punctuation` tells which.
    case other
    /// A line break.
    case lineBreak
}

/// A run of letters, marks and digits of a field (M14).
struct Token {
    struct Flags: OptionSet {
        let rawValue: UInt16
        /// Detached before an apostrophe, not counted in windows (M15).
        static let elision = Flags(rawValue: 1)
        /// Letter-dot pairs (M14).
        static let dotted = Flags(rawValue: 2)
        /// Joined to the token before by a domain's full stop (M17).
        static let domain = Flags(rawValue: 4)
        /// A URL or e-mail address: matches nothing (M18).
        static let dead = Flags(rawValue: 8)
        /// Part of a hashtag or handle (M19).
        static let tag = Flags(rawValue: 16)
        /// In boilerplate (M21).
        static let boilerplate = Flags(rawValue: 32)
        /// A letter of a script without word boundaries (M20).
        static let unbounded = Flags(rawValue: 64)
        /// Hangul: a boundary on the left only (M20).
        static let hangul = Flags(rawValue: 128)
        /// The first letter is a capital.
        static let capital = Flags(rawValue: 256)
        /// All letters are capitals, and there is one.
        static let allCapitals = Flags(rawValue: 512)
        /// No capital, and at least one letter.
        static let lowerCase = Flags(rawValue: 1024)
        /// The first token of its sentence.
        static let sentenceStart = Flags(rawValue: 2048)
        /// Digits only.
        static let number = Flags(rawValue: 4096)
        /// Has a letter that says something of the language by itself: beyond ASCII, or q, w, x (M50).
        static let telling = Flags(rawValue: 8192)
    }

    private var firstUnit: UInt32
    private var unitCount: UInt32
    private var firstByte: UInt32
    private var endByte: UInt32
    private var sentenceNumber: UInt32
    private var paragraphNumber: UInt32
    /// The last eight strict letters, one byte each: see `LetterCode`.
    var tail: UInt64
    /// The hash of its loose letters: see `WordOpenings`.
    var hash: UInt32
    /// A hash of the punctuation before it, for `Joint.other`.
    var punctuation: UInt16
    var flags: Flags
    /// What stands before it.
    var joint: Joint

    @inline(__always)
    init(
        units: Range<Int>, start: Int, end: Int, sentence: Int, paragraph: Int, joint: Joint, punctuation: UInt16,
        flags: Flags, tail: UInt64 = 0, hash: UInt32 = 0
    ) {
        firstUnit = UInt32(truncatingIfNeeded: units.lowerBound)
        unitCount = UInt32(truncatingIfNeeded: units.count)
        firstByte = UInt32(truncatingIfNeeded: start)
        endByte = UInt32(truncatingIfNeeded: end)
        sentenceNumber = UInt32(truncatingIfNeeded: sentence)
        paragraphNumber = UInt32(truncatingIfNeeded: paragraph)
        self.tail = tail
        self.hash = hash
        self.punctuation = punctuation
        self.flags = flags
        self.joint = joint
    }

    /// Its letters.
    var units: Range<Int> {
        @inline(__always) get { Int(firstUnit)..<(Int(firstUnit) + Int(unitCount)) }
        set {
            firstUnit = UInt32(truncatingIfNeeded: newValue.lowerBound)
            unitCount = UInt32(truncatingIfNeeded: newValue.count)
        }
    }

    /// Its first byte.
    var start: Int {
        @inline(__always) get { Int(firstByte) }
    }

    /// One past its last byte.
    var end: Int {
        @inline(__always) get { Int(endByte) }
        set { endByte = UInt32(truncatingIfNeeded: newValue) }
    }

    /// The number of its sentence in the field.
    var sentence: Int {
        @inline(__always) get { Int(sentenceNumber) }
    }

    /// The number of its paragraph in the field.
    var paragraph: Int {
        @inline(__always) get { Int(paragraphNumber) }
    }
}

/// One byte for a strict letter, so that the end of a word is one number.
enum LetterCode {
    /// The letter itself below U+0100, codes of their own for ə and for U+0100–017F, 0 for all others.
    @inline(__always)
    static func of(_ strict: UInt32) -> UInt64 {
        if strict < 0x100 { return UInt64(strict) }
        if strict < 0x180 { return UInt64(0x80 | (strict & 0x7F) >> 1) }
        return strict == 0x259 ? 1 : 0
    }
}

/// One line of a field: a segment (M13).
struct Paragraph {
    var tokens: Range<Int>
    var start: Int
    var end: Int
    var sentences: Int
    /// Words of at least two letters, and those in capitals (M28).
    var words = 0
    var capitalWords = 0
    /// Words of at least four letters, and those with a capital (M30).
    var longWords = 0
    var titleWords = 0

    /// Counts its words, of all tokens of the field.
    mutating func countWords(_ all: [Token]) {
        let all = all.span
        for index in tokens {
            let flags = all[index].flags
            let letters = all[index].units.count
            guard letters >= 2, flags.isDisjoint(with: [.dead, .number]) else { continue }
            words &+= 1
            if flags.contains(.allCapitals) { capitalWords &+= 1 }
            guard letters >= 4 else { continue }
            longWords &+= 1
            if flags.contains(.capital) { titleWords &+= 1 }
        }
    }

    /// At least four words of two letters, 80 % of them in capitals (M28).
    var isAllCapitals: Bool { words >= 4 && capitalWords * 5 >= words * 4 }
    /// At least four words of four letters, 80 % of them with a capital (M30).
    var isTitleCase: Bool { longWords >= 4 && titleWords * 5 >= longWords * 4 }
}

/// A field folded and cut into tokens; every token and letter leads back to its bytes (M7).
struct FieldText {
    var bytes: [UInt8] = []
    var units: [FoldedUnit] = []
    var tokens: [Token] = []
    var paragraphs: [Paragraph] = []
    /// Hashtags and handles, as token ranges (M19).
    var tags: [Range<Int>] = []

    /// The bytes of a span as text.
    func text(_ start: Int, _ end: Int) -> String { String(decoding: bytes[start..<end], as: UTF8.self) }

    /// The bytes of a span as text.
    func text(_ span: Range<Int>) -> String { text(span.lowerBound, span.upperBound) }

    /// A token as written.
    func text(of token: Token) -> String { text(token.start, token.end) }

    /// Whether a token's loose key is these ASCII or other letters.
    @inline(__always)
    func loose(of token: Token, equals key: [UInt32]) -> Bool {
        guard token.units.count == key.count else { return false }
        var at = token.units.lowerBound
        for letter in key {
            guard units[at].loose == letter else { return false }
            at += 1
        }
        return true
    }

    /// A token's loose key.
    func looseKey(of token: Token) -> [UInt32] { units[token.units].map(\.loose) }

    /// The first token of the sentence that `token` is in, at most `limit` tokens before it.
    func sentenceStart(of token: Int, within limit: Int) -> Int {
        var first = token
        while first > 0, token - first < limit, tokens[first - 1].sentence == tokens[token].sentence { first -= 1 }
        return first
    }

    /// One past the last token of the sentence that `token` is in, at most `limit` tokens after it.
    func sentenceEnd(of token: Int, within limit: Int) -> Int {
        var end = token + 1
        while end < tokens.count, end - token < limit, tokens[end].sentence == tokens[token].sentence { end += 1 }
        return end
    }
}
