// SPDX-License-Identifier: Apache-2.0

/// Plain text out of HTML (F19–F21).
public enum PlainText {
    /// The text of an HTML fragment: references decoded once, `script` and the like gone with their content, block
    /// elements and `br` as one line end, other tags gone, white space folded, ends trimmed.
    public static func fromHTML(_ html: String) -> String {
        TextFinish.string(HTMLText.text(of: TextRun(Array(html.utf8))), limit: .max).text
    }

    /// The text of what may be HTML or plain, by the rule for titles (F20).
    public static func fromTitle(_ text: String) -> String {
        TextFinish.string(ShortText.plain(TextRun(Array(text.utf8)), isCDATA: false), limit: .max).text
    }
}

/// Titles and other short fields, which are HTML only if they show it (F20).
enum ShortText {
    /// The text of a short field. One from CDATA, where XML decodes nothing, is decoded again if it still shows a
    /// reference (F21).
    ///
    /// Elements that its author did not escape show it, too.
    static func plain(_ source: TextRun, isCDATA: Bool, holdsElements: Bool = false) -> TextRun {
        guard showsHTML(source, holdsElements) else { return HTMLText.folded(source) }
        let text = HTMLText.text(of: source)
        if isCDATA, showsReference(text) { return TextRun(decoded(Array(text.slice))) }
        return text
    }

    /// A character reference or an end tag, and no tag that HTML does not know.
    static func showsHTML(_ source: TextRun, _ holdsElements: Bool) -> Bool {
        guard source.contains(0x26) || source.contains(0x3C) else { return false }
        var isHTML = holdsElements || showsReference(source)
        let bytes = source.bytes
        let limit = source.range.upperBound
        var index = source.range.lowerBound
        while let open = bytes.find(0x3C, from: index, to: limit) {
            let isEnd = open + 1 < limit && bytes[open + 1] == 0x2F
            let start = open + (isEnd ? 2 : 1)
            var end = start
            while end < limit, bytes[end].isLetter || bytes[end].isDigit || bytes[end] == 0x5F { end += 1 }
            if end > start {
                guard !HTMLElements.traits(bytes, start..<end).isEmpty else { return false }
                if isEnd { isHTML = true }
            }
            index = max(end, open + 1)
        }
        return isHTML
    }

    /// Whether a complete reference to a character stands in the text.
    static func showsReference(_ source: TextRun) -> Bool {
        let bytes = source.bytes
        let limit = source.range.upperBound
        var index = source.range.lowerBound
        while let found = bytes.find(0x26, from: index, to: limit) {
            if NumericReference.read(bytes, at: found + 1, to: limit, needsSemicolon: true) != nil { return true }
            if let end = bytes.referenceNameEnd(from: found + 1, to: limit),
                NamedReferences.shared.contains(bytes, found + 1..<end + 1)
            {
                return true
            }
            index = found + 1
        }
        return false
    }

    /// References decoded, everything else as it is.
    private static func decoded(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x26 {
                if let number = NumericReference.read(bytes, at: index + 1, to: bytes.count, needsSemicolon: true),
                    let scalar = NumericReference.scalar(number.value)
                {
                    out.append(scalar: scalar)
                    index = number.end
                    continue
                }
                if let end = bytes.referenceNameEnd(from: index + 1, to: bytes.count),
                    NamedReferences.shared.append(bytes, index + 1..<end + 1, to: &out)
                {
                    index = end + 1
                    continue
                }
            }
            out.append(bytes[index])
            index += 1
        }
        return out
    }
}
