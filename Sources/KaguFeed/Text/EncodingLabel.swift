// SPDX-License-Identifier: Apache-2.0

/// The names of character encodings (F13).
enum EncodingLabel {
    /// The encoding that a label names: the WHATWG name, else the label itself if iconv knows it; nil for an unknown
    /// label.
    static func encoding(_ label: String) -> String? {
        let label = String(decoding: label.utf8.filter { !$0.isSpace }, as: UTF8.self).lowercased()
        guard !label.isEmpty, label.utf8.count <= 40 else { return nil }
        if let name = table[label] { return name }
        guard label.utf8.allSatisfy({ $0.continuesName && $0 < 0x80 }) else { return nil }
        return Iconv.knows(label) ? label : nil
    }

    /// Encodings of whole units, in which no ASCII document can be.
    static func isWide(_ encoding: String) -> Bool {
        [
            "utf-16", "utf-32", "ucs-", "ucs2", "ucs4", "utf16", "utf32", "iso-10646", "csucs4", "csunicode",
            "unicode",
        ]
        .contains { encoding.hasPrefix($0) }
    }

    /// Encodings that use seven bits only, so that ASCII bytes are no proof of ASCII text.
    static func isSevenBit(_ encoding: String) -> Bool {
        encoding.hasPrefix("iso-2022-") || encoding == "hz-gb-2312" || encoding == "utf-7"
    }

    private static let table: [String: String] = {
        var table: [String: String] = [:]
        let text = encodingLabelTable.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ")
            if parts.count == 2 { table[String(parts[0])] = String(parts[1]) }
        }
        return table
    }()
}
