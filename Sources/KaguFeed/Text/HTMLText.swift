// SPDX-License-Identifier: Apache-2.0

/// Turns HTML into plain text in one pass over its bytes (F19, F20): linear, whatever the input.
struct HTMLText: Sendable {
    private let source: [UInt8]
    /// Where the fragment ends in the source.
    private let end: Int
    private let fragmentStart: Int
    /// XHTML: an element that is closed in its start tag has no content.
    private let isXML: Bool
    private var position = 0
    /// Memory for the text, which fills it up to `length`.
    private var out: [UInt8] = []
    private var length = 0
    /// What stands between the text so far and the next: nothing, a space, a line end.
    private var gap = Gap.none
    private var preformattedDepth = 0
    private var sawTag = false
    private var searches: ForwardSearches

    private enum Gap: Sendable { case none, space, line }

    private init(_ source: TextRun, isXML: Bool, _ scratch: inout [UInt8]) {
        self.source = source.bytes
        self.isXML = isXML
        fragmentStart = source.range.lowerBound
        position = fragmentStart
        end = source.range.upperBound
        searches = ForwardSearches(to: end)
        swap(&out, &scratch)
        makeRoom(source.range.count)
    }

    /// The text of an HTML fragment, as UTF-8.
    static func text(of source: TextRun, isXML: Bool = false) -> TextRun {
        var scratch: [UInt8] = []
        return text(of: source, isXML: isXML, &scratch)
    }

    /// The same; `scratch` takes part so that many fragments, one after the other, share their memory.
    static func text(of source: TextRun, isXML: Bool = false, _ scratch: inout [UInt8]) -> TextRun {
        if let words = words(source) { return words }
        var html = HTMLText(source, isXML: isXML, &scratch)
        html.run()
        html.close()
        scratch = html.out
        return TextRun(html.out, 0..<html.length)
    }

    /// Text without markup: blank lines stay as one line end, other white space is one space (F20).
    static func folded(_ source: TextRun) -> TextRun {
        if let words = words(source) { return words }
        var scratch: [UInt8] = []
        var html = HTMLText(source, isXML: false, &scratch)
        while html.position < html.end { html.appendRun(isLiteral: true) }
        html.close()
        return TextRun(html.out, 0..<html.length)
    }

    /// The source without white space at its ends, if it is nothing but words with single spaces between them: then
    /// it is its own text.
    private static func words(_ source: TextRun) -> TextRun? {
        let range = source.bytes.trimmed(source.range)
        let stop = source.bytes.endOfWords(from: range.lowerBound, to: range.upperBound)
        return stop == range.upperBound ? TextRun(source.bytes, range) : nil
    }

    private mutating func run() {
        while position < end {
            switch source[position] {
            case 0x3C: readMarkup()
            case 0x26: readReference()
            default: appendRun(isLiteral: false)
            }
        }
    }

    // MARK: Text

    private mutating func appendRun(isLiteral: Bool) {
        let start = position
        if source[position].isSpace {
            while position < end, source[position].isSpace { position += 1 }
            noteSpace(start..<position)
            return
        }
        position = source.endOfWords(from: start, to: end)
        if isLiteral {
            while position < end, !source[position].isSpace {
                position = source.endOfWords(from: position + 1, to: end)
            }
        }
        emitGap()
        emit(start..<position)
    }

    private mutating func noteSpace(_ range: Range<Int>) {
        let lines = source[range].reduce(0) { $1 == 0x0A ? $0 + 1 : $0 }
        if preformattedDepth > 0 {
            guard lines > 0 else { return note(.space) }
            // The line end after <pre> itself is none of its text.
            guard gap != .line || length > 0 && out[length - 1] == 0x0A else { return }
            if gap == .space { gap = .none }
            if length > 0 { for _ in 0..<lines { emit(0x0A) } }
            if let last = range.last, source[last] != 0x0A { note(.space) }
        } else {
            // Whether a blank line counts is known only when no tag has been seen to the end.
            note(lines > 1 && !sawTag && isTagFree ? .line : .space)
        }
    }

    /// Whether the source holds no tag at all.
    private lazy var isTagFree: Bool = {
        var index = fragmentStart
        while let found = source.find(0x3C, from: index, to: end) {
            if found + 1 < end {
                let next = source[found + 1]
                if next.isLetter || next == 0x2F || next == 0x21 || next == 0x3F { return false }
            }
            index = found + 1
        }
        return true
    }()

    private mutating func note(_ wanted: Gap) {
        if wanted == .line || gap == .none { gap = wanted }
    }

    private mutating func emitGap() {
        guard gap != .none else { return }
        if length > 0, out[length - 1] != 0x0A {
            emit(gap == .space ? 0x20 : 0x0A)
        } else if gap == .space, preformattedDepth > 0, length > 0 {
            emit(0x20)
        }
        gap = .none
    }

    @inline(__always)
    private mutating func emit(_ byte: UInt8) {
        if length == out.count { makeRoom(1) }
        out[length] = byte
        length += 1
    }

    /// A part of the source.
    private mutating func emit(_ range: Range<Int>) {
        if range.count > out.count - length { makeRoom(range.count) }
        let start = length
        length += range.count
        source.withUnsafeBytes { source in
            out.withUnsafeMutableBytes { out in
                // Both slices are checked; source and text are different memory.
                UnsafeMutableRawBufferPointer(rebasing: out[start..<start + range.count])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[range]))
            }
        }
    }

    private mutating func emit(scalar: UInt32) {
        guard let form = Unicode.Scalar(scalar).flatMap(UTF8.encode) else { return }
        for byte in form { emit(byte) }
    }

    /// What an earlier text left in the memory behind this one must not look like the rest of a character.
    private mutating func close() {
        makeRoom(1)
        out[length] = 0
    }

    private mutating func makeRoom(_ count: Int) {
        guard out.count - length < count else { return }
        out.append(contentsOf: repeatElement(0, count: max(out.count, count) + 64))
    }

    // MARK: References

    private mutating func readReference() {
        if let known = source.predefinedReference(at: position, to: end) {
            emitGap()
            emit(known.value)
            position = known.end
            return
        }
        let start = position + 1
        if let number = NumericReference.read(source, at: start, to: end, needsSemicolon: false) {
            position = number.end
            if let scalar = NumericReference.scalar(number.value) { append(scalar) }
            return
        }
        let last = min(end, start + NamedReferences.shared.longestName)
        var stop = start
        while stop < last, source[stop].isLetter || source[stop].isDigit { stop += 1 }
        if stop < end, stop > start, source[stop] == UInt8(ascii: ";"), appendNamed(start..<stop + 1) { return }
        // A few old names may go without their semicolon.
        var length = min(stop - start, 6)
        while length >= 2 {
            if appendNamed(start..<start + length) { return }
            length -= 1
        }
        emitGap()
        emit(0x26)
        position += 1
    }

    private mutating func appendNamed(_ range: Range<Int>) -> Bool {
        guard let scalars = NamedReferences.shared.scalars(source, range) else { return false }
        append(scalars.first)
        if let second = scalars.second { emit(scalar: second) }
        position = range.upperBound
        return true
    }

    private mutating func append(_ scalar: UInt32) {
        if scalar == 0x20 || scalar == 0x09 || scalar == 0x0A || scalar == 0x0D { return note(.space) }
        emitGap()
        emit(scalar: scalar)
    }

    // MARK: Markup

    private mutating func readMarkup() {
        let start = position
        let next = start + 1 < end ? source[start + 1] : 0
        switch next {
        case UInt8(ascii: "!") where isDeclaration(start):
            sawTag = true
            if start + 4 <= end, source.has("<!--", at: start) {
                position = searches.find(.commentEnd, in: source, from: start + 4).map { $0 + 3 } ?? bogusEnd(start)
            } else if start + 9 <= end, source.has("<![CDATA[", at: start) {
                // Left over from a feed that was escaped twice: its text counts.
                position = start + 9
            } else {
                position = bogusEnd(start)
            }
        case UInt8(ascii: "?"):
            sawTag = true
            let close = isXML ? searches.find(.instructionEnd, in: source, from: start + 2) : nil
            position = close.map { $0 + 2 } ?? bogusEnd(start)
        case UInt8(ascii: "/") where start + 2 < end && source[start + 2].isLetter:
            readTag(nameStart: start + 2, isEnd: true)
        case _ where next.isLetter:
            readTag(nameStart: start + 1, isEnd: false)
        default:
            emitGap()
            emit(0x3C)
            position += 1
        }
    }

    /// Whether a comment, a document type or a section follows; `<!'` in a text is text.
    private func isDeclaration(_ start: Int) -> Bool {
        guard start + 2 < end else { return true }
        let next = source[start + 2]
        return next == UInt8(ascii: "-") || next == UInt8(ascii: "[") || next == 0x3E || next.isLetter
    }

    private mutating func bogusEnd(_ start: Int) -> Int {
        searches.find(.tagEnd, in: source, from: start).map { $0 + 1 } ?? end
    }

    private mutating func readTag(nameStart: Int, isEnd: Bool) {
        sawTag = true
        var nameEnd = nameStart
        while nameEnd < end, source[nameEnd].continuesName { nameEnd += 1 }
        let local = source.localPart(nameStart..<nameEnd)
        let traits = HTMLElements.traits(source, local)
        let isBare = nameEnd < end && source[nameEnd] == 0x3E
        guard let close = isBare ? nameEnd + 1 : tagEnd(from: nameEnd) else {
            // No ">" follows: a tag cut short.
            position = end
            return
        }
        position = close
        let isEmptied = isXML && source[close - 2] == UInt8(ascii: "/")
        if traits.contains(.hidden) {
            if !isEnd, !isEmptied { skipContent(of: local) }
            return
        }
        if traits.contains(.block) { note(.line) } else if traits.contains(.cell) { note(.space) }
        if traits.contains(.preformatted), !isEmptied {
            preformattedDepth = isEnd ? max(0, preformattedDepth - 1) : preformattedDepth + 1
        }
    }

    /// Behind the `>` of a tag; a `>` inside quotes does not count, unless the quote never closes.
    private mutating func tagEnd(from start: Int) -> Int? {
        var index = source.first(TagStops.self, from: start, to: end)
        var valueEnd = start
        while index < end {
            let byte = source[index]
            if byte == 0x3E { return index + 1 }
            var before = index - 1
            while before >= valueEnd, source[before].isSpace { before -= 1 }
            if before >= valueEnd, source[before] == UInt8(ascii: "=") {
                let mark: ForwardSearches.Mark = byte == 0x22 ? .doubleQuote : .singleQuote
                guard let close = searches.find(mark, in: source, from: index + 1) else {
                    return searches.find(.tagEnd, in: source, from: index).map { $0 + 1 }
                }
                index = close
                valueEnd = close + 1
            }
            index = source.first(TagStops.self, from: index + 1, to: end)
        }
        return nil
    }

    /// Passes over the content of an element up to its end tag, or to the end.
    private mutating func skipContent(of name: Range<Int>) {
        var index = position
        while let found = source.find("</", from: index, to: end) {
            let nameEnd = found + 2 + name.count
            if nameEnd <= end, source.equalIgnoringCase(name, found + 2..<nameEnd) {
                position = tagEnd(from: nameEnd) ?? end
                return
            }
            index = found + 2
        }
        position = end
    }
}
