// SPDX-License-Identifier: Apache-2.0

/// How much of an element's markup stays when its text is taken.
enum MarkupTreatment: Sendable {
    /// Tags go, their text stays.
    case dropTags
    /// Tags stay as they are written and references are decoded: HTML whose author forgot to escape it.
    case keepTags
    /// Tags and references stay, CDATA is escaped: markup that is XHTML.
    case keepSource
}

/// The text of an element, decoded by XML.
struct XMLText: Sendable {
    var run: TextRun
    /// Whether all of it came from CDATA, where XML decodes nothing (F21).
    var isCDATA = false
}

extension XMLDocument {
    /// The text of an element. It is copied only where XML decodes something.
    mutating func text(of node: Int, _ treatment: MarkupTreatment = .dropTags) -> XMLText {
        let inner = nodes[node].inner
        if !hasCarriageReturns, !nodes[node].hasChildren, !nodes[node].needsDecoding {
            return XMLText(run: TextRun(bytes, inner))
        }
        if treatment != .keepSource, isOnlySection(node) {
            return XMLText(run: TextRun(bytes, nodes[node].section), isCDATA: true)
        }
        let first = bytes.first(DecodeStops.self, from: inner.lowerBound, to: inner.upperBound)
        if first >= inner.upperBound { return XMLText(run: TextRun(bytes, inner)) }
        if treatment == .keepSource, isCleanMarkup(inner) { return XMLText(run: TextRun(bytes, inner)) }
        return decodedText(inner, first, treatment)
    }

    /// Whether nothing but white space is beside the CDATA section of an element, and it stays as it is.
    private func isOnlySection(_ node: Int) -> Bool {
        let (inner, section) = (nodes[node].inner, nodes[node].section)
        guard nodes[node].hasPlainSection, !section.isEmpty, section.lowerBound >= inner.lowerBound + 9,
            section.upperBound + 3 <= inner.upperBound
        else { return false }
        return bytes.trimmed(inner.lowerBound..<section.lowerBound - 9).isEmpty
            && bytes.trimmed(section.upperBound + 3..<inner.upperBound).isEmpty
    }

    /// Whether a part of the item can be read as it stands by those who know tags and references: it is well-formed, and
    /// holds no declaration, carriage return or entity of the document's own.
    private func isCleanMarkup(_ range: Range<Int>) -> Bool {
        guard problems.count == problemsBeforeItem, entities.isEmpty, skipped.isEmpty,
            bytes.find(0x0D, from: range.lowerBound, to: range.upperBound) == nil
        else { return false }
        var position = range.lowerBound
        while let found = bytes.find(UInt8(ascii: "!"), from: position, to: range.upperBound) {
            if found > range.lowerBound, bytes[found - 1] == 0x3C { return false }
            position = found + 1
        }
        return true
    }

    private mutating func decodedText(_ inner: Range<Int>, _ first: Int, _ treatment: MarkupTreatment) -> XMLText {
        var out: [UInt8] = []
        swap(&out, &decodeScratch)
        out.removeAll(keepingCapacity: true)
        out.reserveCapacity(inner.count)
        var isCDATA = false
        var sawText = false
        var index = inner.lowerBound
        var special = first
        let end = inner.upperBound
        while index < end {
            if special > index {
                if !sawText, !bytes.trimmed(index..<special).isEmpty { sawText = true }
                out.append(bytes, index..<special)
            }
            guard special < end else { break }
            if bytes[special] == 0x26 { sawText = true }
            index = decodeSpecial(at: special, to: end, treatment, &out, &isCDATA)
            special = bytes.first(DecodeStops.self, from: index, to: end)
        }
        decodeScratch = out
        return XMLText(run: TextRun(out), isCDATA: isCDATA && !sawText)
    }

    /// Where the value of an element's attribute without prefix lies.
    func rawAttribute(_ name: LocalName, of node: Int) -> Range<Int>? {
        for attribute in attributes[nodes[node].attributes] where attribute.name == name && attribute.kind == .plain
        {
            return attribute.value
        }
        return nil
    }

    /// The value of an attribute: references decoded, line ends and tabs as spaces.
    mutating func attributeText(_ range: Range<Int>, _ offset: Int) -> TextRun {
        let first = bytes.first(AttributeStops.self, from: range.lowerBound, to: range.upperBound)
        if first >= range.upperBound { return TextRun(bytes, range) }
        var out: [UInt8] = []
        out.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = bytes[index]
            if byte == 0x26 {
                index = appendReference(at: index, to: range.upperBound, &out)
            } else {
                if byte == 0x0A || byte == 0x0D || byte == 0x09 {
                    out.append(0x20)
                } else if byte >= 0x20 {
                    out.append(byte)
                }
                index += 1
            }
        }
        return TextRun(out)
    }

    private mutating func decodeSpecial(
        at index: Int, to end: Int, _ treatment: MarkupTreatment, _ out: inout [UInt8], _ isCDATA: inout Bool
    ) -> Int {
        switch bytes[index] {
        case 0x26:
            guard treatment != .keepSource else { return appendSourceReference(at: index, to: end, &out) }
            return appendReference(at: index, to: end, &out)
        case 0x3C:
            return decodeMarkup(at: index, to: end, treatment, &out, &isCDATA)
        case 0x0D:
            out.append(0x0A)
            return index + 1 < end && bytes[index + 1] == 0x0A ? index + 2 : index + 1
        case 0xEF:
            if bytes.isNoncharacter(at: index) { return min(index + 3, end) }
            out.append(0xEF)
            return index + 1
        default:
            return index + 1
        }
    }

    private mutating func decodeMarkup(
        at index: Int, to end: Int, _ treatment: MarkupTreatment, _ out: inout [UInt8], _ isCDATA: inout Bool
    ) -> Int {
        if index + 1 < end, bytes[index + 1] == UInt8(ascii: "!") {
            if let next = decodeDeclaration(at: index, to: end, treatment, &out, &isCDATA) { return next }
        }
        if index + 1 < end, bytes[index + 1] == UInt8(ascii: "?"),
            let close = searches.find(.instructionEnd, in: bytes, from: index + 2), close + 2 <= end
        {
            return close + 2
        }
        if let hole = skippedRange(at: index) { return min(hole.upperBound, end) }
        guard let close = tagEnd(at: index, to: end) else {
            out.append(contentsOf: treatment == .keepSource ? Array("&lt;".utf8) : [0x3C])
            return index + 1
        }
        if treatment != .dropTags, !isForeignEndTag(at: index) {
            out.append(bytes, index..<close)
        }
        return close
    }

    /// Decodes a CDATA section or passes over a comment; nil for other declarations.
    private mutating func decodeDeclaration(
        at index: Int, to end: Int, _ treatment: MarkupTreatment, _ out: inout [UInt8], _ isCDATA: inout Bool
    ) -> Int? {
        if bytes.has("<![CDATA[", at: index), index + 9 <= end {
            let close = bytes.find("]]>", from: index + 9, to: end)
            isCDATA = true
            appendCDATA(index + 9..<(close ?? end), treatment, &out)
            return close.map { $0 + 3 } ?? end
        }
        if bytes.has("<!--", at: index) {
            if let close = searches.find(.commentEnd, in: bytes, from: index + 4), close + 3 <= end {
                return close + 3
            }
            return min(searches.find(.tagEnd, in: bytes, from: index) ?? end, end - 1) + 1
        }
        return nil
    }

    /// The range below the depth limit that holds a place: ranges are in order, so a binary search finds it.
    private func skippedRange(at index: Int) -> Range<Int>? {
        var low = 0
        var high = skipped.count
        while low < high {
            let middle = (low + high) / 2
            if skipped[middle].upperBound <= index { low = middle + 1 } else { high = middle }
        }
        return low < skipped.count && skipped[low].contains(index) ? skipped[low] : nil
    }

    /// Whether an end tag is none of HTML's: a mistyped end of the element itself.
    private func isForeignEndTag(at index: Int) -> Bool {
        guard bytes.has("</", at: index) else { return false }
        var end = index + 2
        while end < bytes.count, bytes[end].continuesName { end += 1 }
        return HTMLElements.traits(bytes, bytes.localPart(index + 2..<end)).isEmpty
    }

    /// Where the tag, instruction or declaration at `index` ends; nil if it is a bare `<`.
    private mutating func tagEnd(at index: Int, to end: Int) -> Int? {
        guard index + 1 < end else { return nil }
        let next = bytes[index + 1]
        if next == UInt8(ascii: "/") || next == UInt8(ascii: "!") || next == UInt8(ascii: "?") {
            if next == UInt8(ascii: "/"), index + 2 >= end || !bytes[index + 2].beginsName { return nil }
            return searches.find(.tagEnd, in: bytes, from: index).flatMap { $0 < end ? $0 + 1 : nil }
        }
        guard next.beginsName else { return nil }
        // The tag was read before: its problems are known.
        let saved = position
        let wasMuted = problems.isMuted
        defer {
            position = saved
            problems.isMuted = wasMuted
        }
        position = index
        problems.isMuted = true
        guard let tag = scanTag(), tag.end <= end else { return nil }
        return tag.end
    }

    private func appendCDATA(_ range: Range<Int>, _ treatment: MarkupTreatment, _ out: inout [UInt8]) {
        var index = range.lowerBound
        while index < range.upperBound {
            let special = bytes.first(DecodeStops.self, from: index, to: range.upperBound)
            out.append(bytes, index..<special)
            guard special < range.upperBound else { return }
            index = special + 1
            switch bytes[special] {
            case 0x3C, 0x26:
                if treatment == .keepSource {
                    out.append(contentsOf: (bytes[special] == 0x3C ? "&lt;" : "&amp;").utf8)
                } else {
                    out.append(bytes[special])
                }
            case 0x0D:
                out.append(0x0A)
                if index < range.upperBound, bytes[index] == 0x0A { index += 1 }
            case 0xEF:
                if bytes.isNoncharacter(at: special) {
                    index = min(special + 3, range.upperBound)
                } else {
                    out.append(0xEF)
                }
            default: break
            }
        }
    }

    // MARK: References

    /// Appends what the reference at `ampersand` stands for, or the text itself if it stands for nothing.
    private mutating func appendReference(at ampersand: Int, to end: Int, _ out: inout [UInt8]) -> Int {
        if let known = bytes.predefinedReference(at: ampersand, to: end) {
            out.append(known.value)
            return known.end
        }
        let start = ampersand + 1
        if let number = NumericReference.read(bytes, at: start, to: end, needsSemicolon: true) {
            // What stands for no character is dropped (F16).
            if let scalar = NumericReference.scalar(number.value) { out.append(scalar: scalar) }
            return number.end
        }
        if let nameEnd = bytes.referenceNameEnd(from: start, to: end) {
            if let replacement = expansion(of: start..<nameEnd) {
                out.append(contentsOf: replacement)
                return nameEnd + 1
            }
            if !entities.defines(bytes[start..<nameEnd]),
                NamedReferences.shared.append(bytes, start..<nameEnd + 1, to: &out)
            {
                return nameEnd + 1
            }
        }
        out.append(0x26)
        return start
    }

    /// In XHTML only the document's own entities are replaced; HTML decodes the rest.
    private mutating func appendSourceReference(at ampersand: Int, to end: Int, _ out: inout [UInt8]) -> Int {
        if let nameEnd = bytes.referenceNameEnd(from: ampersand + 1, to: end),
            let replacement = expansion(of: ampersand + 1..<nameEnd)
        {
            for byte in replacement {
                switch byte {
                case 0x3C: out.append(contentsOf: "&lt;".utf8)
                case 0x26: out.append(contentsOf: "&amp;".utf8)
                default: out.append(byte)
                }
            }
            return nameEnd + 1
        }
        out.append(0x26)
        return ampersand + 1
    }

    /// What an internal entity stands for, while the document's expansions stay within their limit (S6).
    private mutating func expansion(of name: Range<Int>) -> [UInt8]? {
        guard let replacement = entities[bytes[name]] else { return nil }
        guard entities.expandedBytes + replacement.count <= limits.entityExpansionBytes else {
            if !entities.isExhausted {
                entities.isExhausted = true
                problems.note(
                    name.lowerBound - 1,
                    "entities add more than \(limits.entityExpansionBytes) bytes; further ones stay as text")
            }
            return nil
        }
        entities.expandedBytes += replacement.count
        return replacement
    }
}
