// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Splits the person strings of feeds (F10): `mail (Name)`, `Name (mail)`, `Name <mail>`, a bare address, else a name.
enum PersonText {
    /// The person that a text names; nil for an empty one.
    static func person(_ text: String) -> Item.Person? {
        let text = text.trimmed
        guard !text.isEmpty else { return nil }
        guard text.utf8.contains(UInt8(ascii: "@")) else { return Item.Person(name: text) }
        if let (outside, inside) = split(text, open: "(", close: ")") ?? split(text, open: "<", close: ">") {
            let inside = withoutScheme(inside)
            if isAddress(inside) { return Item.Person(name: withoutQuotes(outside), email: inside) }
            let address = withoutScheme(outside)
            if isAddress(address) { return Item.Person(name: withoutQuotes(inside), email: address) }
        }
        let address = withoutScheme(text)
        if isAddress(address) { return Item.Person(email: address) }
        return withoutBrackets(text) ?? Item.Person(name: text)
    }

    /// The address as the first or the last word, the name without brackets around it.
    private static func withoutBrackets(_ text: String) -> Item.Person? {
        let words = text.split(separator: " ")
        guard let first = words.first, let last = words.last, words.count > 1 else { return nil }
        let (leading, trailing) = (bare(first), bare(last))
        if isAddress(leading) { return Item.Person(name: bare(text.dropFirst(first.count)), email: leading) }
        if isAddress(trailing) { return Item.Person(name: bare(text.dropLast(last.count)), email: trailing) }
        return nil
    }

    /// Without separators at its ends, and without a pair of brackets around all of it.
    private static func bare(_ text: some StringProtocol) -> String {
        var text = text[...]
        while let first = text.first, " ,;:-–|".contains(first) { text.removeFirst() }
        while let last = text.last, " ,;:-–|".contains(last) { text.removeLast() }
        for (open, close) in [("(", ")"), ("[", "]")] as [(Character, Character)]
        where text.first == open && text.last == close {
            let inside = text.dropFirst().dropLast()
            var depth = 0
            let isOnePair = inside.allSatisfy { character in
                depth += character == open ? 1 : character == close ? -1 : 0
                return depth >= 0
            }
            if isOnePair { text = inside }
        }
        return String(text)
    }

    /// What stands before and within a pair of brackets at the end.
    private static func split(_ text: String, open: Character, close: Character) -> (String, String)? {
        guard text.last == close, let start = text.lastIndex(of: open) else { return nil }
        return (String(text[..<start]).trimmed, String(text[text.index(after: start)...].dropLast()).trimmed)
    }

    private static func withoutScheme(_ text: String) -> String {
        text.lowercased().hasPrefix("mailto:") ? String(text.dropFirst(7)) : text
    }

    private static func withoutQuotes(_ text: String) -> String {
        guard text.utf8.count >= 2, text.first == "\"", text.last == "\"" else { return text }
        return String(text.dropFirst().dropLast()).trimmed
    }

    /// Whether a text is one mail address.
    static func isAddress(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 3, let at = bytes.firstIndex(of: UInt8(ascii: "@")), at > 0, at < bytes.count - 1
        else {
            return false
        }
        guard bytes.lastIndex(of: UInt8(ascii: "@")) == at else { return false }
        return bytes.allSatisfy { byte in
            byte > 0x20 && byte != 0x28 && byte != 0x29 && byte != 0x3C && byte != 0x3E && byte != 0x2C
                && byte != 0x22
        }
    }
}

extension String {
    /// Without ASCII white space at its ends.
    var trimmed: String {
        guard let first = utf8.first, let last = utf8.last, first <= 0x20 || last <= 0x20 else { return self }
        let bytes = Array(utf8)
        return String(decoding: bytes[bytes.trimmed(0..<bytes.count)], as: UTF8.self)
    }
}
