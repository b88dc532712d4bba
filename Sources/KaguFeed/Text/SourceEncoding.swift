// SPDX-License-Identifier: Apache-2.0

/// A document as UTF-8 and the encoding that it was in (F12–F14).
struct DecodedSource: Sendable {
    /// Well-formed UTF-8 without a byte-order mark.
    var bytes: [UInt8]
    /// The encoding's lower-case name (F5).
    var encoding: String
    var problems: ProblemLog
}

/// Finds the encoding of a document and decodes it (F12).
struct SourceEncoding {
    private let source: [UInt8]
    private let context: ParseContext
    private var problems: ProblemLog

    private init(_ source: [UInt8], _ context: ParseContext) {
        self.source = source
        self.context = context
        problems = ProblemLog(limit: context.limits.problems)
    }

    /// The document in UTF-8.
    static func decode(_ source: [UInt8], context: ParseContext) -> DecodedSource {
        var encoding = SourceEncoding(source, context)
        return encoding.decode()
    }

    private mutating func decode() -> DecodedSource {
        if let (name, width) = Self.mark(source) { return decodeMarked(name, width) }
        if source.starts(with: Self.mainframeDeclaration), let decoded = decodeMainframe() { return decoded }
        let check = UTF8Check.survey(source)
        let labels = declaredLabels()
        if check.isASCII { return decodeSevenBit(labels) }
        if check.isValid {
            for label in labels where label.encoding != "utf-8" { noteContradiction(label, "utf-8") }
            return finish(check.cutBytes > 0 ? source.dropLast(check.cutBytes) : source[...], "utf-8")
        }
        for label in labels {
            if label.encoding == "utf-8" {
                if check.sequences > 0, check.strays <= check.sequences { return repaired(0) }
                noteContradiction(label, "something else")
            } else if EncodingLabel.isWide(label.encoding) || EncodingLabel.isSevenBit(label.encoding)
                || EncodingLabel.isASCII(label.written)
            {
                noteContradiction(label, "something else")
            } else if let result = Transcoder.utf8(source, from: label.encoding) {
                return finish(result, label.encoding)
            }
        }
        // A document that says nothing is UTF-8 by XML's rule, if it can be.
        if labels.isEmpty, check.sequences > 0, check.strays <= check.sequences { return repaired(0) }
        if labels.isEmpty { problems.note(0, "bytes that are not utf-8, and no encoding declared") }
        let page = codePage
        return Transcoder.utf8(source, from: page).map { finish($0, page) } ?? repaired(0)
    }

    // MARK: Signs

    /// A byte-order mark, or the pattern of a leading `<` or `{` in wide units; with the mark's width.
    private static func mark(_ bytes: [UInt8]) -> (name: String, width: Int)? {
        let first = Array(bytes.prefix(4))
        switch (first.first, first.dropFirst().first, first.dropFirst(2).first, first.dropFirst(3).first) {
        case (0xFF, 0xFE, 0x00, 0x00): return ("utf-32le", 4)
        case (0x00, 0x00, 0xFE, 0xFF): return ("utf-32be", 4)
        case (0xEF, 0xBB, 0xBF, _): return ("utf-8", 3)
        case (0xFF, 0xFE, _, _): return ("utf-16le", 2)
        case (0xFE, 0xFF, _, _): return ("utf-16be", 2)
        case (0x3C, 0x00, 0x00, 0x00): return ("utf-32le", 0)
        case (0x00, 0x00, 0x00, 0x3C): return ("utf-32be", 0)
        case (0x3C, 0x00, .some(1...), 0x00), (0x7B, 0x00, .some(1...), 0x00): return ("utf-16le", 0)
        case (0x00, 0x3C, 0x00, .some(1...)), (0x00, 0x7B, 0x00, .some(1...)): return ("utf-16be", 0)
        default: return nil
        }
    }

    /// `<?xm` in EBCDIC.
    private static let mainframeDeclaration: [UInt8] = [0x4C, 0x6F, 0xA7, 0x94]

    /// A document in a code page of EBCDIC: its declaration reads alike in all of them.
    private mutating func decodeMainframe() -> DecodedSource? {
        guard let head = Transcoder.utf8(Array(source.prefix(1024)), from: "ibm037") else { return nil }
        let declared = Self.declaredEncoding(head.bytes).flatMap(EncodingLabel.encoding)
        for name in [declared, "ibm037"].compactMap(\.self) {
            guard let result = Transcoder.utf8(source, from: name), result.bytes.first == 0x3C else { continue }
            return finish(result, name)
        }
        return nil
    }

    private struct Label {
        var written: String
        var encoding: String
    }

    /// The labels that name an encoding: HTTP's first, then the XML declaration's. Unknown ones are skipped (F13).
    private mutating func declaredLabels() -> [Label] {
        let http = context.contentType.flatMap(Self.charset)
        return [http, Self.declaredEncoding(source)].compactMap { written in
            guard let written, !written.isEmpty else { return nil }
            guard let encoding = EncodingLabel.encoding(written) else {
                problems.note(0, "unknown encoding \"\(written.prefix(40))\"")
                return nil
            }
            return Label(written: written, encoding: encoding)
        }
    }

    /// The `charset` of a media type.
    static func charset(_ contentType: String) -> String? {
        let bytes = Array(contentType.utf8)
        var index = 0
        while index < bytes.count {
            if bytes.hasIgnoringCase("charset", at: index) {
                var start = index + 7
                while start < bytes.count, bytes[start].isSpace { start += 1 }
                if start < bytes.count, bytes[start] == UInt8(ascii: "=") {
                    let value = bytes[(start + 1)...].prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: ",") }
                    return String(decoding: value.filter { !$0.isSpace && $0 != 0x22 && $0 != 0x27 }, as: UTF8.self)
                }
            }
            index += 1
        }
        return nil
    }

    /// The encoding of the XML declaration, read as ASCII.
    static func declaredEncoding(_ bytes: [UInt8]) -> String? {
        guard let start = bytes.find("<?xml", from: 0, to: min(bytes.count, 1024)),
            let end = bytes.find("?>", from: start, to: min(bytes.count, start + 1024)),
            let name = bytes.find("encoding", from: start, to: end)
        else { return nil }
        var index = name + 8
        while index < end, bytes[index].isSpace || bytes[index] == UInt8(ascii: "=") { index += 1 }
        guard index < end else { return nil }
        let quote = bytes[index]
        guard quote == 0x22 || quote == 0x27, let close = bytes.find(quote, from: index + 1, to: end) else {
            return nil
        }
        return String(decoding: bytes[bytes.trimmed(index + 1..<close)], as: UTF8.self)
    }

    /// The code page of step 5: by the feed list's language, else the document's.
    private var codePage: String {
        let language = context.languageHint.flatMap { $0.isEmpty ? nil : $0 } ?? Self.documentLanguage(source) ?? ""
        switch language.lowercased().split(whereSeparator: { $0 == "-" || $0 == "_" }).first {
        case "tr", "az": return "windows-1254"
        case "ru": return "windows-1251"
        default: return "windows-1252"
        }
    }

    /// The language that the head of a document declares, read as ASCII.
    static func documentLanguage(_ bytes: [UInt8]) -> String? {
        let end = min(bytes.count, 16_384)
        if let start = bytes.find("language>", from: 0, to: end) {
            let value = bytes[(start + 9)..<end].prefix { $0 != 0x3C }
            return String(decoding: value.filter { !$0.isSpace }.prefix(20), as: UTF8.self)
        }
        guard let start = bytes.find("xml:lang=", from: 0, to: end), start + 10 < end else { return nil }
        return String(decoding: bytes[(start + 10)..<end].prefix { $0.isLetter || $0 == 0x2D }, as: UTF8.self)
    }

    private mutating func noteContradiction(_ label: Label, _ real: String) {
        problems.note(0, "declared as \"\(label.written.prefix(40))\", but the bytes are \(real)")
    }

    // MARK: Decoding

    private mutating func decodeMarked(_ name: String, _ width: Int) -> DecodedSource {
        let body = Array(source[width...])
        var result: DecodedSource
        if name == "utf-8" {
            let check = UTF8Check.survey(body)
            let valid = check.strays == 0 ? body.dropLast(check.cutBytes) : nil
            result = valid.map { finish($0, name) } ?? repaired(width)
        } else {
            guard let decoded = Transcoder.utf8(body, from: name) else { return repaired(width) }
            result = finish(decoded, name)
        }
        let http = context.contentType.flatMap(Self.charset)
        for written in [http, Self.declaredEncoding(result.bytes)] {
            guard let written, let encoding = EncodingLabel.encoding(written), encoding != name else { continue }
            if EncodingLabel.isWide(encoding), EncodingLabel.isWide(name) { continue }
            result.problems.note(0, "declared as \"\(written.prefix(40))\", but the bytes are \(name)")
        }
        return result
    }

    private mutating func decodeSevenBit(_ labels: [Label]) -> DecodedSource {
        for label in labels {
            if EncodingLabel.isWide(label.encoding) {
                noteContradiction(label, "ASCII")
            } else if EncodingLabel.isSevenBit(label.encoding) {
                if let result = Transcoder.utf8(source, from: label.encoding) {
                    return finish(result, label.encoding)
                }
            } else {
                return finish(source[...], label.encoding)
            }
        }
        return finish(source[...], "utf-8")
    }

    private func finish(_ bytes: ArraySlice<UInt8>, _ encoding: String) -> DecodedSource {
        DecodedSource(
            bytes: bytes.count == source.count ? source : Array(bytes), encoding: encoding, problems: problems)
    }

    private mutating func finish(_ result: Transcoder.Result, _ encoding: String) -> DecodedSource {
        for misfit in result.misfits { problems.note(misfit, "a byte that does not fit \(encoding)") }
        return DecodedSource(bytes: result.bytes, encoding: encoding, problems: problems)
    }

    /// UTF-8 in which stray bytes are read in the code page of step 5 (F14).
    private mutating func repaired(_ start: Int) -> DecodedSource {
        let page = Transcoder.singleByteTable(codePage) ?? []
        var out: [UInt8] = []
        out.reserveCapacity(source.count + 64)
        var misfits: [Int] = []
        source.withUnsafeBufferPointer { bytes in
            var index = start
            var copied = start
            while index < bytes.count {
                if bytes[index] < 0x80 {
                    index += 1
                    continue
                }
                let (width, isCut) = UTF8Check.width(bytes, at: index)
                if width > 0 {
                    index += width
                    continue
                }
                out.append(contentsOf: bytes[copied..<index])
                copied = isCut ? bytes.count : index + 1
                if !isCut {
                    misfits.append(out.count)
                    out.append(scalar: page.isEmpty ? 0xFFFD : page[Int(bytes[index])] ?? 0xFFFD)
                }
                index = copied
            }
            out.append(contentsOf: bytes[copied..<bytes.count])
        }
        for misfit in misfits { problems.note(misfit, "a byte that does not fit utf-8") }
        return DecodedSource(bytes: out, encoding: "utf-8", problems: problems)
    }
}
