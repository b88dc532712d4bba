// SPDX-License-Identifier: Apache-2.0

/// The names of character encodings (F13).
enum EncodingLabel {
    /// The encoding that a label names: the WHATWG name, else the label itself if iconv knows it, else what it means
    /// with its hyphens elsewhere; nil for an unknown label.
    static func encoding(_ label: String) -> String? {
        if label == "utf-8" || label == "UTF-8" { return "utf-8" }
        let label = String(decoding: label.utf8.filter { !$0.isSpace }, as: UTF8.self).lowercased()
        guard !label.isEmpty, label.utf8.count <= 40 else { return nil }
        if let name = table[label] {
            // What browsers refuse to decode, for its dangers in a page, feeds may still be written in.
            guard name == "replacement", label != name else { return name }
            return variants[squeezed(label)]
        }
        guard label.utf8.allSatisfy({ $0.continuesName && $0 < 0x80 }) else { return nil }
        if Iconv.knows(label) { return label }
        let letters = squeezed(label)
        return variants[letters] ?? (letters != label && Iconv.knows(letters) ? letters : nil)
    }

    /// A label's letters and digits.
    private static func squeezed(_ label: String) -> String {
        String(decoding: label.utf8.filter { $0.isLetter || $0.isDigit }, as: UTF8.self)
    }

    /// By their letters and digits: the labels of the table, and names that other software writes.
    private static let variants: [String: String] = {
        var variants = table.filter { $0.value != "replacement" }.map { (squeezed($0.key), $0.value) }
        variants += [
            ("hz", "hz-gb-2312"), ("hzgb", "hz-gb-2312"), ("hzgb2312", "hz-gb-2312"),
            ("csiso2022kr", "iso-2022-kr"),
            ("iso2022kr", "iso-2022-kr"), ("iso2022cn", "iso-2022-cn"), ("iso2022cnext", "iso-2022-cn-ext"),
            ("iso2022jp1", "iso-2022-jp-2"), ("iso2022jp2", "iso-2022-jp-2"), ("iso2022jpext", "iso-2022-jp-2"),
            ("iso2022jp3", "iso-2022-jp-3"), ("iso2022jp2004", "iso-2022-jp-3"), ("macroman", "macintosh"),
            ("xmacroman", "macintosh"), ("maccyrillic", "x-mac-cyrillic"), ("maclatin2", "mac-centraleurope"),
            ("maccenteuro", "mac-centraleurope"), ("maciceland", "mac-is"), ("kz1048", "rk1048"),
            ("ptcp154", "pt154"),
            ("eucjis2004", "euc-jisx0213"), ("eucjisx0213", "euc-jisx0213"), ("shiftjis2004", "shift_jisx0213"),
            ("shiftjisx0213", "shift_jisx0213"), ("win1250", "windows-1250"), ("win1251", "windows-1251"),
            ("win1252", "windows-1252"), ("win1253", "windows-1253"), ("win1254", "windows-1254"),
            ("latin9", "iso-8859-15"), ("utf8mb4", "utf-8"), ("utf8n", "utf-8"),
        ]
        return Dictionary(variants) { first, _ in first }
    }()

    /// Whether a label says that there are only seven bits, whatever browsers make of it.
    static func isASCII(_ label: String) -> Bool {
        ["ascii", "usascii", "ansix341968", "iso646us"].contains(squeezed(label.lowercased()))
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
