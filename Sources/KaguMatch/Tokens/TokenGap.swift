// SPDX-License-Identifier: Apache-2.0

/// What has been seen since the last token.
struct TokenGap {
    var scalars = 0
    var spaces = 0
    var first: UInt32 = 0
    var last: UInt32 = 0
    var hash: UInt16 = 0
    var hasLineBreak = false
    /// A terminator was seen and only closing quotes after it.
    var terminator = false
    /// How many terminators, to tell `.` from `...`.
    var terminators = 0
    /// A terminator was followed by space.
    var endsSentence = false
    var closingQuoteBeforeTerminator = false

    /// Whether white space is all that has been seen, on one line.
    var isOnlySpace: Bool { spaces > 0 && scalars == 0 && !hasLineBreak && !endsSentence }

    /// Adds a punctuation mark.
    mutating func note(_ scalar: UInt32) {
        if scalars == 0 { first = scalar }
        scalars += 1
        hash = (hash &* 31) ^ UInt16(truncatingIfNeeded: scalar)
        switch scalar {
        case 0x2E, 0x21, 0x3F, 0x2026, 0xFF01, 0xFF1F, 0x3002:
            if terminators == 0 { closingQuoteBeforeTerminator = Self.isClosingQuote(last) }
            terminators += 1
            terminator = true
            if scalar == 0xFF01 || scalar == 0xFF1F || scalar == 0x3002 { endsSentence = true }
        case _ where Self.isClosingQuote(scalar): break
        default: terminator = false
        }
        last = scalar
    }

    private static func isClosingQuote(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x22, 0x27, 0x201D, 0xBB, 0x203A, 0x29, 0x5D, 0x300D, 0x300F: true
        default: false
        }
    }

    /// Whether an e-mail address may begin right after a mark.
    static func opensWord(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x28, 0x5B, 0x7B, 0x3C, 0x22, 0x201C, 0xAB, 0x3A, 0x2C, 0x3B: true
        default: false
        }
    }
}
