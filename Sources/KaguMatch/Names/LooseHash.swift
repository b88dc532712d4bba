// SPDX-License-Identifier: Apache-2.0

/// A hash of loose letters as they come: their UTF-8 in chunks of eight bytes, each times its own number, summed
/// up. A sum needs no order, so that the sixteen bytes of `PlainWord` are hashed by two multiplications (M63).
struct LooseHash {
    private static let first: UInt64 = 0x9E37_79B9_7F4A_7C15
    private static let second: UInt64 = first &* first

    private var sum: UInt64 = 0
    private var chunk: UInt64 = 0
    /// How many bits of `chunk` are letters.
    private var filled: UInt64 = 0
    private var factor = first

    /// The hash of no letters.
    init() {}

    /// The hash of the letters of a word so far.
    @inline(__always)
    init(_ word: PlainWord) {
        if word.length < 8 {
            chunk = word.low
        } else {
            sum = word.low &* Self.first
            factor = Self.second
            chunk = word.high
            if word.length == 16 {
                sum &+= chunk &* Self.second
                chunk = 0
                factor &*= Self.first
            }
        }
        filled = UInt64(truncatingIfNeeded: word.length & 7) &* 8
    }

    /// The hash of a whole word of at most sixteen letters.
    @inline(__always)
    static func of(_ word: PlainWord) -> UInt64 { word.low &* first &+ word.high &* second }

    /// The hash of at most eight letters of ASCII, one a byte from the lowest on.
    @inline(__always)
    static func of(low letters: UInt64) -> UInt64 { letters &* first }

    /// The hash so far.
    var value: UInt64 {
        @inline(__always) get { sum &+ chunk &* factor }
    }

    /// Adds the UTF-8 of one or two letters: up to four bytes from the lowest on, none of them 0.
    @inline(__always)
    mutating func add(_ letters: UInt32) {
        let bits = UInt64(truncatingIfNeeded: (39 &- letters.leadingZeroBitCount) & ~7)
        chunk |= UInt64(letters) &<< filled
        filled &+= bits
        guard filled >= 64 else { return }
        sum &+= chunk &* factor
        factor &*= Self.first
        filled &-= 64
        chunk = UInt64(letters) &>> (bits &- filled)
    }

    /// The UTF-8 of a letter below U+0800, as `add` takes it.
    static func utf8(_ letter: UInt32) -> UInt32 {
        letter < 0x80 ? letter : (0xC0 | letter >> 6) | (0x80 | letter & 0x3F) << 8
    }
}

/// The letters and digits of ASCII that a text goes on with, in lower case: at most sixteen, in two numbers. They
/// are found eight at a time by arithmetic on all bytes of a number at once: no step depends on a letter, so that
/// none is guessed wrong.
struct PlainWord {
    private(set) var low: UInt64
    private(set) var high: UInt64
    private(set) var length: Int

    /// The word at a place; of no letters where none stands there.
    @inline(__always)
    init(_ bytes: RawSpan, at start: Int) {
        let left = bytes.byteCount &- start
        if left >= 16 {
            low = bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self)
            high = bytes.unsafeLoadUnaligned(fromByteOffset: start &+ 8, as: UInt64.self)
        } else {
            (low, high) = Self.end(of: bytes, from: start)
        }
        let lowStop = Self.stops(low)
        let highStop = Self.stops(high)
        let lowLength = lowStop.trailingZeroBitCount &>> 3
        let highLength = lowStop == 0 ? highStop.trailingZeroBitCount &>> 3 : 0
        length = lowLength &+ highLength
        low = (low | Self.lowerCase) & Self.letters(lowLength)
        high = (high | Self.lowerCase) & Self.letters(highLength)
    }

    private static let lowerCase: UInt64 = 0x2020_2020_2020_2020

    /// The bits of so many letters.
    @inline(__always)
    private static func letters(_ count: Int) -> UInt64 {
        count == 0 ? 0 : UInt64.max &>> (64 &- UInt64(truncatingIfNeeded: count) &* 8)
    }

    /// The highest bit of every byte that is neither letter nor digit of ASCII.
    @inline(__always)
    private static func stops(_ bytes: UInt64) -> UInt64 {
        let high: UInt64 = 0x8080_8080_8080_8080
        let plain = bytes & ~high
        let lower = plain | lowerCase
        // From "a" on the first sum reaches the highest bit, beyond "z" the second; likewise "0" and "9".
        let isLetter = (lower &+ 0x1F1F_1F1F_1F1F_1F1F) & ~(lower &+ 0x0505_0505_0505_0505)
        let isDigit = (plain &+ 0x5050_5050_5050_5050) & ~(plain &+ 0x4646_4646_4646_4646)
        return (~(isLetter | isDigit) | bytes) & high
    }

    /// The last bytes of a text, fewer than sixteen, in the lowest places.
    private static func end(of bytes: RawSpan, from start: Int) -> (UInt64, UInt64) {
        var (low, high): (UInt64, UInt64) = (0, 0)
        for offset in (start..<bytes.byteCount).reversed() {
            high = high << 8 | low >> 56
            low = low << 8 | UInt64(bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
        }
        return (low, high)
    }
}
