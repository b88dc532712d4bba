// SPDX-License-Identifier: Apache-2.0

/// Finds values in JSON that `JSONWriter` wrote (no white space, each key once), so that a template can copy
/// them byte for byte. It is no general reader: on other bytes it may find nothing, but reads never past them.
struct JSONPaths {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The JSON of the value at a path of names and numbers joined by points; nil where there is none.
    func value(at path: some StringProtocol) -> ArraySlice<UInt8>? {
        var range = 0..<end(ofValueAt: 0)
        for name in path.split(separator: ".", omittingEmptySubsequences: false) {
            guard let next = child(named: String(name), of: range) else { return nil }
            range = next
        }
        return range.isEmpty ? nil : bytes[range]
    }

    /// The value at a path as text: strings without quotes and escapes, null and missing ones empty, all else
    /// as its JSON.
    func text(at path: some StringProtocol) -> String {
        guard let json = value(at: path) else { return "" }
        if json.first == UInt8(ascii: "\"") { return Self.unquoted(json) }
        let text = String(decoding: json, as: UTF8.self)
        return text == "null" ? "" : text
    }

    private func child(named name: String, of range: Range<Int>) -> Range<Int>? {
        let isObject = bytes[range].first == UInt8(ascii: "{")
        guard isObject || bytes[range].first == UInt8(ascii: "[") else { return nil }
        var position = range.lowerBound + 1
        var number = 0
        while position < range.upperBound - 1 {
            var key = String(number)
            if isObject {
                let keyEnd = end(ofValueAt: position)
                key = Self.unquoted(bytes[position..<keyEnd])
                position = keyEnd + 1
            }
            let valueEnd = end(ofValueAt: position)
            if key == name { return position..<valueEnd }
            position = valueEnd + 1
            number += 1
        }
        return nil
    }

    /// One past the last byte of the value that begins at `start`; always after `start` while bytes are left.
    private func end(ofValueAt start: Int) -> Int {
        var position = start
        var depth = 0
        var isQuoted = false
        while position < bytes.count {
            let byte = bytes[position]
            if isQuoted {
                if byte == UInt8(ascii: "\\") { position += 1 }
                if byte == UInt8(ascii: "\"") { isQuoted = false }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isQuoted = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    if depth == 0 { return position }
                    depth -= 1
                case UInt8(ascii: ","), UInt8(ascii: ":"):
                    if depth == 0 { return position }
                default: break
                }
            }
            position += 1
        }
        return bytes.count
    }

    /// The text of a quoted string with the escapes that `JSONWriter` makes.
    private static func unquoted(_ json: ArraySlice<UInt8>) -> String {
        var out: [UInt8] = []
        var rest = json.dropFirst().dropLast()
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
                out.append(byte)
                continue
            }
            switch escape {
            case UInt8(ascii: "n"): out.append(0x0A)
            case UInt8(ascii: "r"): out.append(0x0D)
            case UInt8(ascii: "t"): out.append(0x09)
            case UInt8(ascii: "u"):
                let digits = String(decoding: rest.prefix(4), as: UTF8.self)
                rest = rest.dropFirst(4)
                let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init) ?? "\u{FFFD}"
                out.append(contentsOf: String(Character(scalar)).utf8)
            default: out.append(escape)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
