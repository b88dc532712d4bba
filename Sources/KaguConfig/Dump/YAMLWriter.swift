// SPDX-License-Identifier: Apache-2.0

/// Writes the YAML of a dump: block mappings, flow lists, text in quotes wherever it could be read otherwise.
struct YAMLWriter {
    /// What has been written.
    private(set) var text = ""
    private var depth = 0

    /// `key: value`; nothing after the colon for nil.
    mutating func pair(_ key: String, _ value: String?) {
        line("\(Self.quoted(key)):" + (value.map { " \(Self.quoted($0))" } ?? ""))
    }

    /// `key: value` as it stands: numbers, booleans, durations.
    mutating func raw(_ key: String, _ value: some CustomStringConvertible) { line("\(key): \(value)") }

    /// `key: [a, b]`.
    mutating func list(_ key: String, _ values: [String]) {
        line("\(key): [\(values.map(Self.quoted).joined(separator: ", "))]")
    }

    /// `key:` with its members below.
    mutating func section(_ key: String, _ body: (inout YAMLWriter) -> Void) {
        line("\(key):")
        depth += 1
        body(&self)
        depth -= 1
    }

    /// `key:` with one item per value below, or `key: []`.
    mutating func items<Value>(_ key: String, _ values: [Value], _ body: (inout YAMLWriter, Value) -> Void) {
        guard !values.isEmpty else { return line("\(key): []") }
        line("\(key):")
        for value in values {
            var item = YAMLWriter()
            item.depth = depth + 2
            body(&item, value)
            // The first member stands beside the dash.
            let margin = String(repeating: "  ", count: depth + 2).count
            text += String(repeating: "  ", count: depth + 1) + "- " + item.text.dropFirst(margin)
        }
    }

    private mutating func line(_ content: String) {
        text += String(repeating: "  ", count: depth) + content + "\n"
    }

    /// `text` as it stands where every YAML reader takes it for that text, else in double quotes.
    static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && !["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(text.lowercased())
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || "_./-".unicodeScalars.contains(scalar)
            }
            && text.unicodeScalars.first.map { $0.properties.isAlphabetic || $0 == "/" } ?? false
        if isPlain { return text }
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            default:
                if isPrintable(scalar) { out.unicodeScalars.append(scalar) } else { out += escape(scalar) }
            }
        }
        return out + "\""
    }

    /// Whether every YAML reader takes the scalar within double quotes for itself: not controls, line separators,
    /// byte-order marks.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }

    /// `\u` and four digits: enough, since what lies beyond is printable.
    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
