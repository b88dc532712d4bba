// SPDX-License-Identifier: Apache-2.0

/// A 64-bit hash of text after white-space folding: tells whether an item's text has changed (I7).
///
/// Runs of white space count as one space, those at the ends as none. Not cryptographic: a publisher who forges
/// two texts of one hash hides a revision of his own article and nothing else. The rows of every database hold its
/// values: a change of the algorithm would make each known item a revision.
enum TextHash {
    /// The hash of several fields, each folded by itself.
    static func of(_ fields: [String]) -> Int64 {
        var state = State()
        for field in fields { state.add(field) }
        return state.value
    }

    /// The hash of the title alone, and that of title, summary and content; each is read once.
    static func of(title: String, summary: String, content: String) -> (title: Int64, text: Int64) {
        var state = State()
        state.add(title)
        let title = state.value
        state.add(summary)
        state.add(content)
        return (title, state.value)
    }

    private struct State {
        private var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
        private var word: UInt64 = 0
        private var filled: UInt64 = 0
        private var length: UInt64 = 0

        /// Adds a field, and a byte that UTF-8 never contains, so that text cannot move from one field to the next
        /// unseen.
        mutating func add(_ field: String) {
            var copy = field
            copy.withUTF8 { add($0) }
            put(0xFF, count: 1)
        }

        /// The hash of what was added so far.
        var value: Int64 {
            var end = self
            end.mix(word ^ filled << 56)
            end.mix(length)
            return Int64(bitPattern: end.hash ^ end.hash >> 32)
        }

        private mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
            var index = 0
            var isBlank = true
            var hasText = false
            // Where words stop, some bytes are looked at singly before words are tried again.
            var nextTry = 0
            while index < bytes.count {
                if !isBlank, index >= nextTry {
                    index = addWords(UnsafeRawBufferPointer(bytes), from: index)
                    nextTry = index + 4
                }
                let width = whiteSpace(bytes, at: index)
                if width > 0 {
                    isBlank = true
                    nextTry = 0
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

        /// Adds bytes by eights as long as single spaces between other bytes are all their white space; gives where
        /// that ends, before the last byte at the latest. The byte before `start` is no white space.
        private mutating func addWords(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
            var index = start
            // Kept out of memory within the loop.
            var (hash, word) = (hash, word)
            let shift = filled &* 8
            while index &+ 8 < bytes.count {
                let eight = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                guard let spaces = EightBytes.spaces(eight) else { break }
                // A space at the end may turn out to be one of several.
                if spaces >> 63 == 1, EightBytes.mayBeSpace(bytes[index &+ 8]) { break }
                hash = Self.mixed(hash, word | eight &<< shift)
                // A shift by 64 would keep all.
                word = shift == 0 ? 0 : eight &>> (64 &- shift)
                index &+= 8
            }
            (self.hash, self.word) = (hash, word)
            length &+= UInt64(index &- start)
            return index
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

        private mutating func mix(_ value: UInt64) { hash = Self.mixed(hash, value) }

        /// The folded product of two odd-keyed words, as in wyhash's `mum`.
        private static func mixed(_ hash: UInt64, _ value: UInt64) -> UInt64 {
            let product = (hash ^ value).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
            return product.high ^ product.low ^ 0xE703_7ED1_A0B4_28DB
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
    /// a byte must be looked at by itself: controls, neighbouring spaces, lead bytes of wider white space. `!` behind
    /// a space passes for one more.
    static func spaces(_ word: UInt64) -> UInt64? {
        guard (word &- ones &* 0x20) & ~word & tops == 0 else { return nil }
        if word & tops != 0 {
            guard zeroBytes(word ^ ones &* 0xC2) == 0, zeroBytes((word | ones) ^ ones &* 0xE3) == 0 else {
                return nil
            }
        }
        let spaces = zeroBytes(word ^ ones &* 0x20)
        return spaces & spaces &<< 8 == 0 ? spaces : nil
    }

    /// Whether a byte is white space, or may begin some.
    static func mayBeSpace(_ byte: UInt8) -> Bool { byte <= 0x20 || byte == 0xC2 || byte | 1 == 0xE3 }

    /// The top bit of each byte that is zero, and of a 1 right above one.
    private static func zeroBytes(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & tops }
}
