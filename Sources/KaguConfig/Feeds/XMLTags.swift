// SPDX-License-Identifier: Apache-2.0

/// The tags of an XML text with their attributes, one after the other: all that OPML needs. Tolerant: text
/// between tags, comments and CDATA sections are passed over, unquoted values and bare `&` are taken as written.
struct XMLTags {
    /// One start or end tag, or the XML declaration.
    struct Tag {
        /// Lower case; end tags begin with `/`, the declaration is `?xml`.
        let name: String
        /// Attribute values by lower-case name; the first of equal names counts.
        let attributes: [String: String]
        /// Whether it ends in `/>`.
        let isSelfClosing: Bool
        /// The line of `<`, from 1.
        let line: Int
        /// The column of `<` in Unicode scalars, from 1.
        let column: Int
        /// The line of its end.
        let lastLine: Int

        /// The value of an attribute, whose name is given in lower case.
        subscript(name: String) -> String? { attributes[name] }

        /// The name to show of an outline.
        var title: String? {
            [self["title"], self["text"]].compactMap { $0?.trimmed }.first { !$0.isEmpty }
        }
    }

    /// The most attributes kept of one tag.
    private static let maximumAttributes = 100

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var line = 1
    private var lineStart = 0
    private var counted = 0
    private var sawDoctype = false
    /// Where a tag begins that the text ends in; nil if all are whole.
    private(set) var unfinished: (line: Int, column: Int)?

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// The next tag; nil at the end.
    mutating func next() -> Tag? {
        while let start = find("<", from: position) {
            countLines(to: start)
            position = start + 1
            if skip("!--", to: "-->") || skip("![CDATA[", to: "]]>") || skipDoctype() || skip("!", to: ">") {
                continue
            }
            if let tag = tag(from: start) { return tag }
        }
        return nil
    }

    private mutating func tag(from start: Int) -> Tag? {
        // The slash of an end tag is part of its name.
        var name = ""
        if position < scalars.count, scalars[position] == "/" {
            name = "/"
            position += 1
        }
        name += word { "/><".unicodeScalars.contains($0) || $0.properties.isWhitespace }
        guard let first = name.unicodeScalars.first, first == "/" || first == "?" || first.properties.isAlphabetic
        else { return nil }
        var attributes: [String: String] = [:]
        var isSelfClosing = false
        while position < scalars.count, scalars[position] != ">" {
            if scalars[position] == "<" { break }
            if scalars[position].properties.isWhitespace || scalars[position] == "?" {
                position += 1
            } else if scalars[position] == "/" {
                isSelfClosing = true
                position += 1
            } else {
                isSelfClosing = false
                let (key, value) = attribute()
                if attributes.count < Self.maximumAttributes, attributes[key] == nil { attributes[key] = value }
            }
        }
        let place = (line: line, column: start - lineStart + 1)
        if position >= scalars.count { unfinished = place }
        countLines(to: min(position, scalars.count))
        return Tag(
            name: name.lowercased(), attributes: attributes, isSelfClosing: isSelfClosing, line: place.line,
            column: place.column, lastLine: line)
    }

    private mutating func attribute() -> (String, String) {
        let start = position
        let key = word { "=>/<".unicodeScalars.contains($0) || $0.properties.isWhitespace }
        if position == start { position += 1 }
        skipSpace()
        guard position < scalars.count, scalars[position] == "=" else { return (key.lowercased(), "") }
        position += 1
        skipSpace()
        guard position < scalars.count else { return (key.lowercased(), "") }
        let quote = scalars[position]
        guard quote == "\"" || quote == "'" else {
            let value = word { $0 == ">" || $0.properties.isWhitespace }
            return (key.lowercased(), Self.decode(value))
        }
        position += 1
        let value = word { $0 == quote }
        position += 1
        return (key.lowercased(), Self.decode(value))
    }

    /// The scalars up to the first that ends the word.
    private mutating func word(until ends: (Unicode.Scalar) -> Bool) -> String {
        var text = String.UnicodeScalarView()
        while position < scalars.count, !ends(scalars[position]) {
            text.append(scalars[position])
            position += 1
        }
        return String(text)
    }

    private mutating func skipSpace() {
        while position < scalars.count, scalars[position].properties.isWhitespace { position += 1 }
    }

    private mutating func skip(_ opening: String, to closing: String) -> Bool {
        guard scalars[position...].starts(with: opening.unicodeScalars) else { return false }
        let wanted = Array(closing.unicodeScalars)
        var candidate = position + opening.unicodeScalars.count
        while candidate < scalars.count, !scalars[candidate...].starts(with: wanted) { candidate += 1 }
        position = min(scalars.count, candidate + wanted.count)
        return true
    }

    /// A DOCTYPE with its internal subset, whose entities are not read.
    private mutating func skipDoctype() -> Bool {
        let opening = "!DOCTYPE".unicodeScalars
        guard !sawDoctype, scalars[position...].starts(with: opening) else { return false }
        sawDoctype = true
        var (candidate, depth, quote) = (position, 0, Unicode.Scalar?.none)
        while candidate < scalars.count {
            let scalar = scalars[candidate]
            candidate += 1
            if let open = quote {
                if scalar == open { quote = nil }
                continue
            }
            switch scalar {
            case "\"", "'": quote = scalar
            case "[": depth += 1
            case "]": depth -= 1
            case ">" where depth <= 0:
                position = candidate
                return true
            default: break
            }
        }
        return false
    }

    private func find(_ scalar: Unicode.Scalar, from start: Int) -> Int? {
        start < scalars.count ? scalars[start...].firstIndex(of: scalar) : nil
    }

    private mutating func countLines(to end: Int) {
        while counted < end {
            if scalars[counted] == "\n" {
                line += 1
                lineStart = counted + 1
            }
            counted += 1
        }
    }

    /// Decodes the five named references of XML and numeric ones; others stay as written.
    private static func decode(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        // On scalars: a combining mark may follow a reference.
        var out = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let ampersand = rest.firstIndex(of: "&") {
            out.append(contentsOf: rest[..<ampersand])
            rest = rest[ampersand...].dropFirst()
            guard let end = rest.prefix(12).firstIndex(of: ";"), let decoded = reference(Substring(rest[..<end]))
            else {
                out.append("&")
                continue
            }
            out.append(decoded)
            rest = rest[end...].dropFirst()
        }
        out.append(contentsOf: rest)
        return String(out)
    }

    private static func reference(_ name: Substring) -> Unicode.Scalar? {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard name.hasPrefix("#") else { return nil }
            let digits = name.dropFirst()
            let value = digits.lowercased().hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
            return value.flatMap(Unicode.Scalar.init)
        }
    }
}
