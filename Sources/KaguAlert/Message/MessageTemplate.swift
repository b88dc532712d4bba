// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// The body of a webhook as its operator shapes it (W3): YAML with placeholders such as `${data.hit.score}`.
///
/// A string that is one placeholder becomes the value at that path with its type; placeholders inside longer
/// strings are inserted as text. A missing path is null or empty. Elements of arrays are named by number:
/// `${data.hits.0.title}`. There are no loops and no code, and the result is always JSON.
public struct MessageTemplate: Hashable, Sendable {
    /// A node of a template, as YAML types it.
    public indirect enum Node: Hashable, Sendable {
        /// Text that may hold placeholders.
        case string(String)
        /// A number; NaN and infinity become null.
        case number(Double)
        /// True or false.
        case bool(Bool)
        /// Nothing.
        case null
        /// Elements.
        case list([Node])
        /// Members in document order.
        case map([Member])
    }

    /// A member of a map.
    public struct Member: Hashable, Sendable {
        /// Its name; placeholders in it are not replaced.
        public var key: String
        /// Its value.
        public var value: Node

        /// A member.
        public init(key: String, value: Node) {
            self.key = key
            self.value = value
        }
    }

    private let root: Node

    /// A template.
    public init(_ root: Node) { self.root = root }

    /// The body that this template makes of an envelope of `MessageBody`.
    public func render(_ envelope: [UInt8]) -> [UInt8] {
        var json = JSONWriter(reserving: 1024)
        Self.write(root, from: JSONPaths(envelope), to: &json)
        return json.bytes
    }

    private static func write(_ node: Node, from envelope: JSONPaths, to json: inout JSONWriter) {
        switch node {
        case .string(let text): write(text, from: envelope, to: &json)
        case .number(let number): json.number(number)
        case .bool(let bool): json.bool(bool)
        case .null: json.null()
        case .list(let nodes):
            json.array { json in
                for node in nodes { write(node, from: envelope, to: &json) }
            }
        case .map(let members):
            json.object { json in
                for member in members {
                    json.key(member.key)
                    write(member.value, from: envelope, to: &json)
                }
            }
        }
    }

    private static func write(_ text: String, from envelope: JSONPaths, to json: inout JSONWriter) {
        let parts = parts(of: text)
        if parts.count == 1, case .path(let path) = parts[0] {
            guard let value = envelope.value(at: path) else { return json.null() }
            return json.raw(value)
        }
        var out = ""
        for part in parts {
            switch part {
            case .text(let text): out += text
            case .path(let path): out += envelope.text(at: path)
            }
        }
        json.string(out)
    }

    private enum Part {
        case text(Substring)
        case path(Substring)
    }

    /// Splits at `${…}`; an opening without its brace is text.
    private static func parts(of text: String) -> [Part] {
        var parts: [Part] = []
        var rest = text[...]
        while let opening = rest.firstIndex(of: "$") {
            let inner = rest[opening...].dropFirst(2)
            guard rest[opening...].hasPrefix("${"), let closing = inner.firstIndex(of: "}") else {
                let next = rest.index(after: opening)
                parts.append(.text(rest[..<next]))
                rest = rest[next...]
                continue
            }
            if rest.startIndex < opening { parts.append(.text(rest[..<opening])) }
            parts.append(.path(inner[..<closing]))
            rest = rest[rest.index(after: closing)...]
        }
        if !rest.isEmpty { parts.append(.text(rest)) }
        return parts
    }
}
