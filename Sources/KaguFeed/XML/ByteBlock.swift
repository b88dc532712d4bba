// SPDX-License-Identifier: Apache-2.0

/// Sixteen bytes that are looked at together: text is mostly plain, and one test passes over sixteen bytes of it.
///
/// The tests are those of "SIMD within a register", in two lanes of eight bytes: a subtraction borrows from a byte that
/// is zero, or less than a bound, into its highest bit. A borrow may also mark the byte behind a true mark, so the first
/// mark of a test is exact and the absence of marks is; later marks mean "look closer". (`SIMD16<UInt8>` would be
/// natural here, but its comparisons are not compiled to vector code; the arithmetic of `SIMD2<UInt64>` is.)
struct ByteBlock {
    typealias Lanes = SIMD2<UInt64>
    static let width = 16

    private let lanes: Lanes

    /// The bytes from `position`; all must lie in the span, which is checked.
    @inline(__always)
    init(_ bytes: RawSpan, _ position: Int) {
        // "Unsafe" only as to the type: any sixteen bytes are two integers.
        let loaded = bytes.unsafeLoadUnaligned(fromByteOffset: position, as: Lanes.self)
        lanes = Lanes(UInt64(littleEndian: loaded[0]), UInt64(littleEndian: loaded[1]))
    }

    /// Marks the bytes that equal one.
    @inline(__always)
    func equal(_ byte: UInt8) -> Lanes { Self.zeros(lanes ^ Self.each(byte)) }

    /// Marks the bytes that equal one once some bits are set in both.
    @inline(__always)
    func equal(_ byte: UInt8, setting bits: UInt8) -> Lanes {
        Self.zeros((lanes | Self.each(bits)) ^ Self.each(byte))
    }

    /// Marks the bytes that equal one, and no other byte.
    @inline(__always)
    func exactlyEqual(_ byte: UInt8) -> Lanes {
        let differences = lanes ^ Self.each(byte)
        let low = Self.each(0x7F)
        return ~(((differences & low) &+ low) | differences | low)
    }

    /// Marks bytes below a bound of at most 0x80.
    @inline(__always)
    func below(_ bound: UInt8) -> Lanes { (lanes &- Self.each(bound)) & ~lanes & Self.each(0x80) }

    /// Whether all bytes are ASCII.
    @inline(__always)
    var isASCII: Bool { Self.isEmpty(lanes & Self.each(0x80)) }

    /// Whether all bytes of four blocks are ASCII.
    @inline(__always)
    static func areASCII(_ first: ByteBlock, _ second: ByteBlock, _ third: ByteBlock, _ fourth: ByteBlock) -> Bool {
        isEmpty((first.lanes | second.lanes | third.lanes | fourth.lanes) & each(0x80))
    }

    /// Marks bytes past ASCII.
    @inline(__always)
    var beyondASCII: Lanes { lanes & Self.each(0x80) }

    /// Whether the block is well-formed UTF-8 of at most three bytes a character, without the lead bytes 0xC0, 0xC1, 0xE0,
    /// 0xE1 and 0xED, given the blocks that begin one and two bytes before it: continuation bytes stand exactly behind lead
    /// bytes. False says nothing.
    @inline(__always)
    func continues(_ previous: ByteBlock, _ beforePrevious: ByteBlock) -> Bool {
        let high = Self.each(0x80)
        let (second, third, fourth) = (lanes &<< 1, lanes &<< 2, lanes &<< 3)
        let continuations = lanes & ~second & high
        let leads = previous.lanes & (previous.lanes &<< 1) & high
        let two = beforePrevious.lanes
        let leadsOfThree = two & (two &<< 1) & (two &<< 2) & high
        let excluded =
            (lanes & second & third & fourth & high) | Self.zeros((lanes & Self.each(0xDE)) ^ Self.each(0xC0))
            | equal(0xED)
        return Self.isEmpty((continuations ^ (leads | leadsOfThree)) | excluded)
    }

    /// Whether nothing is marked.
    @inline(__always)
    static func isEmpty(_ marks: Lanes) -> Bool { marks[0] | marks[1] == 0 }

    /// The index of the first mark; there must be one.
    @inline(__always)
    static func first(_ marks: Lanes) -> Int {
        let lane = marks[0] != 0 ? marks[0].trailingZeroBitCount : 64 + marks[1].trailingZeroBitCount
        return lane >> 3
    }

    /// The index of the first mark, which is taken away; there must be one.
    @inline(__always)
    static func takeFirst(_ marks: inout Lanes) -> Int {
        let index = first(marks)
        if marks[0] != 0 { marks[0] &= marks[0] &- 1 } else { marks[1] &= marks[1] &- 1 }
        return index
    }

    @inline(__always)
    private static func zeros(_ lanes: Lanes) -> Lanes { (lanes &- each(0x01)) & ~lanes & each(0x80) }

    @inline(__always)
    private static func each(_ byte: UInt8) -> Lanes { Lanes(repeating: UInt64(byte) &* 0x0101_0101_0101_0101) }
}
