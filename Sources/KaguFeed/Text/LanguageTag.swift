// SPDX-License-Identifier: Apache-2.0

/// Languages as documents declare them (F8).
enum LanguageTag {
    /// The tag trimmed, with `_` as `-`; at most 100 bytes.
    static func normalised(_ bytes: some Collection<UInt8>) -> String {
        let tag = bytes.lazy.filter { $0 > 0x20 }.prefix(100).map {
            $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0
        }
        return String(decoding: Array(tag), as: UTF8.self)
    }

    /// The first language of a `Content-Language` header.
    static func first(ofHeader header: String?) -> String {
        guard let first = header?.utf8.split(separator: UInt8(ascii: ",")).first else { return "" }
        return normalised(first)
    }
}
