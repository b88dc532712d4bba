// SPDX-License-Identifier: Apache-2.0

/// Sixteen bytes that are looked at together: text is mostly plain, and one test passes over sixteen bytes of it.
///
/// All tests are built from equality, which is one instruction; the compiler takes other comparisons of `SIMD16<UInt8>`
/// byte by byte. Marks stay whole vectors until they are asked for their places: taken apart earlier, they would travel
/// through integer registers.
struct ByteBlock {
    typealias Bytes = SIMD16<UInt8>
    /// For each byte whether a test holds.
    typealias Marks = SIMDMask<SIMD16<Int8>>
    typealias Lanes = SIMD2<UInt64>
    static let width = 16

    private let bytes: Bytes

    /// The bytes from `position`; all must lie in the span, which is checked.
    @inline(__always)
    init(_ bytes: RawSpan, _ position: Int) {
        // "Unsafe" only as to the type: any sixteen bytes are sixteen integers.
        self.bytes = bytes.unsafeLoadUnaligned(fromByteOffset: position, as: Bytes.self)
    }

    /// The same for a position whose place the caller's loop has just compared with the span's end.
    @inline(__always)
    init(_ bytes: RawSpan, inside position: Int) {
        assert(position >= 0 && position + Self.width <= bytes.byteCount)
        self.bytes = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: Bytes.self)
    }

    /// Marks the bytes that equal one.
    @inline(__always)
    func equal(_ byte: UInt8) -> Marks { bytes .== Bytes(repeating: byte) }

    /// Marks the bytes that equal one once some bits are set in both.
    @inline(__always)
    func equal(_ byte: UInt8, setting bits: UInt8) -> Marks {
        (bytes | Bytes(repeating: bits)) .== Bytes(repeating: byte)
    }

    /// Marks the controls of ASCII.
    @inline(__always)
    var controls: Marks { (bytes & Bytes(repeating: 0xE0)) .== Bytes() }

    /// Whether all bytes of four blocks are ASCII.
    @inline(__always)
    static func areASCII(_ first: ByteBlock, _ second: ByteBlock, _ third: ByteBlock, _ fourth: ByteBlock) -> Bool {
        isEmpty((first.lanes | second.lanes | third.lanes | fourth.lanes) & highBits)
    }

    /// The highest bits of the bytes past ASCII.
    @inline(__always)
    var beyondASCII: Lanes { lanes & Self.highBits }

    /// Whether the block is well-formed UTF-8 of at most three bytes a character, without the lead bytes 0xC0, 0xC1, 0xE0,
    /// 0xE1 and 0xED, given the blocks that begin one and two bytes before it: continuation bytes stand exactly behind lead
    /// bytes. False says nothing.
    @inline(__always)
    func continues(_ previous: ByteBlock, _ beforePrevious: ByteBlock) -> Bool {
        // Only highest bits count: of continuation bytes, and of bytes behind lead bytes.
        let continuations = lanes & ~(lanes &<< 1)
        let leads = previous.lanes & (previous.lanes &<< 1)
        let two = beforePrevious.lanes
        let leadsOfThree = two & (two &<< 1) & (two &<< 2)
        let overlong = (bytes & Bytes(repeating: 0xDE)) .== Bytes(repeating: 0xC0)
        let excluded = overlong .| equal(0xED) .| equal(0xFF, setting: 0x0F)
        return Self.isEmpty(
            (continuations ^ (leads | leadsOfThree)) & Self.highBits | unsafeBitCast(excluded, to: Lanes.self))
    }

    /// Whether nothing is marked.
    @inline(__always)
    static func isEmpty(_ marks: Marks) -> Bool { isEmpty(unsafeBitCast(marks, to: Lanes.self)) }

    /// Whether no bit is set.
    @inline(__always)
    static func isEmpty(_ lanes: Lanes) -> Bool { lanes[0] | lanes[1] == 0 }

    /// The index of the first mark; there must be one.
    @inline(__always)
    static func first(_ marks: Marks) -> Int { first(unsafeBitCast(marks, to: Lanes.self)) }

    /// The index of the first byte that is not zero; there must be one.
    @inline(__always)
    static func first(_ lanes: Lanes) -> Int {
        let bit = lanes[0] != 0 ? lanes[0].trailingZeroBitCount : 64 + lanes[1].trailingZeroBitCount
        return bit >> 3
    }

    /// The index of the first mark that lies behind another one; nil if there is none.
    @inline(__always)
    static func next(_ marks: Marks, behind index: Int) -> Int? {
        var lanes = unsafeBitCast(marks, to: Lanes.self)
        // The bits up to the mark's last one go.
        lanes[0] = index < 7 ? lanes[0] & (.max &<< UInt64(8 * index + 8)) : 0
        if index >= 7 { lanes[1] = index < 15 ? lanes[1] & (.max &<< UInt64(8 * index - 56)) : 0 }
        return isEmpty(lanes) ? nil : first(lanes)
    }

    @inline(__always)
    private var lanes: Lanes { unsafeBitCast(bytes, to: Lanes.self) }

    @inline(__always)
    private static var highBits: Lanes { Lanes(repeating: 0x8080_8080_8080_8080) }
}
