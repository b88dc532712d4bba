// SPDX-License-Identifier: Apache-2.0

/// A name of at most sixteen bytes as two integers: names are compared and hashed in a few steps.
struct NameKey: Sendable, Hashable {
    static let maximumBytes = 16

    private let low: UInt64
    private let high: UInt64

    /// The key of no name.
    init() { (low, high) = (0, 0) }

    /// The name in `bytes[range]`, its letters in small unless case counts; nil if it is too long.
    @inline(__always)
    init?(_ bytes: [UInt8], _ range: Range<Int>, keepsCase: Bool = false) {
        let count = range.count
        guard count <= Self.maximumBytes else { return nil }
        var (low, high): (UInt64, UInt64) = (0, 0)
        if range.lowerBound + Self.maximumBytes <= bytes.count {
            // "Unsafe" only as to the type; the place is checked.
            let raw = bytes.span.bytes
            low = UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: range.lowerBound, as: UInt64.self))
            high = UInt64(
                littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: range.lowerBound + 8, as: UInt64.self))
        } else {
            for offset in 0..<count {
                let byte = UInt64(bytes[range.lowerBound + offset])
                if offset < 8 { low |= byte << UInt64(8 * offset) } else { high |= byte << UInt64(8 * offset - 64) }
            }
        }
        // The bit that parts small letters from capitals is set everywhere: what names are made of stays distinct.
        let small: UInt64 = keepsCase ? 0 : 0x2020_2020_2020_2020
        self.low = (low | small) & Self.mask(count)
        self.high = (high | small) & Self.mask(count - 8)
    }

    /// A number that spreads names over `1 << bits` places.
    @inline(__always)
    func hash(bits: Int) -> Int {
        let mixed = (low ^ (high &* 0xC2B2_AE3D_27D4_EB4F)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed &>> UInt64(64 - bits))
    }

    /// The bits of the first `count` bytes of a word.
    @inline(__always)
    private static func mask(_ count: Int) -> UInt64 {
        count <= 0 ? 0 : count >= 8 ? .max : (1 &<< UInt64(8 * count)) &- 1
    }
}

/// A small set of ASCII names with a value each, found by their bytes in any case: an open-addressed table.
struct ByteNameTable: Sendable {
    private static let bits = 9
    /// Places without a name have the value 0.
    private var places = [(key: NameKey, value: UInt8)](repeating: (NameKey(), 0), count: 1 << bits)

    /// At most 250 names of at most sixteen bytes, lower-case; values other than 0.
    init(_ entries: [(name: String, value: UInt8)]) {
        for entry in entries.prefix(250) {
            let spelling = Array(entry.name.utf8)
            guard let key = NameKey(spelling, 0..<spelling.count) else { continue }
            var place = key.hash(bits: Self.bits)
            while places[place].value != 0 { place = (place + 1) & (places.count - 1) }
            places[place] = (key, entry.value)
        }
    }

    /// The value of the name in `bytes[range]`; 0 for any other.
    func value(_ bytes: [UInt8], _ range: Range<Int>) -> UInt8 {
        guard let key = NameKey(bytes, range) else { return 0 }
        var place = key.hash(bits: Self.bits)
        while places[place].value != 0 {
            if places[place].key == key { return places[place].value }
            place = (place + 1) & (places.count - 1)
        }
        return 0
    }
}
