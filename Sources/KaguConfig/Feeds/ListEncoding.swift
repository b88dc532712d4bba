// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Decodes OPML files, which other readers write in many encodings.
enum ListEncoding {
    /// The text of a file: by its byte-order mark, else as UTF-8 if it is that, else by the XML declaration. Throws
    /// the name of an encoding in which the bytes make no sense, empty where none is declared.
    static func decode(_ bytes: [UInt8]) throws(Unreadable) -> String {
        if let text = decodeWide(bytes) { return text }
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        if let text = String(validating: body, as: UTF8.self) { return text }
        let label = declaredLabel(body)
        guard let label, let text = decode(body, from: label) else { throw Unreadable(label: label ?? "") }
        return text
    }

    /// Bytes that are not in the encoding of that name.
    struct Unreadable: Error {
        let label: String
    }

    /// UTF-16 and UTF-32, told by their mark or by how a leading `<` looks in them.
    private static func decodeWide(_ bytes: [UInt8]) -> String? {
        let first = bytes.prefix(4) + [1, 1, 1, 1]
        let name: String? =
            switch (first[0], first[1], first[2], first[3]) {
            case (0xFF, 0xFE, 0, 0), (0x3C, 0, 0, 0): "UTF-32LE"
            case (0, 0, 0xFE, 0xFF), (0, 0, 0, 0x3C): "UTF-32BE"
            case (0xFF, 0xFE, _, _), (0x3C, 0, _, _): "UTF-16LE"
            case (0xFE, 0xFF, _, _), (0, 0x3C, _, _): "UTF-16BE"
            default: nil
            }
        guard let name, let text = decode(bytes[...], from: name) else { return nil }
        return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    }

    /// The `encoding` of the XML declaration.
    private static func declaredLabel(_ bytes: ArraySlice<UInt8>) -> String? {
        let head = String(decoding: bytes.prefix(512), as: UTF8.self)
        guard head.trimmed.hasPrefix("<?xml"), let end = head.firstRange(of: "?>"),
            let name = head[..<end.lowerBound].firstRange(of: "encoding")
        else { return nil }
        let value = head[name.upperBound..<end.lowerBound].drop { $0.isWhitespace || $0 == "=" }
        guard let quote = value.first, quote == "\"" || quote == "'" else { return nil }
        return value.dropFirst().prefix { $0 != quote }.lowercased()
    }

    private static func decode(_ bytes: ArraySlice<UInt8>, from label: String) -> String? {
        // What calls itself Latin-1 has the quotes and dashes of Windows in the place of controls.
        let names = ["iso-8859-1": "windows-1252", "latin1": "windows-1252", "iso-8859-9": "windows-1254"]
        let converter = iconv_open("UTF-8", names[label] ?? label)
        guard converter != iconv_t(bitPattern: -1) else { return nil }
        defer { iconv_close(converter) }
        var source = bytes.map { CChar(bitPattern: $0) }
        var target = [CChar](repeating: 0, count: source.count * 4 + 16)
        let count = source.withUnsafeMutableBufferPointer { source in
            target.withUnsafeMutableBufferPointer { target -> Int? in
                // iconv moves both pointers and counts within these buffers.
                var (input, inputLeft) = (source.baseAddress, source.count)
                var (output, outputLeft) = (target.baseAddress, target.count)
                guard iconv(converter, &input, &inputLeft, &output, &outputLeft) != -1 else { return nil }
                return target.count - outputLeft
            }
        }
        return count.map { String(decoding: target.prefix($0).map { UInt8(bitPattern: $0) }, as: UTF8.self) }
    }
}
