// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// An alert's identity (D3): `msg_` and a ULID, 26 characters of Crockford's Base32, upper case: 48 bits of
/// milliseconds and 80 random bits. Ids made later sort later.
public struct AlertID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The random bytes that `init(at:randomness:)` takes.
    public static let randomByteCount = 10

    private static let prefix = "msg_"
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The id as text.
    public let description: String

    /// The id of an alert bound at `instant`. Of `randomness` the first ten bytes count; missing ones are zero.
    public init(at instant: Instant, randomness: [UInt8]) {
        let time = UInt128(UInt64(max(0, instant.milliseconds)) & 0xFFFF_FFFF_FFFF)
        let random = (randomness + [UInt8](repeating: 0, count: Self.randomByteCount)).prefix(Self.randomByteCount)
        let value = random.reduce(time) { $0 << 8 | UInt128($1) }
        let characters = (0..<26).map { Self.alphabet[Int(truncatingIfNeeded: value >> (125 - 5 * $0)) & 31] }
        description = Self.prefix + String(decoding: characters, as: UTF8.self)
    }

    /// Reads an id as printed; nil for anything else.
    public init?(_ text: String) {
        let characters = Array(text.utf8.dropFirst(Self.prefix.utf8.count))
        guard text.hasPrefix(Self.prefix), characters.count == 26, characters.allSatisfy(Self.alphabet.contains),
            characters[0] <= UInt8(ascii: "7")
        else { return nil }
        description = text
    }

    /// The order of binding, to the millisecond.
    public static func < (left: AlertID, right: AlertID) -> Bool { left.description < right.description }
}
