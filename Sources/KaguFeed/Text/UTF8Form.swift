// SPDX-License-Identifier: Apache-2.0

/// What some bytes are as text, found in one pass.
enum UTF8Form: Sendable {
    case ascii
    /// Well-formed UTF-8 past ASCII.
    case multibyte
    /// Anything else, a cut sequence at the end included.
    case other

    /// Judges `bytes[range]`.
    ///
    /// Blocks of ASCII are passed over up to the first other byte. From there on, blocks in which two- and three-byte
    /// sequences follow each other, or ASCII, are passed in a few steps without a branch; what is left goes through an
    /// automaton.
    static func of(_ bytes: [UInt8], _ range: Range<Int>) -> UTF8Form {
        let raw = bytes.span.bytes
        // Blocks up to the range's end are read without another look.
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        var index = firstBeyondASCII(bytes, range)
        if index == range.upperBound { return .ascii }
        let lastBlock = range.upperBound - ByteBlock.width
        while index <= lastBlock {
            let start = firstOfCharacter(bytes, index, range)
            guard let end = step(through: bytes, start, to: index + ByteBlock.width, range) else { return .other }
            // At least a block was passed: there are two bytes before each of the next ones.
            index = end
            while index <= lastBlock,
                ByteBlock(raw, inside: index)
                    .continues(ByteBlock(raw, inside: index &- 1), ByteBlock(raw, inside: index &- 2))
            {
                index &+= ByteBlock.width
            }
        }
        let start = firstOfCharacter(bytes, index, range)
        return step(through: bytes, start, to: range.upperBound, range) == nil ? .other : .multibyte
    }

    /// Where the character that `index` may lie in begins.
    private static func firstOfCharacter(_ bytes: [UInt8], _ index: Int, _ range: Range<Int>) -> Int {
        if index - 1 >= range.lowerBound, bytes[index - 1] >= 0xC0 { return index - 1 }
        if index - 2 >= range.lowerBound, bytes[index - 2] >= 0xE0 { return index - 2 }
        return index
    }

    /// The first byte past ASCII; the range's end if there is none.
    static func firstBeyondASCII(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
        let raw = bytes.span.bytes
        let width = ByteBlock.width
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        var index = range.lowerBound
        while index + 4 * width <= range.upperBound,
            ByteBlock.areASCII(
                ByteBlock(raw, inside: index), ByteBlock(raw, inside: index + width),
                ByteBlock(raw, inside: index + 2 * width), ByteBlock(raw, inside: index + 3 * width))
        {
            index += 4 * width
        }
        while index + width <= range.upperBound {
            let marks = ByteBlock(raw, inside: index).beyondASCII
            if !ByteBlock.isEmpty(marks) { return index + ByteBlock.first(marks) }
            index += width
        }
        while index < range.upperBound, bytes[index] < 0x80 { index += 1 }
        return index
    }

    // MARK: The automaton

    /// States are multiples of six: six bits of a row say what follows.
    private static let refused: UInt64 = 0
    private static let accepted: UInt64 = 6
    /// States that want one, two, three more bytes of any kind, then those whose next byte is bounded (table 3-7).
    private static let wants: (one: UInt64, two: UInt64, three: UInt64) = (12, 18, 24)
    private static let after: (e0: UInt64, ed: UInt64, f0: UInt64, f4: UInt64) = (30, 36, 42, 48)

    /// Steps from the beginning of a character to at least `end`, and to the end of the character there; returns where
    /// it stands, nil where bytes do not fit.
    ///
    /// States are shifts: the row of a byte holds, at the place of each state, the state that follows.
    private static func step(through bytes: [UInt8], _ start: Int, to end: Int, _ range: Range<Int>) -> Int? {
        let rows = Self.rows
        var state = accepted
        var index = start
        while index < end || state & 63 != accepted {
            guard index < range.upperBound, state & 63 != refused else { return nil }
            state = rows[Int(bytes[index])] &>> (state & 63)
            index += 1
        }
        return index
    }

    /// What follows each state, for each byte.
    private static let rows: [UInt64] = (0..<256).map { row($0) }

    private static func row(_ byte: UInt64) -> UInt64 {
        var row = start(byte) << accepted
        guard byte & 0xC0 == 0x80 else { return row }
        row |= accepted << wants.one | wants.one << wants.two | wants.two << wants.three
        if byte >= 0xA0 { row |= wants.one << after.e0 } else { row |= wants.one << after.ed }
        if byte >= 0x90 { row |= wants.two << after.f0 } else { row |= wants.two << after.f4 }
        return row
    }

    /// The state after the first byte of a character.
    private static func start(_ byte: UInt64) -> UInt64 {
        switch byte {
        case 0..<0x80: accepted
        case 0xC2...0xDF: wants.one
        case 0xE0: after.e0
        case 0xED: after.ed
        case 0xE1...0xEF: wants.two
        case 0xF0: after.f0
        case 0xF4: after.f4
        case 0xF1...0xF3: wants.three
        default: refused
        }
    }
}
