// SPDX-License-Identifier: Apache-2.0

/// A 64-bit hash of text after white-space folding: tells whether an item's text has changed (I7).
///
/// Runs of white space count as one space, those at the ends as none. Not cryptographic: a publisher who forges
/// two texts of one hash hides a revision of his own article and nothing else.
enum TextHash {
    /// The hash of several fields, each folded by itself.
    static func of(_ fields: [String]) -> Int64 {
        var state = State()
        for field in fields {
            var copy = field
            copy.withUTF8 { state.add($0) }
            state.endField()
        }
        return Int64(bitPattern: state.finish())
    }

    private struct State {
        private var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
        private var word: UInt64 = 0
        private var filled: UInt64 = 0
        private var length: UInt64 = 0

        mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
            let raw = UnsafeRawBufferPointer(bytes)
            var index = 0
            var isBlank = true
            var hasText = false
            while index < bytes.count {
                if index + 8 <= bytes.count {
                    let eight = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                    if let spaces = EightBytes.spaces(eight), !isBlank || spaces & 0x80 == 0 {
                        if isBlank, hasText { put(0x20, count: 1) }
                        // A space at the end may turn out to be one of several, or the field's last.
                        isBlank = spaces >> 63 == 1
                        hasText = true
                        put(isBlank ? eight & 0x00FF_FFFF_FFFF_FFFF : eight, count: isBlank ? 7 : 8)
                        index += 8
                        continue
                    }
                }
                let width = whiteSpace(bytes, at: index)
                if width > 0 {
                    isBlank = true
                    index += width
                    continue
                }
                if isBlank, hasText { put(0x20, count: 1) }
                isBlank = false
                hasText = true
                put(UInt64(bytes[index]), count: 1)
                index += 1
            }
        }

        /// A byte that UTF-8 never contains, so that text cannot move from one field to the next unseen.
        mutating func endField() { put(0xFF, count: 1) }

        mutating func finish() -> UInt64 {
            mix(word ^ filled << 56)
            mix(length)
            return hash ^ hash >> 32
        }

        /// Adds the `count` low bytes of `bytes`, of which the others are zero.
        private mutating func put(_ bytes: UInt64, count: UInt64) {
            word |= bytes &<< (8 &* filled)
            length &+= count
            filled &+= count
            guard filled >= 8 else { return }
            mix(word)
            filled &-= 8
            // What did not fit: nothing where `word` was empty before, and a shift by 64 would keep all.
            word = filled == 0 ? 0 : bytes &>> (8 &* (count &- filled))
        }

        /// The folded product of two odd-keyed words, as in wyhash's `mum`.
        private mutating func mix(_ value: UInt64) {
            let product = (hash ^ value).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
            hash = product.high ^ product.low ^ 0xE703_7ED1_A0B4_28DB
        }

        /// The width in bytes of the white space at `index`: ASCII's, U+00A0, U+2000–200A, 2028, 2029, 202F, 3000.
        private func whiteSpace(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
            let byte = bytes[index]
            if byte < 0x80 { return byte <= 0x20 ? 1 : 0 }
            guard byte == 0xC2 || byte == 0xE2 || byte == 0xE3 else { return 0 }
            guard index + 1 < bytes.count else { return 0 }
            let next = bytes[index + 1]
            if byte == 0xC2 { return next == 0xA0 ? 2 : 0 }
            guard next == 0x80, index + 2 < bytes.count else { return 0 }
            let last = bytes[index + 2]
            if byte == 0xE3 { return last == 0x80 ? 3 : 0 }
            return last <= 0x8A || last == 0xA8 || last == 0xA9 || last == 0xAF ? 3 : 0
        }
    }
}

/// Eight bytes of text in one word, the first one lowest.
private enum EightBytes {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    /// The top bit of each byte that is a space, where single spaces are all the white space there is; nil where
    /// a byte must be looked at by itself: controls, neighbouring spaces, lead bytes of wider white space.
    static func spaces(_ word: UInt64) -> UInt64? {
        guard (word &- ones &* 0x20) & ~word & tops == 0 else { return nil }
        if word & tops != 0 {
            guard !hasByte(word, 0xC2), !hasByte(word, 0xE2), !hasByte(word, 0xE3) else { return nil }
        }
        let difference = word ^ ones &* 0x20
        let spaces = ~(((difference & ~tops) &+ ~tops) | difference) & tops
        return spaces & spaces << 8 == 0 ? spaces : nil
    }

    private static func hasByte(_ word: UInt64, _ byte: UInt64) -> Bool {
        let difference = word ^ ones &* byte
        return (difference &- ones) & ~difference & tops != 0
    }
}
