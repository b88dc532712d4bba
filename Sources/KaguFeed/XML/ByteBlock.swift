// SPDX-License-Identifier: Apache-2.0

/// Eight bytes that are looked at together: text is mostly plain, and one test passes over eight bytes of it.
///
/// The tests are those of "SIMD within a register": a subtraction borrows from a byte that is zero, or less than a bound,
/// into its highest bit. A borrow may also mark the byte behind a true mark, so a mark means "look closer", no more; the
/// absence of marks is exact. (`SIMD16` would be natural here, but its comparisons are not compiled to vector code.)
struct ByteBlock {
    static let width = 8

    private let bytes: UInt64

    /// The bytes from `position`; all eight must lie in the buffer.
    @inline(__always)
    init(_ buffer: UnsafeBufferPointer<UInt8>, _ position: Int) {
        precondition(position >= 0 && position + Self.width <= buffer.count)
        bytes = UInt64(
            littleEndian: UnsafeRawBufferPointer(buffer).loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }

    /// Whether no byte is a control, `<`, `>`, `&`, `"`, `\\` or 0xEF.
    @inline(__always)
    var isPlain: Bool {
        // `<` and `>` differ in one bit.
        let brackets = Self.zeros((bytes | Self.each(0x02)) ^ Self.each(0x3E))
        let marks = brackets | equal(0x26) | equal(0x22) | equal(0x5C) | equal(0xEF) | below(0x20)
        return marks == 0
    }

    /// Whether all bytes are words with single spaces between them; `next` begins one byte later.
    @inline(__always)
    func isWords(_ next: ByteBlock) -> Bool {
        let breaks = equal(0x3C) | equal(0x26) | below(0x20)
        let nextBreaks = next.equal(0x3C) | next.equal(0x26) | next.below(0x21)
        return breaks | (equal(0x20) & nextBreaks) == 0
    }

    @inline(__always)
    private func equal(_ byte: UInt8) -> UInt64 { Self.zeros(bytes ^ Self.each(byte)) }

    /// Marks bytes below a bound of at most 0x80.
    @inline(__always)
    private func below(_ bound: UInt8) -> UInt64 { (bytes &- Self.each(bound)) & ~bytes & Self.each(0x80) }

    @inline(__always)
    private static func zeros(_ word: UInt64) -> UInt64 { (word &- each(0x01)) & ~word & each(0x80) }

    @inline(__always)
    private static func each(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }
}
