// SPDX-License-Identifier: Apache-2.0

import KaguBytes

/// The form of a hit's id in the database: the 10 bytes that its 16 characters stand for. An id of any other shape
/// is kept as its text, with a NUL behind it where that has 10 bytes too.
enum CompactID {
    private static let values: [UInt8: UInt8] = Dictionary(
        uniqueKeysWithValues: zip("0123456789abcdefghjkmnpqrstvwxyz".utf8, 0...31))

    /// The bytes to store.
    static func bytes(of id: String) -> [UInt8] {
        let characters = Array(id.utf8)
        let text = characters.count == 10 ? characters + [0] : characters
        guard text.count == 18, id.hasPrefix("h_") else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(10)
        var buffer: UInt32 = 0
        var pending = 0
        for character in text[2...] {
            guard let value = values[character] else { return text }
            buffer = buffer << 5 | UInt32(value)
            pending += 5
            if pending >= 8 {
                pending -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(pending)))
            }
        }
        return bytes
    }

    /// The id that was stored.
    static func text(of bytes: [UInt8]) -> String {
        guard bytes.count != 10 else { return "h_" + Base32.encode(bytes) }
        return String(decoding: bytes.last == 0 ? bytes.dropLast() : bytes[...], as: UTF8.self)
    }

    /// The story of a hit that stands alone: the first 13 characters of its id, which are those of its story
    /// when it is no revision.
    static func story(of id: String) -> String { "s_" + id.dropFirst(2).prefix(13) }
}
