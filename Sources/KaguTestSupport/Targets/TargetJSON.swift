// SPDX-License-Identifier: Apache-2.0

import Foundation

/// JSON as a target reads it: members by name, and the wish that there be no others.
enum TargetJSON {
    case object([String: TargetJSON])
    case array([TargetJSON])
    case string(String)
    case number(Double)
    case bool(Bool)
    case null

    /// Reads a body; refuses what is no JSON, and text that is not inert anywhere in it.
    init(_ body: [UInt8]) throws(Refusal) {
        guard String(validating: body, as: UTF8.self) != nil,
            let value = try? JSONDecoder().decode(Loose.self, from: Data(body))
        else { throw Refusal("invalid JSON") }
        self = value.json
        try checkText()
    }

    subscript(key: String) -> TargetJSON? {
        if case .object(let members) = self { return members[key] }
        return nil
    }

    var text: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    var items: [TargetJSON]? {
        if case .array(let items) = self { return items }
        return nil
    }

    var number: Double? {
        if case .number(let number) = self { return number }
        return nil
    }

    var bool: Bool? {
        if case .bool(let bool) = self { return bool }
        return nil
    }

    /// Refuses members that are not among `keys`, and what is no object.
    func only(_ keys: String...) throws(Refusal) {
        guard case .object(let members) = self else { throw Refusal("no object where one is due") }
        for key in members.keys where !keys.contains(key) { throw Refusal("unknown member \(key)") }
    }

    /// The text of a member; refuses where there is none, or an empty one.
    func required(_ key: String) throws(Refusal) -> String {
        guard let text = self[key]?.text, !text.isEmpty else { throw Refusal("\(key) is missing") }
        return text
    }

    /// No controls but newlines, and nothing that turns the writing direction (W16).
    private func checkText() throws(Refusal) {
        switch self {
        case .object(let members): for member in members.values { try member.checkText() }
        case .array(let items): for item in items { try item.checkText() }
        case .string(let text): try InertText.check(text)
        case .number, .bool, .null: break
        }
    }

    private struct Loose: Decodable {
        let json: TargetJSON

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if value.decodeNil() {
                json = .null
            } else if let bool = try? value.decode(Bool.self) {
                json = .bool(bool)
            } else if let number = try? value.decode(Double.self) {
                json = .number(number)
            } else if let text = try? value.decode(String.self) {
                json = .string(text)
            } else if let items = try? value.decode([Loose].self) {
                json = .array(items.map(\.json))
            } else {
                json = .object(try value.decode([String: Loose].self).mapValues(\.json))
            }
        }
    }
}

/// Text in which nothing hides.
enum InertText {
    static func check(_ text: String) throws(Refusal) {
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A: break
            case 0...0x1F, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069:
                throw Refusal("U+\(String(scalar.value, radix: 16)) in a text")
            default: break
            }
        }
    }

    /// Refuses a link that is no absolute http or https URL of visible characters.
    static func checkLink(_ link: String) throws(Refusal) {
        let scheme = link.prefix { $0 != ":" }.lowercased()
        let isWeb = ["http", "https"].contains(scheme) && link.dropFirst(scheme.count).hasPrefix("://")
        guard isWeb, link.unicodeScalars.allSatisfy({ $0.value > 0x20 && !"<>\"`\\".unicodeScalars.contains($0) })
        else { throw Refusal("malformed URL \(link)") }
    }

    /// Whether a character of Markdown stands in `text` without a backslash before it.
    static func hasBare(_ specials: String, in text: String) -> Bool {
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else if specials.unicodeScalars.contains(scalar) {
                return true
            }
        }
        return false
    }

    /// Takes `[text](link)` apart: link texts and links, and what is left of the text.
    static func links(in text: String) throws(Refusal) -> (rest: String, texts: [String], links: [String]) {
        var (rest, texts, links) = ("", [String](), [String]())
        var scalars = Substring(text)
        var isEscaped = false
        while let scalar = scalars.unicodeScalars.popFirst() {
            if isEscaped || scalar != "[" {
                isEscaped = !isEscaped && scalar == "\\"
                rest.unicodeScalars.append(scalar)
                continue
            }
            var label = ""
            while let next = scalars.unicodeScalars.popFirst(), isEscaped || next != "]" {
                isEscaped = !isEscaped && next == "\\"
                label.unicodeScalars.append(next)
            }
            guard scalars.unicodeScalars.popFirst() == "(" else { throw Refusal("a bracket without a link") }
            var link = ""
            while let next = scalars.unicodeScalars.popFirst(), next != ")" { link.unicodeScalars.append(next) }
            try checkLink(link)
            texts.append(label)
            links.append(link)
        }
        return (rest, texts, links)
    }
}
