// SPDX-License-Identifier: Apache-2.0

/// The parts of a URL that configuration looks at. The URL itself stays as written (P4).
///
/// Delimiters are bytes, as for every program that sends a request: a combining mark behind a `/` does not hide it.
struct WebAddress {
    /// The longest URL (§5 of the ingestion specification).
    static let maximumBytes = 8 << 10

    /// The URL as written.
    let text: String
    /// Lower case, without `://`.
    let scheme: String
    /// Lower case, without brackets.
    let host: String
    /// The port, or the scheme's default; 0 where neither is known.
    let port: Int
    // Offsets in UTF-8; the host begins after the user info and its `@`.
    private let authorityStart: UInt16
    private let hostStart: UInt16
    private let authorityEnd: UInt16

    /// Reads `scheme://[user@]host[:port]…`; nil for anything else, for white space, control characters and
    /// more than 8 KiB (§5 of the ingestion specification).
    init?(_ text: String) {
        let bytes = text.utf8.span
        guard bytes.count <= Self.maximumBytes, let mark = Self.endOfScheme(bytes) else { return nil }
        let start = mark + 3
        var end = start
        var hostStart = start
        while end < bytes.count, !Self.endsAuthority(bytes[end]) {
            end += 1
            if bytes[end - 1] == UInt8(ascii: "@") { hostStart = end }
        }
        let nameEnd = Self.endOfName(bytes, hostStart..<end)
        scheme = text.utf8Slice(0..<mark).lowercased()
        port = Self.port(bytes, nameEnd..<end) ?? Self.standardPort(of: scheme)
        guard Self.isHost(bytes, hostStart..<nameEnd, of: text), (0...65535).contains(port) else { return nil }
        let inBrackets = bytes[hostStart] == UInt8(ascii: "[") ? 1 : 0
        host = text.utf8Slice(hostStart + inBrackets..<nameEnd - inBrackets).lowercased()
        self.text = text
        // The URL is shorter than 64 KiB.
        authorityStart = UInt16(start)
        self.hostStart = UInt16(hostStart)
        authorityEnd = UInt16(end)
    }

    /// User name and password as written; empty without.
    var userInfo: String {
        hasUserInfo ? String(text.utf8Slice(Int(authorityStart)..<Int(hostStart) - 1)) : ""
    }

    /// What follows the authority: path, query and fragment.
    var rest: Substring { text.utf8Slice(Int(authorityEnd)..<text.utf8.count) }

    /// Whether user info is present.
    var hasUserInfo: Bool { hostStart > authorityStart + 1 }

    /// Where the first `://` begins, if something precedes it and no byte of the whole is white space or a control.
    private static func endOfScheme(_ bytes: Span<UInt8>) -> Int? {
        var mark: Int?
        for index in bytes.indices {
            let byte = bytes[index]
            if byte <= 0x20 || byte == 0x7F { return nil }
            if mark == nil, byte == UInt8(ascii: ":"), index + 2 < bytes.count,
                bytes[index + 1] == UInt8(ascii: "/"), bytes[index + 2] == UInt8(ascii: "/")
            {
                mark = index
            }
        }
        return mark == 0 ? nil : mark
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }

    /// The end of the name before the colon of a port; the colons in brackets belong to the address.
    private static func endOfName(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
        var index = range.lowerBound
        if !range.isEmpty, bytes[index] == UInt8(ascii: "[") {
            index = range.first { bytes[$0] == UInt8(ascii: "]") } ?? index
        }
        return (index..<range.upperBound).first { bytes[$0] == UInt8(ascii: ":") } ?? range.upperBound
    }

    /// The number after the colon; nil without one, -1 for what is no port.
    private static func port(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        let digits = range.dropFirst()
        guard !digits.isEmpty else { return nil }
        guard digits.count <= 5, digits.allSatisfy({ (0x30...0x39).contains(bytes[$0]) }) else { return -1 }
        return digits.reduce(0) { $0 * 10 + Int(bytes[$1] - 0x30) }
    }

    private static func standardPort(of scheme: String) -> Int {
        switch scheme {
        case "http": 80
        case "https": 443
        case "smtp": 587
        case "smtps": 465
        default: 0
        }
    }

    /// An address in brackets, or a name without the ASCII characters that no host has.
    private static func isHost(_ bytes: Span<UInt8>, _ range: Range<Int>, of text: String) -> Bool {
        guard let first = range.first else { return false }
        if bytes[first] == UInt8(ascii: "[") {
            // A zone may follow the address (RFC 6874).
            let end = range.first { bytes[$0] == UInt8(ascii: "]") || bytes[$0] == UInt8(ascii: "%") }
            guard let end, bytes[range.upperBound - 1] == UInt8(ascii: "]") else { return false }
            return AddressText.bytes(of: String(text.utf8Slice(first + 1..<end)))?.count == 16
        }
        return range.contains { bytes[$0] != UInt8(ascii: ".") }
            && range.allSatisfy { !isForbidden(bytes[$0]) }
    }

    private static func isForbidden(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "["), UInt8(ascii: "]"),
            UInt8(ascii: "\\"), UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"),
            UInt8(ascii: "}"):
            true
        default: false
        }
    }
}

extension String {
    /// The text between two offsets in UTF-8, which lie at the bounds of scalars.
    func utf8Slice(_ range: Range<Int>) -> Substring {
        let start = utf8.index(startIndex, offsetBy: range.lowerBound)
        return self[start..<utf8.index(start, offsetBy: range.count)]
    }
}
