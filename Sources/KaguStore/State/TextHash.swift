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
            var index = 0
            var isBlank = true
            var hasText = false
            while index < bytes.count {
                let width = whiteSpace(bytes, at: index)
                if width > 0 {
                    isBlank = true
                    index += width
                    continue
                }
                if isBlank, hasText { put(0x20) }
                isBlank = false
                hasText = true
                put(bytes[index])
                index += 1
            }
        }

        /// A byte that UTF-8 never contains, so that text cannot move from one field to the next unseen.
        mutating func endField() { put(0xFF) }

        mutating func finish() -> UInt64 {
            mix(word ^ filled << 56)
            mix(length)
            return hash ^ hash >> 32
        }

        private mutating func put(_ byte: UInt8) {
            word = word << 8 | UInt64(byte)
            filled += 1
            length &+= 1
            if filled == 8 {
                mix(word)
                word = 0
                filled = 0
            }
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
