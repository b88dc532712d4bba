// SPDX-License-Identifier: Apache-2.0

/// The start tags of an HTML document with their attributes, one after the other: all that finding feeds needs.
/// Comments and the content of scripts, styles and the like are passed over. Linear, whatever the input.
struct HTMLTags {
    /// One start tag.
    struct Tag {
        /// Lower case.
        let name: String
        /// Raw values, their references not yet decoded, by lower-case name; the first of equal names counts.
        let attributes: [String: ArraySlice<UInt8>]

        /// The value of an attribute, decoded; empty when it is absent.
        func bytes(_ name: String) -> [UInt8] { attributes[name].map { HTMLAttribute.decode($0) } ?? [] }

        /// The words of an attribute, in lower case.
        func words(_ name: String) -> [String] {
            String(decoding: bytes(name), as: UTF8.self).lowercased().split(whereSeparator: \.isWhitespace).map {
                String($0)
            }
        }
    }

    /// Elements whose content is text, whatever it looks like (HTML §13.2.5).
    private static let textElements: Set<String> = [
        "script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes",
    ]
    /// The most attributes kept of one tag.
    private static let maximumAttributes = 100

    private let bytes: [UInt8]
    private var position = 0

    /// The tags of well-formed UTF-8.
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next start tag of one of these elements; nil at the end.
    mutating func next(of names: Set<String>) -> Tag? {
        while let start = bytes.find(0x3C, from: position, to: bytes.count) {
            position = start + 1
            if bytes.has("!--", at: position) {
                // A comment may be empty: <!-->, <!--->.
                position = bytes.find("-->", from: position + 1, to: bytes.count).map { $0 + 3 } ?? bytes.count
                continue
            }
            let isEnd = position < bytes.count && bytes[position] == UInt8(ascii: "/")
            if isEnd { position += 1 }
            guard position < bytes.count, bytes[position].isLetter else { continue }
            let name = lowercased { $0.isSpace || $0 == UInt8(ascii: "/") || $0 == 0x3E }
            guard let attributes = attributes(keeping: !isEnd && names.contains(name)) else { return nil }
            guard !isEnd else { continue }
            if Self.textElements.contains(name) { skipContent(of: name) }
            if names.contains(name) { return Tag(name: name, attributes: attributes) }
        }
        return nil
    }

    /// The attributes up to and with `>`; nil where the document ends before.
    private mutating func attributes(keeping isKept: Bool) -> [String: ArraySlice<UInt8>]? {
        var attributes: [String: ArraySlice<UInt8>] = [:]
        while position < bytes.count {
            let byte = bytes[position]
            if byte == 0x3E {
                position += 1
                return attributes
            }
            if byte.isSpace || byte == UInt8(ascii: "/") {
                position += 1
                continue
            }
            guard let (name, value) = attribute() else { return nil }
            if isKept, attributes.count < Self.maximumAttributes, attributes[name] == nil {
                attributes[name] = value
            }
        }
        return nil
    }

    private mutating func attribute() -> (String, ArraySlice<UInt8>)? {
        let start = position
        // An equals sign that begins a name is part of it.
        position += 1
        skip { !$0.isSpace && $0 != UInt8(ascii: "/") && $0 != 0x3E && $0 != UInt8(ascii: "=") }
        let name = String(decoding: bytes[start..<position].map(\.asciiLowercased), as: UTF8.self)
        skip(while: \.isSpace)
        guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else { return (name, []) }
        position += 1
        skip(while: \.isSpace)
        guard position < bytes.count else { return nil }
        let quote = bytes[position]
        if quote == 0x22 || quote == 0x27 {
            guard let end = bytes.find(quote, from: position + 1, to: bytes.count) else {
                position = bytes.count
                return nil
            }
            defer { position = end + 1 }
            return (name, bytes[(position + 1)..<end])
        }
        let valueStart = position
        skip { !$0.isSpace && $0 != 0x3E }
        return (name, bytes[valueStart..<position])
    }

    private mutating func lowercased(until isEnd: (UInt8) -> Bool) -> String {
        let start = position
        skip { !isEnd($0) }
        return String(decoding: bytes[start..<position].map(\.asciiLowercased), as: UTF8.self)
    }

    private mutating func skip(while isPart: (UInt8) -> Bool) {
        while position < bytes.count, isPart(bytes[position]) { position += 1 }
    }

    /// Passes over the content of an element up to its end tag, or to the end.
    private mutating func skipContent(of name: String) {
        let name = Array(name.utf8)
        while let found = bytes.find("</", from: position, to: bytes.count) {
            position = found + 2
            if bytes[position...].prefix(name.count).map(\.asciiLowercased) == name {
                position = found
                return
            }
        }
        position = bytes.count
    }
}

/// The values of HTML attributes.
enum HTMLAttribute {
    /// A value with its references decoded. A name without a semicolon counts only where neither `=` nor a letter or
    /// digit follows, so that `?a=1&copy=2` stays an address (HTML §13.2.5.73).
    static func decode(_ value: ArraySlice<UInt8>) -> [UInt8] {
        guard value.contains(0x26) else { return Array(value) }
        let source = Array(value)
        var out: [UInt8] = []
        out.reserveCapacity(source.count)
        var index = 0
        while index < source.count {
            guard source[index] == 0x26, let end = reference(source, at: index + 1, to: &out) else {
                out.append(source[index])
                index += 1
                continue
            }
            index = end
        }
        return out
    }

    /// Appends what the reference at `start` stands for; returns its end, nil if there is none.
    private static func reference(_ source: [UInt8], at start: Int, to out: inout [UInt8]) -> Int? {
        if let number = NumericReference.read(source, at: start, to: source.count, needsSemicolon: false) {
            out.append(scalar: NumericReference.scalar(number.value) ?? 0xFFFD)
            return number.end
        }
        let last = min(source.count, start + NamedReferences.shared.longestName)
        var end = start
        while end < last, source[end].isLetter || source[end].isDigit { end += 1 }
        guard end > start else { return nil }
        if end < source.count, source[end] == UInt8(ascii: ";") {
            return NamedReferences.shared.append(source, start..<end + 1, to: &out) ? end + 1 : nil
        }
        if end < source.count, source[end] == UInt8(ascii: "=") { return nil }
        return NamedReferences.shared.append(source, start..<end, to: &out) ? end : nil
    }
}
